"""What may mend findings about texts of bindings and about registrations.

Each function gives proposals, which may fail. They use ports, hosts and lists that are
at hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.model.binding import Protocol
from bindctl.model.endpoint import parse_ip_address
from bindctl.model.fix import Fix, FixKind, SetProperty
from bindctl.model.host import HostName, format_host_pattern
from bindctl.rules.conflicts import plainest_text
from bindctl.rules.finding_places import name_of
from bindctl.rules.fixes.fix_items import (
    SECURE_BINDINGS,
    SERVER_BINDINGS,
    STANDARD_PORTS,
    edit_items,
    find_entry,
    find_free_port,
    find_site,
    other_hosts,
    site_path,
    with_host,
    with_port,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.bindings.table import BindingEntry, SiteRow
    from bindctl.findings.finding import Finding
    from bindctl.model.binding import Binding
    from bindctl.rules.fixes.fix_context import FixContext


def without_last_character(finding: Finding, world: FixContext) -> Iterator[Fix]:
    """BND103 and BND107: remove the dot, or the asterisk, that means nothing."""
    entry = find_entry(world.table, finding.place)
    if entry is not None:
        yield _respell(world, entry, entry.text[:-1])


def address_in_its_place(finding: Finding, world: FixContext) -> Iterator[Fix]:
    """BND104: bind the address that was written as a host."""
    entry = find_entry(world.table, finding.place)
    if entry is None or entry.binding is None:
        return
    host = entry.binding.host
    if isinstance(host, HostName):
        address = parse_ip_address(host.name)
        text = f"{address}:{entry.binding.endpoint.port}:"
        yield _rewrite(world, entry, text, FixKind.MOVE)


def without_item(finding: Finding, world: FixContext) -> Iterator[Fix]:
    """BND202 and BND206: remove the binding that adds nothing."""
    entry = find_entry(world.table, finding.place)
    if entry is not None:
        yield _remove(world, entry)


def one_spelling(finding: Finding, world: FixContext) -> Iterator[Fix]:
    """BND204: write both bindings in the plainer spelling."""
    entry = find_entry(world.table, finding.place)
    if entry is None or entry.binding is None:
        return
    same = [
        other
        for _site, other, binding in world.table.entries()
        if binding == entry.binding
    ]
    plain = plainest_text(entry.binding, same[0], entry)
    changes = {other: plain for other in same if other.text != plain}
    texts = " and ".join(f'"{text}"' for text in {item.text: 0 for item in changes})
    words = f'write {texts} as "{plain}"'
    yield Fix(FixKind.RESPELL, words, edit_items(world.table, changes))


def one_holder(finding: Finding, world: FixContext) -> Iterator[Fix]:
    """BND201: one of the two sites loses the binding, or the later one moves."""
    table = world.table
    entry, site = find_entry(table, finding.place), find_site(table, finding.place)
    if entry is None or site is None or entry.binding is None:
        return
    yield _remove(world, entry)
    for other, held, binding in table.entries():
        if binding == entry.binding and other is not site:
            yield _remove(world, held)
            break
    for host in other_hosts(table, site, entry.binding):
        text = with_host(entry.text, format_host_pattern(host))
        yield _rewrite(world, entry, text, FixKind.MOVE)
    yield from move_port(world, site, [entry])


def one_scheme(finding: Finding, world: FixContext) -> Iterator[Fix]:
    """BND203: move the site's bindings of that port to another port or list."""
    table = world.table
    entry, site = find_entry(table, finding.place), find_site(table, finding.place)
    if entry is None or site is None or entry.binding is None:
        return
    binding = entry.binding
    entries = [
        other
        for other in site.entries
        if other.binding is not None
        and other.binding.protocol is binding.protocol
        and other.binding.endpoint.port == binding.endpoint.port
    ]
    standard = STANDARD_PORTS[binding.protocol]
    if standard != binding.endpoint.port:
        yield _move(world, site, entries, standard)
    yield from move_port(world, site, entries)
    yield _change_list(site, entries, binding)


def move_port(
    world: FixContext, site: SiteRow, entries: list[BindingEntry]
) -> Iterator[Fix]:
    """Bindings of a site at the next free port."""
    binding = entries[0].binding
    port = None if binding is None else find_free_port(world.table, binding.protocol)
    if port is not None:
        yield _move(world, site, entries, port)


def _move(
    world: FixContext, site: SiteRow, entries: list[BindingEntry], port: int
) -> Fix:
    changes = {entry: with_port(entry.text, port) for entry in entries}
    texts = ", ".join(f'"{entry.text}"' for entry in entries)
    words = f"move {texts} of {name_of(site)} to port {port}"
    return Fix(FixKind.MOVE, words, edit_items(world.table, dict(changes)))


def _change_list(site: SiteRow, entries: list[BindingEntry], binding: Binding) -> Fix:
    """Bindings that may have been put into the wrong one of the two lists."""
    is_plain = binding.protocol is Protocol.HTTP
    source = SERVER_BINDINGS if is_plain else SECURE_BINDINGS
    target = SECURE_BINDINGS if is_plain else SERVER_BINDINGS
    kept: list[str] = []
    moved: list[str] = []
    there = [entry.text for entry in site.entries if entry.property_name == target]
    for entry in site.entries:
        if entry.property_name == source:
            (moved if entry in entries else kept).append(entry.text)
    path = site_path(site)
    edits = (
        SetProperty(path, source, tuple(kept)),
        SetProperty(path, target, (*there, *moved)),
    )
    texts = ", ".join(f'"{text}"' for text in moved)
    return Fix(FixKind.MOVE, f"move {texts} of {name_of(site)} to {target}", edits)


def _remove(world: FixContext, entry: BindingEntry) -> Fix:
    site = world.reading.sites[entry.site]
    words = f'remove "{entry.text}" from {entry.property_name} of {name_of(site)}'
    return Fix(FixKind.REMOVE, words, edit_items(world.table, {entry: None}))


def _respell(world: FixContext, entry: BindingEntry, text: str) -> Fix:
    return _rewrite(world, entry, text, FixKind.RESPELL)


def _rewrite(world: FixContext, entry: BindingEntry, text: str, kind: FixKind) -> Fix:
    site = world.reading.sites[entry.site]
    words = f'write "{entry.text}" of {name_of(site)} as "{text}"'
    return Fix(kind, words, edit_items(world.table, {entry: text}))
