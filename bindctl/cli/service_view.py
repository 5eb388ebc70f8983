"""The service in words: one line a site, and the listeners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.model.site import ServerState, Win32Error, format_win32_error

if TYPE_CHECKING:
    from bindctl.cli.terminal import Terminal
    from bindctl.operations.service import ServiceStatus, SiteState
    from bindctl.server.service_plan import SiteStatus


def describe_site(
    identifier: int,
    description: str,
    state: ServerState,
    error: Win32Error,
    detail: str,
) -> str:
    """``site 2 "Other" stopped: Cannot create a file … (0x800700B7)``."""
    line = f'site {identifier} "{description}" {state.name.lower()}'
    if error is Win32Error.SUCCESS:
        return line
    line += f": {format_win32_error(error)}"
    return f"{line}; {detail}" if detail else line


def print_site_states(terminal: Terminal, status: ServiceStatus) -> None:
    """One line a site."""
    for site in status.sites:
        terminal.print(_describe(site))


def describe_status(site: SiteStatus) -> str:
    """The same line for a site as the server itself reports it."""
    return describe_site(
        site.identifier, site.comment, site.state, site.win32_error, site.detail
    )


def _describe(site: SiteState) -> str:
    return describe_site(
        site.identifier, site.description, site.state, site.win32_error, site.detail
    )
