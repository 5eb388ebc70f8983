"""Where a connection arrives: an address (or any address) and a port.

The one parser of addresses and ports lives here.
"""

from __future__ import annotations

from enum import Enum
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final, NamedTuple, TypeAlias

MIN_PORT: Final = 1
MAX_PORT: Final = 65535
MAX_PORT_OFFSET: Final = MAX_PORT - MIN_PORT  # what can be added to some port


class AnyAddress(Enum):
    """The type of `ANY_ADDRESS`: every local address, ``*`` in IIS 7+ notation."""

    ANY_ADDRESS = "*"

    # There is one: its identity will do, and Enum's own hash is slow.
    __hash__ = object.__hash__


ANY_ADDRESS: Final = AnyAddress.ANY_ADDRESS

IpAddress: TypeAlias = IPv4Address | IPv6Address
LocalAddress: TypeAlias = IpAddress | AnyAddress

# Spellings of "every address": empty is IIS 6, `*` is IIS 7+, 0.0.0.0 is http.sys's
# certificate record. `[::]` is not among them: http.sys keeps it apart (IPv6 only).
_ANY_SPELLINGS: Final = frozenset({"", "*", "0.0.0.0"})  # noqa: S104 - compared only


class Endpoint(NamedTuple):
    """A local address, or any, and a port from 1 to 65535."""

    address: LocalAddress
    port: int


def parse_ip_address(text: str) -> IpAddress:
    """One literal address: dotted IPv4, or IPv6 with or without brackets.

    Raises:
        ValueError: `text` is neither; the message says which part is wrong.
    """
    literal = text.strip()
    is_bracketed = literal.startswith("[") and literal.endswith("]")
    if is_bracketed:
        literal = literal[1:-1]
    if "%" in literal:
        message = f"{text!r} has a zone (%), which a binding cannot have"
        raise ValueError(message)
    try:
        if ":" in literal or is_bracketed:  # RFC 3986 §3.2.2: brackets are IPv6's
            return IPv6Address(literal)
        return IPv4Address(literal)
    except AddressValueError as error:
        message = f"{text!r} is not an IP address: {error}"
        raise ValueError(message) from error


def parse_local_address(text: str) -> LocalAddress:
    """An address as bindings write it; empty, ``*`` and ``0.0.0.0`` mean any.

    Raises:
        ValueError: `text` is not an address.
    """
    if text in _ANY_SPELLINGS:
        return ANY_ADDRESS
    return parse_ip_address(text)


def parse_port(text: str) -> int:
    """A port number from 1 to 65535, in decimal digits only.

    Raises:
        ValueError: `text` is not a decimal number in that range.
    """
    # str.isdigit accepts other scripts' digits, which int() would take as well.
    if not (text.isascii() and text.isdigit()):
        message = f"port {text!r} is not a decimal number"
        raise ValueError(message)
    # A text of a thousand digits is not worth a number; leading zeros say nothing.
    port = int(text.lstrip("0")[:7] or "0")
    if not MIN_PORT <= port <= MAX_PORT:
        message = f"port {text} is not between {MIN_PORT} and {MAX_PORT}"
        raise ValueError(message)
    return port


def format_address(address: LocalAddress) -> str:
    """``*``, ``10.0.0.1`` or ``[::1]``: what `parse_local_address` reads."""
    if address is ANY_ADDRESS:
        return "*"
    return f"[{address}]" if isinstance(address, IPv6Address) else str(address)


def format_endpoint(endpoint: Endpoint) -> str:
    """``*:443``, ``10.0.0.1:443`` or ``[::1]:443``."""
    return f"{format_address(endpoint.address)}:{endpoint.port}"
