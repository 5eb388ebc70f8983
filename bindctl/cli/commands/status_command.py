"""bindctl status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bindctl.cli.run.options import JsonOption, MetabaseOption, run
from bindctl.cli.views.service_view import print_closed, print_drift, print_site_states
from bindctl.findings.errors import ExitStatus
from bindctl.operations.service.service import service_status
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from bindctl.terminal.terminal import Terminal


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status")(status)


def status(
    context: typer.Context,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Say what the service does, and whether it serves what is configured.

    Exits with 1 when none runs.
    """

    def call(terminal: Terminal, file: str) -> int:
        found = service_status(file)
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
        print_drift(terminal, found, file)
        return code

    run(context, "status", metabase, call, as_json=json)
