"""Starting, stopping, pausing and continuing one site while all others stay as they are.

Source:
    IIScnfg.h, MD_SERVER_COMMAND_*; IIS 6 ADSI provider, IIsWebServer methods.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.model.site import ServerState, Win32Error, format_win32_error
from bindctl.server.service.preparation import StartRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.server.service.service_plan import (
        ServiceConfiguration,
        ServicePlan,
        SiteStatus,
    )

ACTIONS: Final = ("start", "stop", "pause", "continue")
_STARTED, _STOPPED = ServerState.STARTED, ServerState.STOPPED
_PAUSED = ServerState.PAUSED
# Every other change is refused.
_TRANSITIONS: Final[Mapping[tuple[str, ServerState], ServerState]] = {
    ("start", _STOPPED): _STARTED,
    ("start", _STARTED): _STARTED,
    ("start", _PAUSED): _STARTED,
    ("stop", _STOPPED): _STOPPED,
    ("stop", _STARTED): _STOPPED,
    ("stop", _PAUSED): _STOPPED,
    ("pause", _STARTED): _PAUSED,
    ("pause", _PAUSED): _PAUSED,
    ("continue", _STARTED): _STARTED,
    ("continue", _PAUSED): _STARTED,
}


class SiteChange(NamedTuple):
    """The state that a site is to get.

    Attributes:
        identifier: The site's number.
        state: STARTED, STOPPED or PAUSED.
    """

    identifier: int
    state: ServerState


def decide_change(plan: ServicePlan, identifier: int, action: str) -> SiteChange | None:
    """The change that an action makes; ``None`` when the site is in that state already.

    Args:
        plan: The plan in force; a site that is not in it is stopped.
        identifier: The site's number.
        action: One of `ACTIONS`.

    Raises:
        BindctlError: SRV004, the site's state does not allow it.
    """
    status = find_status(plan, identifier)
    state = _STOPPED if status is None else status.state
    wanted = _TRANSITIONS.get((action, state))
    if wanted is None:
        raise refuse(identifier, Win32Error.SERVICE_NOT_ACTIVE, "")
    return None if wanted is state else SiteChange(identifier, wanted)


def start_request_for(plan: ServicePlan, change: SiteChange) -> StartRequest:
    """The sites after the change; those that run now come first."""
    identifier, state = change
    others = tuple(sorted(plan.contents.keys() - {identifier}))
    order = others if state is _STOPPED else (*others, identifier)
    paused = plan.paused - {identifier}
    return StartRequest(order, paused | {identifier} if state is _PAUSED else paused)


def with_site(
    configuration: ServiceConfiguration, fresh: ServiceConfiguration, identifier: int
) -> ServiceConfiguration:
    """The configuration in force, with one site as the metabase has it now.

    Certificate stores that are known already stay as they are; a central store that is
    new comes with the site.

    Raises:
        BindctlError: MET101, the metabase has no such site.
    """
    row = next((s for s in fresh.table.sites if s.identifier == identifier), None)
    if row is None:
        message = f"there is no site {identifier}"
        raise BindctlError("MET101", message, "bindctl sites lists them")
    table = configuration.table
    rows = {site.identifier: site for site in table.sites} | {identifier: row}
    sites = tuple(rows[key] for key in sorted(rows))
    if configuration.central is None and fresh.central is not None:
        configuration = configuration._replace(central=fresh.central)
        table = table._replace(
            central_store_path=fresh.table.central_store_path,
            central_files=fresh.table.central_files,
            central_problem=fresh.table.central_problem,
        )
    return configuration._replace(
        table=table._replace(sites=sites),
        contents={**configuration.contents, identifier: fresh.contents[identifier]},
        store_directories={
            **fresh.store_directories,
            **configuration.store_directories,
        },
    )


def merge_statuses(
    old: ServicePlan, new: ServicePlan, identifier: int
) -> tuple[SiteStatus, ...]:
    """The states as they were, but for one site."""
    statuses = {status.identifier: status for status in old.statuses}
    changed = find_status(new, identifier)
    if changed is not None:
        statuses[identifier] = changed
    return tuple(statuses[key] for key in sorted(statuses))


def find_status(plan: ServicePlan, identifier: int) -> SiteStatus | None:
    """A site's state; ``None`` for a site the plan does not know."""
    return next((s for s in plan.statuses if s.identifier == identifier), None)


def refuse(identifier: int, error: Win32Error, detail: str) -> BindctlError:
    """SRV004 with the system's own words."""
    message = f"site {identifier}: {format_win32_error(error)}"
    if detail:
        message += f"; {detail}"
    hint = "bindctl status says what each site is doing"
    return BindctlError("SRV004", message, hint, hresult=error.hresult)
