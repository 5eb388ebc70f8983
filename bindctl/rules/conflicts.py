"""Rules about registrations: bindings that collide, or take others' requests.

Source:
    Win32 docs, "UrlPrefix Strings", Conflict Detection; IIS configuration reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.bindings.listen_list import ALL_IPV6
from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Severity
from bindctl.model.binding import format_binding
from bindctl.model.endpoint import (
    ANY_ADDRESS,
    format_endpoint,
)
from bindctl.model.host import ANY_HOST, to_unicode
from bindctl.model.witness import UNNAMED_HOST, format_request
from bindctl.routing.classes import sample_name
from bindctl.routing.plan import Route
from bindctl.rules.finding_places import name_of, place_of, visitor_host

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bindctl.bindings.table import BindingEntry, SiteRow
    from bindctl.findings.finding import Finding
    from bindctl.model.binding import Binding, Protocol
    from bindctl.model.endpoint import IpAddress
    from bindctl.routing.plan import PortPlan
    from bindctl.routing.reading import Reading


def duplicate_registration(reading: Reading) -> Iterator[Finding]:
    """BND201: a later site repeats an earlier one's endpoint and host.

    Yields:
        One finding per repeat, about the later binding; an error when both sites
        start by themselves, else a warning.

    Source:
        Win32 docs, "Processing Registrations": a duplicate fails with 183.
    """
    holders: dict[Binding, tuple[SiteRow, BindingEntry]] = {}
    for site, entry, binding in reading.table.entries():
        holder, held = holders.setdefault(binding, (site, entry))
        if holder is not site:
            yield _duplicate(site, entry, binding, holder, held)
        if site.auto_start and not holder.auto_start:
            holders[binding] = (site, entry)  # the first of those that run holds it


def repeated_binding(reading: Reading) -> Iterator[Finding]:
    """BND202: one site registers an endpoint and host twice, however spelt."""
    for site in reading.table.sites:
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


def both_schemes_on_port(reading: Reading) -> Iterator[Finding]:
    """BND203: HTTP and HTTPS on one port.

    Yields:
        One finding a port and later site; a warning when one of the two sites does not
        start by itself.
    """
    schemes: dict[int, tuple[Protocol, SiteRow]] = {}
    told: set[tuple[int, int]] = set()
    for site, entry, binding in reading.table.entries():
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


def two_spellings(reading: Reading) -> Iterator[Finding]:
    """BND204: one endpoint and host, written in two ways.

    It is reported beside BND201 or BND202, because a search of the file for one text
    misses the other.
    """
    first: dict[Binding, BindingEntry] = {}
    for _site, entry, binding in reading.table.entries():
        held = first.setdefault(binding, entry)
        if held.text != entry.text:
            message = f'"{entry.text}" and "{held.text}" are one endpoint and host'
            hint = f'write both as "{plainest_text(binding, held, entry)}"'
            yield make_finding("BND204", place_of(entry), message, hint)


def plainest_text(binding: Binding, *entries: BindingEntry) -> str:
    """The text for both: in Unicode if one of them is."""
    plain = format_binding(binding)
    if all(entry.text.isascii() for entry in entries):
        return plain
    endpoint, colon, host = plain.rpartition(":")
    return endpoint + colon + to_unicode(host)


def shadowed_binding(reading: Reading) -> Iterator[Finding]:
    """BND205: a host name on any address comes before an address without a host.

    This is the case in which the order surprises: host first, address second. ``[::]``
    is every IPv6 address here. A site that is refused at start takes nothing.
    """
    if not any(
        _is_blank(binding) for _site, _entry, binding in reading.table.entries()
    ):
        return
    rows = {
        Route(site.identifier, binding): (site, entry)
        for site, entry, binding in reading.table.entries()
        if site.identifier in reading.start.started
    }
    names: dict[int, list[str]] = {}
    for blank, (_site, entry) in rows.items():
        address, port = blank.binding.endpoint.address, blank.binding.endpoint.port
        if not _is_blank(blank.binding) or address is ANY_ADDRESS:
            continue
        plan = reading.plan.ports[port]
        if port not in names:
            names[port] = _wide_names(plan)
        taker = _find_taker(plan, address, blank, names[port])
        if taker is not None:
            yield _shadowed(entry, blank.binding, *rows[taker], taker.binding)


def _is_blank(binding: Binding) -> bool:
    return binding.host is ANY_HOST and binding.endpoint.address is not ANY_ADDRESS


def _wide_names(plan: PortPlan) -> list[str]:
    """A host of each name and wildcard that is bound to more than one address."""
    return [
        name
        for route in plan.routes()
        if (name := sample_name(route.binding.host)) is not None
        and route.binding.endpoint.address in (ANY_ADDRESS, ALL_IPV6)
    ]


def _find_taker(
    plan: PortPlan, address: IpAddress, blank: Route, names: Iterable[str]
) -> Route | None:
    """What another site binds to more addresses, and so takes at this one as well."""
    for name in names:
        match = plan.match(address, name)
        if match is None or match.route.site == blank.site:
            continue
        if match.route.binding.endpoint.address != address:
            return match.route
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
