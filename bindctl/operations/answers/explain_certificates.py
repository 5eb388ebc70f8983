"""The certificates that `explain` mentions: their facts, and a browser's verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.certificates.chain import chain_end
from bindctl.certificates.coverage import find_covering_id
from bindctl.certificates.verdict import judge
from bindctl.findings.errors import BindctlError
from bindctl.model.certificate import CentralKey, KeyStatus
from bindctl.model.host import ANY_HOST, HostName
from bindctl.routing.reading import ShownCertificate
from bindctl.routing.reason import Reason, Why
from bindctl.storage.certificate_store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bindctl.bindings.table import BindingTable
    from bindctl.certificates.flaw import Flaw
    from bindctl.model.certificate import Certificate, SslRecord, TrustAnchors
    from bindctl.model.host import HostPattern
    from bindctl.routing.request import Request
    from bindctl.storage.workspace import Workspace

# Why a certificate that can be read is not used for handshakes.
_KEY_PROBLEMS: Final = {
    KeyStatus.MATCHES: None,
    KeyStatus.MISSING: Reason(Why.KEY_MISSING),
    KeyStatus.MISMATCH: Reason(Why.KEY_MISMATCH),
    KeyStatus.REFUSED: Reason(Why.KEY_REFUSED),
}


class Verdict(NamedTuple):
    """Whether a browser accepts a certificate.

    Attributes:
        flaws: Why it does not; empty when it does.
        covering_id: The entry that covers the host; ``None`` when none does, and for a
            request without any name.
        is_trust_known: Whether it was asked if the browser trusts the issuer.
        is_own_authority: Whether it leads to one of your own authorities, which
            browsers trust only if it was installed.
    """

    flaws: tuple[Flaw, ...]
    covering_id: str | None
    is_trust_known: bool
    is_own_authority: bool = False

    @property
    def is_accepted(self) -> bool:
        """Whether the browser goes on."""
        return not any(flaw.is_refused for flaw in self.flaws)


class CertificateReader:
    """Reads each certificate once."""

    def __init__(
        self,
        workspace: Workspace,
        facts: dict[str, Certificate],
        read_anchors: Callable[[], TrustAnchors | None] | None = None,
        table: BindingTable | None = None,
    ) -> None:
        """Nothing is read yet.

        Args:
            workspace: Absolute path of the file that the stores lie beside.
            facts: The facts that are read are put there, by hash.
            read_anchors: Tells whom browsers trust; ``None`` if that is not known, and
                then verdicts leave out trust.
            table: Says where the central certificate store is.
        """
        self._workspace = workspace
        self._facts = facts
        self._read_anchors = read_anchors
        self._table = table
        self._anchors: TrustAnchors | None = None
        self._known: dict[tuple[str, str], ShownCertificate] = {}

    def find(self, record: SslRecord) -> ShownCertificate:
        """The certificate of a record."""
        key = (record.certificate_store_name.upper(), record.certificate_hash)
        shown = self._known.get(key)
        if shown is None:
            shown = self._known[key] = self._read(record)
            if shown.certificate is not None:
                self._facts.setdefault(record.certificate_hash, shown.certificate)
        return shown

    def judge(
        self, certificate: Certificate, request: Request, now: datetime
    ) -> Verdict:
        """Whether a browser that asks for the request's host accepts a certificate."""
        host = _asked_for(request)
        if self._anchors is None and self._read_anchors is not None:
            self._anchors = self._read_anchors()
        anchors = self._anchors
        is_own = anchors is not None and anchors.is_own(
            chain_end(certificate, anchors).name
        )
        return Verdict(
            judge(certificate, host, now, anchors),
            None if host is ANY_HOST else find_covering_id(certificate, host),
            is_trust_known=anchors is not None,
            is_own_authority=is_own,
        )

    def _read(self, record: SslRecord) -> ShownCertificate:
        try:
            certificate = self._load(record)
        except BindctlError as error:
            problem = Reason(Why.UNREADABLE, code=error.code, cause=error.message)
            return ShownCertificate(None, problem)
        return ShownCertificate(certificate, _KEY_PROBLEMS[certificate.key_status])

    def _load(self, record: SslRecord) -> Certificate:
        """From the store that the record names.

        Raises:
            BindctlError: It is not there, or cannot be read.
        """
        if self._table is not None and isinstance(record.key, CentralKey):
            from bindctl.operations.load.central_store import (  # noqa: PLC0415 - seldom
                require_central_certificate,
            )

            file = record.certificate_hash
            return require_central_certificate(self._workspace.path, self._table, file)
        store = open_store(self._workspace, record.certificate_store_name)
        return store.load(record.certificate_hash)


def _asked_for(request: Request) -> HostPattern:
    """The name that the certificate has to cover: the host, else the server name."""
    name = request.host if request.host is not None else request.server_name
    return ANY_HOST if name is None else HostName(name.strip("[]"))
