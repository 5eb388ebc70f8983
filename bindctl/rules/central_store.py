"""Rules about the central certificate store, whose certificates are found by file name.

Source:
    IIS, "Central Certificates": one record a port, the file is the server name, then
    ``_`` for its first label; one password for all files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.bindings.records import (
    LATER_FLAGS,
    central_file_names,
    certificate_claims,
    find_central_file,
    flags_in_force,
    format_record_key,
)
from bindctl.certificates.coverage import covers
from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Severity
from bindctl.model.binding import Protocol, SslFlags
from bindctl.model.certificate import CentralKey
from bindctl.model.host import ANY_HOST, format_host_pattern
from bindctl.model.witness import format_handshake
from bindctl.routing.effective_records import shown_records
from bindctl.rules.finding_places import (
    flags_place,
    name_all,
    place_of,
    record_place,
    secure_sites,
    service_place,
    visitor_host,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bindctl.bindings.records import Claim
    from bindctl.bindings.table import BindingTable
    from bindctl.findings.finding import Finding, Place
    from bindctl.model.binding import Binding
    from bindctl.model.certificate import Certificate
    from bindctl.routing.effective_records import ShownRecord
    from bindctl.routing.reading import Reading

PATH_PROPERTY: Final = "CentralCertStorePath"
_MAX_NAMES: Final = 5  # of a certificate, in a message


def server_name_without_host(reading: Reading) -> Iterator[Finding]:
    """BND303: SNI or the central store is asked for, but the binding has no host."""
    for site, entry, binding in reading.table.entries():
        if binding.protocol is Protocol.HTTP or binding.host is not ANY_HOST:
            continue
        flags = flags_in_force(site.ssl_flags, reading.table.emulated_version)
        if flags & (SslFlags.SNI | SslFlags.CENTRAL_CERT_STORE):
            message = (
                f'"{entry.text}" has no host, but SslFlags is '
                f"{int(flags)} ({_describe(flags)})"
            )
            yield make_finding("BND303", place_of(entry), message)


def later_flags_with_central_store(reading: Reading) -> Iterator[Finding]:
    """BND311: later bits of SslFlags beside the central store; reported once."""
    kinds = {site.ssl_flags for site in reading.table.sites}  # few, and slow to mask
    if not any(flags & SslFlags.CENTRAL_CERT_STORE for flags in kinds):
        return
    sites = []
    for site in secure_sites(reading.table):
        flags = flags_in_force(site.ssl_flags, reading.table.emulated_version)
        if flags & SslFlags.CENTRAL_CERT_STORE and flags & LATER_FLAGS:
            sites.append(site)
    if sites:
        shown = int(sites[0].ssl_flags)
        message = f"SslFlags {shown} has bits beside the central store: "
        yield make_finding("BND311", flags_place(sites[0]), message + name_all(sites))


def unreadable_central_store(reading: Reading) -> Iterator[Finding]:
    """BND314: the central store is asked for, but cannot be read."""
    asking = _asking_place(reading.table)
    if asking is None:
        return
    if not reading.table.central_store_path:
        message = f"the central store is asked for, but {PATH_PROPERTY} is empty"
        yield make_finding("BND314", asking, message)
    elif reading.table.central_problem:
        message = (
            f'"{reading.table.central_store_path}": {reading.table.central_problem}'
        )
        yield make_finding("BND314", service_place(PATH_PROPERTY), message)


def central_file_missing(reading: Reading) -> Iterator[Finding]:
    """BND315: the central store has no file for a host.

    A warning where another record has a certificate for it.
    """
    if not reading.table.central_store_path or reading.table.central_problem:
        return
    if next(_central_claims(reading.table), None) is None:
        return
    asking = {id(claim.entry) for claim in _central_claims(reading.table)}
    for shown in shown_records(reading):
        if id(shown.entry) in asking:
            finding = _missing_file(shown)
            if finding is not None:
                yield finding


def central_file_not_covering(
    table: BindingTable, certificates: Mapping[str, Certificate]
) -> Iterator[Finding]:
    """BND316: the file found for a host has a certificate for other names.

    Args:
        table: Sites, bindings and the names of the files.
        certificates: Facts by name of the file, of those that are used and readable.
    """
    for claim, file in _found_files(table):
        binding, certificate = claim.entry.binding, certificates.get(file)
        if binding is None or certificate is None or covers(certificate, binding.host):
            continue
        names = ", ".join(certificate.presented_ids[:_MAX_NAMES]) or "nothing"
        message = (
            f"{file} of the central store is shown for "
            f"{format_host_pattern(binding.host)}, but its certificate names {names}"
        )
        witness = _witness(binding)
        place = place_of(claim.entry)
        yield make_finding("BND316", place, message, witness=witness)


def used_central_files(table: BindingTable) -> dict[str, Place]:
    """Files of the central store for hosts of bindings, with the first binding."""
    places: dict[str, Place] = {}
    for claim, file in _found_files(table):
        places.setdefault(file, place_of(claim.entry))
    return places


def _found_files(table: BindingTable) -> Iterator[tuple[Claim, str]]:
    for claim in _central_claims(table):
        binding = claim.entry.binding
        if binding is None:
            continue  # every claim has a valid binding
        file = find_central_file(format_host_pattern(binding.host), table.central_files)
        if file is not None:
            yield claim, file


def _central_claims(table: BindingTable) -> Iterator[Claim]:
    asks = any(
        flags & SslFlags.CENTRAL_CERT_STORE
        for flags in {site.ssl_flags for site in table.sites}
    )  # most tables end here
    for claim in certificate_claims(table) if asks else ():
        if isinstance(claim.key, CentralKey):
            yield claim


def _asking_place(table: BindingTable) -> Place | None:
    """The first site or record that asks the central store."""
    claim = next(_central_claims(table), None)
    if claim is not None:
        return flags_place(claim.site)
    if not table.emulated_version.has_sni:
        return None
    keys = (record.key for record in table.records)
    asking = next((key for key in keys if isinstance(key, CentralKey)), None)
    return None if asking is None else record_place(asking)


def _missing_file(shown: ShownRecord) -> Finding | None:
    binding = shown.binding
    if shown.record is not None and isinstance(shown.record.key, CentralKey):
        return None
    names = " nor ".join(central_file_names(format_host_pattern(binding.host)))
    message = f'"{shown.entry.text}": the central store has neither {names}'
    if " nor " not in names:
        message = f'"{shown.entry.text}": the central store has no {names}'
    severity = Severity.ERROR
    if shown.record is not None:
        message += f"; record {format_record_key(shown.record.key)} is used"
        severity = Severity.WARNING
    place, witness = place_of(shown.entry), _witness(binding)
    return make_finding("BND315", place, message, "", severity, witness)


def _witness(binding: Binding) -> str:
    endpoint = binding.endpoint
    return format_handshake(endpoint.address, endpoint.port, visitor_host(binding.host))


def _describe(flags: SslFlags) -> str:
    if flags & SslFlags.CENTRAL_CERT_STORE:
        return "central certificate store"
    return "SNI"
