"""One binding: protocol, endpoint and host; the grammar of both binding properties."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntFlag
from typing import Final

from bindctl.model.endpoint import (
    ANY_ADDRESS,
    Endpoint,
    format_address,
    parse_local_address,
    parse_port,
)
from bindctl.model.host import HostPattern, format_host_pattern, parse_host_pattern

_PARTS_WITHOUT_HOST: Final = 2  # `:443`, as IIS 5 wrote it (KB Q290391)
_PARTS: Final = 3


class Protocol(Enum):
    """What is spoken at a binding, as IIS 7+ names it."""

    HTTP = "http"
    HTTPS = "https"


class SslFlags(IntFlag):
    """How an HTTPS binding finds its certificate.

    Source:
        IIS configuration reference, binding element, attribute sslFlags.
    """

    NONE = 0
    SNI = 1
    CENTRAL_CERT_STORE = 2


@dataclass(frozen=True, slots=True)
class Binding:
    """What http.sys registers: a protocol at an endpoint for a host."""

    protocol: Protocol
    endpoint: Endpoint
    host: HostPattern


def parse_binding(text: str, protocol: Protocol) -> Binding:
    """One item of ServerBindings or SecureBindings: ``IP:port:host``.

    The address may be empty or ``*`` (any), or IPv6 in brackets; the host may be
    empty (any), and ``:443`` without the second colon is read as ``:443:``.

    Raises:
        ValueError: `text` is no binding; the message names the wrong part.
    """
    address, port, host = _split(text)
    endpoint = Endpoint(parse_local_address(address), parse_port(port))
    return Binding(protocol, endpoint, parse_host_pattern(host))


def format_binding(binding: Binding) -> str:
    """``IP:port:host`` with an empty part for any: what `parse_binding` reads."""
    address = binding.endpoint.address
    written = "" if address is ANY_ADDRESS else format_address(address)
    host = format_host_pattern(binding.host)
    return f"{written}:{binding.endpoint.port}:{host}"


def format_url_prefix(binding: Binding) -> str:
    """``http://*:80/``: the prefix as event logs and error messages show it."""
    endpoint = binding.endpoint
    host = format_host_pattern(binding.host) or format_address(endpoint.address)
    return f"{binding.protocol.value}://{host}:{endpoint.port}/"


def _split(text: str) -> tuple[str, str, str]:
    address, rest = "", text
    if text.startswith("["):
        bracketed, closing, rest = text.partition("]")
        if not closing:
            message = "the IPv6 address has no closing bracket"
            raise ValueError(message)
        if not rest.startswith(":"):
            message = "a colon must follow the IPv6 address"
            raise ValueError(message)
        address = bracketed + closing
    parts = rest.split(":")
    parts[0] = address + parts[0]
    if len(parts) == _PARTS_WITHOUT_HOST:
        parts.append("")
    if len(parts) != _PARTS:
        message = f"expected IP:port:host, found {len(parts)} part(s)"
        if len(parts) > _PARTS:
            message += "; an IPv6 address needs brackets"
        raise ValueError(message)
    return parts[0], parts[1], parts[2]
