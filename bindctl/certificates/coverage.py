"""Does a certificate cover a host?

The one matcher of names in certificates. Imports neither `cryptography` nor anything
slow: rules, routing and the server ask it.

1. Only subjectAltName counts, never the common name.
2. A wildcard is the whole left-most label and stands for exactly one label; an
   identifier with any other asterisk is invalid and covers nothing.
3. An IP address needs an iPAddress entry with the same octets.

Rule 2 needs no parser. The identifiers that can cover a host are the host itself and
the host with its first label replaced by ``*``; every invalid one (``w*.x``, ``*.*.x``,
``*``, empty labels) differs from both, because a host has neither asterisks nor empty
labels.

Source:
    RFC 9525 §6.3 (DNS names), §6.4 (addresses), appendix A (common name). It leaves
    ``*.com`` to the authorities; OpenSSL refuses it, and with it ``*.localhost``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.model.endpoint import parse_ip_address
from bindctl.model.host import HostName, WildcardHost

if TYPE_CHECKING:
    from bindctl.model.certificate import Certificate
    from bindctl.model.endpoint import IpAddress
    from bindctl.model.host import HostPattern


def covers(certificate: Certificate, host: HostPattern) -> bool:
    """Whether a client that asks for `host` accepts the certificate's names."""
    return find_covering_id(certificate, host) is not None


def find_covering_id(certificate: Certificate, host: HostPattern) -> str | None:
    """The entry of the certificate that covers `host`, an exact name before a wildcard.

    Args:
        certificate: Its facts; dates and key are not looked at.
        host: Of a binding or a request. `ANY_HOST` names nothing and is never covered:
            ask only where there is a host.
    """
    address = _find_address(host)
    if address is not None:
        return str(address) if address in certificate.presented_addresses else None
    for presented_id in covering_ids(host):
        if presented_id in certificate.presented_ids:
            return presented_id
    return None


def covering_ids(host: HostPattern) -> tuple[str, ...]:
    """Every DNS name a certificate may present to cover `host`, best first.

    A wildcard host needs the same wildcard: no list of single names is ever complete.
    """
    if isinstance(host, WildcardHost):
        return (str(host),)
    if not isinstance(host, HostName) or _find_address(host) is not None:
        return ()
    parent = host.name.partition(".")[2]
    return (host.name, f"*.{parent}") if parent else (host.name,)


def _find_address(host: HostPattern) -> IpAddress | None:
    # Only IPv4 can be written as a host; the last label of a real name is no number,
    # so most names are told apart without raising.
    if not isinstance(host, HostName) or not host.name[-1:].isdigit():
        return None
    try:
        return parse_ip_address(host.name)
    except ValueError:
        return None
