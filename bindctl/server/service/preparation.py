"""Makes a plan with open sockets; each site starts whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from bindctl.bindings.listen_list import ListenList
from bindctl.bindings.start import start_sites
from bindctl.model.endpoint import Endpoint
from bindctl.model.site import ServerState, Win32Error, format_win32_error
from bindctl.routing.plan import compile_plan
from bindctl.server.service.service_plan import (
    ServiceConfiguration,
    ServicePlan,
    SiteStatus,
)
from bindctl.server.worker.listeners import wanted_listeners

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bindctl.bindings.start import Refusal, StartResult
    from bindctl.bindings.table import SiteRow
    from bindctl.server.service.service_plan import ServiceOptions
    from bindctl.server.worker.listeners import ListenerSet, ListenerSpec

# Reads the metabase; raises BindctlError when it cannot.
LoadConfiguration: TypeAlias = Callable[[], ServiceConfiguration]


class StartRequest(NamedTuple):
    """The sites that are to run.

    Attributes:
        order: Identifiers; earlier ones take their bindings first; ``None`` is every
            site with ServerAutoStart.
        paused: Those that answer 503.
    """

    order: tuple[int, ...] | None = None
    paused: frozenset[int] = frozenset()


class Prepared(NamedTuple):
    """A plan that can be put in force.

    Attributes:
        plan: The sites that can run.
        specs: Its sockets; all are open.
        start: Which sites run and which were refused.
    """

    plan: ServicePlan
    specs: tuple[ListenerSpec, ...]
    start: StartResult


def open_plan(
    configuration: ServiceConfiguration,
    listeners: ListenerSet,
    options: ServiceOptions,
    request: StartRequest | None = None,
) -> Prepared:
    """The plan of the sites that can run, with all its sockets open.

    Sockets the plan does not need are left as they are.
    """
    order, paused = request or StartRequest()
    listen = configuration.listen
    if options.listen:
        listen = ListenList(options.listen, is_limited=True, name="--listen")
    closed: dict[Endpoint, Win32Error] = {}
    while True:
        start = start_sites(configuration.table, closed, listen, order)
        routing = compile_plan(configuration.table, start.started)
        wanted = wanted_listeners(routing, listen, options.port_offset)
        failures = listeners.open_missing(wanted)
        if failures.keys() <= closed.keys():
            break
        closed |= failures
    contents = {
        identifier: content
        for identifier, content in configuration.contents.items()
        if identifier in start.started
    }
    plan = ServicePlan(
        routing=routing,
        contents=contents,
        statuses=tuple(
            _status(site, start, paused) for site in configuration.table.sites
        ),
        store_directories=configuration.store_directories,
        paused=paused & start.started,
        min_octets_per_s=configuration.min_octets_per_s,
        central=configuration.central,
        closed=tuple(_describe_closed(wanted, failures)),
    )
    return Prepared(plan, listeners.to_keep(wanted), start)


def describe_refusal(refusal: Refusal) -> str:
    """The binding that could not be registered, and the site that holds it."""
    if refusal.reason:
        return refusal.reason
    if refusal.holder is None:
        return refusal.prefix
    return f"{refusal.prefix} is registered by site {refusal.holder}"


def _describe_closed(
    wanted: Iterable[ListenerSpec], failures: Mapping[Endpoint, Win32Error]
) -> Iterator[str]:
    """Addresses that could not be opened although running sites are bound there.

    Addresses that this machine does not have are left out: one list serves many
    machines.
    """
    for spec in wanted:
        error = failures.get(Endpoint(spec.address, spec.port))
        if error is not None and error is not Win32Error.INVALID_NETNAME:
            yield f"{spec}: {format_win32_error(error)}"


def _status(site: SiteRow, start: StartResult, paused: frozenset[int]) -> SiteStatus:
    refusal = start.refusals.get(site.identifier)
    state = ServerState.STOPPED
    if site.identifier in start.started:
        is_paused = site.identifier in paused
        state = ServerState.PAUSED if is_paused else ServerState.STARTED
    return SiteStatus(
        identifier=site.identifier,
        comment=site.comment,
        state=state,
        win32_error=Win32Error.SUCCESS if refusal is None else refusal.error,
        detail="" if refusal is None else describe_refusal(refusal),
    )
