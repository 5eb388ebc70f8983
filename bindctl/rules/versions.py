"""Rules about what the emulated version of IIS does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.bindings.records import LATER_FLAGS, format_record_key
from bindctl.bindings.start import find_version_problem
from bindctl.findings.codes import make_finding
from bindctl.model.binding import EmulatedVersion
from bindctl.model.endpoint import Endpoint
from bindctl.model.host import HostName, to_unicode
from bindctl.rules.finding_places import (
    flags_place,
    name_all,
    place_of,
    record_place,
    secure_sites,
    service_place,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.findings.finding import Finding
    from bindctl.routing.reading import Reading

_VERSIONS: Final = ", ".join(str(int(version)) for version in EmulatedVersion)
_TRAILING_DOT: Final = "BND103"  # reported by `text_rules.trailing_dot`


def unknown_binding(reading: Reading) -> Iterator[Finding]:
    """BND105, BND106 and BND108: a binding with which that version does not start."""
    version = reading.table.emulated_version
    if version is EmulatedVersion.IIS10:
        return
    for _site, entry, binding in reading.table.entries():
        problem = find_version_problem(entry.text, binding, version)
        if problem is not None and problem.code != _TRAILING_DOT:
            message = f'"{entry.text}": {problem.reason}, so the site does not start'
            hint = ""
            if problem.code == "BND108" and isinstance(binding.host, HostName):
                hint = _unicode_hint(binding.host.name)
            yield make_finding(problem.code, place_of(entry), message, hint)


def later_flags(reading: Reading) -> Iterator[Finding]:
    """BND312: bits of SslFlags that came after that version; reported once."""
    version = reading.table.emulated_version
    if not version.has_sni or version.has_later_flags:
        return
    sites = [
        site for site in secure_sites(reading.table) if site.ssl_flags & LATER_FLAGS
    ]
    if sites:
        shown = int(sites[0].ssl_flags & LATER_FLAGS)
        message = f"{version} does not know {shown} in SslFlags: {name_all(sites)}"
        yield make_finding("BND312", flags_place(sites[0]), message)


def unknown_server_name(reading: Reading) -> Iterator[Finding]:
    """BND313: SslFlags and records by name, which that version does not look at.

    Reported once for SslFlags, and once for each record.
    """
    version = reading.table.emulated_version
    if version.has_sni:
        return
    sites = [site for site in secure_sites(reading.table) if site.ssl_flags]
    if sites:
        message = f"{version} does not look at SslFlags: {name_all(sites)}"
        yield make_finding("BND313", flags_place(sites[0]), message)
    for record in reading.table.records:
        if not isinstance(record.key, Endpoint):
            shown = format_record_key(record.key)
            message = f"{version} has no certificate records such as {shown}"
            yield make_finding("BND313", record_place(record.key), message)


def unknown_emulated_version(reading: Reading) -> Iterator[Finding]:
    """BND317: bindctl does not know the EmulatedVersion."""
    if reading.table.unknown_version is not None:
        used = int(reading.table.emulated_version)
        message = (
            f"EmulatedVersion is {reading.table.unknown_version}, not one of {_VERSIONS}: "
            f"{used} is used"
        )
        yield make_finding("BND317", service_place("EmulatedVersion"), message)


def _unicode_hint(name: str) -> str:
    shown = to_unicode(name)
    return "" if shown == name else f"write it in Unicode: {shown}"
