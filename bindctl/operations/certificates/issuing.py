"""Makes certificates in memory first, and stores them when they are wanted."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from bindctl.bindings.records import DEFAULT_STORE
from bindctl.certificates.flaw import maximum_lifetime_days
from bindctl.findings.errors import BindctlError
from bindctl.storage.certificate_store import open_store
from bindctl.storage.file_locations import authority_directory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bindctl.certificates.authority import AuthorityMaterial, IssuedCertificate
    from bindctl.model.certificate import Certificate
    from bindctl.storage.workspace import Workspace


class DraftCertificate(NamedTuple):
    """A certificate that is not in a store yet."""

    facts: Certificate
    issued: IssuedCertificate


class Issuer:
    """The development authority, where there is one that can issue now.

    Attributes:
        subject: Its name, as `Certificate.issuer` writes it; ``None`` without one.
    """

    def __init__(
        self, workspace: Workspace, now: datetime, environment: Mapping[str, str]
    ) -> None:
        """Look for it; none is made.

        Args:
            workspace: Absolute path of the file it lies beside.
            now: Aware UTC.
            environment: The process's environment variables.
        """
        self._now = now
        self._material = _find(workspace, environment, now)
        self._drafts: dict[tuple[str, ...], DraftCertificate] = {}
        self.subject = _subject(self._material)

    def issue(self, names: Sequence[str]) -> DraftCertificate:
        """A certificate for those names; a second call gives the same one.

        Raises:
            BindctlError: CRT002, a name cannot be certified; CRT003.
        """
        # Imported here: they load `cryptography`, which only issuing needs.
        from bindctl.certificates.authority import issue_certificate  # noqa: PLC0415
        from bindctl.certificates.facts import read_certificate  # noqa: PLC0415

        key = tuple(names)
        if key not in self._drafts:
            if self._material is None:
                raise BindctlError("CRT003", "there is no development authority")
            days = maximum_lifetime_days(self._now) - 1
            pems = self._material.certificate_pem, self._material.key_pem
            issued = issue_certificate(*pems, names, self._now, days)
            facts = read_certificate(
                issued.certificate_pem, issued.key_pem, DEFAULT_STORE
            )
            self._drafts[key] = DraftCertificate(facts, issued)
        return self._drafts[key]


def store_draft(workspace: Workspace, draft: DraftCertificate) -> None:
    """Put it and its key into the store MY.

    Raises:
        BindctlError: MET005 or MET006, the store cannot be written.
    """
    issued = draft.issued
    open_store(workspace).add(issued.certificate_pem, issued.key_pem)


def discard_draft(workspace: Workspace, draft: DraftCertificate) -> None:
    """Take it and its key out of the store MY, if they are there."""
    with contextlib.suppress(BindctlError):
        open_store(workspace).remove(draft.facts.certificate_hash)


def _find(
    workspace: Workspace, environment: Mapping[str, str], now: datetime
) -> AuthorityMaterial | None:
    from bindctl.storage.authority_store import find_authority  # noqa: PLC0415 - slow

    directory = authority_directory(workspace.path, environment)
    try:
        return find_authority(directory, now, workspace)
    except BindctlError:
        return None  # it cannot issue now, for whatever reason


def _subject(material: AuthorityMaterial | None) -> str | None:
    if material is None:
        return None
    from bindctl.certificates.facts import read_subjects  # noqa: PLC0415 - slow

    return read_subjects(material.certificate_pem)[0]
