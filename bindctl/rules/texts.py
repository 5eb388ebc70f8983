"""Rules about the text of one binding."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place, Severity
from bindctl.model.binding import ANY_HOST_MARK
from bindctl.model.host import ANY_HOST, HostName, ends_in_dot
from bindctl.rules.finding_places import name_of, place_of, site_location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.findings.finding import Finding
    from bindctl.routing.reading import Reading


def invalid_binding(reading: Reading) -> Iterator[Finding]:
    """BND101: the text is not a binding."""
    for site in reading.table.sites:
        for entry in site.entries:
            if entry.binding is None:
                message = f'"{entry.text}" is not a binding: {entry.problem}'
                yield make_finding("BND101", place_of(entry), message)


def no_bindings(reading: Reading) -> Iterator[Finding]:
    """BND102: nothing leads to a site that starts."""
    for site in reading.table.sites:
        if site.auto_start and not site.entries:
            place = Place(site_location(site.identifier))
            yield make_finding("BND102", place, f"{name_of(site)} has no binding")


def trailing_dot(reading: Reading) -> Iterator[Finding]:
    """BND103: a host that ends in a dot; an error where its site does not start."""
    refuses = not reading.table.emulated_version.takes_trailing_dots
    severity = Severity.ERROR if refuses else None
    for _site, entry, binding in reading.table.entries():
        if binding.host is not ANY_HOST and ends_in_dot(entry.text):
            message = f'the host of "{entry.text}" ends in a dot'
            yield make_finding("BND103", place_of(entry), message, severity=severity)


def address_as_host(reading: Reading) -> Iterator[Finding]:
    """BND104: an IP address where a host name belongs."""
    for _site, entry, binding in reading.table.entries():
        if isinstance(binding.host, HostName) and _is_address(binding.host.name):
            host = binding.host.name
            message = f'the host of "{entry.text}" is an IP address'
            hint = f'"{host}:{binding.endpoint.port}:" binds the address'
            yield make_finding("BND104", place_of(entry), message, hint)


def star_as_host(reading: Reading) -> Iterator[Finding]:
    """BND107: an asterisk alone where any host is meant."""
    for _site, entry, binding in reading.table.entries():
        if binding.host is ANY_HOST and entry.text.endswith(f":{ANY_HOST_MARK}"):
            message = f'the host of "{entry.text}" is an asterisk: read as any host'
            hint = f'leave it empty: "{entry.text[:-1]}"'
            yield make_finding("BND107", place_of(entry), message, hint)


def _is_address(text: str) -> bool:
    # Four numbers and dots: IPv6 has colons, which no host in a binding can have.
    if not text[-1:].isdigit():
        return False
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
