"""Rules about certificates: whether they are there, valid, and cover their hosts.

Judged is what a visitor is shown (`shown_records`), not what a binding's site names,
and by `bindctl.certificates.verdict`, as `explain` judges. A fault of the certificate
itself is reported once, at the first place that names it.
"""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.records import facts_key, format_record_key
from bindctl.certificates.coverage import covers
from bindctl.certificates.verdict import certificate_flaws, format_names, host_flaws
from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place, Severity
from bindctl.model.certificate import CentralKey
from bindctl.model.host import AnyHost, WildcardHost
from bindctl.model.witness import format_handshake
from bindctl.routing.effective_records import shown_records
from bindctl.rules.central_store import (
    central_file_not_covering,
    used_central_files,
)
from bindctl.rules.certificate_hints import CertificateHints, quote_word
from bindctl.rules.finding_places import (
    SERVICE_LOCATION,
    place_of,
    record_place,
    site_location,
    visitor_host,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from bindctl.bindings.table import BindingTable
    from bindctl.certificates.flaw import Flaw
    from bindctl.findings.finding import Finding
    from bindctl.model.certificate import Certificate, SslRecord, TrustAnchors
    from bindctl.routing.effective_records import ShownRecord
    from bindctl.routing.reading import Reading

EXPIRING_DAYS: Final = 30
_READABLE: Final[Mapping[str, str]] = MappingProxyType({})
_NOTHING: Final[Mapping[str, Certificate]] = MappingProxyType({})


class _Use(NamedTuple):
    """A certificate that the table names.

    Attributes:
        name: Its thumbprint, or its file in the central store.
        store: SSLStoreName; ``None`` of the central store.
        place: Where the table names it first.
    """

    name: str
    store: str | None
    place: Place

    def __str__(self) -> str:
        """The certificate, for a message."""
        if self.store is None:
            return f"{self.name} of the central store"
        return f"certificate {self.name}"


class _Handshakes:
    """A handshake that shows it, for each certificate that visitors get."""

    def __init__(self, shown: Sequence[ShownRecord]) -> None:
        """Take them; without findings none is looked at."""
        self._shown = shown

    def find(self, key: str) -> str:
        """The witness of a certificate, or empty."""
        item = self._first.get(key)
        return "" if item is None else _witness(item)

    @cached_property
    def _first(self) -> dict[str, ShownRecord]:
        first: dict[str, ShownRecord] = {}
        for item in self._shown:
            if item.record is not None:
                first.setdefault(facts_key(item.record), item)
        return first


def certificate_findings(  # noqa: PLR0913, PLR0917 - a table, and all that is known of it
    reading: Reading,
    certificates: Mapping[str, Certificate],
    problems: Mapping[str, str],
    now: datetime,
    expiring_days: int = EXPIRING_DAYS,
    anchors: TrustAnchors | None = None,
    central: Mapping[str, Certificate] = _NOTHING,
    unreadable: Mapping[str, str] = _READABLE,
) -> Iterator[Finding]:
    """Everything that is wrong with the certificates of a table.

    Args:
        reading: Sites, bindings and records.
        certificates: Facts of every readable certificate, as `facts_key` finds them.
        problems: The reason, by the same keys, for those that cannot be read.
        now: Aware UTC.
        expiring_days: A certificate that ends within so many days is reported.
        anchors: Whom this machine trusts; ``None`` when that is not known, and then
            nothing is said of trust.
        central: Facts by name of the file, of the central store.
        unreadable: Why a store cannot be read, by its name in upper case.

    Yields:
        Stores and certificates first, in the order in which they are named, then bindings.

    Emits:
        CRT101 CRT102 CRT103 CRT104 CRT201 CRT202 CRT204 CRT205 CRT301 CRT302 CRT303 CRT304 CRT401
        CRT402 CRT403 CRT404 CRT405 CRT406 CRT501 CRT502 CRT503 CRT504 BND316.
    """
    table = reading.table
    known = {**certificates, **central} if central else certificates
    shown = [*shown_records(reading)]
    handshakes = _Handshakes(shown)
    uses = _first_uses(table, shown)
    yield from unreadable_store(unreadable, uses.values())
    for key, use in uses.items():
        certificate = known.get(key)
        if (use.store or "").upper() in unreadable:
            continue
        if certificate is None:
            witness = handshakes.find(key)
            yield from _unknown_certificate(key, use, known, problems, witness)
            continue
        for flaw in certificate_flaws(certificate, now, anchors, expiring_days):
            message = f"{use} ({format_names(certificate)}) {flaw.words}"
            yield _found(flaw, use.place, message, "", handshakes.find(key))
    hints = CertificateHints(table, shown, known, now, anchors)
    for item in shown:
        yield from no_certificate(item, hints)
        yield from host_not_covered(item, known, hints)
        if table.wildcard_depth != 1:
            yield from deeper_hosts_not_covered(item, known, table.wildcard_depth)
    yield from central_file_not_covering(table, central)


def unreadable_store(
    unreadable: Mapping[str, str], uses: Collection[_Use]
) -> Iterator[Finding]:
    """CRT104: the folder of a store cannot be read; reported once."""
    for store, reason in unreadable.items():
        places = (use.place for use in uses if (use.store or "").upper() == store)
        place = next(places, None)
        severity = Severity.WARNING if place is None else None
        message = f"store {store} cannot be read: {reason}"
        place = place or Place(SERVICE_LOCATION)
        yield make_finding("CRT104", place, message, severity=severity)


def no_certificate(shown: ShownRecord, hints: CertificateHints) -> Iterator[Finding]:
    """CRT101: nothing gives the binding a certificate.

    If the central store is asked for, BND314 and BND315 say why.
    """
    if shown.record is None and not isinstance(shown.key, CentralKey):
        message = f'"{shown.entry.text}" has no certificate'
        place, witness = place_of(shown.entry), _witness(shown)
        hint = hints.find(shown)
        yield make_finding("CRT101", place, message, hint, witness=witness)


def host_not_covered(
    shown: ShownRecord, known: Mapping[str, Certificate], hints: CertificateHints
) -> Iterator[Finding]:
    """CRT201, CRT202 and CRT204: browsers refuse the certificate shown for the host.

    Source:
        RFC 9525 §6.3, by `bindctl.certificates.verdict`.
    """
    record = shown.record
    if isinstance(shown.binding.host, AnyHost) or record is None:
        return
    certificate = known.get(facts_key(record))
    if certificate is None:
        return
    is_central = isinstance(record.key, CentralKey)
    for flaw in host_flaws(certificate, shown.binding.host):
        if is_central and flaw.code != "CRT204":
            continue  # BND316 reports it: there the name of the file decides
        message = f"{_whose(shown, record)} {flaw.words}"
        hint = "" if is_central else hints.find(shown)
        yield _found(flaw, place_of(shown.entry), message, hint, _witness(shown))


def deeper_hosts_not_covered(
    shown: ShownRecord, known: Mapping[str, Certificate], depth: int
) -> Iterator[Finding]:
    """CRT205: a wildcard host stands for more labels than that of its certificate.

    Source:
        RFC 9525 §6.3; reference/iis-semantics.md §5.
    """
    record, host = shown.record, shown.binding.host
    if record is None or not isinstance(host, WildcardHost):
        return
    certificate = known.get(facts_key(record))
    if certificate is None or not covers(certificate, host):
        return  # CRT201
    deeper = f"b.a.{host.suffix}"
    labels = f"up to {depth} labels" if depth else "any number of labels"
    message = (
        f'"{shown.entry.text}" stands for {labels} (WildcardHostDepth is {depth}), '
        f"{host} of the certificate for one: {deeper} is not covered"
    )
    endpoint = shown.binding.endpoint
    witness = format_handshake(endpoint.address, endpoint.port, deeper)
    yield make_finding("CRT205", place_of(shown.entry), message, witness=witness)


def _unknown_certificate(
    key: str,
    use: _Use,
    known: Mapping[str, Certificate],
    problems: Mapping[str, str],
    witness: str,
) -> Iterator[Finding]:
    """CRT102 and CRT103: it is not in its store, or cannot be read."""
    if key in problems:
        message = f"{use}: {problems[key]}"
        yield make_finding("CRT103", use.place, message, witness=witness)
    elif use.store is not None:  # else BND315, where there is no file
        message, hint = f"{use} is not in store {use.store.upper()}", ""
        other = known.get(use.name)
        if other is not None:
            message += f", but in {other.certificate_store_name}"
            hint = _name_store(use.place, other.certificate_store_name)
        yield make_finding("CRT102", use.place, message, hint, witness=witness)


def _name_store(place: Place, store: str) -> str:
    """The command that names another store beside the thumbprint at `place`."""
    name = "SSLStoreName" if place.property_name == "SSLCertHash" else "StoreName"
    path = place.path.removeprefix("/LM").lower()
    return f"bindctl set {quote_word(f'{path}/{name}')} {store}"


def _found(flaw: Flaw, place: Place, message: str, hint: str, witness: str) -> Finding:
    return make_finding(flaw.code, place, message, hint, flaw.severity, witness)


def _first_uses(table: BindingTable, shown: Sequence[ShownRecord]) -> dict[str, _Use]:
    """Each certificate that some binding or record names, with the first such place."""
    explicit = {record.key: record for record in table.records}
    claimed = (explicit.get(item.key, item.wanted) for item in shown)
    uses: dict[str, _Use] = {}
    for record in (*claimed, *table.records):
        if record is None or isinstance(record.key, CentralKey):
            continue
        key = facts_key(record)
        if key not in uses:
            store = record.certificate_store_name
            uses[key] = _Use(record.certificate_hash, store, _naming_place(record))
    for file, place in used_central_files(table).items():
        uses[file] = _Use(file, None, place)
    return uses


def _naming_place(record: SslRecord) -> Place:
    if record.site is not None:
        return Place(site_location(record.site), "SSLCertHash")
    return Place(record_place(record.key).path, "CertHash")


def _witness(shown: ShownRecord) -> str:
    endpoint, host = shown.binding.endpoint, shown.binding.host
    return format_handshake(endpoint.address, endpoint.port, visitor_host(host))


def _whose(shown: ShownRecord, record: SslRecord) -> str:
    if isinstance(record.key, CentralKey):
        return f"{record.certificate_hash} of the central store"
    if record.site is None:
        return f"the certificate of record {format_record_key(record.key)}"
    if record.site != shown.site.identifier:
        return f"the certificate of site {record.site}, which it is shown,"
    return "the certificate of its site"
