"""Which sockets a plan needs, and opening them.

A port that cannot be opened is told per port, because a site starts whole or not at all.
"""

from __future__ import annotations

import contextlib
import errno
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final

from bindctl.model.endpoint import ANY_ADDRESS, format_address
from bindctl.model.site import Win32Error

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bindctl.model.binding import Protocol
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.server.options import ServiceOptions
    from bindctl.server.service_plan import ServicePlan

BACKLOG: Final = 4096  # the kernel cuts it to net.core.somaxconn; nginx: 511
ALL_IPV4: Final = IPv4Address(0)
ALL_IPV6: Final = IPv6Address(0)
MAX_PORT: Final = 65535

_ERRORS: Final[Mapping[int, Win32Error]] = {
    errno.EADDRINUSE: Win32Error.SHARING_VIOLATION,
    errno.EACCES: Win32Error.ACCESS_DENIED,
    errno.EPERM: Win32Error.ACCESS_DENIED,
    errno.EADDRNOTAVAIL: Win32Error.INVALID_NETNAME,
}
_NO_IPV6: Final = frozenset(
    {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT}
)


@dataclass(frozen=True, slots=True)
class ListenerSpec:
    """A socket to listen on.

    Attributes:
        address: Of the socket; all zeros is every address of its family.
        port: The port of the bindings.
        real_port: The port of the socket.
        protocol: What is spoken there.
    """

    address: IpAddress
    port: int
    real_port: int
    protocol: Protocol

    @property
    def place(self) -> tuple[IpAddress, int]:
        """What the kernel knows it by."""
        return (self.address, self.real_port)

    def covers(self, address: IpAddress) -> bool:
        """Whether a connection to `address` arrives here."""
        if self.address in {ALL_IPV4, ALL_IPV6}:
            return self.address.version == address.version
        return self.address == address

    def __str__(self) -> str:
        """``127.0.0.1:8080 http``."""
        written = format_address(self.address)
        return f"{written}:{self.real_port} {self.protocol.value}"


def wanted_listeners(
    plan: ServicePlan, options: ServiceOptions
) -> tuple[ListenerSpec, ...]:
    """The sockets for every port of a plan, in ascending order."""
    allowed = options.listen or plan.listen_addresses
    return tuple(
        ListenerSpec(
            address, port, port + options.port_offset, plan.routing.ports[port].protocol
        )
        for port in sorted(plan.routing.ports)
        for address in _addresses(plan.routing.listening_addresses(port), allowed)
    )


def _addresses(
    named: frozenset[LocalAddress], allowed: tuple[IpAddress, ...]
) -> list[IpAddress]:
    concrete = {address for address in named if address is not ANY_ADDRESS}
    if ANY_ADDRESS in named:
        # Source: Win32 docs, "IP Listen List": it narrows what every binding gets.
        return _ordered(set(allowed) or {ALL_IPV4, ALL_IPV6})
    if allowed:
        concrete = {
            address
            for address in concrete
            if address in allowed
            or (address.version == 4 and ALL_IPV4 in allowed)  # noqa: PLR2004
            or (address.version == 6 and ALL_IPV6 in allowed)  # noqa: PLR2004
        }
    return _ordered(concrete)


def _ordered(addresses: set[IpAddress]) -> list[IpAddress]:
    for everywhere in (ALL_IPV4, ALL_IPV6):
        if everywhere in addresses:
            version = everywhere.version
            addresses = {a for a in addresses if a.version != version} | {everywhere}
    return sorted(addresses, key=lambda address: (address.version, int(address)))


class ListenerSet:
    """The open listening sockets of a service, by address and real port."""

    def __init__(self) -> None:
        """Start without sockets."""
        self._sockets: dict[tuple[IpAddress, int], socket.socket] = {}

    def open_missing(self, specs: Iterable[ListenerSpec]) -> dict[int, Win32Error]:
        """Open what is not open yet; the ports that failed, and why."""
        failures: dict[int, Win32Error] = {}
        for spec in specs:
            if spec.port in failures or spec.place in self._sockets:
                continue
            try:
                self._sockets[spec.place] = self._open(spec)
            except OverflowError:
                failures[spec.port] = Win32Error.INVALID_PARAMETER
            except OSError as error:
                if not _is_missing_ipv6(spec, error):
                    code = _ERRORS.get(error.errno or 0, Win32Error.INVALID_NETNAME)
                    failures[spec.port] = code
        return failures

    def find(self, spec: ListenerSpec) -> socket.socket | None:
        """The socket of a spec; ``None`` when the machine has no such family."""
        return self._sockets.get(spec.place)

    def keep_only(self, specs: Iterable[ListenerSpec]) -> None:
        """Close all others."""
        kept = {spec.place for spec in specs}
        for place in [place for place in self._sockets if place not in kept]:
            self._sockets.pop(place).close()

    def close(self) -> None:
        """Close all."""
        self.keep_only(())

    def _open(self, spec: ListenerSpec) -> socket.socket:
        try:
            return _open_socket(spec, shares_port=False)
        except OSError as error:
            rivals = [
                opened
                for (address, port), opened in self._sockets.items()
                if port == spec.real_port and address.version == spec.address.version
            ]
            if error.errno != errno.EADDRINUSE or not rivals:
                raise
            return _open_beside(spec, rivals)


def _open_beside(spec: ListenerSpec, rivals: list[socket.socket]) -> socket.socket:
    """Open while sockets of ours, which are about to go, hold the same port.

    Linux lets 0.0.0.0 and 127.0.0.1 share a port only while both say SO_REUSEPORT;
    said for this moment only, it does not let other programs in.
    """
    everyone = list(rivals)
    try:
        for each in rivals:
            _set_shares_port(each, shares=True)
        opened = _open_socket(spec, shares_port=True)
        everyone.append(opened)
        return opened
    finally:
        for each in everyone:
            _set_shares_port(each, shares=False)


def _open_socket(spec: ListenerSpec, *, shares_port: bool) -> socket.socket:
    if spec.real_port > MAX_PORT:
        raise OverflowError(spec.real_port)
    is_ipv6 = isinstance(spec.address, IPv6Address)
    family = socket.AF_INET6 if is_ipv6 else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_ipv6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if shares_port:
            _set_shares_port(opened, shares=True)
        opened.bind((str(spec.address), spec.real_port))
        opened.listen(BACKLOG)
        opened.setblocking(False)  # noqa: FBT003 - the standard library's signature
    except BaseException:
        opened.close()
        raise
    return opened


def _set_shares_port(opened: socket.socket, *, shares: bool) -> None:
    if hasattr(socket, "SO_REUSEPORT"):
        with contextlib.suppress(OSError):
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, int(shares))


def _is_missing_ipv6(spec: ListenerSpec, error: OSError) -> bool:
    return spec.address == ALL_IPV6 and error.errno in _NO_IPV6
