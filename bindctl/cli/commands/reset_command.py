"""bindctl reset: iisreset with better manners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from bindctl.cli.run.option_values import ip_address
from bindctl.cli.run.options import JsonOption, MetabaseOption, run
from bindctl.cli.views.service_view import (
    print_closed,
    print_next_steps,
    print_site_states,
)
from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.model.endpoint import MAX_PORT_OFFSET
from bindctl.operations.service.service import (
    StartOptions,
    reset_service,
    service_status,
    start_service,
    stop_service,
)
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.operations.live.probe import ProbeResult
    from bindctl.operations.service.service import ServiceStatus
    from bindctl.terminal.terminal import Terminal


_NOT_RUNNING: Final = "SRV001"


class _Wish(NamedTuple):
    """What is asked of a reset."""

    options: StartOptions
    hard: bool
    probe: bool
    revert: bool
    as_json: bool


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
        typer.Option(
            parser=ip_address,
            metavar="ADDRESS",
            help="Address for bindings to any address; may be repeated.",
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=0, help="Worker processes. Default: one a processor.")
    ] = 0,
    probe: Annotated[
        bool,
        typer.Option(
            "--probe", help="Then send one request of every kind: bindctl probe."
        ),
    ] = False,
    revert: Annotated[
        bool,
        typer.Option(
            "--revert",
            help="With --probe: bring back what was served before when anything "
            "differs, and exit with 5.",
        ),
    ] = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Start the service, or give the running one the metabase as it is now."""
    options = StartOptions(port_offset, tuple(listen or ()), workers)
    wish = _Wish(options, hard, probe, revert, json)

    def call(terminal: Terminal, file: str) -> int:
        if revert and not probe:
            message = "--revert needs --probe: what would it go by?"
            raise BindctlError("CLI004", message, "bindctl reset --probe --revert")
        if status:
            return _print_running(terminal, service_status(file), as_json=json)
        if stop:
            return _stop(terminal, file, as_json=json)
        return _reset(terminal, file, wish)

    run(context, "reset", metabase, call, as_json=json)


def _reset(terminal: Terminal, file: str, wish: _Wish) -> int:
    before = service_status(file)
    after, change = _put_in_force(file, before, wish)
    result, back = _probe(file, wish, change)
    if wish.as_json:
        if result is None:
            print_envelope(terminal, "reset", after)
            return ExitStatus.OK
        from bindctl.cli.run.probe_gate import conclude_as_json  # noqa: PLC0415 - seldom

        return conclude_as_json(terminal, "reset", after._asdict(), result, back)
    if before.is_running:
        terminal.print("Attempting stop...")
        terminal.print("Internet services successfully stopped")
    terminal.print("Attempting start...")
    print_site_states(terminal, after)
    print_closed(terminal, after)
    word = "restarted" if before.is_running else "started"
    terminal.print(f"Internet services successfully {word}")
    print_next_steps(terminal, after)
    if result is None:
        return ExitStatus.OK
    from bindctl.cli.run.probe_gate import conclude_probe  # noqa: PLC0415 - as above

    return conclude_probe(terminal, result, back)


def _put_in_force(
    file: str, before: ServiceStatus, wish: _Wish
) -> tuple[ServiceStatus, str]:
    """The service from now on, and a `probe_revert.Change` by its value."""
    options = wish.options
    if not before.is_running:
        return start_service(file, options), "start"
    changes_ports = options.port_offset not in (None, before.port_offset)
    if not (changes_ports or options.listen or options.workers):
        try:
            return reset_service(file, hard=wish.hard), "reset"
        except BindctlError as error:
            if error.code != _NOT_RUNNING:
                raise
            return start_service(file, options), "start"  # it has ended meanwhile
    # What only a start can change: stop for real, start with the new options.
    if options.port_offset is None:
        options = StartOptions(before.port_offset, options.listen, options.workers)
    try:
        stop_service(file)
    except BindctlError as error:
        if error.code != _NOT_RUNNING:  # somebody else's reset was quicker
            raise
    return start_service(file, options), "restart"


def _probe(
    file: str, wish: _Wish, change: str
) -> tuple[ProbeResult | None, Callable[[], BindctlError] | None]:
    """What a probe finds, and the way back; each only where it is asked for."""
    if not wish.probe:
        return None, None
    from bindctl.operations.live.probe import probe_service  # noqa: PLC0415 - slow to import
    from bindctl.operations.live.probe_revert import (  # noqa: PLC0415 - as above
        Change,
        bring_back,
    )

    result = probe_service(file)
    if not wish.revert:
        return result, None
    return result, lambda: bring_back(file, result, Change(change))


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
