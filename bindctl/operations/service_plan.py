"""From a metabase to what a running service needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.metabase.tree import require_row, web_sites
from bindctl.model.endpoint import ANY_ADDRESS, parse_local_address
from bindctl.model.site import ServerState, Win32Error
from bindctl.operations.configuration import load_configuration
from bindctl.operations.site_content import lower_content
from bindctl.server.service_plan import ServicePlan, SiteStatus
from bindctl.storage.places import store_directory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.bindings.start import Refusal, StartResult
    from bindctl.bindings.table import SiteRow
    from bindctl.metabase.tree import Key
    from bindctl.model.endpoint import IpAddress
    from bindctl.model.site import SiteContent
    from bindctl.operations.configuration import Configuration


def load_service_plan(
    metabase: str, closed_ports: Mapping[int, Win32Error]
) -> ServicePlan:
    """Read the metabase and compile it for the service.

    Args:
        metabase: Absolute path of the file.
        closed_ports: Ports that could not be opened, and why; their sites do not run.

    Raises:
        BindctlError: The metabase cannot be read.
    """
    configuration = load_configuration(metabase, closed_ports)
    start = configuration.start
    table = configuration.table
    stores = {site.certificate_store_name for site in table.sites}
    stores |= {record.certificate_store_name for record in table.records}
    return ServicePlan(
        routing=configuration.plan,
        contents=_contents(metabase, configuration),
        statuses=tuple(_status(site, start) for site in table.sites),
        store_directories={
            name.upper(): store_directory(metabase, name) for name in stores
        },
        listen_addresses=listen_addresses(configuration.root),
    )


def listen_addresses(root: Key) -> tuple[IpAddress, ...]:
    """Addresses of property ListenAddresses of key http; empty for everywhere.

    Items that are no addresses are left out.
    """
    key = root.child("http")
    value = None if key is None else key.own(require_row("ListenAddresses"))
    addresses: list[IpAddress] = []
    for text in value if isinstance(value, tuple) else ():
        try:
            address = parse_local_address(text)
        except ValueError:
            continue
        if address is ANY_ADDRESS:
            return ()
        addresses.append(address)
    return tuple(addresses)


def _contents(metabase: str, configuration: Configuration) -> dict[int, SiteContent]:
    return {
        identifier: lower_content(metabase, identifier, key)
        for identifier, key in web_sites(configuration.root)
        if identifier in configuration.start.started
    }


def _status(site: SiteRow, start: StartResult) -> SiteStatus:
    refusal = start.refusals.get(site.identifier)
    running = site.identifier in start.started
    return SiteStatus(
        identifier=site.identifier,
        comment=site.comment,
        state=ServerState.STARTED if running else ServerState.STOPPED,
        win32_error=Win32Error.SUCCESS if refusal is None else refusal.error,
        detail="" if refusal is None else describe_refusal(refusal),
    )


def describe_refusal(refusal: Refusal) -> str:
    """What could not be registered, and which site holds it."""
    if refusal.holder is None:
        return refusal.prefix
    return f"{refusal.prefix} is registered by site {refusal.holder}"
