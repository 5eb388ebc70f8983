"""Which certificate record decides for the visitors of a binding.

Not always the one its site makes: bindings without SNI share a record an endpoint, a
concrete address hides SNI, and a name without a record of its own falls back.
"""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.records import (
    central_file_names,
    certificate_claims,
    ssl_records,
)
from bindctl.bindings.start import start_sites
from bindctl.model.certificate import CentralKey, SniKey
from bindctl.model.endpoint import ANY_ADDRESS, Endpoint
from bindctl.model.host import AnyHost, HostName, WildcardHost, suffixes_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bindctl.bindings.records import RecordKey
    from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
    from bindctl.model.binding import Binding
    from bindctl.model.certificate import SslRecord


_ANY_IPV6: Final = IPv6Address("::")  # of no connection: it stands for any other one


class ShownRecord(NamedTuple):
    """An HTTPS binding and what its visitors are shown.

    Attributes:
        site: The binding's site.
        entry: The binding as it stands.
        binding: The binding.
        record: The record that decides, ``None`` when every handshake fails.
        key: Of the record it should have.
        wanted: What its site's properties put there; ``None`` for nothing.
    """

    site: SiteRow
    entry: BindingEntry
    binding: Binding
    record: SslRecord | None
    key: RecordKey
    wanted: SslRecord | None


def shown_records(table: BindingTable) -> Iterator[ShownRecord]:
    """Every HTTPS binding that can have a certificate, in the order of the table.

    A site that does not start is judged as if it ran in place of those that hold its
    bindings: its own certificate comes before the records they make, not before one
    that stands in the metabase.
    """
    started = start_sites(table).started
    records = ssl_records(table, started)
    explicit = {record.key for record in table.records}
    files = table.central_files
    for claim in certificate_claims(table):
        binding = claim.entry.binding
        if binding is None:
            continue  # claims are of bindings that could be read
        site = claim.site
        own: SslRecord | None = None
        if site.identifier not in started and claim.key not in explicit:
            own = claim.record
        file = find_central_file(binding, files) if files else None
        record = None
        for key in record_keys(
            binding, table.wildcard_depth, has_file=file is not None
        ):
            record = own if own is not None and key == claim.key else records.get(key)
            if record is not None:
                break
        if (
            file is not None
            and record is not None
            and isinstance(record.key, CentralKey)
        ):
            record = record._replace(certificate_hash=file)
        yield ShownRecord(site, claim.entry, binding, record, claim.key, claim.record)


def find_central_file(binding: Binding, files: Collection[str]) -> str | None:
    """The file of the central store for a binding's host, or ``None``."""
    if isinstance(binding.host, AnyHost):
        return None
    names = central_file_names(str(binding.host))
    return next((name for name in names if name in files), None)


def record_keys(
    binding: Binding, depth: int, *, has_file: bool = False
) -> Iterator[RecordKey]:
    """Keys of the records http.sys tries for the binding's visitors, in its order.

    The order of `PortPlan.select_certificate`, for a binding instead of a connection;
    a test holds the two equal.

    Args:
        binding: One of any address is judged where no concrete address hides it; rule
            BND302 tells where one does.
        depth: Labels a wildcard host matches; 0 is any number.
        has_file: Whether the central store has a file for the host.

    Source:
        Microsoft support, AD FS single sign-on: order of http.sys's records.
    """
    address, port = binding.endpoint.address, binding.endpoint.port
    if address is not ANY_ADDRESS and address != _ANY_IPV6:
        yield binding.endpoint
    host = binding.host
    if isinstance(host, HostName):
        yield SniKey(host, port)
    if not isinstance(host, AnyHost):
        for suffix in suffixes_of(str(host), depth):
            yield SniKey(WildcardHost(suffix), port)
    if has_file:
        yield CentralKey(port)
    if isinstance(address, IPv6Address):
        yield Endpoint(_ANY_IPV6, port)
    yield Endpoint(ANY_ADDRESS, port)
