"""Proposals for findings about certificate records and SslFlags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.bindings.records import LATER_FLAGS
from bindctl.model.binding import SslFlags
from bindctl.model.fix import Fix, FixKind, SetProperty
from bindctl.model.host import format_host_pattern
from bindctl.rules.finding_places import name_of
from bindctl.rules.fixes.binding_fixes import move_port
from bindctl.rules.fixes.certificate_fixes import assign, create, same_certificate
from bindctl.rules.fixes.fix_items import (
    edit_items,
    find_entry,
    find_site,
    other_hosts,
    site_path,
    with_host,
    without_address,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bindctl.bindings.records import Claim
    from bindctl.bindings.table import SiteRow
    from bindctl.findings.finding import Finding
    from bindctl.rules.fixes.fix_context import FixContext

_CHOOSING: Final = SslFlags.SNI | SslFlags.CENTRAL_CERT_STORE
_MEANINGS: Final = {0: "by IP:port", 1: "SNI", 2: "central store"}


def own_record(finding: Finding, world: FixContext) -> Iterator[Fix]:
    """BND301: SNI on one of the two sites, one certificate for both, another port."""
    claim = _find_claim(finding, world)
    if claim is None:
        return
    maker = _maker(claim, world)
    yield set_flags([claim.site], claim.site.ssl_flags | SslFlags.SNI)
    if maker is not None:
        yield set_flags([maker], maker.ssl_flags | SslFlags.SNI)
        both = [maker, claim.site]
        yield set_flags(both, claim.site.ssl_flags | SslFlags.SNI)
    yield from _share(claim, maker, world)
    yield from move_port(world, claim.site, [claim.entry])


def one_certificate(finding: Finding, world: FixContext) -> Iterator[Fix]:
    """BND304: one certificate for a host at all its addresses, or another port."""
    claim = _find_claim(finding, world)
    if claim is not None:
        yield from _share(claim, _maker(claim, world), world)
        yield from move_port(world, claim.site, [claim.entry])


def nothing_hidden(finding: Finding, world: FixContext) -> Iterator[Fix]:
    """BND302: SNI for the binding to a concrete address, or bind it to any."""
    claim = _find_claim(finding, world)
    if claim is None:
        return
    claims = [item for item in world.reading.claims if item.key == claim.key]
    sites = list({item.site.identifier: item.site for item in claims}.values())
    yield set_flags(sites, claim.site.ssl_flags | SslFlags.SNI)
    changes = {item.entry: without_address(item.entry.text) for item in claims}
    texts = ", ".join(f'"{item.entry.text}"' for item in claims)
    words = f"bind {texts} to any address"
    yield Fix(FixKind.MOVE, words, edit_items(world.table, dict(changes)))


def flags_or_host(finding: Finding, world: FixContext) -> Iterator[Fix]:
    """BND303: no SNI without a host; or a host that the site has at another binding."""
    table = world.table
    entry, site = find_entry(table, finding.place), find_site(table, finding.place)
    if entry is None or site is None or entry.binding is None:
        return
    yield set_flags([site], site.ssl_flags & ~_CHOOSING)
    for host in other_hosts(table, site, entry.binding):
        text = with_host(entry.text, format_host_pattern(host))
        words = f'write "{entry.text}" of {name_of(site)} as "{text}"'
        yield Fix(FixKind.MOVE, words, edit_items(table, {entry: text}))


def without_later_flags(_finding: Finding, world: FixContext) -> Iterator[Fix]:
    """BND311 and BND312: later bits of SslFlags, which do nothing there.

    Reported once for all sites and mended for all of them: those with the central
    store, or all of a version that does not know the bits.
    """
    knows = world.table.emulated_version.has_later_flags
    by_flags: dict[SslFlags, list[SiteRow]] = {}
    for site in world.table.sites:
        is_central = bool(site.ssl_flags & SslFlags.CENTRAL_CERT_STORE)
        if site.ssl_flags & LATER_FLAGS and (is_central or not knows):
            by_flags.setdefault(site.ssl_flags & _CHOOSING, []).append(site)
    fixes = [set_flags(sites, flags) for flags, sites in by_flags.items()]
    if fixes:
        edits = tuple(edit for fix in fixes for edit in fix.edits)
        words = "; ".join(fix.words for fix in fixes)
        yield Fix(FixKind.FLAGS, words, edits)


def set_flags(sites: Iterable[SiteRow], flags: SslFlags) -> Fix:
    """SslFlags of those sites."""
    sites = list(sites)
    value = int(flags)
    edits = tuple(SetProperty(site_path(site), "SslFlags", value) for site in sites)
    meaning = _MEANINGS.get(int(flags & _CHOOSING), "SNI, central store")
    named = " and ".join(map(name_of, sites))
    words = f"set SslFlags of {named} to {value} ({meaning})"
    return Fix(FixKind.FLAGS, words, edits)


def _share(claim: Claim, maker: SiteRow | None, world: FixContext) -> Iterator[Fix]:
    """One certificate for all bindings of a record."""
    used = world.records.get(claim.key)
    if used is None:
        return
    yield from same_certificate(world, claim.site, used)
    if maker is None:
        return
    if claim.record is not None:
        yield from same_certificate(world, maker, claim.record)
    both = [maker, claim.site]
    hosts = world.hosts_of(both)
    yield from assign(world, both, hosts)
    yield from create(world, both, hosts)


def _find_claim(finding: Finding, world: FixContext) -> Claim | None:
    entry = find_entry(world.table, finding.place)
    claims = world.reading.claims
    return next((claim for claim in claims if claim.entry is entry), None)


def _maker(claim: Claim, world: FixContext) -> SiteRow | None:
    """The site whose properties made the record that is used instead."""
    used = world.records.get(claim.key)
    return None if used is None or used.site is None else world.reading.sites[used.site]
