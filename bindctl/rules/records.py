"""Rules about certificate records: which bindings share one, and which hide others.

Source:
    Microsoft support, AD FS single sign-on: order of http.sys's records; Win32,
    HTTP_SERVICE_CONFIG_SSL_SNI_KEY.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from bindctl.bindings.listen_list import ALL_IPV6
from bindctl.bindings.records import find_central_file
from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place, Severity
from bindctl.model.certificate import CentralKey, SniKey
from bindctl.model.endpoint import ANY_ADDRESS, Endpoint, format_endpoint
from bindctl.model.host import format_host_pattern
from bindctl.model.witness import format_handshake
from bindctl.routing.classes import sample_address
from bindctl.routing.site_reasons import address_matches
from bindctl.rules.finding_places import name_of, place_of, record_place, visitor_host

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bindctl.bindings.records import Claim, RecordKey
    from bindctl.bindings.table import BindingEntry
    from bindctl.findings.finding import Finding
    from bindctl.model.certificate import SslRecord
    from bindctl.model.endpoint import LocalAddress
    from bindctl.routing.reading import Reading

_WITHOUT_SNI = (
    "use one wildcard certificate, or one with several names, for all of them, or "
    "another port"
)


def conflicting_certificates(reading: Reading) -> Iterator[Finding]:
    """BND301 and BND304: bindings of one record name different certificates.

    It says which certificate http.sys uses for all of them; sites that are refused at
    start make no record. A warning if the binding's site does not start by itself.
    """
    hint = "" if reading.table.emulated_version.has_sni else _WITHOUT_SNI
    for claim in reading.claims:
        used, wanted = reading.records.get(claim.key), claim.record
        if used is None or wanted is None or claim.site.identifier == used.site:
            continue
        if wanted.certificate_hash != used.certificate_hash:
            yield _conflict(claim, wanted, used, hint)


def hidden_server_name(reading: Reading) -> Iterator[Finding]:
    """BND302: the certificate of a concrete address hides those by name there.

    Not reported if both are the same certificate, or no binding by name is reached at
    that address.
    """
    hiding = [key for key in reading.records if _is_concrete(key)]
    if not hiding:
        return
    named: dict[int, dict[tuple[LocalAddress, str], Claim]] = {}
    makers: dict[RecordKey, Claim] = {}
    for claim in reading.claims:
        if claim.site.identifier not in reading.start.started:
            continue
        makers.setdefault(claim.key, claim)
        digest = _shown_by_name(claim, reading)
        if digest is not None:  # one claim a certificate: the first
            where = _address(claim.entry), digest
            named.setdefault(claim.key.port, {}).setdefault(where, claim)
    for key in hiding:
        hidden = _find_hidden(reading, key, named.get(key.port, {}))
        if hidden is not None:
            yield _hides(key, makers.get(key), hidden)


def only_server_name(reading: Reading) -> Iterator[Finding]:
    """BND305: a port where every HTTPS binding needs SNI."""
    if not reading.table.emulated_version.has_sni:
        return
    keys: dict[int, list[RecordKey]] = {}
    first: dict[int, BindingEntry] = {}
    for record in reading.table.records:
        keys.setdefault(record.key.port, []).append(record.key)
    for claim in reading.claims:
        if claim.site.auto_start:
            keys.setdefault(claim.key.port, []).append(claim.key)
            first.setdefault(claim.key.port, claim.entry)
    for port, entry in first.items():
        if not any(isinstance(key, Endpoint) for key in keys[port]):
            message = f"port {port} refuses clients that send no server name (SNI)"
            witness = format_handshake(ANY_ADDRESS, port, None)
            yield make_finding("BND305", place_of(entry), message, witness=witness)


def invalid_certificate_record(reading: Reading) -> Iterator[Finding]:
    """BND307: a record of the metabase that cannot be used."""
    for record in reading.table.invalid_records:
        place = Place(f"/LM/HTTP/SSLCERT/{record.name.upper()}")
        message = f'"{record.name}" is not a certificate record: {record.problem}'
        yield make_finding("BND307", place, message)


def shared_server_name(reading: Reading) -> Iterator[Finding]:
    """BND310: SNI bindings of two sites that differ by address alone share a record.

    Where they name different certificates, BND304 says so.
    """
    first: dict[SniKey, Claim] = {}
    for claim in reading.claims:
        if not isinstance(claim.key, SniKey):
            continue
        held = first.setdefault(claim.key, claim)
        if held.site is claim.site or _hash(held) != _hash(claim):
            continue
        if _address(held.entry) == _address(claim.entry):
            continue  # BND201
        message = (
            f'"{claim.entry.text}" shares record {claim.key} with '
            f'"{held.entry.text}" of {name_of(held.site)}: records by server name '
            "know no address"
        )
        yield make_finding("BND310", place_of(claim.entry), message)


def _conflict(claim: Claim, wanted: SslRecord, used: SslRecord, hint: str) -> Finding:
    owner = "the record in http/sslcert" if used.site is None else f"site {used.site}"
    key = claim.key
    is_named = not isinstance(key, Endpoint)
    shown = format_endpoint(key) if isinstance(key, Endpoint) else str(key)
    message = (
        f'"{claim.entry.text}" names certificate {wanted.certificate_hash[:8]}…, but '
        f"{shown} has one certificate for all: {used.certificate_hash[:8]}… of {owner} "
        "is used"
    )
    witness = format_handshake(
        _address(claim.entry), key.port, _server_name(claim.entry)
    )
    code = "BND304" if is_named else "BND301"
    severity = None if claim.site.auto_start else Severity.WARNING
    return make_finding(code, place_of(claim.entry), message, hint, severity, witness)


def _is_concrete(key: RecordKey) -> TypeGuard[Endpoint]:
    return isinstance(key, Endpoint) and key.address not in (ANY_ADDRESS, ALL_IPV6)


def _shown_by_name(claim: Claim, reading: Reading) -> str | None:
    """The certificate, or file, that a claim by name has; ``None`` for none."""
    record, binding = reading.records.get(claim.key), claim.entry.binding
    if isinstance(claim.key, Endpoint) or record is None or binding is None:
        return None
    if isinstance(record.key, CentralKey):
        host = format_host_pattern(binding.host)
        return find_central_file(host, reading.table.central_files)
    return record.certificate_hash


def _find_hidden(
    reading: Reading,
    key: Endpoint,
    named: Mapping[tuple[LocalAddress, str], Claim],
) -> Claim | None:
    """A claim by name whose visitors at that address get the record instead."""
    record, address = reading.records[key], sample_address(key.address)
    for (bound, digest), claim in named.items():
        if digest != record.certificate_hash and address_matches(bound, address):
            return claim
    return None


def _hides(key: Endpoint, maker: Claim | None, hidden: Claim) -> Finding:
    shown = format_endpoint(key)
    text = f"record {shown}" if maker is None else f'"{maker.entry.text}"'
    message = (
        f"{text} decides the certificate of every connection to {shown}: the one of "
        f'"{hidden.entry.text}" of {name_of(hidden.site)} is never used there'
    )
    place = record_place(key) if maker is None else place_of(maker.entry)
    witness = format_handshake(key.address, key.port, _server_name(hidden.entry))
    return make_finding("BND302", place, message, witness=witness)


def _server_name(entry: BindingEntry) -> str | None:
    return None if entry.binding is None else visitor_host(entry.binding.host)


def _address(entry: BindingEntry) -> LocalAddress:
    return ANY_ADDRESS if entry.binding is None else entry.binding.endpoint.address


def _hash(claim: Claim) -> str | None:
    return None if claim.record is None else claim.record.certificate_hash
