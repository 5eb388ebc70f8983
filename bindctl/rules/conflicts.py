"""Rules about registrations: which bindings collide, and which take from others.

Source:
    Win32 docs, "UrlPrefix Strings", Conflict Detection; IIS configuration reference.
"""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from bindctl.bindings.listen_list import ALL_IPV6
from bindctl.bindings.start import start_sites
from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Severity
from bindctl.model.binding import format_binding
from bindctl.model.endpoint import (
    ANY_ADDRESS,
    Endpoint,
    format_endpoint,
)
from bindctl.model.host import ANY_HOST
from bindctl.model.unicode_host import to_unicode
from bindctl.model.witness import UNNAMED_HOST, format_request
from bindctl.rules.finding_places import name_of, place_of, visitor_host

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
    from bindctl.findings.finding import Finding
    from bindctl.model.binding import Binding, Protocol
    from bindctl.model.endpoint import LocalAddress
    from bindctl.model.host import HostPattern

    _Row = tuple[SiteRow, BindingEntry, Binding]
    _Named = dict[tuple[Protocol, Endpoint], dict[HostPattern, list[_Row]]]


def duplicate_registration(table: BindingTable) -> Iterator[Finding]:
    """BND201: a later site repeats an earlier one's endpoint and host.

    Yields:
        One finding per repeat, about the later binding; an error when both sites
        start by themselves, else a warning.

    Source:
        Win32 docs, "Processing Registrations": a duplicate fails with 183.
    """
    holders: dict[Binding, tuple[SiteRow, BindingEntry]] = {}
    for site, entry, binding in table.entries():
        holder, held = holders.setdefault(binding, (site, entry))
        if holder is not site:
            yield _duplicate(site, entry, binding, holder, held)
        if site.auto_start and not holder.auto_start:
            holders[binding] = (site, entry)  # of those that run, the first holds it


def repeated_binding(table: BindingTable) -> Iterator[Finding]:
    """BND202: one site registers an endpoint and host twice, however spelt."""
    for site in table.sites:
        seen: dict[Binding, BindingEntry] = {}
        for entry in site.entries:
            if entry.binding is None:
                continue
            first = seen.setdefault(entry.binding, entry)
            if first is not entry:
                message = (
                    f'"{entry.text}" is registered by this site already: '
                    f'{first.property_name} "{first.text}"'
                )
                yield make_finding("BND202", place_of(entry), message)


def both_schemes_on_port(table: BindingTable) -> Iterator[Finding]:
    """BND203: HTTP and HTTPS on one port.

    Yields:
        One finding a port and later site; a warning when one of the two sites does not
        start by itself.
    """
    schemes: dict[int, tuple[Protocol, SiteRow]] = {}
    told: set[tuple[int, int]] = set()
    for site, entry, binding in table.entries():
        port = binding.endpoint.port
        protocol, first = schemes.setdefault(port, (binding.protocol, site))
        if site.auto_start and not first.auto_start:
            schemes[port] = (binding.protocol, site)
        if protocol is binding.protocol or (port, site.identifier) in told:
            continue
        told.add((port, site.identifier))
        message = (
            f'"{entry.text}" is {binding.protocol.value}, but port {port} is '
            f"{protocol.value} for {name_of(first)}"
        )
        both = site is first or (site.auto_start and first.auto_start)
        severity = Severity.ERROR if both else Severity.WARNING
        yield make_finding("BND203", place_of(entry), message, severity=severity)


def two_spellings(table: BindingTable) -> Iterator[Finding]:
    """BND204: one endpoint and host, written in two ways.

    Stands beside BND201 or BND202: a search of the file for one text misses the other.
    """
    first: dict[Binding, BindingEntry] = {}
    for _site, entry, binding in table.entries():
        held = first.setdefault(binding, entry)
        if held.text != entry.text:
            message = f'"{entry.text}" and "{held.text}" are one endpoint and host'
            hint = f'write both as "{plainest_text(binding, held, entry)}"'
            yield make_finding("BND204", place_of(entry), message, hint)


def plainest_text(binding: Binding, *entries: BindingEntry) -> str:
    """The text both may have: in Unicode where somebody wrote it so."""
    plain = format_binding(binding)
    if all(entry.text.isascii() for entry in entries):
        return plain
    endpoint, colon, host = plain.rpartition(":")
    return endpoint + colon + to_unicode(host)


def shadowed_binding(table: BindingTable) -> Iterator[Finding]:
    """BND205: a host name on any address comes before an address without a host.

    The one case in which the order surprises: host first, address second. ``[::]`` is
    every IPv6 address here. A site that is refused at start takes nothing.
    """
    if not any(_is_blank(binding) for _site, _entry, binding in table.entries()):
        return
    started = start_sites(table).started
    rows = [row for row in table.entries() if row[0].identifier in started]
    named: _Named = {}
    for row in rows:
        binding = row[2]
        if binding.host is not ANY_HOST:
            hosts = named.setdefault((binding.protocol, binding.endpoint), {})
            hosts.setdefault(binding.host, []).append(row)
    for site, entry, binding in rows:
        if _is_blank(binding):
            taker = _find_taker(site, binding, named)
            if taker is not None:
                yield _shadowed(entry, binding, *taker)


def _is_blank(binding: Binding) -> bool:
    return binding.host is ANY_HOST and binding.endpoint.address is not ANY_ADDRESS


def _find_taker(site: SiteRow, blank: Binding, named: _Named) -> _Row | None:
    """What another site binds to more addresses, and so takes at this one as well."""
    address, port = blank.endpoint.address, blank.endpoint.port
    reached: list[LocalAddress] = [address, ANY_ADDRESS]
    if isinstance(address, IPv6Address) and address != ALL_IPV6:
        reached.insert(1, ALL_IPV6)
    nearer: set[HostPattern] = set()
    for bound in reached:
        hosts = named.get((blank.protocol, Endpoint(bound, port)), {})
        for host, rows in hosts.items() if bound != address else ():
            taker = next((row for row in rows if row[0] is not site), None)
            if taker is not None and host not in nearer:
                return taker
        nearer.update(hosts)
    return None


def _shadowed(
    entry: BindingEntry,
    binding: Binding,
    other: SiteRow,
    held: BindingEntry,
    taking: Binding,
) -> Finding:
    endpoint = binding.endpoint
    message = (
        f'"{entry.text}" does not take every request to {format_endpoint(endpoint)}: '
        f'"{held.text}" of {name_of(other)} comes first, because a host name comes '
        "before an address"
    )
    witness = format_request(
        binding.protocol, endpoint.address, endpoint.port, visitor_host(taking.host)
    )
    return make_finding("BND205", place_of(entry), message, witness=witness)


def _duplicate(
    site: SiteRow,
    entry: BindingEntry,
    binding: Binding,
    holder: SiteRow,
    held: BindingEntry,
) -> Finding:
    shown = format_binding(binding)
    message = (
        f'"{entry.text}" is already registered by {name_of(holder)} '
        f'({held.property_name} "{held.text}"); {name_of(site)} cannot start beside it'
    )
    hint = _remedy(site, entry, shown)
    both = site.auto_start and holder.auto_start
    severity = Severity.ERROR if both else Severity.WARNING
    endpoint = binding.endpoint
    host = visitor_host(binding.host) or UNNAMED_HOST
    witness = format_request(binding.protocol, endpoint.address, endpoint.port, host)
    return make_finding("BND201", place_of(entry), message, hint, severity, witness)


def _remedy(site: SiteRow, entry: BindingEntry, shown: str) -> str:
    prefix = shown.rpartition(":")[0]
    path = f"/w3svc/{site.identifier}/{entry.property_name}"
    names = (item.property_name for item in site.entries)
    is_alone = sum(name == entry.property_name for name in names) == 1
    replaced = "" if is_alone else f'--replace "{entry.text}" '
    return (
        "give one of the two another host, port or address: "
        f'bindctl set {path} {replaced}"{prefix}:HOST"'
    )
