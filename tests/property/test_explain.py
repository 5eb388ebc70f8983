"""Law: what `explain` says of a request is what the slow, obvious reading says."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from bindctl.bindings.listen_list import EVERYWHERE
from bindctl.bindings.start import StartResult, start_sites
from bindctl.model.binding import EmulatedVersion, Protocol, format_binding
from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.model.endpoint import ANY_ADDRESS
from bindctl.model.host import HostName
from bindctl.routing.classes import (
    OTHER_ADDRESS,
    OTHER_IPV6,
    UNNAMED_LABEL,
    is_open,
)
from bindctl.routing.coalescing import CoalescingOutcome, find_coalescing
from bindctl.routing.decision import decide
from bindctl.routing.explain import (
    Explanation,
    address_classes,
    explain_request,
    group_addresses,
    reading_without,
)
from bindctl.routing.plan import RoutingPlan, compile_plan
from bindctl.routing.reading import Reading
from bindctl.routing.reason import Why
from bindctl.routing.request import Request
from tests import oracle
from tests.oracle import (
    route_naive,
    select_certificate_naive,
    select_flags_naive,
)
from tests.property.strategies import (
    ADDRESSES,
    HOSTS,
    PORTS,
    busy_tables,
    request_addresses,
    request_hosts,
    tables,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from bindctl.bindings.table import BindingTable

_OUTRANKED = {Why.LATER_ROW, Why.SHORTER_HOST, Why.FARTHER}
_NOW = datetime(2026, 11, 22, tzinfo=UTC)
_NAMES = st.sampled_from((*HOSTS, *(f"*.{name}" for name in HOSTS), "*.*.example"))
central_files = st.frozensets(
    st.sampled_from([f"{prefix}{name}.pfx" for prefix in ("", "_.") for name in HOSTS])
)
questions = st.builds(
    Request,
    st.sampled_from(Protocol),
    st.sampled_from((*PORTS, *PORTS, *PORTS, 81)),
    request_hosts,
    request_hosts,
)


# Names of bindings, of records and of files, and others below the same suffixes.
ASKED = frozenset({*HOSTS, *(f"x.{name}" for name in HOSTS)})


class World(NamedTuple):
    """A table, what starts of it, and the plan."""

    table: BindingTable
    start: StartResult
    plan: RoutingPlan


@st.composite
def worlds(draw: st.DrawFn) -> World:
    table = draw(st.one_of(tables, busy_tables(), busy_tables()))._replace(
        central_files=draw(central_files),
        emulated_version=draw(
            st.sampled_from([*EmulatedVersion, EmulatedVersion.IIS10])
        ),
    )
    start = start_sites(table)
    return World(table, start, compile_plan(table, start.started))


def _explain(
    world: World, address: IPv4Address | IPv6Address, request: Request
) -> Explanation:
    return explain_request(_reading(world), request, address)


def _reading(world: World) -> Reading:
    return Reading(world.table, given_start=world.start)


def _is_taken(
    world: World, address: IPv4Address | IPv6Address, request: Request
) -> bool:
    """Whether a request can be sent at all, read off the bindings."""
    bound = [
        binding
        for site, _entry, binding in world.table.entries()
        if site.identifier in world.start.started
        and binding.endpoint.port == request.port
    ]
    if not bound or bound[0].protocol is not request.protocol:
        return False
    listening = {binding.endpoint.address for binding in bound}
    return is_open(address, listening, EVERYWHERE)


@settings(max_examples=5 * settings().max_examples)  # two implementations, one truth
@given(worlds(), request_addresses, questions)
def test_the_winner_is_the_oracle_s(
    world: World, address: IPv4Address | IPv6Address, request: Request
) -> None:
    """Who asks why a site answers would be told of another site."""
    found = _explain(world, address, request)
    winner = found.match and (found.match.route.site, found.match.row)
    shown = found.record and found.record.certificate_hash
    asked = (world.table, world.start.started, address, request.port)
    is_secure = request.protocol is Protocol.HTTPS
    if not _is_taken(world, address, request):
        assert (winner, shown, found.is_answered) == (None, None, False)
        return
    assert winner == route_naive(*asked, request.host)
    if not is_secure:
        assert shown is None
        assert found.is_answered is (winner is not None)
        return
    assert shown == select_certificate_naive(*asked, request.server_name)
    assert found.is_answered is (winner is not None and shown is not None)
    used, own = (
        _identity(*asked, name) for name in (request.server_name, request.host)
    )
    assert found.is_misdirected is (used != own)


def _identity(
    table: BindingTable,
    started: Collection[int],
    address: IPv4Address | IPv6Address,
    port: int,
    name: str | None,
) -> tuple[str | None, str]:
    """A certificate and its store, by the slow reading."""
    asked = (table, started, address, port, name)
    record = oracle._choose_record(*asked)
    store = "" if record is None else record.certificate_store_name.upper()
    return select_certificate_naive(*asked), store


@given(worlds(), request_addresses, questions)
def test_every_binding_of_the_port_is_accounted_for_once(
    world: World, address: IPv4Address | IPv6Address, request: Request
) -> None:
    """A binding that is in nobody's list is the one somebody looks for."""
    found = _explain(world, address, request)
    here = [loser for loser in found.losers if loser.reason.why is not Why.OTHER_PORT]
    bindings = [
        (site.identifier, entry.text)
        for site, entry, binding in world.table.entries()
        if binding.endpoint.port == request.port
    ]
    told = [(loser.site, loser.binding) for loser in here]
    if found.match is not None:
        route = found.match.route
        winner = (route.site, format_binding(route.binding))
        assert winner not in told
        told.append(winner)
    for item in told:
        bindings.remove(item)  # each was there, and is told of once
    assert len(bindings) == found.other_hosts


@given(worlds(), request_addresses, questions)
def test_no_loser_stands_before_the_winner(
    world: World, address: IPv4Address | IPv6Address, request: Request
) -> None:
    """The rule that is said to have ended a binding would not have ended it."""
    found = _explain(world, address, request)
    for loser in found.losers:
        assert str(loser.reason)
        if loser.reason.why not in _OUTRANKED:
            continue
        assert found.match is not None
        assert loser.row is not None
        assert loser.row >= found.match.row
        assert loser.site in world.start.started
    for record in found.record_losers:
        assert str(record.reason)
        if record.reason.why is Why.LATER_RECORD:
            assert record.reason.data["record_best"] < record.row


@given(worlds(), request_addresses, questions)
def test_the_runner_up_is_who_answers_without_the_winner(
    world: World, address: IPv4Address | IPv6Address, request: Request
) -> None:
    """A site is stopped in the belief that another takes its visitors."""
    found = _explain(world, address, request)
    if found.match is None:
        return
    site, port = found.match.route.site, request.port
    left_over = reading_without(_reading(world), site, port)
    runner_up = decide(left_over, request, address)
    left = world.start.started - {site}
    asked = (world.table, left, address, port)
    found_site = runner_up.match and (runner_up.match.route.site, runner_up.match.row)
    assert found_site == route_naive(*asked, request.host)
    rest = World(world.table, world.start._replace(started=left), left_over.plan)
    assert runner_up.is_open is _is_taken(rest, address, request)
    if request.protocol is Protocol.HTTPS:
        shown = runner_up.record and runner_up.record.certificate_hash
        assert not runner_up.is_open or shown == select_certificate_naive(
            *asked, request.server_name
        )


@given(worlds(), questions)
def test_addresses_of_a_group_are_answered_alike(
    world: World, request: Request
) -> None:
    """One answer stands for several addresses: it has to be true at each."""
    classes = address_classes(_reading(world), request.port)
    groups = group_addresses(_reading(world), classes, request)
    assert sorted(map(str, classes)) == sorted(str(a) for g in groups for a in g)
    for group in groups:
        found = [_explain(world, address, request) for address in group]
        answers = {(item.match and item.match.route, item.record) for item in found}
        assert len(answers) == 1
        assert len({item.is_misdirected for item in found}) == 1
    told = {
        item: _explain(world, group[0], request) for group in groups for item in group
    }
    for address in (*ADDRESSES, IPv4Address("192.0.2.1")):
        if not _is_taken(world, address, request):
            continue
        others = (OTHER_IPV6, OTHER_ADDRESS)[address.version == 4 :]
        stands = next(item for item in (address, *others) if item in told)
        found = _explain(world, address, request)
        assert found.record == told[stands].record
        assert (found.match and found.match.route) == (
            told[stands].match and told[stands].match.route
        )


@settings(max_examples=2 * settings().max_examples)  # half of them have no HTTPS
@given(worlds(), request_addresses, questions, st.sets(_NAMES, min_size=1))
def test_a_coalesced_host_fares_as_the_oracle_says(
    world: World,
    address: IPv4Address | IPv6Address,
    request: Request,
    names: set[str],
) -> None:
    """A browser would reach another site, or be shown less than it is promised."""
    request = request._replace(protocol=Protocol.HTTPS, port=PORTS[1])
    record = _explain(world, address, request).record
    if record is None or not world.table.emulated_version.has_later_flags:
        return
    certificate = Certificate(
        record.certificate_hash, "MY", "", "", tuple(names), (), _NOW, _NOW,
        KeyStatus.MATCHES, 1,
    )  # fmt: skip
    rows = (row._replace(misdirected_request=False) for row in world.table.sites)
    reading = Reading(world.table._replace(sites=tuple(rows)), given_start=world.start)
    found = find_coalescing(reading, address, request, (record, certificate))
    assert "*.*.example" not in {item.host for item in found.hosts}
    asked = (world.table, world.start.started, address, request.port)
    select_certificate_naive(*asked, request.server_name)
    flags = select_flags_naive(*asked, request.server_name)
    for item in found.hosts:
        name = item.host.replace("*", UNNAMED_LABEL)
        route = route_naive(*asked, name)
        own = select_certificate_naive(*asked, name)
        assert item.site == (route and route[0])
        assert item.certificate_hash == own
        is_alike = (_identity(*asked, name), select_flags_naive(*asked, name)) == (
            _identity(*asked, request.server_name),
            flags,
        )
        if item in found.harmless:
            assert item.outcome is CoalescingOutcome.SAME
            assert is_alike or item.site is None
        elif item in found.at_risk:
            assert item.outcome is not CoalescingOutcome.SAME
            assert not is_alike
        else:
            assert item.host in _bound_elsewhere(world, address, request.port)
    told = {item.host: item for item in found.hosts}
    asked_here = () if found.impossible else ASKED
    for name in set(asked_here) - {request.host, request.server_name}:
        wildcard = f"*.{name.partition('.')[2]}"
        if {name, wildcard}.isdisjoint(names):
            continue
        route, own = route_naive(*asked, name), select_certificate_naive(*asked, name)
        item = told.get(name) or told[wildcard]
        assert (item.site, item.certificate_hash) == (route and route[0], own), name


def _bound_elsewhere(
    world: World, address: IPv4Address | IPv6Address, port: int
) -> set[str]:
    """Hosts that running sites bind, and none of them at that address."""
    near: set[str] = set()
    every: set[str] = set()
    for site, _entry, binding in world.table.entries():
        if site.identifier not in world.start.started:
            continue
        if binding.endpoint.port != port or not isinstance(binding.host, HostName):
            continue
        every.add(binding.host.name)
        bound = binding.endpoint.address
        is_every_ipv6 = bound == IPv6Address(0) and address.version == 6
        if bound is ANY_ADDRESS or bound == address or is_every_ipv6:
            near.add(binding.host.name)
    return every - near
