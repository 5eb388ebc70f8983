"""Certificate records: what ``netsh http show sslcert`` would list.

Where a record stands in the metabase it decides, as on IIS 7+; otherwise the sites'
SSLCertHash and SslFlags make the records, as on IIS 6 and 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from bindctl.model.binding import Protocol, SslFlags
from bindctl.model.certificate import SniKey, SslRecord
from bindctl.model.endpoint import Endpoint
from bindctl.model.host import AnyHost

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
    from bindctl.model.host import HostPattern

RecordKey: TypeAlias = Endpoint | SniKey


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


def certificate_claims(table: BindingTable) -> Iterator[Claim]:
    """Every HTTPS binding with the record key it needs, in table order.

    Bindings that can have no key (SNI without a host, the central store) are left
    out: rules BND303 and BND306 report them.
    """
    for site, entry, binding in table.entries():
        if binding.protocol is not Protocol.HTTPS:
            continue
        key = record_key(site.ssl_flags, binding.endpoint, binding.host)
        if key is None:
            continue
        record = None
        if site.certificate_hash is not None:
            record = SslRecord(
                key,
                site.certificate_hash,
                site.certificate_store_name,
                site.identifier,
            )
        yield Claim(key, site, entry, record)


def record_key(
    flags: SslFlags, endpoint: Endpoint, host: HostPattern
) -> RecordKey | None:
    """The key of a binding's record; ``None`` when its flags leave it none.

    Source:
        IIS configuration reference, sslFlags; Win32, HTTP_SERVICE_CONFIG_SSL_SNI_KEY.
    """
    if flags & SslFlags.CENTRAL_CERT_STORE:
        return None
    if not flags & SslFlags.SNI:
        return endpoint
    if isinstance(host, AnyHost):
        return None
    return SniKey(host, endpoint.port)


def ssl_records(
    table: BindingTable, started: Collection[int]
) -> dict[RecordKey, SslRecord]:
    """The records in force while those sites run, by key.

    Records of the metabase come first; for the rest the first site in ascending
    identifier that names a certificate makes the record (ADR 0006).
    """
    records: dict[RecordKey, SslRecord] = {}
    for record in table.records:
        records.setdefault(record.key, record)
    for claim in certificate_claims(table):
        if claim.site.identifier in started and claim.record is not None:
            records.setdefault(claim.key, claim.record)
    return records
