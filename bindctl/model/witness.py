"""Commands that show an answer on a running server: curl for a request, openssl for TLS.

They can be pasted into a shell, also into zsh, which takes brackets for a pattern. They
need no hosts file: the command itself resolves the name. They show head and page of an
answer, since only the page tells which site answers.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final

from bindctl.model.endpoint import ANY_ADDRESS, format_address, parse_ip_address

if TYPE_CHECKING:
    from bindctl.model.binding import Protocol
    from bindctl.model.endpoint import LocalAddress

# A host that no configuration names (RFC 6761 §6.4 keeps .invalid free).
UNNAMED_HOST: Final = "unnamed.invalid"
_WITHOUT_HOST: Final = "--http1.0 -H 'Host:'"
_LOOPBACK: Final = {4: "127.0.0.1", 6: "[::1]"}
_UNSPECIFIED: Final = (IPv4Address(0), IPv6Address(0))


def format_request(
    protocol: Protocol, address: LocalAddress, port: int, host: str | None
) -> str:
    """A curl line for a request, its server name being the host.

    Args:
        protocol: HTTP or HTTPS.
        address: Where it arrives; any address, or all zeros, is shown as loopback.
        port: The port of the connection.
        host: What it asks for; ``None`` for a request that names no host.
    """
    where = _format_where(address)
    if host is None or is_address_literal(host):
        header = _WITHOUT_HOST if host is None else f"-H 'Host: {host}'"
        return f"curl -sSki {header} " + _quote(f"{protocol.value}://{where}:{port}/")
    resolved = _quote(f"{host}:{port}:{where}")
    return f"curl -sSki --resolve {resolved} {protocol.value}://{host}:{port}/"


def format_request_as(
    address: LocalAddress, port: int, server_name: str | None, host: str | None
) -> str:
    """A curl line for an HTTPS request whose server name is not its host."""
    where = _format_where(address)
    header = _WITHOUT_HOST if host is None else f"-H 'Host: {host}'"
    if server_name is None or is_address_literal(server_name):
        # curl sends no server name to a literal address (RFC 6066 §3).
        return f"curl -sSki {header} " + _quote(f"https://{where}:{port}/")
    resolved = _quote(f"{server_name}:{port}:{where}")
    return f"curl -sSki {header} --resolve {resolved} https://{server_name}:{port}/"


def format_handshake(address: LocalAddress, port: int, server_name: str | None) -> str:
    """An openssl line that shows which certificate a ClientHello gets."""
    name = "-noservername"
    if server_name is not None and not is_address_literal(server_name):
        name = f"-servername {server_name}"
    where = _quote(f"{_format_where(address)}:{port}")
    return f"openssl s_client -connect {where} {name} </dev/null"


def is_address_literal(host: str) -> bool:
    """Whether a host is an IP address, which is never sent as a server name.

    Source:
        RFC 6066 §3.
    """
    try:
        parse_ip_address(host)
    except ValueError:
        return False
    return True


def _quote(word: str) -> str:
    """As one word of a shell; only the brackets of a witness need quotes."""
    return f"'{word}'" if "[" in word else word


def _format_where(address: LocalAddress) -> str:
    if address is ANY_ADDRESS:
        return _LOOPBACK[4]
    if address in _UNSPECIFIED:
        return _LOOPBACK[address.version]
    return format_address(address)
