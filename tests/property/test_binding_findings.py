"""Law: what `check` says of bindings is what the slow reading of routing does."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from bindctl.bindings.listen_list import ALL_IPV6, ListenList
from bindctl.bindings.start import start_sites
from bindctl.findings.finding import Finding, Severity
from bindctl.model.binding import Binding, Protocol, SslFlags
from bindctl.model.endpoint import ANY_ADDRESS, Endpoint, format_endpoint
from bindctl.model.host import ANY_HOST, HostName, WildcardHost
from bindctl.routing.effective_records import shown_records
from bindctl.routing.plan import compile_plan
from bindctl.routing.reading import Reading
from bindctl.rules.bindings import binding_findings
from bindctl.rules.conflicts import (
    duplicate_registration,
    repeated_binding,
    shadowed_binding,
)
from bindctl.rules.finding_places import place_of
from bindctl.rules.http_only import secure_request_elsewhere
from bindctl.rules.listen_list import address_not_listened_on, unreachable_binding
from bindctl.rules.records import (
    conflicting_certificates,
    hidden_server_name,
    only_server_name,
)
from tests import oracle
from tests.property.request_worlds import CENTRAL_FILES
from tests.property.strategies import (
    ADDRESSES,
    HASHES,
    HOSTS,
    PORTS,
    busy_tables,
    tables,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
    from bindctl.model.endpoint import IpAddress, LocalAddress

HTTP_PORT, HTTPS_PORT = PORTS
OTHER_IPV4, OTHER_IPV6 = IPv4Address("192.0.2.1"), IPv6Address("2001:db8::99")
EVERYWHERE = (*ADDRESSES, OTHER_IPV4, OTHER_IPV6)
# Every name, and below every name one that nothing else names.
PROBES = (*HOSTS, *(f"unnamed.{host}" for host in HOSTS), "nowhere.test", None)
NAMED = SslFlags.SNI | SslFlags.CENTRAL_CERT_STORE


def tidy(table: BindingTable) -> BindingTable:
    """The same without collisions, and with a certificate for each site: all start."""
    seen: set[tuple[Endpoint, object]] = set()
    sites = []
    for site in table.sites:
        entries = []
        for entry in site.entries:
            binding = entry.binding
            assert binding is not None
            is_secure = binding.protocol is Protocol.HTTPS
            key = (binding.endpoint, binding.host)
            if is_secure is (binding.endpoint.port == HTTPS_PORT) and key not in seen:
                seen.add(key)
                entries.append(entry)
        digest = site.certificate_hash or HASHES[0]
        changed = {"entries": tuple(entries), "certificate_hash": digest}
        sites.append(site._replace(auto_start=True, **changed))  # type: ignore[arg-type]  # two fields
    made = table._replace(sites=tuple(sites))
    assert start_sites(made).refusals == {}
    return made


tidy_tables = st.one_of(tables, busy_tables(), busy_tables()).map(tidy)
listen_lists = st.lists(
    st.sampled_from((*ADDRESSES, ALL_IPV6)), min_size=1, max_size=3, unique=True
).map(lambda found: ListenList(tuple(found), is_limited=True))


def winner(
    table: BindingTable, address: IpAddress, port: int, host: str | None
) -> tuple[SiteRow, Binding] | None:
    """The binding that takes a request, by the slow reading's own measures."""
    found = [
        (row, oracle._nearness(binding, address), number, site, binding)
        for number, (site, _entry, binding) in enumerate(table.entries())
        if binding.endpoint.port == port
        and oracle._address_matches(binding.endpoint.address, address)
        and (row := oracle._row_of(binding, host, table.wildcard_depth)) is not None
    ]
    best = min(found, default=None, key=lambda item: item[:3])
    started = {site.identifier for site in table.sites}
    routed = oracle.route_naive(table, started, address, port, host)
    assert routed == (None if best is None else (best[3].identifier, best[0]))
    return None if best is None else best[3:]


def places(findings: Iterable[Finding], *codes: str) -> set[tuple[str, str, int]]:
    """Where those codes are found: site, property, item."""
    return {
        (f.place.path, f.place.property_name or "", f.place.index or 0)
        for f in findings
        if not codes or f.code in codes
    }


def place(entry: BindingEntry) -> tuple[str, str, int]:
    return f"/LM/W3SVC/{entry.site}", entry.property_name, entry.index


def probe_of(binding: Binding) -> str | None:
    """A host that leads to that binding, if any does at some address."""
    host = binding.host
    if isinstance(host, HostName):
        return host.name
    return f"unnamed.{host.suffix}" if isinstance(host, WildcardHost) else None


def other_address(bound: LocalAddress) -> IpAddress:
    """An address of the binding's that nothing names by itself."""
    if bound is ANY_ADDRESS:
        return OTHER_IPV4
    return OTHER_IPV6 if bound == ALL_IPV6 else bound


@given(tables)
def test_a_table_without_errors_starts_whole(table: BindingTable) -> None:
    """BND201-203 are errors exactly where the service refuses a site."""
    sites = tuple(site._replace(auto_start=True) for site in table.sites)
    table = table._replace(sites=sites)
    codes = {"BND201", "BND202", "BND203"}
    refused = start_sites(table).refusals
    errors = {
        finding.place.path
        for finding in binding_findings(Reading(table))
        if finding.severity is Severity.ERROR and finding.code in codes
    }
    # The first one; what a later one meets depends on which have been refused.
    assert {f"/LM/W3SVC/{min(refused)}"} <= errors if refused else not errors


@settings(max_examples=3 * settings().max_examples)  # three sites have to meet
@given(tables)
def test_a_duplicate_is_an_error_where_both_sites_start(table: BindingTable) -> None:
    """Who keeps a stopped copy of a site would be told that it cannot start."""
    expected: dict[tuple[str, str, int], Severity] = {}
    repeats = {
        finding_.place for finding_ in repeated_binding(Reading(table))
    }  # BND202
    for site, entry, binding in table.entries():
        if place_of(entry) in repeats:
            continue
        earlier = [
            other
            for other, _entry, held in table.entries()
            if held == binding and other.identifier < site.identifier
        ]
        if earlier:
            both = site.auto_start and any(other.auto_start for other in earlier)
            severity = Severity.ERROR if both else Severity.WARNING
            expected[place(entry)] = severity
    found = {
        place_: finding.severity
        for finding in duplicate_registration(Reading(table))
        for place_ in places([finding])
        if finding.place not in repeats
    }
    assert found == expected


@given(tables, st.randoms(use_true_random=False))
def test_numbers_of_sites_do_not_matter(table: BindingTable, random: object) -> None:
    """The bindings that cannot run together are the same, whoever comes first."""

    def errors(made: BindingTable) -> set[Binding]:
        found = {place(entry): binding for _site, entry, binding in made.entries()}
        return {
            found[item]
            for item in places(
                f
                for f in duplicate_registration(Reading(made))
                if f.severity is Severity.ERROR
            )
        }

    shuffled = list(table.sites)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # a Random
    sites = [
        site._replace(
            identifier=number,
            entries=tuple(_renumber(entry, number) for entry in site.entries),
        )
        for number, site in enumerate(shuffled, 1)
    ]
    assert errors(table) == errors(table._replace(sites=tuple(sites)))


def _renumber(entry: BindingEntry, site: int) -> BindingEntry:
    return type(entry)(
        site, entry.property_name, entry.index, entry.text, entry.binding
    )


@given(tidy_tables)
def test_a_shadow_is_a_request_that_goes_elsewhere(table: BindingTable) -> None:
    """BND205: at an address without a host, a wider binding of another site wins."""
    expected = set()
    for site, entry, binding in table.entries():
        bound, port = binding.endpoint.address, binding.endpoint.port
        if binding.host is not ANY_HOST or bound is ANY_ADDRESS:
            continue
        for host in PROBES:
            found = winner(table, other_address(bound), port, host)
            assert found is not None
            taker, taking = found
            is_wider = taking.endpoint.address != bound
            if taker is not site and taking.host is not ANY_HOST and is_wider:
                expected.add(place(entry))
    assert places(shadowed_binding(Reading(table))) == expected


@given(tidy_tables, listen_lists)
def test_unreachable_is_what_no_request_reaches(
    table: BindingTable, listen: ListenList
) -> None:
    """BND206, or BND309, exactly where routing never chooses the binding."""
    reached = set()
    for item in listen.addresses:
        for address in EVERYWHERE if item == ALL_IPV6 else (item,):
            if address.version != item.version:
                continue
            for site, entry, binding in table.entries():
                host, port = probe_of(binding), binding.endpoint.port
                is_opened = listen.addresses_for(binding.endpoint.address)
                if is_opened and winner(table, address, port, host) == (site, binding):
                    reached.add(place(entry))
    reading = Reading(table, given_listen=listen, given_start=start_sites(table))
    found = places(unreachable_binding(reading))
    found |= places(address_not_listened_on(reading))
    assert found == {place(entry) for _s, entry, _b in table.entries()} - reached


@given(tidy_tables)
def test_a_conflict_is_another_certificate_than_the_site_s(table: BindingTable) -> None:
    """BND301 and BND304: the record a binding shares has another's certificate."""
    started = {site.identifier for site in table.sites}
    expected = set()
    for site, entry, binding in table.entries():
        is_named = bool(site.ssl_flags & NAMED)
        if binding.protocol is Protocol.HTTP or (is_named and binding.host is ANY_HOST):
            continue
        if site.ssl_flags & SslFlags.CENTRAL_CERT_STORE:
            continue  # names no certificate
        bound, port = binding.endpoint.address, binding.endpoint.port
        address = OTHER_IPV4 if is_named else other_address(bound)
        name = probe_of(binding) if is_named else None
        shown = oracle.select_certificate_naive(table, started, address, port, name)
        if shown != site.certificate_hash:
            expected.add(place(entry))
    assert places(conflicting_certificates(Reading(table))) == expected


@given(tidy_tables)
def test_a_hidden_name_is_another_certificate_at_one_address(
    table: BindingTable,
) -> None:
    """BND302: at a concrete address a name gets what it gets nowhere else."""
    table = table._replace(central_files=frozenset({"a.example.pfx"}))
    started = {site.identifier for site in table.sites}
    expected = set()
    for address in ADDRESSES:
        for site, _entry, binding in table.entries():
            bound, port = binding.endpoint.address, binding.endpoint.port
            is_named = site.ssl_flags & NAMED and binding.host is not ANY_HOST
            is_here = oracle._address_matches(bound, address)
            if binding.protocol is Protocol.HTTP or not (is_named and is_here):
                continue
            is_central = site.ssl_flags & SslFlags.CENTRAL_CERT_STORE
            if is_central and probe_of(binding) != "a.example":
                continue  # the store has no file for it
            name = probe_of(binding)
            here = oracle._choose_record(table, started, address, port, name)
            assert here is not None
            shown = "a.example.pfx" if is_central else None
            if shown is None:
                shown = oracle.select_certificate_naive(
                    table, started, OTHER_IPV4, port, name
                )
            if here.key == Endpoint(address, port) and here.certificate_hash != shown:
                expected.add(Endpoint(address, port))
    found = {
        finding.message.partition("every connection to ")[2].partition(": ")[0]
        for finding in hidden_server_name(Reading(table))
    }
    assert found == {format_endpoint(endpoint) for endpoint in expected}


@given(tables)
def test_what_a_refused_site_has_is_told_of_no_other(table: BindingTable) -> None:
    """BND205 and BND302 would say what no request shows: it answers nothing."""
    started = start_sites(table).started
    running = tuple(site for site in table.sites if site.identifier in started)
    for rule in (shadowed_binding, hidden_server_name):
        assert list(rule(Reading(table))) == list(
            rule(Reading(table._replace(sites=running)))
        )


@given(tidy_tables, st.frozensets(st.sampled_from(CENTRAL_FILES), max_size=3))
def test_what_is_judged_is_what_is_shown(
    table: BindingTable, files: frozenset[str]
) -> None:
    """`check` would praise one certificate while visitors are shown another."""
    table = table._replace(central_files=files)
    plan = compile_plan(table, {site.identifier for site in table.sites})
    for item in shown_records(Reading(table)):
        endpoint, host = item.binding.endpoint, item.binding.host
        address = other_address(endpoint.address)
        name = probe_of(item.binding)
        shown = plan.select_certificate(address, endpoint.port, name)
        assert item.record == shown, (format_endpoint(endpoint), host)


@given(tidy_tables)
def test_only_names_means_that_a_nameless_handshake_fails(table: BindingTable) -> None:
    """BND305 exactly where no address of the port has a certificate without SNI."""
    started = {site.identifier for site in table.sites}
    claimed = {
        binding.endpoint.port
        for site, _entry, binding in table.entries()
        if binding.protocol is Protocol.HTTPS
        and (binding.host is not ANY_HOST or not site.ssl_flags & NAMED)
    }
    refusing = {
        port
        for port in claimed
        if all(
            oracle.select_certificate_naive(table, started, address, port, None) is None
            for address in EVERYWHERE
        )
    }
    found = {int(f.message.split()[1]) for f in only_server_name(Reading(table))}
    assert found == refusing


@given(tidy_tables)
def test_https_elsewhere_is_what_routing_does(table: BindingTable) -> None:
    """BND207 names every binding that answers HTTPS for another site's host."""
    named = {b.host for _s, _e, b in table.entries() if b.protocol is Protocol.HTTPS}
    misled = set()
    for site, _entry, binding in table.entries():
        host, bound = binding.host, binding.endpoint.address
        if binding.protocol is Protocol.HTTPS or not isinstance(host, HostName):
            continue
        if host in named:
            continue
        for address in EVERYWHERE:
            found = winner(table, address, HTTPS_PORT, host.name)
            if found is None or not oracle._address_matches(bound, address):
                continue
            if found[0] is not site:
                misled.add(host)
    findings = list(secure_request_elsewhere(Reading(table)))
    assert bool(findings) is bool(misled)
    shown = {f.message.split("https://")[1].split("/")[0] for f in findings}
    assert shown <= {host.name for host in misled}
