"""Rules about what the emulated version of IIS does not know.

`find_version_problem` is asked by the rules and by `start_sites`, so that both say the
same of a binding.
"""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.places import (
    flags_place,
    name_all,
    place_of,
    record_place,
    secure_sites,
    service_place,
)
from bindctl.bindings.records import LATER_FLAGS, format_record_key
from bindctl.findings.codes import make_finding
from bindctl.model.emulation import EmulatedVersion
from bindctl.model.endpoint import Endpoint
from bindctl.model.host import ANY_HOST, HostName, WildcardHost, ends_in_dot
from bindctl.model.unicode_host import to_unicode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.bindings.table import BindingTable
    from bindctl.findings.finding import Finding
    from bindctl.model.binding import Binding

_VERSIONS: Final = ", ".join(str(int(version)) for version in EmulatedVersion)
_TRAILING_DOT: Final = "BND103"  # reported by `text_rules.trailing_dot`


class VersionProblem(NamedTuple):
    """Why a version of IIS does not start a site with a binding: code and words."""

    code: str
    reason: str


def find_version_problem(
    text: str, binding: Binding, version: EmulatedVersion
) -> VersionProblem | None:
    """What that version does not know of a binding; ``None`` when it starts.

    Args:
        text: The binding as it is stored.
        binding: What it means.
        version: The version of IIS.

    Source:
        IIS 10, "Wildcard Host Header Support"; reference/iis-semantics.md §1.5 for the
        reports about IIS 7.5.
    """
    if version is EmulatedVersion.IIS10:
        return None  # it knows everything; most bindings end here
    host = binding.host
    if isinstance(host, WildcardHost) and not version.has_wildcard_hosts:
        return VersionProblem("BND105", f'{version} knows no host like "{host}"')
    if isinstance(binding.endpoint.address, IPv6Address) and not version.has_ipv6:
        return VersionProblem("BND106", f"{version} knows no IPv6 address")
    if not version.takes_a_labels and _is_written_in_a_labels(text):
        return VersionProblem("BND108", f"{version} takes no host in A-labels (xn--)")
    is_dotted = host is not ANY_HOST and ends_in_dot(text)
    if is_dotted and not version.takes_trailing_dots:
        return VersionProblem(_TRAILING_DOT, f"{version} takes no host that ends so")
    return None


def unknown_binding(table: BindingTable) -> Iterator[Finding]:
    """BND105, BND106 and BND108: a binding with which that version does not start."""
    version = table.emulated_version
    if version is EmulatedVersion.IIS10:
        return
    for _site, entry, binding in table.entries():
        problem = find_version_problem(entry.text, binding, version)
        if problem is not None and problem.code != _TRAILING_DOT:
            message = f'"{entry.text}": {problem.reason}, so the site does not start'
            hint = ""
            if problem.code == "BND108" and isinstance(binding.host, HostName):
                hint = _unicode_hint(binding.host.name)
            yield make_finding(problem.code, place_of(entry), message, hint)


def later_flags(table: BindingTable) -> Iterator[Finding]:
    """BND312: bits of SslFlags that came after that version; said once."""
    version = table.emulated_version
    if not version.has_sni or version.has_later_flags:
        return
    sites = [site for site in secure_sites(table) if site.ssl_flags & LATER_FLAGS]
    if sites:
        shown = int(sites[0].ssl_flags & LATER_FLAGS)
        message = f"{version} knows nothing of {shown} in SslFlags: {name_all(sites)}"
        yield make_finding("BND312", flags_place(sites[0]), message)


def unknown_server_name(table: BindingTable) -> Iterator[Finding]:
    """BND313: SslFlags and records by name, which that version does not look at.

    Said once of SslFlags, and of each record.
    """
    version = table.emulated_version
    if version.has_sni:
        return
    sites = [site for site in secure_sites(table) if site.ssl_flags]
    if sites:
        message = f"{version} does not look at SslFlags: {name_all(sites)}"
        yield make_finding("BND313", flags_place(sites[0]), message)
    for record in table.records:
        if not isinstance(record.key, Endpoint):
            shown = format_record_key(record.key)
            message = f"{version} has no certificate records such as {shown}"
            yield make_finding("BND313", record_place(record.key), message)


def unknown_emulated_version(table: BindingTable) -> Iterator[Finding]:
    """BND317: EmulatedVersion is none that bindctl knows."""
    if table.unknown_version is not None:
        used = int(table.emulated_version)
        message = (
            f"EmulatedVersion is {table.unknown_version}, none of {_VERSIONS}: "
            f"{used} is used"
        )
        yield make_finding("BND317", service_place("EmulatedVersion"), message)


def _is_written_in_a_labels(text: str) -> bool:
    labels = text.rpartition(":")[2].lower().split(".")
    return any(label.startswith("xn--") for label in labels)


def _unicode_hint(name: str) -> str:
    shown = to_unicode(name)
    return "" if shown == name else f"write it in Unicode: {shown}"
