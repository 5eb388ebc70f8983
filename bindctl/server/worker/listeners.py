"""Which sockets a plan needs, and opening them.

1. A socket that cannot be opened is reported by address and port; the others stay open.
2. A socket is kept as long as its address is listened on, even if a wider socket covers
   it: closing it would reset connections that are not accepted yet.
"""

from __future__ import annotations

import contextlib
import errno
import socket
from dataclasses import dataclass, replace
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final

from bindctl.bindings.listen_list import ALL_IPV4, ALL_IPV6
from bindctl.model.endpoint import MAX_PORT, Endpoint, format_address
from bindctl.model.site import Win32Error
from bindctl.server.service.service_log import log_service

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bindctl.bindings.listen_list import ListenList
    from bindctl.model.binding import Protocol
    from bindctl.model.endpoint import IpAddress
    from bindctl.routing.plan import RoutingPlan

BACKLOG: Final = 4096  # the kernel cuts it to net.core.somaxconn; nginx: 511

_ERRORS: Final[Mapping[int, Win32Error]] = {
    errno.EADDRINUSE: Win32Error.SHARING_VIOLATION,
    errno.EACCES: Win32Error.ACCESS_DENIED,
    errno.EPERM: Win32Error.ACCESS_DENIED,
    errno.EADDRNOTAVAIL: Win32Error.INVALID_NETNAME,
}


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
        """Address and port as the kernel has them."""
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
    routing: RoutingPlan, listen: ListenList, port_offset: int
) -> tuple[ListenerSpec, ...]:
    """The sockets for every port of a plan, in ascending order."""
    return tuple(
        ListenerSpec(address, port, port + port_offset, routing.ports[port].protocol)
        for port in sorted(routing.ports)
        for address in _ordered(
            {
                address
                for bound in routing.listening_addresses(port)
                for address in listen.addresses_for(bound)
            }
        )
    )


def widest(specs: Iterable[ListenerSpec]) -> tuple[ListenerSpec, ...]:
    """Those that no other of them covers."""
    given = tuple(specs)
    wide = {(spec.address, spec.port) for spec in given if _is_wide(spec)}
    return tuple(
        spec
        for spec in given
        if _is_wide(spec) or (_family(spec.address), spec.port) not in wide
    )


def is_narrowed(spec: ListenerSpec, specs: Iterable[ListenerSpec]) -> bool:
    """Whether others take over some addresses of a socket that is closed."""
    return any(
        other.real_port == spec.real_port
        and other.address != spec.address
        and spec.covers(other.address)
        for other in specs
    )


def _is_wide(spec: ListenerSpec) -> bool:
    return spec.address == _family(spec.address)


def _family(address: IpAddress) -> IpAddress:
    return ALL_IPV6 if isinstance(address, IPv6Address) else ALL_IPV4


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
        self._told: set[tuple[IpAddress, int, str]] = set()

    def open_missing(self, specs: Iterable[ListenerSpec]) -> dict[Endpoint, Win32Error]:
        """Open the missing sockets; failures by the bindings' port, with reasons."""
        failures: dict[Endpoint, Win32Error] = {}
        for spec in specs:
            if spec.place in self._sockets:
                continue
            endpoint = Endpoint(spec.address, spec.port)
            try:
                self._sockets[spec.place] = self._open(spec)
            except OverflowError:
                failures[endpoint] = Win32Error.INVALID_PARAMETER
                self._tell(spec, f"there is no port {spec.real_port}")
            except OSError as error:
                code = _ERRORS.get(error.errno or 0, Win32Error.INVALID_NETNAME)
                failures[endpoint] = code
                self._tell(spec, error.strerror or str(error))
        return failures

    def _tell(self, spec: ListenerSpec, cause: str) -> None:
        key = (*spec.place, cause)
        if key not in self._told:
            self._told.add(key)
            log_service(f"{spec} cannot be opened: {cause}")

    def find(self, spec: ListenerSpec) -> socket.socket | None:
        """The socket of a spec; ``None`` when it could not be opened."""
        return self._sockets.get(spec.place)

    def find_all(
        self, specs: Iterable[ListenerSpec]
    ) -> dict[ListenerSpec, socket.socket]:
        """The sockets of those specs that could be opened."""
        found = ((spec, self.find(spec)) for spec in specs)
        return {spec: opened for spec, opened in found if opened is not None}

    def to_keep(self, wanted: Iterable[ListenerSpec]) -> tuple[ListenerSpec, ...]:
        """The specs that are open, and the open sockets they cover."""
        opened = [spec for spec in wanted if spec.place in self._sockets]
        known = {spec.place for spec in opened}
        covered = [
            replace(spec, address=address)
            for spec in opened
            for address, port in self._sockets
            if port == spec.real_port
            and (address, port) not in known
            and spec.covers(address)
        ]
        return (*opened, *covered)

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
    """Open a socket while sockets of ours that are about to close hold the same port.

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
