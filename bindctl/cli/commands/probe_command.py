"""bindctl probe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.option_values import server
from bindctl.cli.run.options import JsonOption, MetabaseOption, run
from bindctl.findings.errors import BindctlError
from bindctl.model.endpoint import MAX_PORT_OFFSET
from bindctl.operations.live.live_place import GivenTargetText

if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.operations.live.probe import ProbeResult
    from bindctl.terminal.terminal import Terminal


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("probe")(probe_)


def probe_(
    context: typer.Context,
    connect: Annotated[
        GivenTargetText | None,
        typer.Option(
            metavar="HOST[:PORT[=BOUND]]",
            parser=server,
            help="Another server, such as an IIS or an nginx: all ports of the "
            "bindings, or one, which may stand for another port of the bindings. "
            "Default: the running service.",
        ),
    ] = None,
    port_offset: Annotated[
        int,
        typer.Option(
            min=0,
            max=MAX_PORT_OFFSET,
            help="What that server adds to the ports of the bindings.",
        ),
    ] = 0,
    revert: Annotated[
        bool,
        typer.Option(
            "--revert",
            help="Bring back the plan before the last reset when anything differs.",
        ),
    ] = False,
    shows_all: Annotated[
        bool, typer.Option("--all", help="Show the requests that agree as well.")
    ] = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Send one request of every kind, and compare the answers with the plan.

    Certificate and site of each answer are compared with what the metabase
    says. Exits with 1 when anything differs, and with 5 when the plan before
    the last reset was brought back.
    """

    def call(terminal: Terminal, file: str) -> int:
        from bindctl.cli.run.probe_gate import (  # noqa: PLC0415 - after the usage
            conclude_as_json,
            conclude_probe,
        )

        if connect is not None and revert:
            message = "--revert is for the running service, not for another server"
            raise BindctlError("CLI004", message, "leave out --revert or --connect")
        result = _probe(file, connect, port_offset)
        back = _way_back(file, result) if revert else None
        if json:
            return conclude_as_json(terminal, "probe", {}, result, back)
        return conclude_probe(terminal, result, back, shows_all=shows_all)

    run(context, "probe", metabase, call, as_json=json)


def _probe(file: str, connect: GivenTargetText | None, port_offset: int) -> ProbeResult:
    from bindctl.operations.live.probe import (  # noqa: PLC0415 - as above
        probe_server,
        probe_service,
    )

    if connect is None:
        return probe_service(file)
    return probe_server(file, connect, port_offset)


def _way_back(file: str, result: ProbeResult) -> Callable[[], BindctlError]:
    from bindctl.operations.live.probe_revert import (  # noqa: PLC0415 - as above
        Change,
        bring_back,
    )

    return lambda: bring_back(file, result, Change.RESET)
