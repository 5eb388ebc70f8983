"""Why a handshake gets its certificate record, and why the other records lose.

Rows of the order (``docs/reference/routing.md``), first match wins.

Source:
    Microsoft support, AD FS single sign-on: order of http.sys's records.
"""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.records import (
    central_file_names,
    flags_in_force,
    format_record_key,
    record_key,
)
from bindctl.model.binding import Protocol
from bindctl.model.certificate import CentralKey, SniKey
from bindctl.model.endpoint import ANY_ADDRESS
from bindctl.model.host import ANY_HOST, HostName, suffixes_of
from bindctl.routing.plan import ANY_IPV6, record_row
from bindctl.routing.reason import RECORD_ROW_NAMES, Reason, Why
from bindctl.routing.site_reasons import (
    address_matches,
    row_of,
    stopped_reason,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.bindings.records import RecordKey
    from bindctl.bindings.start import StartResult
    from bindctl.bindings.table import BindingTable, SiteRow
    from bindctl.model.binding import Binding
    from bindctl.model.certificate import SslRecord
    from bindctl.model.endpoint import IpAddress
    from bindctl.routing.plan import PortPlan
    from bindctl.routing.reading import Reading
    from bindctl.routing.request import Request

_NO_ROW: Final = len(RECORD_ROW_NAMES) + 1


class RecordLoser(NamedTuple):
    """A certificate record, or a certificate that a site names, that did not decide.

    Attributes:
        key: The record, as ``netsh http show sslcert`` names it; empty if no record is
            possible.
        certificate_hash: The certificate it would have shown.
        site: The site whose properties make it; ``None`` for one of the metabase.
        reason: The rule by which it lost.
        row: The row by which it would have won; 0 without a record.
    """

    key: str
    certificate_hash: str
    site: int | None
    reason: Reason
    row: int


_DECIDING: Final = {
    1: Why.BY_ADDRESS,
    2: Why.BY_NAME,
    3: Why.BY_NAME,
    5: Why.OF_EVERY_IPV6,
    6: Why.OF_THE_PORT,
}


def record_reason(record: SslRecord | None, server_name: str | None) -> Reason:
    """Why that record decides, or why none does."""
    if record is None:
        return Reason(Why.NO_RECORD_FOR, server_name=server_name)
    key = format_record_key(record.key)
    if isinstance(record.key, CentralKey):
        return Reason(Why.BY_FILE, key=key, file=record.certificate_hash)
    return Reason(_DECIDING[record_row(record.key)], key=key)


def find_record_losers(
    reading: Reading, request: Request, address: IpAddress, winner: SslRecord | None
) -> tuple[tuple[RecordLoser, ...], int]:
    """Records that one could expect to decide, but that do not; and how many others.

    The others are records of other addresses and names.
    """
    plan = reading.plan.ports[request.port]
    losers = [
        *_endpoint_losers(plan, address, winner),
        *_name_losers(plan, request, winner),
        *_central_loser(plan, request.server_name, winner),
    ]
    every = len(plan.endpoint_records) + len(plan.name_records)
    every += len(plan.suffix_records) + (plan.central_record is not None)
    others = every - len(losers) - (winner is not None)
    losers += _unmade_records(reading, request, address, winner)
    losers.sort(key=lambda item: item.row or _NO_ROW)
    return tuple(losers), others


def _lost(record: SslRecord, reason: Reason) -> RecordLoser:
    row = record_row(record.key)
    shown = format_record_key(record.key)
    return RecordLoser(shown, record.certificate_hash, record.site, reason, row)


def _outranked(record: SslRecord, winner: SslRecord | None) -> RecordLoser:
    row = record_row(record.key)
    best = row if winner is None else record_row(winner.key)
    if row == best:
        return _lost(record, Reason(Why.SHORTER_SUFFIX, row=row))
    reason = Reason(Why.LATER_RECORD, record_row=row, record_best=best)
    return _lost(record, reason)


def _endpoint_losers(
    plan: PortPlan, address: IpAddress, winner: SslRecord | None
) -> Iterator[RecordLoser]:
    for bound in (ANY_IPV6, ANY_ADDRESS):
        record = plan.endpoint_records.get(bound)
        if record is None or _is(record, winner):
            continue
        if bound == ANY_IPV6 and not isinstance(address, IPv6Address):
            yield _lost(record, Reason(Why.CLIENT_NOT_IPV6))
        else:
            yield _outranked(record, winner)


def _name_losers(
    plan: PortPlan, request: Request, winner: SslRecord | None
) -> Iterator[RecordLoser]:
    """Records of the name sent, then those of the host, which was not sent."""
    said = request.server_name
    if said is not None:
        for record, reason in _records_of(plan, said):
            if _is(record, winner):
                continue
            yield _lost(record, reason) if reason else _outranked(record, winner)
    host = request.host
    if host is None or host == said:
        return
    told = {id(record) for record, _reason in _records_of(plan, said or "")}
    instead = Reason(Why.OTHER_NAME, name=said) if said else Reason(Why.NO_NAME)
    for record, _reason in _records_of(plan, host):
        if id(record) not in told:
            yield _lost(record, instead)


def _records_of(plan: PortPlan, name: str) -> Iterator[tuple[SslRecord, Reason | None]]:
    """Every record that could be for a name; why, if its depth rules it out."""
    record = plan.name_records.get(name)
    if record is not None:
        yield record, None
    if not plan.suffix_records:
        return
    reached = set(suffixes_of(name, plan.wildcard_depth))
    for suffix in suffixes_of(name, 0):
        record = plan.suffix_records.get(suffix)
        if record is not None:
            depth = plan.wildcard_depth
            too_deep = Reason(Why.TOO_DEEP, host=f"*.{suffix}", depth=depth)
            yield record, None if suffix in reached else too_deep


def _central_loser(
    plan: PortPlan, server_name: str | None, winner: SslRecord | None
) -> Iterator[RecordLoser]:
    record = plan.central_record
    if record is None or (winner is not None and isinstance(winner.key, CentralKey)):
        return
    if winner is not None and record_row(winner.key) < record_row(record.key):
        yield _outranked(record, winner)
    elif server_name is None:
        yield _lost(record, Reason(Why.NO_NAME))
    else:
        names = " or ".join(central_file_names(server_name))
        yield _lost(record, Reason(Why.NO_FILE, names=names))


def _unmade_records(
    reading: Reading, request: Request, address: IpAddress, winner: SslRecord | None
) -> Iterator[RecordLoser]:
    """Certificates of sites that would be shown if another site had not come first.

    Only bindings that could answer the request count.
    """
    table, plan = reading.table, reading.plan.ports[request.port]
    told: set[tuple[str, str]] = set()
    for site, binding in _concerned(table, address, request):
        wanted = site.certificate_hash
        flags = flags_in_force(site.ssl_flags, table.emulated_version)
        key = record_key(flags, binding.endpoint, binding.host)
        if wanted is None or isinstance(key, CentralKey):
            continue
        held = None if key is None else _held(plan, key)
        if held is not None and held.certificate_hash == wanted:
            continue
        shown = "" if key is None else format_record_key(key)
        if _is_told(wanted, winner) or (shown, wanted) in told:
            continue
        told.add((shown, wanted))
        reason = _unmade_reason(site, reading.start, held, has_key=key is not None)
        row = 0 if key is None else record_row(key)
        yield RecordLoser(shown, wanted, site.identifier, reason, row)


def _concerned(
    table: BindingTable, address: IpAddress, request: Request
) -> Iterator[tuple[SiteRow, Binding]]:
    names = {request.server_name, request.host} - {None}
    for site, _entry, binding in table.entries():
        if binding.endpoint.port != request.port:
            continue
        if binding.protocol is not Protocol.HTTPS:
            continue
        if not address_matches(binding.endpoint.address, address):
            continue
        if binding.host is ANY_HOST or any(
            row_of(binding, name, table.wildcard_depth)[0] for name in names
        ):
            yield site, binding


def _held(plan: PortPlan, key: RecordKey) -> SslRecord | None:
    if isinstance(key, CentralKey):
        return plan.central_record
    if not isinstance(key, SniKey):
        return plan.endpoint_records.get(key.address)
    if isinstance(key.host, HostName):
        return plan.name_records.get(key.host.name)
    return plan.suffix_records.get(key.host.suffix)


def _unmade_reason(
    site: SiteRow, start: StartResult, held: SslRecord | None, *, has_key: bool
) -> Reason:
    if site.identifier not in start.started:
        return stopped_reason(site.identifier, start)
    if not has_key:
        return Reason(Why.NO_HOST)
    if held is None or held.site is None:
        return Reason(Why.EXPLICIT_RECORD)
    return Reason(Why.EARLIER_SITE, site=held.site)


def _is(record: SslRecord, winner: SslRecord | None) -> bool:
    return winner is not None and record.key == winner.key


def _is_told(certificate_hash: str, winner: SslRecord | None) -> bool:
    """The same certificate is shown anyway."""
    return winner is not None and winner.certificate_hash == certificate_hash
