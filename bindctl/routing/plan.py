"""The compiled routing plan: immutable, asked by server, explain and exporters.

Rows of the order (``docs/reference/routing.md``), first match wins:

1. this address, this host            ``10.0.0.1:80:www.example.com``
2. any address, this host             ``:80:www.example.com``
3. a wildcard host, longest suffix first, this address before any
4. this address, any host             ``10.0.0.1:80:``
5. any address, any host              ``:80:``

Between a concrete IPv6 address and any address stands ``[::]``, every IPv6 address.

Source:
    Win32 docs, "UrlPrefix Strings" and "Routing Incoming Requests" (2018-05-31).
"""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.records import find_central_file, ssl_records
from bindctl.model.certificate import CentralKey, SniKey
from bindctl.model.endpoint import ANY_ADDRESS
from bindctl.model.host import ANY_HOST, HostName, suffixes_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from bindctl.bindings.records import RecordKey
    from bindctl.bindings.table import BindingTable
    from bindctl.model.binding import Binding, Protocol
    from bindctl.model.certificate import SslRecord
    from bindctl.model.endpoint import IpAddress, LocalAddress

ANY_IPV6: Final = IPv6Address("::")


class Route(NamedTuple):
    """A site and the binding that leads to it."""

    site: int
    binding: Binding


class Match(NamedTuple):
    """The answer for a request: the route, and the row of the order that chose it."""

    route: Route
    row: int


class PortPlan(NamedTuple):
    """Everything registered on one port.

    Attributes:
        protocol: The one scheme of the port.
        wildcard_depth: Labels a wildcard host matches; 0 is any number.
        names: Host to routes by address.
        suffixes: Suffix of a wildcard host to routes by address.
        blanks: Routes without a host by address.
        endpoint_records: Certificate records by address.
        name_records: Certificate records by server name.
        suffix_records: Certificate records by suffix of a wildcard server name.
        central_record: The record that asks the central store, or ``None``.
        central_files: Names of the files of the central store, in lower case.
    """

    protocol: Protocol
    wildcard_depth: int
    names: dict[str, dict[LocalAddress, Route]]
    suffixes: dict[str, dict[LocalAddress, Route]]
    blanks: dict[LocalAddress, Route]
    endpoint_records: dict[LocalAddress, SslRecord]
    name_records: dict[str, SslRecord]
    suffix_records: dict[str, SslRecord]
    central_record: SslRecord | None
    central_files: frozenset[str]

    def match(self, address: IpAddress, host: str | None) -> Match | None:
        """The route for a request that arrived at `address` and names `host`.

        Args:
            address: The local address of the connection.
            host: Lower-case A-labels, no trailing dot; ``None`` when the request
                names none (HTTP/1.0).
        """
        if host is not None:
            routes = self.names.get(host)
            if routes is not None:
                route = _nearest(routes, address)
                if route is not None:
                    any_address = route.binding.endpoint.address is ANY_ADDRESS
                    return Match(route, 2 if any_address else 1)
            if self.suffixes:
                for suffix in suffixes_of(host, self.wildcard_depth):
                    route = _nearest(self.suffixes.get(suffix, {}), address)
                    if route is not None:
                        return Match(route, 3)
        route = _nearest(self.blanks, address)
        if route is None:
            return None
        return Match(route, 5 if route.binding.endpoint.address is ANY_ADDRESS else 4)

    def select_certificate(
        self, address: IpAddress, server_name: str | None
    ) -> SslRecord | None:
        """The record for a ClientHello; ``None`` refuses the handshake.

        A record that the central store answered has the name of the file there in place
        of a thumbprint.

        Source:
            Microsoft support, AD FS single sign-on: order of http.sys's records.
        """
        record = self.endpoint_records.get(address)
        if record is not None and address == ANY_IPV6:
            record = None  # no connection arrives there: it stands for any other IPv6
        if record is None and server_name is not None:
            record = self._named_record(server_name)
        if record is not None:
            return record
        if isinstance(address, IPv6Address) and ANY_IPV6 in self.endpoint_records:
            return self.endpoint_records[ANY_IPV6]
        return self.endpoint_records.get(ANY_ADDRESS)

    def _named_record(self, server_name: str) -> SslRecord | None:
        record = self.name_records.get(server_name)
        if record is not None:
            return record
        if self.suffix_records:
            for suffix in suffixes_of(server_name, self.wildcard_depth):
                if suffix in self.suffix_records:
                    return self.suffix_records[suffix]
        if self.central_record is not None:
            file = find_central_file(server_name, self.central_files)
            if file is not None:
                return self.central_record._replace(certificate_hash=file)
        return None

    def routes(self) -> Iterator[Route]:
        """Every route of the port."""
        for by_address in (*self.names.values(), *self.suffixes.values(), self.blanks):
            yield from by_address.values()

    def records(self) -> Iterator[SslRecord]:
        """Every certificate record of the port; the central store's names no file."""
        yield from self.endpoint_records.values()
        yield from self.name_records.values()
        yield from self.suffix_records.values()
        if self.central_record is not None:
            yield self.central_record


class RoutingPlan(NamedTuple):
    """The plan: one `PortPlan` a port. Never changed; replaced whole."""

    ports: dict[int, PortPlan]

    def match_site(
        self, address: IpAddress, port: int, host: str | None
    ) -> Match | None:
        """Which site answers; ``None`` is 400, as http.sys answers."""
        plan = self.ports.get(port)
        return None if plan is None else plan.match(address, host)

    def select_certificate(
        self, address: IpAddress, port: int, server_name: str | None
    ) -> SslRecord | None:
        """Which certificate a ClientHello gets; ``None`` refuses the handshake."""
        plan = self.ports.get(port)
        return None if plan is None else plan.select_certificate(address, server_name)

    def listening_addresses(self, port: int) -> frozenset[LocalAddress]:
        """Addresses named on the port; `ANY_ADDRESS` among them means all."""
        routes = self.ports[port].routes()
        return frozenset(route.binding.endpoint.address for route in routes)


def compile_plan(
    table: BindingTable,
    started: Collection[int],
    records: Iterable[SslRecord] | None = None,
) -> RoutingPlan:
    """The plan while exactly those sites run.

    Args:
        table: The bindings; those of sites that do not run are left out.
        started: Identifiers of running sites, as `start_sites` found them: no two
            of them register the same endpoint and host.
        records: The certificate records while those run, where they are known already.
    """
    ports: dict[int, PortPlan] = {}
    for site, _entry, binding in table.entries():
        if site.identifier not in started:
            continue
        port = binding.endpoint.port
        plan = ports.get(port)
        if plan is None:
            files = table.central_files
            plan = make_port_plan(binding.protocol, table.wildcard_depth, files)
            ports[port] = plan
        _add_route(plan, Route(site.identifier, binding))
    if records is None:
        records = ssl_records(table, started).values()
    for record in records:
        record_port = record.key.port
        if record_port in ports:
            ports[record_port] = with_record(ports[record_port], record)
    return RoutingPlan(ports)


def record_row(key: RecordKey) -> int:
    """The row of the order of `PortPlan.select_certificate` a record stands in."""
    if isinstance(key, CentralKey):
        return 4
    if isinstance(key, SniKey):
        return 2 if isinstance(key.host, HostName) else 3
    if key.address is ANY_ADDRESS:
        return 6
    return 5 if key.address == ANY_IPV6 else 1


def _nearest(by_address: dict[LocalAddress, Route], address: IpAddress) -> Route | None:
    if len(by_address) == 1 and ANY_ADDRESS in by_address:
        return by_address[ANY_ADDRESS]  # by far the commonest: no address is named
    route = by_address.get(address)
    if route is None and isinstance(address, IPv6Address):
        route = by_address.get(ANY_IPV6)
    return by_address.get(ANY_ADDRESS) if route is None else route


def _add_route(plan: PortPlan, route: Route) -> None:
    host, address = route.binding.host, route.binding.endpoint.address
    if host is ANY_HOST:
        plan.blanks[address] = route
    elif isinstance(host, HostName):
        plan.names.setdefault(host.name, {})[address] = route
    else:
        plan.suffixes.setdefault(host.suffix, {})[address] = route


def make_port_plan(
    protocol: Protocol, wildcard_depth: int, central_files: frozenset[str]
) -> PortPlan:
    """A port's plan, with nothing registered yet."""
    return PortPlan(
        protocol,
        wildcard_depth,
        names={},
        suffixes={},
        blanks={},
        endpoint_records={},
        name_records={},
        suffix_records={},
        central_record=None,
        central_files=central_files,
    )


def with_record(plan: PortPlan, record: SslRecord) -> PortPlan:
    """The plan with a record where `PortPlan.select_certificate` looks for it."""
    key = record.key
    if isinstance(key, CentralKey):
        return plan._replace(central_record=record)
    if not isinstance(key, SniKey):
        plan.endpoint_records[key.address] = record
    elif isinstance(key.host, HostName):
        plan.name_records[key.host.name] = record
    else:
        plan.suffix_records[key.host.suffix] = record
    return plan
