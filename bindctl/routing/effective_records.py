"""The certificate record that decides for the visitors of a binding.

It is not always the one that its site makes: bindings without SNI share one record for
each endpoint, a concrete address hides SNI, and a name without its own record falls
back to another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.bindings.records import find_central_file
from bindctl.model.binding import Protocol
from bindctl.model.certificate import CentralKey
from bindctl.model.host import format_host_pattern
from bindctl.routing.classes import sample_address, sample_name
from bindctl.routing.plan import make_port_plan, record_row, with_record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bindctl.bindings.records import Claim, RecordKey
    from bindctl.bindings.table import BindingEntry, SiteRow
    from bindctl.model.binding import Binding
    from bindctl.model.certificate import SslRecord
    from bindctl.routing.plan import PortPlan
    from bindctl.routing.reading import Reading


class ShownRecord(NamedTuple):
    """An HTTPS binding and the record of its visitors.

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


def shown_records(reading: Reading) -> Iterator[ShownRecord]:
    """Every HTTPS binding that can have a certificate, in the order of the table.

    The plan is asked, at an address and for a name that nothing else has. A site that
    does not start is judged as if it ran in place of those that hold its bindings: its
    own certificate comes before the records they make, not before one that stands in
    the metabase.
    """
    plans = _plans_of_records(reading)
    started = reading.start.started
    explicit = {record.key for record in reading.table.records}
    for claim in reading.claims:
        binding = claim.entry.binding
        if binding is None:
            continue  # claims are of bindings that could be read
        plan, record = plans.get(binding.endpoint.port), None
        if plan is not None:
            address = sample_address(binding.endpoint.address)
            record = plan.select_certificate(address, sample_name(binding.host))
        if claim.site.identifier not in started and claim.key not in explicit:
            files = reading.table.central_files
            record = _in_place(claim, binding, record, files)
        yield ShownRecord(
            claim.site, claim.entry, binding, record, claim.key, claim.record
        )


def _plans_of_records(reading: Reading) -> dict[int, PortPlan]:
    """The plan of certificates on each port, also where no running site is bound."""
    plans = dict(reading.plan.ports)
    table = reading.table
    for record in reading.records.values():
        port = record.key.port
        if port not in plans:
            depth, files = table.wildcard_depth, table.central_files
            plans[port] = make_port_plan(Protocol.HTTPS, depth, files)
        if port not in reading.plan.ports:
            plans[port] = with_record(plans[port], record)
    return plans


def _in_place(
    claim: Claim, binding: Binding, record: SslRecord | None, files: Collection[str]
) -> SslRecord | None:
    """The claim's own record, unless a nearer one decides."""
    own = claim.record
    if own is not None and isinstance(own.key, CentralKey):
        file = find_central_file(format_host_pattern(binding.host), files)
        own = None if file is None else own._replace(certificate_hash=file)
    if own is None:
        return record
    is_nearer = record is None or record_row(own.key) <= record_row(record.key)
    return own if is_nearer else record
