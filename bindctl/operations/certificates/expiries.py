"""What fails first, and when, as certificates run out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.bindings.records import facts_key
from bindctl.certificates.chain import chain_expiry
from bindctl.certificates.verdict import format_names
from bindctl.findings.errors import BindctlError
from bindctl.operations.certificates.coverage import shown_hosts
from bindctl.operations.load.configuration import compile_configuration
from bindctl.operations.load.known_certificates import load_known_certificates

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bindctl.certificates.chain import ChainExpiry
    from bindctl.model.certificate import Certificate
    from bindctl.storage.workspace import Workspace


class FailingHost(NamedTuple):
    """A host for which browsers refuse the connection from then on.

    Attributes:
        site: Identifier of the site of that host.
        host: ``a.example``, ``*.a.example``, or ``*`` for a binding of any host.
        port: The port.
    """

    site: int
    host: str
    port: int


class Expiry(NamedTuple):
    """The end of a certificate that visitors are shown.

    Attributes:
        at: The last instant at which browsers accept it, aware UTC.
        left: From now to then; negative when it has passed.
        certificate_hash: Its thumbprint, or its file in the central store.
        names: What it presents, in words.
        hosts: Who fails, by site, port and host.
        through: The certificate above it that ends then, RFC 4514; empty when it is
            the certificate itself.
    """

    at: datetime
    left: timedelta
    certificate_hash: str
    names: str
    hosts: tuple[FailingHost, ...]
    through: str = ""


def list_expiries(
    workspace: Workspace, octets: bytes, now: datetime
) -> tuple[Expiry, ...]:
    """The end of each certificate that some visitor gets, the earliest first.

    Args:
        workspace: The metabase, beside which stores are.
        octets: The document.
        now: Aware UTC.

    Raises:
        BindctlError: MET002; CRT104, a store cannot be read.
    """
    configuration = compile_configuration(octets, workspace)
    known = load_known_certificates(workspace, configuration.table)
    for store, reason in known.unreadable.items():
        raise BindctlError("CRT104", f"store {store} cannot be read: {reason}")
    facts = {**known.certificates, **known.central}
    hosts: dict[str, set[FailingHost]] = {}
    for item in shown_hosts(configuration):
        if item.record is not None and facts_key(item.record) in facts:
            key = facts_key(item.record)
            host = FailingHost(item.route.site, item.host, item.port)
            hosts.setdefault(key, set()).add(host)
    ends = {key: chain_expiry(facts[key], known.anchors) for key in hosts}
    found = (_expiry(key, facts[key], ends[key], hosts[key], now) for key in hosts)
    return tuple(sorted(found))


def _expiry(
    key: str,
    certificate: Certificate,
    end: ChainExpiry,
    hosts: set[FailingHost],
    now: datetime,
) -> Expiry:
    return Expiry(
        end.at,
        end.at - now,
        key,
        format_names(certificate),
        tuple(sorted(hosts)),
        end.name,
    )
