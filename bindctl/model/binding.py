"""One binding: protocol, endpoint and host; the grammar of both binding properties."""

from __future__ import annotations

from enum import Enum, IntEnum, IntFlag
from functools import lru_cache
from typing import Final, NamedTuple

from bindctl.model.endpoint import (
    ANY_ADDRESS,
    Endpoint,
    format_address,
    parse_local_address,
    parse_port,
)
from bindctl.model.host import (
    ANY_HOST,
    HostPattern,
    format_host_pattern,
    parse_host_pattern,
)

ANY_HOST_MARK: Final = "*"  # as a host: what IIS Express users write for any
_STRONG_WILDCARD: Final = "+"  # of http.sys, which no site of IIS registers
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
    DISABLE_HTTP2 = 4
    DISABLE_OCSP_STAPLING = 8
    DISABLE_QUIC = 16
    DISABLE_TLS13 = 32
    DISABLE_LEGACY_TLS = 64


class Binding(NamedTuple):
    """What http.sys registers: a protocol at an endpoint for a host."""

    protocol: Protocol
    endpoint: Endpoint
    host: HostPattern


def parse_binding(text: str, protocol: Protocol) -> Binding:
    """One item of ServerBindings or SecureBindings: ``IP:port:host``.

    The address may be empty or ``*`` (any), or IPv6 in brackets; the host may be
    empty or ``*`` (any), and ``:443`` without the second colon is read as ``:443:``.

    Raises:
        ValueError: `text` is not a binding; the message names the wrong part.
    """
    address, port, host = split_binding(text)
    return Binding(protocol, _parse_endpoint(address, port), _parse_host(host))


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


def split_binding(text: str) -> tuple[str, str, str]:
    """Address, port and host as they are written; a host that is left out is empty.

    Raises:
        ValueError: There are not as many parts.
    """
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
        plural = "s" if len(parts) > 1 else ""
        message = f"expected IP:port:host, found {len(parts)} part{plural}"
        if len(parts) > _PARTS:
            message += "; an IPv6 address needs brackets"
        raise ValueError(message)
    return parts[0], parts[1], parts[2]


@lru_cache(maxsize=4096)  # ten thousand sites share a few
def _parse_endpoint(address: str, port: str) -> Endpoint:
    return Endpoint(parse_local_address(address), parse_port(port))


def _parse_host(text: str) -> HostPattern:
    if text == ANY_HOST_MARK:
        return ANY_HOST
    if text == _STRONG_WILDCARD:
        message = "host '+' is a prefix of http.sys that no site has; leave it empty"
        raise ValueError(message)
    return parse_host_pattern(text)


class EmulatedVersion(IntEnum):
    """A generation of IIS, by its version number.

    Source:
        IIS release notes: SNI and the central certificate store came with 8.0, host
        names with a wildcard and the later bits of sslFlags with 10.0.
    """

    IIS6 = 6
    IIS7 = 7
    IIS8 = 8
    IIS10 = 10

    @property
    def has_ipv6(self) -> bool:
        """Whether bindings may name IPv6 addresses."""
        return self >= EmulatedVersion.IIS7

    @property
    def has_sni(self) -> bool:
        """Whether SslFlags counts: certificates by server name, and from files."""
        return self >= EmulatedVersion.IIS8

    @property
    def has_wildcard_hosts(self) -> bool:
        """Whether a host may be ``*.example.com``."""
        return self >= EmulatedVersion.IIS10

    @property
    def has_later_flags(self) -> bool:
        """Whether the bits of SslFlags from 4 up are known."""
        return self >= EmulatedVersion.IIS10

    @property
    def takes_trailing_dots(self) -> bool:
        """Whether a host may end in a dot; reported of IIS 7.5 that it may not."""
        return self >= EmulatedVersion.IIS8

    @property
    def takes_a_labels(self) -> bool:
        """Whether a host may be written in A-labels; reported of IIS 7.5 that not.

        IIS 6 has no names in Unicode: there A-labels are the only way.
        """
        return self is not EmulatedVersion.IIS7

    def __str__(self) -> str:
        """``IIS 10``."""
        return f"IIS {int(self)}"
