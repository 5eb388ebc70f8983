"""Why a request reaches the site it reaches: winner, row, certificate, losers.

The winner is the plan's answer; only the reasons are worked out here and beside: those
of sites in `site_reasons`, of certificates in `record_reasons`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.listen_list import EVERYWHERE
from bindctl.model.binding import Protocol, SslFlags
from bindctl.model.certificate import is_same_certificate
from bindctl.routing.classes import (
    OTHER_ADDRESS,
    OTHER_IPV6,
    is_open,
    named_addresses,
    sorted_classes,
)
from bindctl.routing.plan import compile_plan
from bindctl.routing.site_reasons import find_losers

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bindctl.bindings.listen_list import ListenList
    from bindctl.bindings.start import StartResult
    from bindctl.bindings.table import BindingTable, SiteRow
    from bindctl.model.certificate import SslRecord
    from bindctl.model.endpoint import IpAddress
    from bindctl.routing.plan import Match, PortPlan, RoutingPlan
    from bindctl.routing.record_reasons import RecordLoser
    from bindctl.routing.request import Request
    from bindctl.routing.site_reasons import Loser

_OTHERS: Final = frozenset({OTHER_ADDRESS, OTHER_IPV6})


class Explanation(NamedTuple):
    """What happens to a request that arrives at one local address.

    Attributes:
        address: The address, or `OTHER_ADDRESS` for any that no binding names.
        match: Site and row, or ``None``: 400, or nothing to send a request to. Where
            the handshake is refused, who would answer.
        record: The certificate record, or ``None``; HTTPS only.
        record_reason: Why that record, or why there is none.
        is_listening: Whether anything is bound to the port.
        is_open: Whether a connection to that address of it is taken.
        is_scheme_right: Whether the port speaks the request's scheme; where it does
            not, HTTP is answered 400 in clear and HTTPS is no handshake.
        losers: Bindings that could be expected to win and do not.
        other_hosts: How many bindings of the port name other hosts.
        record_losers: Certificates that could be expected and are not shown.
        other_records: How many records are those of other names and addresses.
        is_misdirected: Whether the host would get another certificate than the server
            name did: 421, where the site has MisdirectedRequest.
        emulation: What the version of IIS that is rehearsed leaves out; or empty.
    """

    address: IpAddress
    match: Match | None
    record: SslRecord | None
    record_reason: str
    is_listening: bool
    is_open: bool
    is_scheme_right: bool
    losers: tuple[Loser, ...]
    other_hosts: int
    record_losers: tuple[RecordLoser, ...] = ()
    other_records: int = 0
    is_misdirected: bool = False
    emulation: str = ""

    @property
    def is_connected(self) -> bool:
        """Whether a request can be sent: open, right scheme, and a certificate."""
        has_certificate = self.record is not None or not self.record_reason
        return self.is_open and self.is_scheme_right and has_certificate

    @property
    def is_answered(self) -> bool:
        """Whether a site answers: connected, and matched."""
        return self.match is not None and self.is_connected


class RunnerUp(NamedTuple):
    """What a request gets when the site that answers it stops.

    Attributes:
        match: The site that answers then; ``None`` is 400, or no connection.
        record: The certificate record then.
        is_open: Whether the port is still open at the address.
    """

    match: Match | None
    record: SslRecord | None
    is_open: bool


def address_classes(
    plan: RoutingPlan, port: int, listen: ListenList = EVERYWHERE
) -> tuple[IpAddress, ...]:
    """Local addresses that can differ: each one named, and any other.

    Only those at which a connection is taken; `OTHER_ADDRESS` when there is none.
    """
    port_plan = plan.ports.get(port)
    if port_plan is None:
        return (OTHER_ADDRESS,)
    bound = plan.listening_addresses(port)
    named = named_addresses(port_plan) | set(listen.addresses)
    found = tuple(
        address
        for address in sorted_classes(named)
        if (address != OTHER_IPV6 or OTHER_IPV6 in named)
        and is_open(address, bound, listen)
    )
    named_first = sorted(found, key=_OTHERS.__contains__)
    return tuple(named_first) or (OTHER_ADDRESS,)


def group_addresses(
    plan: RoutingPlan, addresses: Sequence[IpAddress], request: Request
) -> tuple[tuple[IpAddress, ...], ...]:
    """Those addresses, the ones with the same site and certificates together.

    The certificates are those of the server name and of the host, which may differ.
    """
    groups: dict[tuple[object, ...], list[IpAddress]] = {}
    names = {request.server_name, request.host}
    for address in addresses:
        match = plan.match_site(address, request.port, request.host)
        key: list[object] = [match and match.route]
        if request.protocol is Protocol.HTTPS:
            for name in names:
                record = plan.select_certificate(address, request.port, name)
                key.append(record and record.key)
        groups.setdefault(tuple(key), []).append(address)
    return tuple(map(tuple, groups.values()))


def explain_request(  # noqa: PLR0913, PLR0917 - the whole question, asked once
    table: BindingTable,
    start: StartResult,
    plan: RoutingPlan,
    address: IpAddress,
    request: Request,
    listen: ListenList = EVERYWHERE,
) -> Explanation:
    """The answer for a request at one local address, with its reasons."""
    port_plan = plan.ports.get(request.port)
    right_scheme = port_plan is not None and port_plan.protocol is request.protocol
    taken = port_plan is not None and is_open(
        address, plan.listening_addresses(request.port), listen
    )
    match = None
    if taken and right_scheme:
        match = plan.match_site(address, request.port, request.host)
    losers, others = find_losers(table, start, address, request, match)
    explanation = Explanation(
        address=address,
        match=match,
        record=None,
        record_reason="",
        is_listening=port_plan is not None,
        is_open=taken,
        is_scheme_right=right_scheme,
        losers=losers,
        other_hosts=others,
    )
    is_secure = request.protocol is Protocol.HTTPS
    if port_plan is None or not taken or not right_scheme or not is_secure:
        return explanation
    return _with_handshake(explanation, table, start, port_plan, request)


def plan_without(
    table: BindingTable, started: Collection[int], site: int, port: int
) -> RoutingPlan:
    """The plan of one port while every site runs but that one."""
    rows = tuple(row for row in table.sites if _has_port(row, port))
    return compile_plan(table._replace(sites=rows), frozenset(started) - {site})


def find_runner_up(
    plan: RoutingPlan,
    address: IpAddress,
    request: Request,
    listen: ListenList = EVERYWHERE,
) -> RunnerUp:
    """The answer by a plan that `plan_without` made."""
    port = request.port
    match = plan.match_site(address, port, request.host)
    record = None
    if request.protocol is Protocol.HTTPS:
        record = plan.select_certificate(address, port, request.server_name)
    bound = plan.listening_addresses(port) if port in plan.ports else ()
    return RunnerUp(match, record, is_open(address, bound, listen))


def is_misdirected(plan: PortPlan, address: IpAddress, request: Request) -> bool:
    """Whether the host of a request over TLS has another certificate than its handshake.

    Source:
        RFC 9110 §15.5.20.
    """
    used = plan.select_certificate(address, request.server_name)
    right = plan.select_certificate(address, request.host)
    return not is_same_certificate(used, right)


def _with_handshake(
    explanation: Explanation,
    table: BindingTable,
    start: StartResult,
    plan: PortPlan,
    request: Request,
) -> Explanation:
    # Imported here: requests over HTTP, which are as many, do without.
    from bindctl.routing.record_reasons import (  # noqa: PLC0415
        find_record_losers,
        record_reason,
    )

    address, name = explanation.address, request.server_name
    record = plan.select_certificate(address, name)
    losers, others = find_record_losers(table, start, plan, address, request, record)
    return explanation._replace(
        record=record,
        record_reason=record_reason(record, name),
        record_losers=losers,
        other_records=others,
        is_misdirected=is_misdirected(plan, address, request),
        emulation=_left_out(table, request.port),
    )


def _left_out(table: BindingTable, port: int) -> str:
    """What the emulated version makes of this port's certificates, if anything."""
    version = table.emulated_version
    if version.has_sni:
        return ""
    choosing = SslFlags.SNI | SslFlags.CENTRAL_CERT_STORE
    meant = any(
        site.ssl_flags & choosing and _has_port(site, port) for site in table.sites
    )
    if not meant:
        return ""
    return f"{version} knows no server names: one certificate for an address and port"


def _has_port(site: SiteRow, port: int) -> bool:
    return any(
        entry.binding is not None and entry.binding.endpoint.port == port
        for entry in site.entries
    )
