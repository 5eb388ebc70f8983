"""bindctl test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.options import JsonOption, MetabaseOption, run
from bindctl.findings.errors import ExitStatus
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from bindctl.operations.tests.metabase_tests import TestRun
    from bindctl.terminal.terminal import Terminal


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("test")(try_tests)


def try_tests(
    context: typer.Context,
    live: Annotated[
        bool,
        typer.Option(
            "--live", help="Ask the running service, in place of the metabase's plan."
        ),
    ] = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Try the tests that the metabase holds in tables of the name test.

    Exits with 1 when one does not hold, and with 2 when a table is no test.
    """

    def call(terminal: Terminal, file: str) -> int:
        found = _try(file, terminal, live=live)
        status = ExitStatus.OK
        if found.invalid:
            status = ExitStatus.USAGE
        elif found.failed:
            status = ExitStatus.FINDINGS
        if json:
            print_envelope(terminal, "test", found, status)
            return status
        from bindctl.cli.views.tests_view import print_tests  # noqa: PLC0415 - after usage

        print_tests(terminal, found, file)
        return status

    run(context, "test", metabase, call, as_json=json)


def _try(file: str, terminal: Terminal, *, live: bool) -> TestRun:
    now = terminal.clock()
    if live:
        from bindctl.operations.tests.live_tests import (  # noqa: PLC0415 - as above
            run_live_tests,
        )

        return run_live_tests(file, now)
    from bindctl.operations.tests.metabase_tests import run_tests  # noqa: PLC0415 - as above

    return run_tests(file, now)
