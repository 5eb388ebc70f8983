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
from bindctl.routing.plan import ANY_IPV6
from bindctl.routing.site_reasons import (
    address_matches,
    row_of,
    stopped_reason,
    too_deep_reason,
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
    from bindctl.routing.request import Request

RECORD_ROW_NAMES: Final = {
    1: "this address",
    2: "this server name",
    3: "a wildcard server name",
    4: "the central store",
    5: "every IPv6 address",
    6: "any address",
}
_NO_ROW: Final = len(RECORD_ROW_NAMES) + 1


class RecordLoser(NamedTuple):
    """A certificate record, or a site's wish for one, that did not decide.

    Attributes:
        key: The record, as ``netsh http show sslcert`` names it; empty for a wish that
            no record can grant.
        certificate_hash: What it would have shown.
        site: The site whose properties make it; ``None`` for one of the metabase.
        reason: The rule that ended it.
        row: The row it would have won by; 0 where there is no record.
    """

    key: str
    certificate_hash: str
    site: int | None
    reason: str
    row: int


def record_row(key: RecordKey) -> int:
    """The row of the order a record stands in."""
    if isinstance(key, CentralKey):
        return 4
    if isinstance(key, SniKey):
        return 2 if isinstance(key.host, HostName) else 3
    if key.address is ANY_ADDRESS:
        return 6
    return 5 if key.address == ANY_IPV6 else 1


def record_reason(record: SslRecord | None, server_name: str | None) -> str:
    """Why that record decides, or why none does."""
    if record is None:
        said = f"server name {server_name}" if server_name else "no server name"
        return f"no record for {said}, and none for the port: the handshake is refused"
    shown = format_record_key(record.key)
    match record_row(record.key):
        case 1:
            return f"record {shown}: a concrete address comes before any server name"
        case 2 | 3:
            return f"record {shown}, chosen by the server name"
        case 4:
            file = record.certificate_hash
            return f"record {shown}, the central store: file {file} by the server name"
        case 5:
            return f"record {shown}, for every IPv6 address: no nearer record matches"
        case _:
            return f"record {shown}, the port's own: no nearer record matches"


def find_record_losers(  # noqa: PLR0913, PLR0917 - the whole question, asked once
    table: BindingTable,
    start: StartResult,
    plan: PortPlan,
    address: IpAddress,
    request: Request,
    winner: SslRecord | None,
) -> tuple[tuple[RecordLoser, ...], int]:
    """Records that could be expected to decide and do not; how many others there are.

    The others are records of other addresses and names.
    """
    losers = [
        *_endpoint_losers(plan, address, winner),
        *_name_losers(plan, request, winner),
        *_central_loser(plan, request.server_name, winner),
    ]
    every = len(plan.endpoint_records) + len(plan.name_records)
    every += len(plan.suffix_records) + (plan.central_record is not None)
    others = every - len(losers) - (winner is not None)
    losers += _unmade_records(table, start, plan, address, request, winner)
    losers.sort(key=lambda item: item.row or _NO_ROW)
    return tuple(losers), others


def _lost(record: SslRecord, reason: str) -> RecordLoser:
    row = record_row(record.key)
    shown = format_record_key(record.key)
    return RecordLoser(shown, record.certificate_hash, record.site, reason, row)


def _outranked(record: SslRecord, winner: SslRecord | None) -> RecordLoser:
    row = record_row(record.key)
    best = row if winner is None else record_row(winner.key)
    if row == best:
        return _lost(record, f"row {row} too, but the winner's suffix is longer")
    reason = f"row {row} ({RECORD_ROW_NAMES[row]}) comes after row {best} "
    return _lost(record, f"{reason}({RECORD_ROW_NAMES[best]})")


def _endpoint_losers(
    plan: PortPlan, address: IpAddress, winner: SslRecord | None
) -> Iterator[RecordLoser]:
    for bound in (ANY_IPV6, ANY_ADDRESS):
        record = plan.endpoint_records.get(bound)
        if record is None or _is(record, winner):
            continue
        if bound == ANY_IPV6 and not isinstance(address, IPv6Address):
            yield _lost(record, "the connection is not IPv6")
        else:
            yield _outranked(record, winner)


def _name_losers(
    plan: PortPlan, request: Request, winner: SslRecord | None
) -> Iterator[RecordLoser]:
    """Records of the name sent, then those of the host, which nobody has asked for."""
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
    instead = f"the client names {said}" if said else "the client sends no server name"
    for record, _reason in _records_of(plan, host):
        if id(record) not in told:
            yield _lost(record, instead)


def _records_of(plan: PortPlan, name: str) -> Iterator[tuple[SslRecord, str]]:
    """Every record a name could have; with why its depth rules it out, or nothing."""
    record = plan.name_records.get(name)
    if record is not None:
        yield record, ""
    if not plan.suffix_records:
        return
    reached = set(suffixes_of(name, plan.wildcard_depth))
    for suffix in suffixes_of(name, 0):
        record = plan.suffix_records.get(suffix)
        if record is not None:
            too_deep = f"*.{suffix} {too_deep_reason(plan.wildcard_depth)}"
            yield record, "" if suffix in reached else too_deep


def _central_loser(
    plan: PortPlan, server_name: str | None, winner: SslRecord | None
) -> Iterator[RecordLoser]:
    record = plan.central_record
    if record is None or (winner is not None and isinstance(winner.key, CentralKey)):
        return
    if winner is not None and record_row(winner.key) < record_row(record.key):
        yield _outranked(record, winner)
    elif server_name is None:
        yield _lost(record, "the client sends no server name")
    else:
        names = " or ".join(central_file_names(server_name))
        yield _lost(record, f"no file {names} lies in the central store")


def _unmade_records(  # noqa: PLR0913, PLR0917 - as `find_record_losers`
    table: BindingTable,
    start: StartResult,
    plan: PortPlan,
    address: IpAddress,
    request: Request,
    winner: SslRecord | None,
) -> Iterator[RecordLoser]:
    """Certificates of sites that would be shown, had another not been first.

    Only bindings that the request could have had: all others are somebody else's.
    """
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
        reason = _unmade_reason(site, start, held, has_key=key is not None)
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
) -> str:
    if site.identifier not in start.started:
        return stopped_reason(site.identifier, start)
    if not has_key:
        return "SslFlags asks for a server name, and its binding has no host"
    if held is None or held.site is None:
        return "the metabase has a record of that key, which decides"
    return f"site {held.site} comes first and made the record"


def _is(record: SslRecord, winner: SslRecord | None) -> bool:
    return winner is not None and record.key == winner.key


def _is_told(certificate_hash: str, winner: SslRecord | None) -> bool:
    """The same certificate is shown anyway: nobody misses it."""
    return winner is not None and winner.certificate_hash == certificate_hash
