"""Which sites start: W3SVC registering sites one after another.

Ascending identifier; a site whose registration another started site holds is refused
as a whole, and every other site still starts (`docs/explanation/life-of-a-site.md`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from bindctl.model.binding import Protocol, format_url_prefix
from bindctl.model.site import Win32Error

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bindctl.bindings.table import BindingTable, SiteRow
    from bindctl.model.binding import Binding
    from bindctl.model.endpoint import Endpoint
    from bindctl.model.host import HostPattern


class Refusal(NamedTuple):
    """Why a site did not start.

    Attributes:
        error: The Win32 code W3SVC reports.
        prefix: The URL prefix that could not be registered, or the binding's text.
        holder: Identifier of the site that holds it, or ``None``.
    """

    error: Win32Error
    prefix: str
    holder: int | None = None


class StartResult(NamedTuple):
    """What starting the service does to every site of a table.

    Attributes:
        started: Identifiers of the sites that run.
        refusals: Identifier to reason, for those that should run and do not.
    """

    started: frozenset[int]
    refusals: Mapping[int, Refusal]


def start_sites(
    table: BindingTable, closed_ports: Mapping[int, Win32Error] | None = None
) -> StartResult:
    """Start every site with ServerAutoStart.

    Args:
        table: The bindings.
        closed_ports: Ports that cannot be opened, and why; a site with a binding on
            one of them is refused with that error.

    Source:
        Win32 docs, "Processing Registrations"; W3SVC event 1007.
    """
    registry = _Registry(closed_ports or {})
    started: set[int] = set()
    refusals: dict[int, Refusal] = {}
    for site in table.sites:
        if not site.auto_start:
            continue
        refusal = registry.register(site)
        if refusal is None:
            started.add(site.identifier)
        else:
            refusals[site.identifier] = refusal
    return StartResult(frozenset(started), refusals)


@dataclass(slots=True)
class _Registry:
    """What http.sys holds: registrations, and the one scheme of each port."""

    closed_ports: Mapping[int, Win32Error]
    holders: dict[tuple[Endpoint, HostPattern], int] = field(default_factory=dict)
    schemes: dict[int, tuple[Protocol, int]] = field(default_factory=dict)

    def register(self, site: SiteRow) -> Refusal | None:
        """Register all bindings of a site, or none and say why."""
        bindings: list[Binding] = []
        for entry in site.entries:
            if entry.binding is None:
                return Refusal(Win32Error.INVALID_PARAMETER, entry.text)
            bindings.append(entry.binding)
        refusal = self._find_refusal(bindings)
        if refusal is None:
            for binding in bindings:
                key = (binding.endpoint, binding.host)
                self.holders[key] = site.identifier
                port = binding.endpoint.port
                self.schemes[port] = (binding.protocol, site.identifier)
        return refusal

    def _find_refusal(self, bindings: Iterable[Binding]) -> Refusal | None:
        own: set[tuple[Endpoint, HostPattern]] = set()
        own_schemes: dict[int, Protocol] = {}
        for binding in bindings:
            key = (binding.endpoint, binding.host)
            port = binding.endpoint.port
            prefix = format_url_prefix(binding)
            if port in self.closed_ports:
                return Refusal(self.closed_ports[port], prefix)
            if key in self.holders:
                holder = self.holders[key]
                return Refusal(Win32Error.ALREADY_EXISTS, prefix, holder)
            scheme, owner = self.schemes.get(port, (binding.protocol, None))
            if scheme is not binding.protocol:
                return Refusal(Win32Error.ALREADY_EXISTS, prefix, owner)
            if key in own or own_schemes.get(port, scheme) is not scheme:
                return Refusal(Win32Error.ALREADY_EXISTS, prefix)
            own.add(key)
            own_schemes[port] = scheme
        return None
