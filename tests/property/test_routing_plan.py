"""Law: the compiled plan answers as the slow, obvious reading of the rules does."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from bindctl.bindings.start import start_sites
from bindctl.bindings.table import BindingTable, SiteRow
from bindctl.model.site import Win32Error
from bindctl.routing.plan import compile_plan
from bindctl.routing.reading import Reading
from bindctl.rules.conflicts import (
    both_schemes_on_port,
    duplicate_registration,
    repeated_binding,
)
from tests.oracle import route_naive, select_certificate_naive
from tests.property.request_worlds import LOCAL, NAMES, Oracle, worlds
from tests.property.strategies import (
    PORTS,
    request_addresses,
    request_hosts,
    requests,
    tables,
)

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address
    from random import Random

    from bindctl.model.binding import Binding
    from bindctl.model.endpoint import Endpoint
    from bindctl.model.host import HostPattern

    Request = tuple[IPv4Address | IPv6Address, int, str | None]
    Registration = tuple[Endpoint, HostPattern]

# Every address that a table may name and others, every port, every name near a host.
ASKED = [(address, port, name) for address in LOCAL for port in PORTS for name in NAMES]


@settings(max_examples=2 * settings().max_examples)  # two implementations, one truth
@given(worlds())
def test_the_plan_routes_as_the_rules_read(world: Oracle) -> None:
    """A visitor would otherwise see another site than `explain`'s rules promise."""
    for address, port, host in ASKED:
        match = world.plan.match_site(address, port, host)
        found = None if match is None else (match.route.site, match.row)
        expected = route_naive(world.table, world.started, address, port, host)
        assert found == expected, (address, port, host)


@settings(max_examples=2 * settings().max_examples)  # two implementations, one truth
@given(worlds())
def test_the_plan_chooses_the_certificate_as_the_rules_read(world: Oracle) -> None:
    """A visitor would otherwise be shown a certificate of another name."""
    for address, port, name in ASKED:
        record = world.plan.select_certificate(address, port, name)
        found = None if record is None else record.certificate_hash
        expected = select_certificate_naive(
            world.table, world.started, address, port, name
        )
        assert found == expected, (address, port, name)


def _registrations(site: SiteRow) -> list[Registration]:
    return [
        (entry.binding.endpoint, entry.binding.host)
        for entry in site.entries
        if entry.binding is not None
    ]


def _unique_sites(table: BindingTable) -> tuple[SiteRow, ...]:
    """Sites that start whatever the others do: nothing of theirs is anybody's."""
    kept: list[SiteRow] = []
    taken: set[Registration] = set()
    schemes: dict[int, object] = {}
    for site in table.sites:
        own = _registrations(site)
        spoken = {
            (entry.binding.endpoint.port, entry.binding.protocol)
            for entry in site.entries
            if entry.binding is not None
        }
        fits = len(set(own)) == len(own) and taken.isdisjoint(own)
        fits = fits and len({port for port, _scheme in spoken}) == len(spoken)
        fits = fits and all(schemes.get(port, s) is s for port, s in spoken)
        if fits:
            kept.append(site)
            taken.update(own)
            schemes.update(dict(spoken))
    return tuple(kept)


@given(tables, requests, st.randoms(use_true_random=False))
def test_order_in_the_file_changes_no_answer(
    table: BindingTable,
    request: Request,
    random: Random,
) -> None:
    """Sorting a metabase, or a binding list, must not move a visitor."""
    sites = _unique_sites(table)
    shuffled = []
    for site in random.sample(sites, len(sites)):
        entries = tuple(random.sample(site.entries, len(site.entries)))
        shuffled.append(
            SiteRow(
                site.identifier,
                site.comment,
                site.auto_start,
                site.ssl_flags,
                site.certificate_hash,
                site.certificate_store_name,
                entries,
            )
        )
    before = BindingTable(sites, wildcard_depth=table.wildcard_depth)
    after = BindingTable(tuple(shuffled), wildcard_depth=table.wildcard_depth)
    assert start_sites(before) == start_sites(after)
    started = start_sites(before).started
    assert compile_plan(before, started).match_site(*request) == compile_plan(
        after, started
    ).match_site(*request)


def _conflicting_pairs(table: BindingTable) -> set[frozenset[int]]:
    """Sites that meet in one registration, from the rule's findings and holders."""
    holders: dict[Binding, int] = {}
    for site, _entry, binding in table.entries():
        holders.setdefault(binding, site.identifier)
    pairs = set()
    for finding in duplicate_registration(Reading(table)):
        number = int(finding.place.path.rpartition("/")[2])
        site = next(site for site in table.sites if site.identifier == number)
        entry = next(
            entry
            for entry in site.entries
            if entry.property_name == finding.place.property_name
            and entry.index == finding.place.index
        )
        assert entry.binding is not None
        key = entry.binding
        pairs.add((frozenset({number, holders[key]}), key))
    groups: dict[Binding, set[int]] = {}
    for pair, key in pairs:
        groups.setdefault(key, set()).update(pair)
    return {
        frozenset((left, right))
        for members in groups.values()
        for left in members
        for right in members
        if left != right
    }


@given(tables, st.randoms(use_true_random=False))
def test_order_changes_no_conflicting_pair(
    table: BindingTable,
    random: Random,
) -> None:
    """`check` would otherwise call a metabase clean after it was sorted."""
    sites = tuple(random.sample(table.sites, len(table.sites)))
    shuffled = BindingTable(sites)
    assert _conflicting_pairs(table) == _conflicting_pairs(shuffled)
    expected = {
        frozenset((left.identifier, right.identifier))
        for left in table.sites
        for right in table.sites
        if left is not right and not set(_bindings(left)).isdisjoint(_bindings(right))
    }
    assert _conflicting_pairs(table) == expected


def _bindings(site: SiteRow) -> list[Binding]:
    """With their scheme: two schemes on one port are another finding."""
    return [entry.binding for entry in site.entries if entry.binding is not None]


@given(tables)
def test_started_sites_never_share_a_registration(table: BindingTable) -> None:
    """Two running sites on one prefix: http.sys forbids it, a visitor gets either."""
    result = start_sites(table)
    started = [site for site in table.sites if site.identifier in result.started]
    held = [key for site in started for key in _registrations(site)]
    assert len(held) == len(set(held))
    schemes = {
        (entry.binding.endpoint.port, entry.binding.protocol)
        for site in started
        for entry in site.entries
        if entry.binding is not None
    }
    assert len({port for port, _scheme in schemes}) == len(schemes)


@given(tables)
def test_every_refused_site_collides_with_a_started_one(table: BindingTable) -> None:
    """A site would otherwise be stopped by one that does not run either."""
    result = start_sites(table)
    starting = {site.identifier for site in table.sites if site.auto_start}
    assert result.started | set(result.refusals) == starting
    assert result.started.isdisjoint(result.refusals)
    by_identifier = {site.identifier: site for site in table.sites}
    for number, refusal in result.refusals.items():
        site = by_identifier[number]
        own = _registrations(site)
        if refusal.error is Win32Error.INVALID_PARAMETER:
            assert any(entry.binding is None for entry in site.entries)
        elif refusal.holder is None:
            ports = {
                (entry.binding.endpoint.port, entry.binding.protocol)
                for entry in site.entries
                if entry.binding is not None
            }
            is_repeated = len(own) != len(set(own))
            assert is_repeated or len({port for port, _ in ports}) < len(ports)
        else:
            assert refusal.holder in result.started
            assert refusal.holder < number
            holder = by_identifier[refusal.holder]
            ports = {endpoint.port for endpoint, _host in _registrations(holder)}
            assert any(endpoint.port in ports for endpoint, _host in own)


@given(tables)
def test_a_table_without_findings_starts_every_site(table: BindingTable) -> None:
    """`check` promises that a clean metabase starts; service and rules must agree."""
    rules = (duplicate_registration, repeated_binding, both_schemes_on_port)
    if any(finding for rule in rules for finding in rule(Reading(table))):
        return
    assert not start_sites(table).refusals


@given(tables, request_addresses, request_hosts, st.sampled_from(PORTS))
def test_a_deeper_wildcard_takes_no_host_from_a_nearer_name(
    table: BindingTable,
    address: IPv4Address | IPv6Address,
    host: str | None,
    port: int,
) -> None:
    """Raising WildcardHostDepth may catch new hosts; it may not reroute named ones."""
    answers = []
    for depth in (1, 2, 3, 0):
        deeper = BindingTable(table.sites, wildcard_depth=depth)
        match = compile_plan(deeper, start_sites(deeper).started).match_site(
            address, port, host
        )
        answers.append(match)
    for less, more in pairwise(answers):
        if less is not None and less.row <= 3:
            assert more == less
