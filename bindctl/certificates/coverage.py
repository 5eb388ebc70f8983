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
    address = find_address(host)
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
    if not isinstance(host, HostName) or find_address(host) is not None:
        return ()
    parent = host.name.partition(".")[2]
    return (host.name, f"*.{parent}") if parent else (host.name,)


def find_common_name_match(certificate: Certificate, host: HostPattern) -> str | None:
    """The common name, where clients of before 2017 would have let it cover `host`.

    Only such a client looked at it, and only when the certificate named nothing else
    (RFC 2818 §3.1); RFC 9525 leaves it out for good.
    """
    if certificate.presented_ids or certificate.presented_addresses:
        return None
    name = certificate.common_name.lower().removesuffix(".")
    return name if name and name in (*covering_ids(host), str(host)) else None


def find_near_miss(certificate: Certificate, host: HostPattern) -> str:
    """Why the name that comes nearest to `host` does not cover it; or empty.

    A clause for a message, about what people wrongly expect of wildcards.
    """
    name = str(host)
    if (
        name in certificate.presented_ids
    ):  # it would cover a name, so the host is an address
        return f"{name} stands there as a host name, and addresses need an IP entry"
    if isinstance(host, WildcardHost):
        below = f".{host.suffix}"
        near = next((i for i in certificate.presented_ids if i.endswith(below)), "")
        return f"only {name} itself covers every name of it" if near else ""
    for presented_id in certificate.presented_ids:
        label, _dot, suffix = presented_id.partition(".")
        if "*" not in label or not suffix:
            continue
        if label == "*" and name == suffix:
            return f"{presented_id} does not cover {name} itself"
        if label == "*" and name.endswith(f".{suffix}"):
            return f"{presented_id} stands for one label, not for several"
        if label != "*" and name.endswith(f".{suffix}"):
            return f"{presented_id} is not a valid wildcard: * is a whole label"
    return ""


def is_top_level_wildcard(presented_id: str) -> bool:
    """Whether it is ``*.com``: RFC 9525 lets it cover names, browsers do not.

    Source:
        Chrome, Firefox (mozilla::pkix) and OpenSSL 3 refuse a wildcard right below a
        top-level domain; RFC 9525 leaves it to the authorities.
    """
    return presented_id.startswith("*.") and presented_id.count(".") == 1


def find_address(host: HostPattern) -> IpAddress | None:
    """The address that a host is, or ``None`` for a name or a pattern."""
    # No name has a colon, and the last label of a real one is not a number: most names
    # are told apart without raising.
    if not isinstance(host, HostName):
        return None
    if ":" not in host.name and not host.name[-1:].isdigit():
        return None
    try:
        return parse_ip_address(host.name)
    except ValueError:
        return None
