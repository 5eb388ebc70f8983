"""bindctl batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.options import (
    AllowImpactOption,
    JsonOption,
    MetabaseOption,
    StrictOption,
    run,
)
from bindctl.cli.views.changes_view import changes_data, print_changes
from bindctl.operations.editing.batch import run_batch
from bindctl.terminal.boundary import print_envelope
from bindctl.terminal.input_file import decode_input, read_input

if TYPE_CHECKING:
    from bindctl.terminal.terminal import Terminal


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("batch")(batch)


def batch(
    context: typer.Context,
    file: Annotated[
        str,
        typer.Argument(
            help="Lines of SET, CREATE, DELETE, COPY and MOVE as adsutil takes them; "
            "- is the standard input."
        ),
    ] = "-",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change; write nothing.")
    ] = False,
    strict: StrictOption = False,
    allow_impact: AllowImpactOption = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the number of changes alone.")
    ] = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Make many changes as one: all of them are written, or none."""

    def call(terminal: Terminal, path: str) -> int:
        script = decode_input(file, read_input(terminal, file))
        result = run_batch(path, script, is_dry_run=dry_run)
        if json:
            data = {
                "commands": result.commands,
                **changes_data(result.edits, is_dry_run=dry_run),
            }
            print_envelope(terminal, "batch", data)
        else:
            print_changes(terminal, result.edits, is_quiet=quiet, is_dry_run=dry_run)
        return 0

    run(
        context,
        "batch",
        metabase,
        call,
        as_json=json,
        strict=strict,
        allow_impact=allow_impact,
    )
