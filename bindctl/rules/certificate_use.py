"""What depends on a certificate: sites and records that name it, and visitors."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.bindings.records import facts_key, format_record_key
from bindctl.certificates.candidates import Candidates
from bindctl.certificates.coverage import covers
from bindctl.findings.finding import Place
from bindctl.model.host import AnyHost, format_host_pattern
from bindctl.routing.effective_records import shown_records
from bindctl.rules.certificate_hints import create_command, quote_word
from bindctl.rules.finding_places import record_place, site_location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import TypeAlias

    from bindctl.bindings.records import RecordKey
    from bindctl.model.certificate import Certificate, SslRecord, TrustAnchors
    from bindctl.model.host import HostPattern
    from bindctl.routing.effective_records import ShownRecord
    from bindctl.routing.reading import Reading

    _Owner: TypeAlias = int | RecordKey


class Dependant(NamedTuple):
    """A site or a record that names a certificate, and bindings that so show it.

    Attributes:
        place: Where it names it.
        site: The site's identifier; ``None`` of a record of the metabase.
        record: The record's key as netsh shows it; empty of a site.
        shown: Bindings whose visitors get it for that reason, often also of other
            sites; empty if other records come first.
    """

    place: Place
    site: int | None
    record: str
    shown: tuple[ShownRecord, ...]

    @property
    def name(self) -> str:
        """``site 1`` or ``record 0.0.0.0:443``, for a message."""
        return f"record {self.record}" if self.site is None else f"site {self.site}"

    @property
    def hosts(self) -> tuple[HostPattern, ...]:
        """Hosts of those bindings, each once, without bindings for any host."""
        hosts = (item.binding.host for item in self.shown)
        named = (host for host in hosts if not isinstance(host, AnyHost))
        return tuple(dict.fromkeys(named))


class Loss(NamedTuple):
    """The effect of removing a certificate from its store on one dependant.

    Attributes:
        dependant: The site or record that names it. From then on every handshake that
            shows it fails: the record still names it, and nothing takes its place.
        replacement: The best certificate that covers all hosts which it covers,
            ``None`` when the store has none.
        hint: The command to run before, so that no host is left without one.
    """

    dependant: Dependant
    replacement: Certificate | None
    hint: str


def certificate_dependants(reading: Reading) -> dict[str, tuple[Dependant, ...]]:
    """The dependants of each certificate that the table names, by `facts_key`.

    A site that names one, but has no HTTPS binding that could show it, does not depend
    on it.
    """
    table = reading.table
    explicit = {record.key: record for record in table.records}
    found: dict[str, dict[_Owner, list[ShownRecord]]] = {}
    records: dict[_Owner, SslRecord] = {}
    for item in shown_records(reading):
        for record in _named(item, explicit):
            owner = _owner(record)
            records.setdefault(owner, record)
            own = found.setdefault(facts_key(record), {}).setdefault(owner, [])
            if record is item.record:
                own.append(item)
    for record in table.records:
        records.setdefault(_owner(record), record)
        found.setdefault(facts_key(record), {}).setdefault(_owner(record), [])
    return {
        key: tuple(_dependant(records[owner], shown) for owner, shown in owners.items())
        for key, owners in found.items()
    }


def find_losses(
    reading: Reading,
    certificates: Mapping[str, Certificate],
    key: str,
    now: datetime,
    anchors: TrustAnchors | None,
) -> tuple[Loss, ...]:
    """The effects of removing the certificate from its store, with what helps.

    Args:
        reading: Sites, bindings and records.
        certificates: Facts of the store, by `facts_key`; the one to be removed may be
            among them.
        key: Of the one to be removed.
        now: Aware UTC: the instant replacements have to be valid at.
        anchors: Whom clients trust; ``None`` when that is not known.
    """
    dependants = certificate_dependants(reading).get(key, ())
    others = (
        item
        for name, item in certificates.items()
        if name != key and name == item.certificate_hash
    )
    candidates = Candidates(others if dependants else (), now, anchors)
    lost = certificates.get(key)
    return tuple(
        _lose(item, _covered_hosts(item, lost), candidates) for item in dependants
    )


def _named(
    item: ShownRecord, explicit: Mapping[RecordKey, SslRecord]
) -> Iterator[SslRecord]:
    """The record that is shown, and the one that its key should lead to."""
    if item.record is not None:
        yield item.record
    named = explicit.get(item.key, item.wanted)
    if named is not None and named is not item.record:
        yield named


def _owner(record: SslRecord) -> _Owner:
    return record.key if record.site is None else record.site


def _dependant(record: SslRecord, shown: Iterable[ShownRecord]) -> Dependant:
    if record.site is not None:
        place = Place(site_location(record.site), "SSLCertHash")
        return Dependant(place, record.site, "", tuple(shown))
    place = Place(record_place(record.key).path, "CertHash")
    return Dependant(place, None, format_record_key(record.key), tuple(shown))


def _covered_hosts(
    dependant: Dependant, certificate: Certificate | None
) -> Sequence[HostPattern]:
    """Hosts that a replacement has to cover: those that are covered now, if any is."""
    hosts = dependant.hosts
    if certificate is None:
        return hosts
    return [host for host in hosts if covers(certificate, host)] or hosts


def _lose(
    dependant: Dependant, hosts: Sequence[HostPattern], candidates: Candidates
) -> Loss:
    found = candidates.choose(hosts)
    if dependant.site is None:
        key = quote_word(f"/http/sslcert/{dependant.record}/CertHash")
        digits = "THUMBPRINT" if found is None else found.certificate_hash
        step = f"bindctl set {key} {digits}"
    elif not hosts:
        step = f"bindctl cert assign NAME {dependant.site}"
    else:
        name = format_host_pattern(hosts[0])
        if found is not None:
            name = candidates.name_for_assign(found, hosts[0])
        step = f"bindctl cert assign {quote_word(name)} {dependant.site}"
    if found is None and hosts:
        step = f"{create_command(hosts)}; {step}"
    return Loss(dependant, found, step)
