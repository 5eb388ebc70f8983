"""The commands reset, status and serve.

`reset` is iisreset with better manners; `serve` runs in the foreground, for systemd and
containers.
"""

from __future__ import annotations

import os
import shlex
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.model.site import ServerState, Win32Error, format_win32_error
from bindctl.operations.live.probe_revert import Change, bring_back
from bindctl.operations.load.configuration import load_configuration
from bindctl.operations.service.service import (
    StartOptions,
    reset_service,
    serve,
    service_status,
    start_service,
    stop_service,
)
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bindctl.operations.certificates.coverage import Gap
    from bindctl.operations.service.service import ServiceStatus, SiteState
    from bindctl.server.service.service_plan import SiteStatus
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

_NOT_RUNNING: Final = "SRV001"


class _ResetOptions(NamedTuple):
    """The options of a reset."""

    options: StartOptions
    hard: bool
    probe: bool
    revert: bool
    is_best_effort: bool
    as_json: bool


def reset(
    terminal: Terminal,
    workspace: Workspace,
    *,
    stop: bool,
    status: bool,
    hard: bool,
    port_offset: int | None,
    listen: Sequence[str],
    workers: int,
    probe: bool,
    revert: bool,
    best_effort: bool,
    json: bool,
) -> int:
    """Run `bindctl reset`."""
    options = StartOptions(port_offset, tuple(listen), workers)
    asked = _ResetOptions(options, hard, probe, revert, best_effort, json)
    if revert and not probe:
        message = "--revert needs --probe, which says whether anything differs"
        raise BindctlError("CLI004", message, "bindctl reset --probe --revert")
    if stop and (status or hard or probe):
        message = "--stop excludes --status, --hard and --probe"
        raise BindctlError("CLI004", message, "bindctl reset --stop")
    if status:
        return _print_running(terminal, service_status(workspace.path), as_json=json)
    if stop:
        return _stop(terminal, workspace, as_json=json)
    return _reset(terminal, workspace, asked)


def _reset(terminal: Terminal, workspace: Workspace, asked: _ResetOptions) -> int:
    before = service_status(workspace.path)
    after, change = _put_in_force(workspace, before, asked)
    if change is not Change.RESET:
        _require_listening(workspace, after)
    unserved = _find_unserved(workspace, after)
    is_whole = asked.is_best_effort or not (
        unserved.hosts or unserved.sites or unserved.problem or after.not_listening
    )
    status = ExitStatus.OK if is_whole else ExitStatus.FINDINGS
    data = unserved.data(after)
    conclude = None
    if asked.probe:
        conclude = _probe(terminal, workspace, asked, data, change, status)
    if asked.as_json:
        if conclude is not None:
            return conclude()
        print_envelope(terminal, "reset", data, status)
        return status
    if before.is_running:
        terminal.print("Attempting stop...")
        terminal.print("Internet services successfully stopped")
    terminal.print("Attempting start...")
    print_site_states(terminal, after)
    print_closed(terminal, after)
    _print_hosts(terminal, unserved)
    word = "restarted" if before.is_running else "started"
    terminal.print(f"Internet services successfully {word}")
    print_next_steps(terminal, after)
    found = ExitStatus.OK if conclude is None else conclude()
    _print_conclusion(terminal, unserved, len(after.not_listening))
    return found or status


class _Unserved(NamedTuple):
    """What a running service does not serve.

    Attributes:
        hosts: Hosts of secure bindings that have no usable certificate.
        sites: Identifiers of the sites that were refused.
        problem: Why the hosts are not known; or empty.
    """

    hosts: tuple[Gap, ...]
    sites: tuple[int, ...]
    problem: str = ""

    def data(self, status: ServiceStatus) -> dict[str, object]:
        """The status as JSON has it, with those hosts."""
        hosts = [
            {
                "site": gap.site,
                "host": gap.host,
                "port": gap.port,
                "code": gap.code,
                "reason": gap.words,
            }
            for gap in self.hosts
        ]
        return {**status._asdict(), "unserved_hosts": hosts}


def _find_unserved(workspace: Workspace, status: ServiceStatus) -> _Unserved:
    if not status.is_running:
        return _Unserved((), ())
    # Imported here: what reads certificates is slow to import.
    from bindctl.operations.live.unserved_hosts import (  # noqa: PLC0415
        find_unserved_hosts,
    )

    refused = tuple(site.identifier for site in status.sites if site.win32_error)
    try:
        return _Unserved(find_unserved_hosts(workspace), refused)
    except BindctlError as error:  # what the service is asked for is told all the same
        # Somebody else's reset may have stopped it meanwhile, to start it again.
        problem = "" if error.code == _NOT_RUNNING else error.message
        return _Unserved((), refused, problem)


def print_unserved(terminal: Terminal, hosts: Sequence[Gap]) -> None:
    """A line a site: how many of its hosts have no usable certificate, and why."""
    by_site: dict[int, list[Gap]] = {}
    for gap in hosts:
        by_site.setdefault(gap.site, []).append(gap)
    for site, gaps in by_site.items():
        count = f"{len(gaps)} host{'s' if gaps[1:] else ''}"
        verb = "have" if gaps[1:] else "has"
        first = gaps[0]
        terminal.print(f"site {site}: {count} {verb} no usable certificate")
        terminal.print(f"  {first.code} {first.host}:{first.port}: {first.words}")


def _print_hosts(terminal: Terminal, unserved: _Unserved) -> None:
    print_unserved(terminal, unserved.hosts)
    if unserved.problem:
        terminal.complain(f"which hosts are served is not known: {unserved.problem}")


def _print_conclusion(terminal: Terminal, unserved: _Unserved, closed: int) -> None:
    """Last, on standard error, where it cannot be taken for success."""
    parts = []
    if unserved.sites:
        word = "site" if len(unserved.sites) == 1 else "sites"
        parts.append(f"{word} {', '.join(map(str, unserved.sites))}")
    if unserved.hosts:
        count = len(unserved.hosts)
        parts.append(f"{count} host{'s' if count > 1 else ''} of secure bindings")
    if closed:
        parts.append(f"{closed} address{'es' if closed > 1 else ''}")
    if parts:
        terminal.complain(f"the service runs, and does not serve {' and '.join(parts)}")
        terminal.complain("  next: bindctl check --live says why, and what mends it")


def _require_listening(workspace: Workspace, started: ServiceStatus) -> None:
    """Stop a service that has just started and has not one of its ports.

    Raises:
        BindctlError: SRV003, with the reasons.
    """
    failed = [site for site in started.sites if site.win32_error]
    if started.listeners or not (failed or started.not_listening):
        return
    # Imported here: it asks the machine, and only where something is wrong.
    from bindctl.operations.check.live_check import closed_ports  # noqa: PLC0415

    _stop_if_running(workspace)
    reasons = [_describe(site) for site in failed] + list(started.not_listening)
    more = f", and {len(reasons) - 1} more" if reasons[1:] else ""
    error = BindctlError(
        "SRV003",
        f"no port is open, so the service was stopped again: {reasons[0]}{more}",
        _other_ports(started, failed),
    )
    error.findings = closed_ports(workspace, started.port_offset)
    raise error


def _put_in_force(
    workspace: Workspace, before: ServiceStatus, asked: _ResetOptions
) -> tuple[ServiceStatus, Change]:
    """The service from now on, and how it came into this state."""
    options = asked.options
    if not before.is_running:
        return start_service(workspace.path, options), Change.START
    changes_ports = options.port_offset not in (None, before.port_offset)
    if not (changes_ports or options.listen or options.workers):
        try:
            return reset_service(workspace.path, hard=asked.hard), Change.RESET
        except BindctlError as error:
            if error.code != _NOT_RUNNING:
                raise
            return start_service(
                workspace.path, options
            ), Change.START  # it has ended meanwhile
    # What only a start can change: stop for real, start with the new options.
    if options.port_offset is None:
        options = StartOptions(before.port_offset, options.listen, options.workers)
    _stop_if_running(workspace)
    return start_service(workspace.path, options), Change.RESTART


def _stop_if_running(workspace: Workspace) -> None:
    """Stop the service, unless somebody else's reset was quicker."""
    try:
        stop_service(workspace.path)
    except BindctlError as error:
        if error.code != _NOT_RUNNING:
            raise


def _other_ports(started: ServiceStatus, failed: Sequence[SiteState]) -> str:
    """The next step where ports are why nothing listens; else `check` knows more."""
    is_port = started.not_listening or any(
        site.win32_error in _NEXT_STEPS for site in failed
    )
    if is_port:
        offset = 18000 if started.port_offset == 8000 else 8000  # noqa: PLR2004
        return f"bindctl reset --port-offset {offset} takes other ports"
    return "bindctl check --live says why, and what mends it"


def _probe(
    terminal: Terminal,
    workspace: Workspace,
    asked: _ResetOptions,
    data: dict[str, object],
    change: Change,
    status: int,
) -> Callable[[], int]:
    """Probe the service; what prints the result, and goes back if that is wanted."""
    from bindctl.cli.commands import probe  # noqa: PLC0415 - slow to import
    from bindctl.operations.live.probe import probe_service  # noqa: PLC0415 - as above

    result = probe_service(workspace)
    back = partial(bring_back, workspace.path, result, change) if asked.revert else None
    if asked.as_json:
        tell = partial(probe.conclude_as_json, terminal, "reset", data, result, back)
        return partial(tell, status=status)
    return partial(probe.conclude_probe, terminal, result, back)


def _stop(terminal: Terminal, workspace: Workspace, *, as_json: bool) -> int:
    before = service_status(workspace.path)
    if before.is_running:
        stop_service(workspace.path)
    if as_json:
        data = {"is_running": False, "changed": before.is_running}
        print_envelope(terminal, "reset", data)
        return ExitStatus.OK
    terminal.print("Attempting stop...")
    terminal.print("Internet services successfully stopped")
    return ExitStatus.OK


def _print_running(terminal: Terminal, found: ServiceStatus, *, as_json: bool) -> int:
    """The lines of ``iisreset /status``; exit 0 whether it runs or not."""
    if as_json:
        print_envelope(terminal, "reset", found)
        return ExitStatus.OK
    word = "Running" if found.is_running else "Stopped"
    terminal.print(f"Status for World Wide Web Publishing Service ( W3SVC ) : {word}")
    return ExitStatus.OK


def status(terminal: Terminal, workspace: Workspace, *, json: bool) -> int:
    """Run `bindctl status`."""
    found = service_status(workspace.path)
    code = ExitStatus.OK if found.is_running else ExitStatus.FINDINGS
    unserved = _find_unserved(workspace, found)
    if json:
        print_envelope(terminal, "status", unserved.data(found), code)
        return code
    if not found.is_running:
        terminal.print("stopped; bindctl reset starts it")
        return code
    workers = " ".join(map(str, found.workers))
    terminal.print(f"running: pid {found.pid}, workers {workers}")
    if found.hung_workers:
        terminal.print(f"workers that hung and were replaced: {found.hung_workers}")
    for listener in found.listeners:
        terminal.print(f"listening on {listener}")
    print_closed(terminal, found)
    print_site_states(terminal, found)
    _print_hosts(terminal, unserved)
    print_drift(terminal, found, workspace.path)
    return code


def serve_(
    terminal: Terminal,
    workspace: Workspace,
    *,
    port_offset: int,
    listen: Sequence[str],
    workers: int,
    ready_fd: int,
) -> int:
    """Run `bindctl serve`."""
    options = StartOptions(port_offset, tuple(listen), workers)

    def on_ready(sites: Sequence[SiteStatus], listeners: Sequence[str]) -> None:
        for site in sites:
            terminal.print(describe_status(site))
        for listener in listeners:
            terminal.print(f"listening on {listener}")
        if not listeners:
            terminal.complain("no port is open: nothing can be reached")
        if ready_fd < 0:  # else whoever starts it says so
            # Imported here: what reads certificates is slow to import.
            from bindctl.operations.live.unserved_hosts import (  # noqa: PLC0415
                find_unserved_in,
            )

            try:
                reading = load_configuration(workspace)
                unserved = _Unserved(find_unserved_in(workspace, reading), ())
            except BindctlError as error:  # the service runs, and goes on
                unserved = _Unserved((), (), error.message)
            _print_hosts(terminal, unserved)
        terminal.stdout.flush()
        if ready_fd >= 0:
            os.write(ready_fd, b"\n")
            os.close(ready_fd)

    return serve(workspace.path, options, on_ready)


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
    """The differences between service and configuration, a line each; or nothing."""
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
