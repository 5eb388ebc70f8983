"""Rules about bindings alone: what collides, what can never be reached.

Each rule is a function from the table to findings and is named after the defect.
`RULES` lists them all.

Source:
    Win32 docs, "UrlPrefix Strings", Conflict Detection; IIS configuration reference.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from bindctl.bindings.records import certificate_claims, ssl_records
from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place, Severity
from bindctl.model.binding import Protocol, SslFlags, format_binding
from bindctl.model.certificate import SniKey
from bindctl.model.endpoint import ANY_ADDRESS, format_endpoint
from bindctl.model.host import ANY_HOST, HostName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bindctl.bindings.records import Claim, RecordKey
    from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
    from bindctl.findings.finding import Finding
    from bindctl.model.binding import Binding
    from bindctl.model.endpoint import Endpoint
    from bindctl.model.host import HostPattern


def site_location(identifier: int) -> str:
    """``/LM/W3SVC/2``."""
    return f"/LM/W3SVC/{identifier}"


def place_of(entry: BindingEntry) -> Place:
    """The item of the site's binding property."""
    return Place(site_location(entry.site), entry.property_name, entry.index)


def invalid_binding(table: BindingTable) -> Iterator[Finding]:
    """BND101: the text of a binding is none."""
    for site in table.sites:
        for entry in site.entries:
            if entry.binding is None:
                message = f'"{entry.text}" is no binding: {entry.problem}'
                yield make_finding("BND101", place_of(entry), message)


def no_bindings(table: BindingTable) -> Iterator[Finding]:
    """BND102: nothing leads to a site that starts."""
    for site in table.sites:
        if site.auto_start and not site.entries:
            place = Place(site_location(site.identifier))
            yield make_finding("BND102", place, f"{_name(site)} has no binding")


def trailing_dot(table: BindingTable) -> Iterator[Finding]:
    """BND103: a host that IIS would refuse for its last dot."""
    for _site, entry, binding in table.entries():
        if binding.host is not ANY_HOST and entry.text.endswith("."):
            message = f'the host of "{entry.text}" ends in a dot'
            yield make_finding("BND103", place_of(entry), message)


def address_as_host(table: BindingTable) -> Iterator[Finding]:
    """BND104: an IP address where a host name belongs."""
    for _site, entry, binding in table.entries():
        if isinstance(binding.host, HostName) and _is_address(binding.host.name):
            host = binding.host.name
            message = f'the host of "{entry.text}" is an IP address'
            hint = f'"{host}:{binding.endpoint.port}:" binds the address'
            yield make_finding("BND104", place_of(entry), message, hint)


def duplicate_registration(table: BindingTable) -> Iterator[Finding]:
    """BND201: a later site repeats an earlier one's endpoint and host.

    Yields:
        One finding per repeat, about the later binding; an error when both sites
        start by themselves, else a warning.

    Source:
        Win32 docs, "Processing Registrations": a duplicate fails with 183.
    """
    holders: dict[tuple[Endpoint, HostPattern], tuple[SiteRow, BindingEntry]] = {}
    for site, entry, binding in table.entries():
        key = (binding.endpoint, binding.host)
        holder = holders.setdefault(key, (site, entry))
        if holder[0] is not site:
            yield _duplicate(site, entry, binding, *holder)


def repeated_binding(table: BindingTable) -> Iterator[Finding]:
    """BND202: one site registers an endpoint and host twice, however spelt."""
    seen: dict[tuple[int, Endpoint, HostPattern], BindingEntry] = {}
    for site, entry, binding in table.entries():
        key = (site.identifier, binding.endpoint, binding.host)
        first = seen.setdefault(key, entry)
        if first is not entry:
            message = (
                f'"{entry.text}" is registered by this site already: '
                f'{first.property_name} "{first.text}"'
            )
            yield make_finding("BND202", place_of(entry), message)


def both_schemes_on_port(table: BindingTable) -> Iterator[Finding]:
    """BND203: HTTP and HTTPS on one port.

    Yields:
        One finding a port and later site.
    """
    schemes: dict[int, tuple[Protocol, SiteRow]] = {}
    told: set[tuple[int, int]] = set()
    for site, entry, binding in table.entries():
        port = binding.endpoint.port
        protocol, first = schemes.setdefault(port, (binding.protocol, site))
        if protocol is binding.protocol or (port, site.identifier) in told:
            continue
        told.add((port, site.identifier))
        message = (
            f'"{entry.text}" is {binding.protocol.value}, but port {port} is '
            f"{protocol.value} for {_name(first)}"
        )
        yield make_finding("BND203", place_of(entry), message)


def conflicting_certificates(table: BindingTable) -> Iterator[Finding]:
    """BND301 and BND304: bindings of one record name different certificates.

    Says which certificate http.sys would use for all of them.
    """
    started = frozenset(site.identifier for site in table.sites if site.auto_start)
    records = ssl_records(table, started)
    for claim in certificate_claims(table):
        used = records.get(claim.key)
        wanted = claim.record
        if used is None or wanted is None or claim.site.identifier == used.site:
            continue
        if wanted.certificate_hash == used.certificate_hash:
            continue
        yield _conflict(claim, used.certificate_hash, used.site)


def hidden_server_name(table: BindingTable) -> Iterator[Finding]:
    """BND302: a binding without SNI on a concrete address hides SNI there.

    Source:
        Microsoft support, AD FS single sign-on: an IP:port record comes first.
    """
    names: dict[int, list[SiteRow]] = {}
    for claim in certificate_claims(table):
        if isinstance(claim.key, SniKey):
            names.setdefault(claim.key.port, []).append(claim.site)
    for claim in certificate_claims(table):
        key = claim.key
        if isinstance(key, SniKey) or key.address is ANY_ADDRESS:
            continue
        others = [site for site in names.get(key.port, []) if site is not claim.site]
        if others:
            message = (
                f'"{claim.entry.text}" decides the certificate of every connection '
                f"to {format_endpoint(key)}: the SNI certificate of "
                f"{_name(others[0])} is never used there"
            )
            yield make_finding("BND302", place_of(claim.entry), message)


def server_name_without_host(table: BindingTable) -> Iterator[Finding]:
    """BND303: SNI asked for, without a host to choose by."""
    for site, entry, binding in table.entries():
        if binding.protocol is Protocol.HTTP or binding.host is not ANY_HOST:
            continue
        if site.ssl_flags & SslFlags.SNI:
            message = f'"{entry.text}" has no host, but SslFlags is 1 (SNI)'
            yield make_finding("BND303", place_of(entry), message)


def only_server_name(table: BindingTable) -> Iterator[Finding]:
    """BND305: a port where every HTTPS binding needs SNI."""
    keys: dict[int, list[RecordKey]] = {}
    first: dict[int, BindingEntry] = {}
    for record in table.records:
        keys.setdefault(record.key.port, []).append(record.key)
    for claim in certificate_claims(table):
        keys.setdefault(claim.key.port, []).append(claim.key)
        first.setdefault(claim.key.port, claim.entry)
    for port, entry in first.items():
        if all(isinstance(key, SniKey) for key in keys[port]):
            message = f"port {port} refuses clients that send no server name (SNI)"
            yield make_finding("BND305", place_of(entry), message)


def unsupported_certificate_source(table: BindingTable) -> Iterator[Finding]:
    """BND306: the central certificate store is asked for."""
    for site, entry, binding in table.entries():
        central = bool(site.ssl_flags & SslFlags.CENTRAL_CERT_STORE)
        if binding.protocol is Protocol.HTTPS and central:
            message = f'"{entry.text}": SslFlags {int(site.ssl_flags)} names the '
            yield make_finding(
                "BND306", place_of(entry), message + "central certificate store"
            )


def invalid_certificate_record(table: BindingTable) -> Iterator[Finding]:
    """BND307: a record of the metabase that says nothing usable."""
    for record in table.invalid_records:
        place = Place(f"/LM/HTTP/SSLCERT/{record.name.upper()}")
        message = f'"{record.name}" is no certificate record: {record.problem}'
        yield make_finding("BND307", place, message)


RULES: tuple[Callable[[BindingTable], Iterator[Finding]], ...] = (
    invalid_binding,
    no_bindings,
    trailing_dot,
    address_as_host,
    duplicate_registration,
    repeated_binding,
    both_schemes_on_port,
    conflicting_certificates,
    hidden_server_name,
    server_name_without_host,
    only_server_name,
    unsupported_certificate_source,
    invalid_certificate_record,
)


def binding_findings(table: BindingTable) -> Iterator[Finding]:
    """What every rule finds in the table."""
    for rule in RULES:
        yield from rule(table)


def _duplicate(
    site: SiteRow,
    entry: BindingEntry,
    binding: Binding,
    holder: SiteRow,
    held: BindingEntry,
) -> Finding:
    shown = format_binding(binding)
    message = (
        f'"{entry.text}" is already registered by {_name(holder)} '
        f'({held.property_name} "{held.text}"); {_name(site)} cannot start beside it'
    )
    hint = _remedy(site, entry, shown)
    both = site.auto_start and holder.auto_start
    severity = Severity.ERROR if both else Severity.WARNING
    return make_finding("BND201", place_of(entry), message, hint, severity)


def _remedy(site: SiteRow, entry: BindingEntry, shown: str) -> str:
    prefix = shown.rpartition(":")[0]
    path = f"/w3svc/{site.identifier}/{entry.property_name}"
    return (
        "give one of the two another host, port or address: "
        f'bindctl set {path} "{prefix}:HOST"'
    )


def _conflict(claim: Claim, used: str, holder: int | None) -> Finding:
    wanted = claim.record.certificate_hash if claim.record else ""
    owner = "the record in http/sslcert" if holder is None else f"site {holder}"
    where = str(claim.key) if isinstance(claim.key, SniKey) else None
    shown = where or format_endpoint(claim.key)  # type: ignore[arg-type]  # an Endpoint
    message = (
        f'"{claim.entry.text}" names certificate {wanted[:8]}…, but {shown} has one '
        f"certificate for all: {used[:8]}… of {owner} is used"
    )
    code = "BND304" if where else "BND301"
    return make_finding(code, place_of(claim.entry), message)


def _name(site: SiteRow) -> str:
    return f'site {site.identifier} "{site.comment}"'


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
