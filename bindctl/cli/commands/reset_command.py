"""bindctl reset: iisreset with better manners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.boundary import print_envelope
from bindctl.cli.options import JsonOption, MetabaseOption, run
from bindctl.cli.service_view import print_site_states
from bindctl.findings.errors import ExitStatus
from bindctl.model.endpoint import MAX_PORT_OFFSET
from bindctl.operations.service import (
    StartOptions,
    reset_service,
    service_status,
    start_service,
    stop_service,
)

if TYPE_CHECKING:
    from bindctl.cli.terminal import Terminal
    from bindctl.operations.service import ServiceStatus


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("reset")(reset)


def reset(
    context: typer.Context,
    stop: Annotated[bool, typer.Option("--stop", help="Stop the service.")] = False,
    status: Annotated[
        bool, typer.Option("--status", help="Say whether the service runs.")
    ] = False,
    hard: Annotated[
        bool,
        typer.Option("--hard", help="Really stop and start, closing connections."),
    ] = False,
    port_offset: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=MAX_PORT_OFFSET,
            help="Added to every port, so that 80 and 443 need no privilege. "
            "A running service keeps its own.",
        ),
    ] = None,
    listen: Annotated[
        list[str] | None,
        typer.Option(help="Address for bindings to any address; may be repeated."),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=0, help="Worker processes. Default: one a processor.")
    ] = 0,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Start the service, or give the running one the metabase as it is now."""
    options = StartOptions(port_offset, tuple(listen or ()), workers)

    def call(terminal: Terminal, file: str) -> int:
        if status:
            return _print_running(terminal, service_status(file), as_json=json)
        if stop:
            return _stop(terminal, file, as_json=json)
        return _reset(terminal, file, options, hard=hard, as_json=json)

    run(context, "reset", metabase, call, as_json=json)


def _reset(
    terminal: Terminal, file: str, options: StartOptions, *, hard: bool, as_json: bool
) -> int:
    before = service_status(file)
    changes_ports = options.port_offset not in (None, before.port_offset)
    if before.is_running and (changes_ports or options.listen or options.workers):
        # What only a start can change: stop for real, start with the new options.
        if options.port_offset is None:
            options = StartOptions(before.port_offset, options.listen, options.workers)
        stop_service(file)
        after = start_service(file, options)
    elif before.is_running:
        after = reset_service(file, hard=hard)
    else:
        after = start_service(file, options)
    if as_json:
        print_envelope(terminal, "reset", after)
        return ExitStatus.OK
    if before.is_running:
        terminal.print("Attempting stop...")
        terminal.print("Internet services successfully stopped")
    terminal.print("Attempting start...")
    print_site_states(terminal, after)
    word = "restarted" if before.is_running else "started"
    terminal.print(f"Internet services successfully {word}")
    return ExitStatus.OK


def _stop(terminal: Terminal, file: str, *, as_json: bool) -> int:
    before = service_status(file)
    if before.is_running:
        stop_service(file)
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
