"""Proposals for findings about certificates: another one of the store, or a new one.

A certificate is replaced wherever it is named, or it would still be shown at the other
places. A new one is made only where the development authority made the present one, or
there is none: a fix must not replace a public authority by a private one.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.records import (
    DEFAULT_STORE,
    facts_key,
    format_record_key,
    store_facts_key,
)
from bindctl.certificates.coverage import covers
from bindctl.model.binding import SslFlags
from bindctl.model.certificate import CentralKey, SniKey
from bindctl.model.fix import NEW_CERTIFICATE, Fix, FixKind, SetProperty
from bindctl.model.host import AnyHost, format_host_pattern, parse_host_pattern
from bindctl.rules.finding_places import name_of, record_place
from bindctl.rules.fixes.fix_items import find_entry, find_site, site_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bindctl.bindings.table import SiteRow
    from bindctl.findings.finding import Finding
    from bindctl.model.certificate import Certificate, SslRecord
    from bindctl.model.host import HostPattern
    from bindctl.routing.effective_records import ShownRecord
    from bindctl.rules.fixes.fix_context import FixContext

_MAX_NAMES: Final = 100  # of one new certificate
_SHORT: Final = 8  # digits that tell certificates apart at a glance


class Users(NamedTuple):
    """The sites and records that name a certificate.

    Attributes:
        sites: By their SSLCertHash.
        records: Of the metabase, by their CertHash.
    """

    sites: Sequence[SiteRow]
    records: Sequence[SslRecord] = ()


def own_certificate(finding: Finding, world: FixContext) -> Iterator[Fix]:
    """CRT101: the site of the binding gets a certificate."""
    site = find_site(world.table, finding.place)
    entry = find_entry(world.table, finding.place)
    if site is None or entry is None or entry.binding is None:
        return
    hosts = world.hosts_of([site])
    if not hosts:  # any host: those of its HTTP bindings then
        found = [item.binding.host for item in site.entries if item.binding is not None]
        hosts = [host for host in found if not isinstance(host, AnyHost)]
    yield from assign(world, [site], hosts)
    yield from assign(world, [site], [entry.binding.host])
    yield from create(world, [site], hosts)


def covering_certificate(finding: Finding, world: FixContext) -> Iterator[Fix]:
    """CRT201, CRT202 and CRT204: the host gets one that covers it."""
    entry = find_entry(world.table, finding.place)
    item = next((shown for shown in world.shown if shown.entry is entry), None)
    if item is None or item.record is None:
        return
    if CentralKey in (type(item.key), type(item.record.key)):
        return  # BND314 to BND316 say what the central store lacks
    record, site = item.record, item.site
    if record.site is None:
        yield from _rewrite_record(item, record, world)
        return
    maker = world.reading.sites[record.site]
    if maker is not site:
        yield from _separate(item, world)
    hosts = [item.binding.host, *world.hosts_of([maker])]
    yield from assign(world, [maker], list(dict.fromkeys(hosts)))
    if maker is site and not site.ssl_flags & SslFlags.SNI:
        # Its own hosts alone: others that see its record have to be looked after.
        yield from assign(world, [site], _own_hosts(site, world))
    yield from _widen(world, maker, item.binding.host)


def other_certificate(finding: Finding, world: FixContext) -> Iterator[Fix]:
    """CRT102, CRT103, CRT301 and more: a valid one wherever it is named."""
    old = _find_named(finding, world)
    if old is None:
        return
    key = facts_key(old)
    users = _find_users(key, world)
    present = world.certificates.get(key)
    yield from _other_store(old, users, world)
    hosts = world.hosts_of(users.sites) + _record_hosts(users, world)
    hosts = hosts or _presented(present)
    found = world.candidates.choose(hosts)
    if found is not None and found.certificate_hash != old.certificate_hash:
        yield _replace(users, found)
    names = _names(present) or [format_host_pattern(host) for host in hosts]
    if present is None or present.issuer == world.authority:
        yield from _create(users, names, world)


def assign(
    world: FixContext, sites: Sequence[SiteRow], hosts: Sequence[HostPattern]
) -> Iterator[Fix]:
    """A certificate of the store that covers all those hosts."""
    named = [host for host in hosts if not isinstance(host, AnyHost)]
    found = world.candidates.choose(named)
    if found is not None:
        yield _replace(Users(sites), found)


def create(
    world: FixContext, sites: Sequence[SiteRow], hosts: Sequence[HostPattern]
) -> Iterator[Fix]:
    """A new certificate for all those hosts, where the authority made the present ones."""
    present = [
        world.certificates.get(store_facts_key(site.certificate_store_name, digest))
        for site in sites
        for digest in (site.certificate_hash,)
        if digest is not None
    ]
    if all(item is None or item.issuer == world.authority for item in present):
        names = [format_host_pattern(host) for host in hosts]
        yield from _create(Users(sites), names, world)


def same_certificate(
    world: FixContext, site: SiteRow, record: SslRecord
) -> Iterator[Fix]:
    """The certificate of a record for a site as well."""
    certificate = world.certificates.get(facts_key(record))
    if certificate is not None:
        yield _replace(Users([site]), certificate)


def _separate(item: ShownRecord, world: FixContext) -> Iterator[Fix]:
    """A record by server name of its own, instead of another site's."""
    site, host = item.site, item.binding.host
    flags = SetProperty(site_path(site), "SslFlags", int(site.ssl_flags | SslFlags.SNI))
    has_sni = bool(site.ssl_flags & SslFlags.SNI)
    own = item.wanted
    certificate = None if own is None else world.certificates.get(facts_key(own))
    if certificate is not None and covers(certificate, host) and not has_sni:
        words = f"set SslFlags of {name_of(site)} to {flags.value} (SNI)"
        yield Fix(FixKind.FLAGS, words, (flags,))
    hosts = _own_hosts(site, world)
    for fix in (*assign(world, [site], hosts), *create(world, [site], hosts)):
        if isinstance(item.key, SniKey) or has_sni:
            yield fix
        else:
            words = f"{fix.words}, and set its SslFlags to {flags.value} (SNI)"
            yield fix._replace(words=words, edits=(*fix.edits, flags))


def _widen(world: FixContext, site: SiteRow, host: HostPattern) -> Iterator[Fix]:
    """A new certificate with the names of the present one, and the host."""
    digest = site.certificate_hash
    if digest is None:
        return
    key = store_facts_key(site.certificate_store_name, digest)
    present = world.certificates.get(key)
    if present is not None:
        yield from _create_wider(_find_users(key, world), present, host, world)


def _create_wider(
    users: Users, present: Certificate, host: HostPattern, world: FixContext
) -> Iterator[Fix]:
    if present.issuer != world.authority:
        return
    name = format_host_pattern(host)
    others = _names(present)
    for fix in _create(users, [*others, name], world):
        had = (
            f"the names of {present.certificate_hash[:_SHORT]}" if others else "no more"
        )
        words = f"create a certificate for {name} and {had}, and assign it to "
        yield fix._replace(words=words + _named(users))


def _rewrite_record(
    item: ShownRecord, record: SslRecord, world: FixContext
) -> Iterator[Fix]:
    """Another certificate in a record that stands in the metabase."""
    users = Users((), [record])
    hosts = _record_hosts(users, world)
    found = world.candidates.choose([item.binding.host, *hosts])
    if found is not None:
        yield _replace(users, found)
    present = world.certificates.get(facts_key(record))
    if present is not None:
        yield from _create_wider(users, present, item.binding.host, world)


def _other_store(old: SslRecord, users: Users, world: FixContext) -> Iterator[Fix]:
    """CRT102: it is in another store than the one that is named."""
    for certificate in world.certificates.values():
        if certificate.certificate_hash == old.certificate_hash:
            name = certificate.certificate_store_name
            if name.upper() != old.certificate_store_name.upper():
                yield _replace(users, certificate)


def _find_named(finding: Finding, world: FixContext) -> SslRecord | None:
    """The certificate that the finding's place names."""
    place = finding.place
    site = find_site(world.table, place)
    if site is None:
        for record in world.table.records:
            if record_place(record.key).path == place.path.upper():
                return record
        return None
    own = (item.wanted for item in world.shown if item.site is site)
    return next((record for record in own if record is not None), None)


def _find_users(key: str, world: FixContext) -> Users:
    sites = [
        site
        for site in world.table.sites
        if site.certificate_hash is not None
        and store_facts_key(site.certificate_store_name, site.certificate_hash) == key
    ]
    records = [
        record
        for record in world.table.records
        if not isinstance(record.key, CentralKey) and facts_key(record) == key
    ]
    return Users(sites, records)


def _replace(users: Users, certificate: Certificate) -> Fix:
    names = ", ".join(_names(certificate)[:3]) or "no name"
    digest = certificate.certificate_hash
    store = certificate.certificate_store_name.upper()
    others = [
        site
        for site in users.sites
        if site.certificate_hash != digest
        or site.certificate_store_name.upper() != store
    ]
    users = users._replace(sites=others)
    until = f"{certificate.not_after:%Y-%m-%d}"
    what = f"certificate {digest[:_SHORT]} ({names}), valid until {until},"
    edits = _edits(users, digest, certificate.certificate_store_name)
    return Fix(FixKind.ASSIGN, f"assign {what} to {_named(users)}", edits)


def _create(users: Users, names: Sequence[str], world: FixContext) -> Iterator[Fix]:
    unique = tuple(dict.fromkeys(names))
    if world.authority is None or not 0 < len(unique) <= _MAX_NAMES:
        return
    edits = _edits(users, NEW_CERTIFICATE, DEFAULT_STORE)
    shown = ", ".join(unique[:3]) + (", …" if len(unique) > 3 else "")  # noqa: PLR2004 - as many
    words = f"create a certificate for {shown} and assign it to {_named(users)}"
    yield Fix(FixKind.CREATE, words, edits, unique)


def _edits(users: Users, digest: str, store: str) -> tuple[SetProperty, ...]:
    edits = []
    for site in users.sites:
        path = site_path(site)
        edits.append(SetProperty(path, "SSLCertHash", digest))
        if site.certificate_store_name.upper() != store.upper():
            edits.append(SetProperty(path, "SSLStoreName", store))
    for record in users.records:
        path = ("http", "sslcert", format_record_key(record.key))
        edits.append(SetProperty(path, "CertHash", digest))
        if record.certificate_store_name.upper() != store.upper():
            edits.append(SetProperty(path, "StoreName", store))
    return tuple(edits)


def _named(users: Users) -> str:
    named = [name_of(site) for site in users.sites]
    named += [f"record {format_record_key(record.key)}" for record in users.records]
    more = len(named) - 3
    return ", ".join(named[:3]) + (f" and {more} more" if more > 0 else "")


def _names(certificate: Certificate | None) -> list[str]:
    if certificate is None:
        return []
    return [*certificate.presented_ids, *map(str, certificate.presented_addresses)]


def _presented(certificate: Certificate | None) -> list[HostPattern]:
    """The names that a certificate presents, as hosts."""
    hosts = []
    for name in _names(certificate):
        try:
            ip_address(name)
        except ValueError:
            hosts.append(parse_host_pattern(name))
    return hosts


def _own_hosts(site: SiteRow, world: FixContext) -> list[HostPattern]:
    own = [item.binding.host for item in world.shown if item.site is site]
    return [host for host in dict.fromkeys(own) if not isinstance(host, AnyHost)]


def _record_hosts(users: Users, world: FixContext) -> list[HostPattern]:
    """Hosts that are shown those records."""
    keys = {record.key for record in users.records}
    found = [
        item.binding.host
        for item in world.shown
        if item.record is not None and item.record.key in keys
    ]
    return [host for host in dict.fromkeys(found) if not isinstance(host, AnyHost)]
