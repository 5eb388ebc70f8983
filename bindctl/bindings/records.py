"""Certificate records: what ``netsh http show sslcert`` would list.

A record that the metabase stores counts, as on IIS 7+; all other records are made from
the sites' SSLCertHash and SslFlags, as on IIS 6 and 8. A version of IIS without SNI
ignores SslFlags and records by server name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from bindctl.model.binding import Protocol, SslFlags
from bindctl.model.certificate import (
    CENTRAL_STORE_NAME,
    CentralKey,
    SniKey,
    SslRecord,
)
from bindctl.model.endpoint import ANY_ADDRESS, Endpoint, format_address
from bindctl.model.host import AnyHost

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
    from bindctl.model.binding import EmulatedVersion
    from bindctl.model.host import HostPattern

RecordKey: TypeAlias = Endpoint | SniKey | CentralKey

_CHOOSING_FLAGS: Final = SslFlags.SNI | SslFlags.CENTRAL_CERT_STORE
_CHOOSING_BITS: Final = _CHOOSING_FLAGS.value
_CENTRAL_BIT: Final = SslFlags.CENTRAL_CERT_STORE.value
LATER_FLAGS: Final = ~_CHOOSING_FLAGS
DEFAULT_STORE: Final = "MY"


class Claim(NamedTuple):
    """A binding that wants its site's certificate in a record.

    Attributes:
        key: The record it shares with every binding of that key.
        site: The site.
        entry: The binding.
        record: What it wants there, or ``None`` when the site has no certificate.
    """

    key: RecordKey
    site: SiteRow
    entry: BindingEntry
    record: SslRecord | None


def certificate_claims(table: BindingTable) -> tuple[Claim, ...]:
    """Every HTTPS binding with the record key it needs, in table order.

    Bindings that cannot have a key (SNI or the central store without a host) are left
    out: rule BND303 reports them.
    """
    return tuple(_find_claims(table))


def _find_claims(table: BindingTable) -> Iterator[Claim]:
    version = table.emulated_version
    in_force: dict[SslFlags, tuple[SslFlags, SslFlags]] = {}  # few, and slow to make
    for site in table.sites:
        if site.ssl_flags not in in_force:
            flags = flags_in_force(site.ssl_flags, version)
            in_force[site.ssl_flags] = flags, flags & LATER_FLAGS
        flags, later = in_force[site.ssl_flags]
        for entry in site.entries:
            binding = entry.binding
            if binding is None or binding.protocol is not Protocol.HTTPS:
                continue
            key = record_key(flags, binding.endpoint, binding.host)
            if key is not None:
                yield Claim(key, site, entry, _wanted_record(key, site, later))


def flags_in_force(flags: SslFlags, version: EmulatedVersion) -> SslFlags:
    """What that version of IIS makes of a site's SslFlags."""
    if version.has_later_flags:
        return flags
    return flags & _CHOOSING_FLAGS if version.has_sni else SslFlags.NONE


def record_key(
    flags: SslFlags, endpoint: Endpoint, host: HostPattern
) -> RecordKey | None:
    """The key of a binding's record; ``None`` when its flags allow none.

    Args:
        flags: Those in force.
        endpoint: Of the binding.
        host: Of the binding.

    Source:
        IIS configuration reference, sslFlags; Win32, HTTP_SERVICE_CONFIG_SSL_SNI_KEY
        and HTTP_SERVICE_CONFIG_SSL_CCS_KEY.
    """
    chosen = flags.value & _CHOOSING_BITS  # of an integer: ten times as quick
    if not chosen:
        return endpoint
    if isinstance(host, AnyHost):
        return None
    if chosen & _CENTRAL_BIT:
        return CentralKey(endpoint.port)
    return SniKey(host, endpoint.port)


def ssl_records(
    table: BindingTable,
    started: Collection[int],
    claims: Iterable[Claim] | None = None,
) -> dict[RecordKey, SslRecord]:
    """The records in force while those sites run, by key.

    Records of the metabase come first; for the rest the first site in ascending
    identifier that names a certificate makes the record (ADR 0006). The later bits of
    SslFlags are its maker's; those of a record of the metabase are the first claimant's.

    Args:
        table: Sites, bindings and explicit records.
        started: Identifiers of the sites that run.
        claims: Those of the table, where they are known already.
    """
    version = table.emulated_version
    records: dict[RecordKey, SslRecord] = {}
    for record in table.records:
        if version.has_sni or isinstance(record.key, Endpoint):
            records.setdefault(record.key, record)
    unclaimed = set(records)
    for claim in certificate_claims(table) if claims is None else claims:
        if claim.site.identifier not in started:
            continue
        if claim.key in unclaimed:
            unclaimed.remove(claim.key)
            flags = flags_in_force(claim.site.ssl_flags, version) & LATER_FLAGS
            records[claim.key] = records[claim.key]._replace(flags=flags)
        elif claim.record is not None:
            records.setdefault(claim.key, claim.record)
    return records


def format_record_key(key: RecordKey) -> str:
    """A record's key as ``netsh http show sslcert`` and the metabase write it."""
    if isinstance(key, Endpoint):
        address = key.address
        shown = "0.0.0.0" if address is ANY_ADDRESS else format_address(address)  # noqa: S104 - shown only
        return f"{shown}:{key.port}"
    return str(key)


def facts_key(record: SslRecord) -> str:
    """The key under which the facts of a record's certificate are found.

    It is the thumbprint, with the store's name before it unless that is MY; in the
    central store it is the name of the file. A certificate is often in two stores, and
    its private key in only one of them.
    """
    if isinstance(record.key, CentralKey):
        return record.certificate_hash
    return store_facts_key(record.certificate_store_name, record.certificate_hash)


def store_facts_key(store_name: str, certificate_hash: str) -> str:
    """The same of a certificate in a store."""
    if store_name == DEFAULT_STORE:
        return certificate_hash
    name = store_name.upper()
    return certificate_hash if name == DEFAULT_STORE else f"{name}/{certificate_hash}"


def central_file_names(host: str) -> tuple[str, ...]:
    """Files of the central store that may hold a host's certificate, first choice first.

    Args:
        host: A name in A-labels and lower case, or ``*.example.com``.

    Source:
        IIS, "Central Certificates": the name itself, then ``_`` for its first label.
    """
    label, _dot, parent = host.partition(".")
    wildcard = (f"_.{parent}.pfx",) if parent else ()
    return wildcard if label == "*" else (f"{host}.pfx", *wildcard)


def find_central_file(host: str, files: Collection[str]) -> str | None:
    """The file of the central store for a host, as `central_file_names` takes it."""
    return next((name for name in central_file_names(host) if name in files), None)


def _wanted_record(key: RecordKey, site: SiteRow, later: SslFlags) -> SslRecord | None:
    """The record that a site's properties make under a key."""
    if isinstance(key, CentralKey):
        name, digest = CENTRAL_STORE_NAME, ""
    elif site.certificate_hash is None:
        return None
    else:
        name, digest = site.certificate_store_name, site.certificate_hash
    return SslRecord(key, digest, name, site.identifier, later)
