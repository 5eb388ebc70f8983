"""The service in words: one line a site, and the listeners."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from bindctl.model.site import ServerState, Win32Error, format_win32_error

if TYPE_CHECKING:
    from bindctl.operations.service.service import ServiceStatus, SiteState
    from bindctl.server.service.service_plan import SiteStatus
    from bindctl.terminal.terminal import Terminal


# What a person does about a port that he does not get.
_NEXT_STEPS = {
    Win32Error.ACCESS_DENIED: (
        "bindctl reset --port-offset 8000 takes ports that need no privilege"
    ),
    Win32Error.SHARING_VIOLATION: (
        "bindctl check --live says which process has the port; "
        "bindctl reset --port-offset N takes others"
    ),
}


def describe_site(
    identifier: int,
    description: str,
    state: ServerState,
    error: Win32Error,
    detail: str,
) -> str:
    """``site 2 "Other" stopped: Cannot create a file … (0x800700B7)``."""
    name = f'site {identifier} "{description}"' if description else f"site {identifier}"
    line = f"{name} {state.name.lower()}"
    if error is Win32Error.SUCCESS:
        return line
    line += f": {format_win32_error(error)}"
    return f"{line}; {detail}" if detail else line


def print_site_states(terminal: Terminal, status: ServiceStatus) -> None:
    """One line a site."""
    for site in status.sites:
        terminal.print(_describe(site))


def print_next_steps(terminal: Terminal, status: ServiceStatus) -> None:
    """What gets sites their ports, for people; nothing where no port is why."""
    errors = {site.win32_error for site in status.sites}
    for error, step in _NEXT_STEPS.items():
        if error in errors:
            terminal.complain(f"  next: {step}")


def print_closed(terminal: Terminal, status: ServiceStatus) -> None:
    """Where something should listen and does not, a line each."""
    for place in status.not_listening:
        terminal.print(f"not listening on {place}")


def print_drift(terminal: Terminal, status: ServiceStatus, file: str) -> None:
    """Nothing, or what is served otherwise than it is configured, a line a cause."""
    drift = status.drift
    if drift is None or drift.is_current:
        return
    terminal.print("what is served is not what is configured:")
    name = os.path.relpath(file, terminal.directory)
    if drift.metabase_changed:
        terminal.print(
            f"  {name} has changed since the last reset; "
            f"bindctl diff running {shlex.quote(name)} shows what a reset would change"
        )
    states = {site.identifier: site.state for site in status.sites}
    for identifier in drift.sites:
        word = states.get(identifier, ServerState.STOPPED).name.lower()
        terminal.print(f"  site {identifier} is {word}, which a reset would change")
    for thumbprint in drift.replaced_certificates:
        terminal.print(
            f"  certificate {thumbprint} was written since the last reset; "
            "new connections get it as it is now"
        )
    if drift.central_store_changed:
        terminal.print(
            "  the central certificate store has other files than at the last reset"
        )
    terminal.print("  next: bindctl reset puts in force what is configured")


def describe_status(site: SiteStatus) -> str:
    """The same line for a site as the server itself reports it."""
    return describe_site(
        site.identifier, site.comment, site.state, site.win32_error, site.detail
    )


def _describe(site: SiteState) -> str:
    return describe_site(
        site.identifier, site.description, site.state, site.win32_error, site.detail
    )
