"""Edits of items of binding lists, and ports, hosts and texts to put into them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.model.binding import Protocol, split_binding
from bindctl.model.endpoint import MAX_PORT
from bindctl.model.fix import SetProperty
from bindctl.model.host import ANY_HOST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
    from bindctl.findings.finding import Place
    from bindctl.model.binding import Binding
    from bindctl.model.host import HostPattern

SERVER_BINDINGS: Final = "ServerBindings"
SECURE_BINDINGS: Final = "SecureBindings"
STANDARD_PORTS: Final = {Protocol.HTTP: 80, Protocol.HTTPS: 443}
_ALTERNATE_PORTS: Final = {Protocol.HTTP: 8080, Protocol.HTTPS: 8443}


def find_site(table: BindingTable, place: Place) -> SiteRow | None:
    """The site that a finding is about, or one of its keys."""
    parts = place.path.upper().split("/")
    number = parts[3] if parts[:3] == ["", "LM", "W3SVC"] and len(parts) > 3 else ""  # noqa: PLR2004 - as split
    return next((row for row in table.sites if str(row.identifier) == number), None)


def find_entry(table: BindingTable, place: Place) -> BindingEntry | None:
    """The binding that a finding is about."""
    site = find_site(table, place)
    for entry in site.entries if site is not None else ():
        if (entry.property_name, entry.index) == (place.property_name, place.index):
            return entry
    return None


def edit_items(
    table: BindingTable, changes: Mapping[BindingEntry, str | None]
) -> tuple[SetProperty, ...]:
    """The lists as they are with other texts for some of their items.

    Args:
        table: The table.
        changes: The new text; ``None`` for an item that goes.
    """
    touched = {(entry.site, entry.property_name): None for entry in changes}
    edits = []
    for site in table.sites:
        for name in (SERVER_BINDINGS, SECURE_BINDINGS):
            if (site.identifier, name) in touched:
                items = [
                    changes.get(entry, entry.text)
                    for entry in site.entries
                    if entry.property_name == name
                ]
                kept = tuple(item for item in items if item is not None)
                edits.append(SetProperty(site_path(site), name, kept))
    return tuple(edits)


def site_path(site: SiteRow) -> tuple[str, ...]:
    """Names below /LM."""
    return ("w3svc", str(site.identifier))


def with_port(text: str, port: int) -> str:
    """A binding at another port, with the rest spelt as before."""
    address, _port, host = split_binding(text)
    return f"{address}:{port}:{host}"


def with_host(text: str, host: str) -> str:
    """A binding for another host."""
    address, port, _host = split_binding(text)
    return f"{address}:{port}:{host}"


def without_address(text: str) -> str:
    """A binding at any address."""
    _address, port, host = split_binding(text)
    return f":{port}:{host}"


def find_free_port(table: BindingTable, protocol: Protocol) -> int | None:
    """The lowest port from 8080, or 8443, that no binding has."""
    taken = {binding.endpoint.port for _site, _entry, binding in table.entries()}
    ports = range(_ALTERNATE_PORTS[protocol], MAX_PORT + 1)
    return next((port for port in ports if port not in taken), None)


def other_hosts(
    table: BindingTable, site: SiteRow, binding: Binding
) -> Iterator[HostPattern]:
    """Hosts of the site's other bindings that are free at the binding's endpoint."""
    taken = {held for _site, _entry, held in table.entries()}
    hosts = {
        entry.binding.host: None for entry in site.entries if entry.binding is not None
    }
    for host in hosts:
        if host is not ANY_HOST and binding._replace(host=host) not in taken:
            yield host
