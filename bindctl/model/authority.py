"""The host a request names: the Host header, or the authority of its target."""

from __future__ import annotations

from typing import NamedTuple

from bindctl.model.endpoint import format_address, parse_ip_address, parse_port
from bindctl.model.host import parse_host_name

_MAX_PORT_DIGITS = 5  # a thousand leading zeros would be a thousand names of one host


class Authority(NamedTuple):
    """``host[:port]``.

    Attributes:
        host: Lower-case A-labels without a trailing dot, or a literal address, IPv6
            in brackets.
        port: The port written, or ``None``.
    """

    host: str
    port: int | None


def parse_authority(text: str) -> Authority:
    """Read ``host``, ``host:port`` or ``[IPv6]:port``.

    Raises:
        ValueError: `text` is not one of these (RFC 9110 §7.2).
    """
    if text.startswith("["):
        literal, closing, rest = text.partition("]")
        if not closing or (rest and not rest.startswith(":")):
            message = f"{text!r} is not a host and port"
            raise ValueError(message)
        host = format_address(parse_ip_address(literal + closing))
        return Authority(host, _parse_optional_port(rest[1:]))
    name, colon, port = text.partition(":")
    if colon and ":" in port:
        message = f"{text!r} is an IPv6 address without brackets"
        raise ValueError(message)
    host = parse_host_name(name).name
    return Authority(host, _parse_optional_port(port))


def _parse_optional_port(text: str) -> int | None:
    # RFC 3986 §3.2.3: the port may be empty after its colon.
    if len(text) > _MAX_PORT_DIGITS:
        message = f"port {text[:_MAX_PORT_DIGITS]}… has more than five digits"
        raise ValueError(message)
    return parse_port(text) if text else None
