"""The commands reset, status and serve.

`reset` is iisreset with better manners; `serve` runs in the foreground, for systemd and
containers.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.cli.views.service_view import (
    describe_status,
    print_closed,
    print_drift,
    print_next_steps,
    print_site_states,
)
from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.operations.live.probe_revert import Change, bring_back
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

    from bindctl.operations.service.service import ServiceStatus
    from bindctl.server.service.service_plan import SiteStatus
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

_NOT_RUNNING: Final = "SRV001"


class _Wish(NamedTuple):
    """What is asked of a reset."""

    options: StartOptions
    hard: bool
    probe: bool
    revert: bool
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
    json: bool,
) -> int:
    """Run `bindctl reset`."""
    options = StartOptions(port_offset, tuple(listen), workers)
    wish = _Wish(options, hard, probe, revert, json)
    if revert and not probe:
        message = "--revert needs --probe, which says whether anything differs"
        raise BindctlError("CLI004", message, "bindctl reset --probe --revert")
    if status:
        return _print_running(terminal, service_status(workspace.path), as_json=json)
    if stop:
        return _stop(terminal, workspace, as_json=json)
    return _reset(terminal, workspace, wish)


def _reset(terminal: Terminal, workspace: Workspace, wish: _Wish) -> int:
    before = service_status(workspace.path)
    after, change = _put_in_force(workspace, before, wish)
    conclude = _probe(terminal, workspace, wish, after, change) if wish.probe else None
    if wish.as_json:
        if conclude is not None:
            return conclude()
        print_envelope(terminal, "reset", after)
        return ExitStatus.OK
    if before.is_running:
        terminal.print("Attempting stop...")
        terminal.print("Internet services successfully stopped")
    terminal.print("Attempting start...")
    print_site_states(terminal, after)
    print_closed(terminal, after)
    word = "restarted" if before.is_running else "started"
    terminal.print(f"Internet services successfully {word}")
    print_next_steps(terminal, after)
    return ExitStatus.OK if conclude is None else conclude()


def _put_in_force(
    workspace: Workspace, before: ServiceStatus, wish: _Wish
) -> tuple[ServiceStatus, Change]:
    """The service from now on, and how it came to be."""
    options = wish.options
    if not before.is_running:
        return start_service(workspace.path, options), Change.START
    changes_ports = options.port_offset not in (None, before.port_offset)
    if not (changes_ports or options.listen or options.workers):
        try:
            return reset_service(workspace.path, hard=wish.hard), Change.RESET
        except BindctlError as error:
            if error.code != _NOT_RUNNING:
                raise
            return start_service(
                workspace.path, options
            ), Change.START  # it has ended meanwhile
    # What only a start can change: stop for real, start with the new options.
    if options.port_offset is None:
        options = StartOptions(before.port_offset, options.listen, options.workers)
    try:
        stop_service(workspace.path)
    except BindctlError as error:
        if error.code != _NOT_RUNNING:  # somebody else's reset was quicker
            raise
    return start_service(workspace.path, options), Change.RESTART


def _probe(
    terminal: Terminal,
    workspace: Workspace,
    wish: _Wish,
    after: ServiceStatus,
    change: Change,
) -> Callable[[], int]:
    """Probe the service; what tells the result, and goes back if that is wanted."""
    from bindctl.cli.commands import probe  # noqa: PLC0415 - slow to import
    from bindctl.operations.live.probe import probe_service  # noqa: PLC0415 - as above

    result = probe_service(workspace)
    back = partial(bring_back, workspace.path, result, change) if wish.revert else None
    if wish.as_json:
        data = after._asdict()
        return partial(probe.conclude_as_json, terminal, "reset", data, result, back)
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


def status(
    terminal: Terminal,
    workspace: Workspace,
    *,
    json: bool,
) -> int:
    """Run `bindctl status`."""
    found = service_status(workspace.path)
    code = ExitStatus.OK if found.is_running else ExitStatus.FINDINGS
    if json:
        print_envelope(terminal, "status", found, code)
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
        terminal.stdout.flush()
        if ready_fd >= 0:
            os.write(ready_fd, b"\n")
            os.close(ready_fd)

    return serve(workspace.path, options, on_ready)
