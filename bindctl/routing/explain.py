"""Why a request reaches the site it reaches: winner, row, certificate, losers.

The winner is the plan's answer; only the reasons are worked out here.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.model.binding import Protocol
from bindctl.model.certificate import SniKey
from bindctl.model.endpoint import ANY_ADDRESS, format_address
from bindctl.model.host import ANY_HOST, HostName, suffixes_of
from bindctl.routing.plan import ANY_IPV6

if TYPE_CHECKING:
    from bindctl.bindings.start import StartResult
    from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
    from bindctl.model.binding import Binding
    from bindctl.model.certificate import SslRecord
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.routing.plan import Match, RoutingPlan

# The rows of `plan`, in words.
ROW_NAMES: Final = {
    1: "this address, this host",
    2: "any address, this host",
    3: "a wildcard host",
    4: "this address, any host",
    5: "any address, any host",
}
# Stands for a local address that no binding of the port names.
OTHER_ADDRESS: Final = IPv4Address("0.0.0.0")  # noqa: S104 - compared only


class Request(NamedTuple):
    """A request as far as routing goes.

    Attributes:
        protocol: HTTP or HTTPS.
        port: The port of the connection.
        host: Host in A-labels, or a literal address; ``None`` when it names none.
        server_name: What the ClientHello names, or ``None``; HTTPS only.
    """

    protocol: Protocol
    port: int
    host: str | None
    server_name: str | None


class Loser(NamedTuple):
    """A binding that was considered and did not win, and why."""

    site: int
    binding: str
    reason: str


class Explanation(NamedTuple):
    """What happens to a request that arrives at one local address.

    Attributes:
        address: The address, or `OTHER_ADDRESS` for any that no binding names.
        match: Site and row, or ``None``: 400, or no connection at all.
        record: The certificate record, or ``None``; HTTPS only.
        record_reason: Why that record, or why there is none.
        is_listening: Whether anything is bound to the port at that address.
        is_scheme_right: Whether the port speaks the request's scheme.
        losers: Bindings that could be expected to win and do not.
        other_hosts: How many bindings of the port name other hosts.
    """

    address: IpAddress
    match: Match | None
    record: SslRecord | None
    record_reason: str
    is_listening: bool
    is_scheme_right: bool
    losers: tuple[Loser, ...]
    other_hosts: int

    @property
    def is_answered(self) -> bool:
        """Whether a site answers: matched, right scheme, and a certificate."""
        has_certificate = self.record is not None or not self.record_reason
        return self.match is not None and self.is_scheme_right and has_certificate


def address_classes(plan: RoutingPlan, port: int) -> tuple[IpAddress, ...]:
    """Local addresses that can differ: each one named, and any other."""
    if port not in plan.ports:
        return (OTHER_ADDRESS,)
    named = plan.listening_addresses(port) | set(plan.ports[port].endpoint_records)
    concrete = sorted(
        (address for address in named if address is not ANY_ADDRESS),
        key=lambda address: (address.version, int(address)),
    )
    other = (OTHER_ADDRESS,) if ANY_ADDRESS in named or not concrete else ()
    return (*concrete, *other)


def explain_request(
    table: BindingTable,
    start: StartResult,
    plan: RoutingPlan,
    address: IpAddress,
    request: Request,
) -> Explanation:
    """The answer for a request at one local address, with its reasons."""
    port_plan = plan.ports.get(request.port)
    right_scheme = port_plan is not None and port_plan.protocol is request.protocol
    match = plan.match_site(address, request.port, request.host)
    record, reason = None, ""
    if request.protocol is Protocol.HTTPS and right_scheme:
        name = request.server_name
        record = plan.select_certificate(address, request.port, name)
        reason = _record_reason(record, address, name)
    losers, others = _losers(table, start, address, request, match)
    return Explanation(
        address=address,
        match=match,
        record=record,
        record_reason=reason,
        is_listening=port_plan is not None,
        is_scheme_right=right_scheme,
        losers=losers,
        other_hosts=others,
    )


def format_local_address(address: IpAddress) -> str:
    """The address, or ``any`` for one that no binding names."""
    return "any" if address == OTHER_ADDRESS else format_address(address)


def _record_reason(
    record: SslRecord | None, address: IpAddress, server_name: str | None
) -> str:
    if record is None:
        said = f"server name {server_name}" if server_name else "no server name"
        return f"no record for {said}, and none for the port: the handshake is refused"
    key = record.key
    if isinstance(key, SniKey):
        return f"record {key}, chosen by the server name"
    if key.address is ANY_ADDRESS:
        return f"record 0.0.0.0:{key.port}, the port's own: no nearer record matches"
    if key.address == ANY_IPV6 and address != ANY_IPV6:
        return f"record [::]:{key.port}, for every IPv6 address"
    shown = f"{format_address(key.address)}:{key.port}"
    return f"record {shown}: a concrete address comes before any server name"


def _losers(
    table: BindingTable,
    start: StartResult,
    address: IpAddress,
    request: Request,
    match: Match | None,
) -> tuple[tuple[Loser, ...], int]:
    losers: list[Loser] = []
    others = 0
    for site, entry, binding in table.entries():
        is_winner = match is not None and (
            match.route.site == site.identifier and match.route.binding == binding
        )
        if is_winner:
            continue
        if binding.endpoint.port != request.port:
            losers.extend(_other_port(site, entry, binding, request))
            continue
        reason = _reason(table, start, site, binding, address, request, match)
        if reason is None:
            others += 1
        else:
            losers.append(Loser(site.identifier, entry.text, reason))
    return tuple(losers), others


def _other_port(
    site: SiteRow, entry: BindingEntry, binding: Binding, request: Request
) -> tuple[Loser, ...]:
    """A binding of exactly this host elsewhere is worth a word; others are not."""
    same_host = isinstance(binding.host, HostName) and binding.host.name == request.host
    if not same_host or binding.protocol is not request.protocol:
        return ()
    port = binding.endpoint.port
    return (Loser(site.identifier, entry.text, f"it is bound to port {port}"),)


def _reason(  # noqa: PLR0913, PLR0917 - the whole question, asked once
    table: BindingTable,
    start: StartResult,
    site: SiteRow,
    binding: Binding,
    address: IpAddress,
    request: Request,
    match: Match | None,
) -> str | None:
    """Why a binding of the port lost; ``None`` when it names another host."""
    row, host_reason = _row_of(binding, request.host, table.wildcard_depth)
    if row is None:
        return host_reason
    if site.identifier not in start.started:
        return _stopped_reason(site, start)
    bound = binding.endpoint.address
    if not _address_matches(bound, address):
        at = format_local_address(address)
        return f"it is bound to {format_address(bound)}, not to {at}"
    if match is None:
        return "the site does not answer on this port"
    if row == match.row:
        return f"row {row} too, but the winner's host or address is nearer"
    return (
        f"row {row} ({ROW_NAMES[row]}) comes after row {match.row} "
        f"({ROW_NAMES[match.row]})"
    )


def _row_of(
    binding: Binding, host: str | None, depth: int
) -> tuple[int | None, str | None]:
    """The row a binding would win by, or why its host rules it out."""
    any_address = binding.endpoint.address is ANY_ADDRESS
    pattern = binding.host
    if pattern is ANY_HOST:
        return (5 if any_address else 4), None
    if host is None:
        return None, None
    if isinstance(pattern, HostName):
        row = 2 if any_address else 1
        return (row if pattern.name == host else None), None
    if pattern.suffix in suffixes_of(host, depth):
        return 3, None
    if pattern.suffix in suffixes_of(host, 0):
        return None, f"{pattern} matches {depth} label(s) (WildcardHostDepth)"
    return None, None


def _stopped_reason(site: SiteRow, start: StartResult) -> str:
    refusal = start.refusals.get(site.identifier)
    if refusal is None:
        return "the site is stopped (ServerAutoStart is false)"
    if refusal.reason:
        return f"the site cannot start: {refusal.reason}"
    holder = f" of site {refusal.holder}" if refusal.holder is not None else ""
    return f"the site cannot start: {refusal.prefix} collides with a binding{holder}"


def _address_matches(bound: LocalAddress, address: IpAddress) -> bool:
    if bound is ANY_ADDRESS or bound == address:
        return True
    return bound == ANY_IPV6 and isinstance(address, IPv6Address)
