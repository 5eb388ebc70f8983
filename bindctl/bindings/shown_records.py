"""Which certificate record decides for the visitors of a binding.

Not always the one its site makes: bindings without SNI share a record an endpoint, a
concrete address hides SNI, and a name without a record of its own falls back.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from bindctl.bindings.records import certificate_claims, ssl_records
from bindctl.bindings.start import start_sites
from bindctl.model.certificate import SniKey
from bindctl.model.endpoint import ANY_ADDRESS, Endpoint
from bindctl.model.host import AnyHost, HostName, WildcardHost, suffixes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.bindings.records import RecordKey
    from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
    from bindctl.model.binding import Binding
    from bindctl.model.certificate import SslRecord


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """An HTTPS binding and what its visitors are shown.

    Attributes:
        site: The binding's site.
        entry: The binding as it stands.
        binding: The binding.
        record: The record that decides, ``None`` when every handshake fails.
    """

    site: SiteRow
    entry: BindingEntry
    binding: Binding
    record: SslRecord | None


def shown_records(table: BindingTable) -> Iterator[ShownRecord]:
    """Every HTTPS binding that can have a certificate, in the order of the table.

    A site that does not start is judged as if it ran in place of those that hold its
    bindings: its own certificate comes before the records they make, not before one
    that stands in the metabase.
    """
    started = start_sites(table).started
    records = ssl_records(table, started)
    explicit = {record.key for record in table.records}
    for claim in certificate_claims(table):
        binding = claim.entry.binding
        if binding is None:
            continue  # claims are of bindings that could be read
        site = claim.site
        own: dict[RecordKey, SslRecord] = {}
        runs = site.identifier in started
        if not runs and claim.record is not None and claim.key not in explicit:
            own[claim.key] = claim.record
        tried = record_keys(binding, table.wildcard_depth)
        found = (own.get(key) or records.get(key) for key in tried)
        record = next((item for item in found if item is not None), None)
        yield ShownRecord(site, claim.entry, binding, record)


def record_keys(binding: Binding, depth: int) -> Iterator[RecordKey]:
    """Keys of the records http.sys tries for the binding's visitors, in its order.

    The order of `PortPlan.select_certificate`, for a binding instead of a connection;
    a test holds the two equal.

    Args:
        binding: One of any address is judged where no concrete address hides it; rule
            BND302 tells where one does.
        depth: Labels a wildcard host matches; 0 is any number.

    Source:
        Microsoft support, AD FS single sign-on: order of http.sys's records.
    """
    address, port = binding.endpoint.address, binding.endpoint.port
    if address is not ANY_ADDRESS:
        yield binding.endpoint
    host = binding.host
    if isinstance(host, HostName):
        yield SniKey(host, port)
    if not isinstance(host, AnyHost):
        for suffix in suffixes_of(str(host), depth):
            yield SniKey(WildcardHost(suffix), port)
    if isinstance(address, IPv6Address):
        yield Endpoint(IPv6Address("::"), port)
    yield Endpoint(ANY_ADDRESS, port)
