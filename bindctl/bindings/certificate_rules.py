"""Rules about certificates: present, readable, valid, with their key, covering.

Judged is what a visitor is shown (`shown_records`), not what a binding's site names.
What is wrong with a certificate itself is said once, at the first place that names it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bindctl.bindings.conflicts import place_of, site_location
from bindctl.bindings.records import certificate_claims
from bindctl.bindings.shown_records import shown_records
from bindctl.certificates.coverage import covering_ids, covers
from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place
from bindctl.model.binding import SslFlags
from bindctl.model.certificate import KeyStatus, SniKey
from bindctl.model.endpoint import ANY_ADDRESS, format_endpoint
from bindctl.model.host import AnyHost, format_host_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from bindctl.bindings.shown_records import ShownRecord
    from bindctl.bindings.table import BindingTable
    from bindctl.findings.finding import Finding
    from bindctl.model.certificate import Certificate, SslRecord

EXPIRING_DAYS: Final = 30
_MAX_NAMES: Final = 5  # of a certificate, in a message


def certificate_findings(
    table: BindingTable,
    certificates: Mapping[str, Certificate],
    problems: Mapping[str, str],
    now: datetime,
    expiring_days: int = EXPIRING_DAYS,
) -> Iterator[Finding]:
    """Everything that is wrong with the certificates of a table.

    Args:
        table: Sites, bindings and explicit records.
        certificates: Facts by thumbprint, of every readable certificate of the store.
        problems: Thumbprint to the reason, for those that cannot be read.
        now: Aware UTC.
        expiring_days: A certificate that ends within so many days is reported.

    Yields:
        Certificates first, in the order in which they are named, then bindings.

    Emits:
        CRT101 CRT102 CRT103 CRT201 CRT301 CRT302 CRT303 CRT401 CRT402.
    """
    for certificate_hash, place in _first_uses(table).items():
        certificate = certificates.get(certificate_hash)
        if certificate is not None:
            yield from wrong_dates(certificate, place, now, expiring_days)
            yield from wrong_key(certificate, place)
        elif certificate_hash in problems:
            message = f"certificate {certificate_hash}: {problems[certificate_hash]}"
            yield make_finding("CRT103", place, message)
        else:
            message = f"certificate {certificate_hash} is not in the store"
            yield make_finding("CRT102", place, message)
    others = _Alternatives(certificates, now)
    for shown in shown_records(table):
        yield from no_certificate(shown, others)
        yield from host_not_covered(shown, certificates, others)


def wrong_dates(
    certificate: Certificate, place: Place, now: datetime, expiring_days: int
) -> Iterator[Finding]:
    """CRT301, CRT302 and CRT303: it has ended, has not begun, or ends soon.

    Source:
        RFC 5280 §4.1.2.5: both ends belong to the period.
    """
    name = _describe(certificate)
    first, last = certificate.not_before, certificate.not_after
    if now > last:
        message = f"{name} ended on {last:%Y-%m-%d %H:%M} UTC"
        yield make_finding("CRT301", place, message)
    elif now < first:
        message = f"{name} begins on {first:%Y-%m-%d %H:%M} UTC"
        yield make_finding("CRT302", place, message)
    elif last - now <= timedelta(days=expiring_days):
        days = (last - now).days
        message = f"{name} ends on {last:%Y-%m-%d %H:%M} UTC, in {days} day(s)"
        yield make_finding("CRT303", place, message)


def wrong_key(certificate: Certificate, place: Place) -> Iterator[Finding]:
    """CRT401 and CRT402: the private key is missing or of no use."""
    name = _describe(certificate)
    if certificate.key_status is KeyStatus.MISSING:
        yield make_finding("CRT401", place, f"{name} has no private key in the store")
    elif certificate.key_status is KeyStatus.MISMATCH:
        cause = "belongs to another certificate, is encrypted, or is damaged"
        message = f"{name}: the private key beside it {cause}"
        yield make_finding("CRT402", place, message)


def no_certificate(shown: ShownRecord, others: _Alternatives) -> Iterator[Finding]:
    """CRT101: nothing gives the binding a certificate."""
    if shown.record is None:
        message = f'"{shown.entry.text}" has no certificate'
        site = shown.site.identifier
        hint = others.hint(shown) or f"bindctl cert assign NAME {site}"
        yield make_finding("CRT101", place_of(shown.entry), message, hint)


def host_not_covered(
    shown: ShownRecord, certificates: Mapping[str, Certificate], others: _Alternatives
) -> Iterator[Finding]:
    """CRT201: the certificate shown for the host has no name that covers it.

    Source:
        RFC 9525 §6.3, by `bindctl.certificates.coverage`.
    """
    host, record = shown.binding.host, shown.record
    if isinstance(host, AnyHost) or record is None:
        return
    certificate = certificates.get(record.certificate_hash)
    if certificate is None or covers(certificate, host):
        return
    whose = "the certificate of its site"
    if record.site is None:
        whose = f"the certificate of record {_record_name(record)}"
    elif record.site != shown.site.identifier:
        whose = f"the certificate of site {record.site}, which it is shown"
    names = _names(certificate)
    message = f"{format_host_pattern(host)} is not covered by {whose}: it names {names}"
    hint = others.hint(shown)
    yield make_finding("CRT201", place_of(shown.entry), message, hint)


class _Alternatives:
    """Certificates of the store that could be assigned instead, by presented name."""

    def __init__(self, certificates: Mapping[str, Certificate], now: datetime) -> None:
        self._certificates = certificates
        self._now = now
        self._names: frozenset[str] | None = None

    def hint(self, shown: ShownRecord) -> str:
        """What to run so that the host is covered.

        Empty when the store has no valid certificate for it, or when a record of the
        metabase decides: no assignment to a site changes that.
        """
        record, site = shown.record, shown.site
        if record is not None and record.site is None:
            return ""
        usable = self._usable_names()
        ids = covering_ids(shown.binding.host)
        name = next((item for item in ids if item in usable), None)
        if name is None:
            return ""
        quoted = f"'{name}'" if "*" in name else name  # a shell would expand it
        hint = f"bindctl cert assign {quoted} {site.identifier}"
        shares = record is not None and record.site != site.identifier
        if shares and not site.ssl_flags & SslFlags.SNI:
            hint += f"; bindctl set /w3svc/{site.identifier}/SslFlags 1"
        return hint

    def _usable_names(self) -> frozenset[str]:
        # Made for the first host that needs it: most tables have none.
        if self._names is None:
            self._names = frozenset(
                name
                for item in self._certificates.values()
                if item.key_status is KeyStatus.MATCHES
                and item.not_before <= self._now <= item.not_after
                for name in item.presented_ids
            )
        return self._names


def _first_uses(table: BindingTable) -> dict[str, Place]:
    """Each thumbprint that some binding or record names, with the first such place."""
    explicit = {record.key: record for record in table.records}
    places: dict[str, Place] = {}
    for claim in certificate_claims(table):
        record = explicit.get(claim.key, claim.record)
        if record is not None:
            places.setdefault(record.certificate_hash, _naming_place(record))
    for record in table.records:
        places.setdefault(record.certificate_hash, _naming_place(record))
    return places


def _naming_place(record: SslRecord) -> Place:
    if record.site is not None:
        return Place(site_location(record.site), "SSLCertHash")
    return Place(f"/LM/HTTP/SSLCERT/{_record_name(record).upper()}", "CertHash")


def _record_name(record: SslRecord) -> str:
    """As ``netsh http show sslcert`` writes it, and the metabase with it."""
    key = record.key
    if isinstance(key, SniKey):
        return str(key)
    if key.address is ANY_ADDRESS:
        return f"0.0.0.0:{key.port}"
    return format_endpoint(key)


def _describe(certificate: Certificate) -> str:
    return f"certificate {certificate.certificate_hash} ({_names(certificate)})"


def _names(certificate: Certificate) -> str:
    addresses = map(str, certificate.presented_addresses)
    names = (*certificate.presented_ids, *addresses)
    more = len(names) - _MAX_NAMES
    shown = ", ".join(names[:_MAX_NAMES]) or "nothing"
    return f"{shown} and {more} more" if more > 0 else shown
