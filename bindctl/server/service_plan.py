"""All a running service needs: one value, swapped whole on reset."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.model.endpoint import IpAddress
    from bindctl.model.site import ServerState, SiteContent, Win32Error
    from bindctl.routing.plan import RoutingPlan


class SiteStatus(NamedTuple):
    """One site as the service sees it.

    Attributes:
        identifier: The site's number.
        comment: ServerComment.
        state: ServerState.
        win32_error: Why it does not run; SUCCESS otherwise.
        detail: The URL prefix it could not register, and who holds it; or empty.
    """

    identifier: int
    comment: str
    state: ServerState
    win32_error: Win32Error
    detail: str


class ServicePlan(NamedTuple):
    """Routing, contents and places of one configuration. Picklable.

    Attributes:
        routing: Sites and certificates by connection and request.
        contents: What each running site answers from, by identifier.
        statuses: Every site, by ascending identifier.
        store_directories: Absolute folder of each certificate store, by upper-case
            store name; a certificate lies there as ``<hash>.pem`` and ``<hash>.key``.
        listen_addresses: Where bindings to any address listen; empty for everywhere.
    """

    routing: RoutingPlan
    contents: Mapping[int, SiteContent]
    statuses: tuple[SiteStatus, ...]
    store_directories: Mapping[str, str]
    listen_addresses: tuple[IpAddress, ...]
