"""bindctl init."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from bindctl.cli.run.options import terminal_of
from bindctl.operations.editing.initialize import initialize
from bindctl.storage.file_locations import METABASE_NAME
from bindctl.terminal.boundary import run_command


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init")(init)


def init(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="The file to write.")
    ] = METABASE_NAME,
) -> None:
    """Write a commented starter metabase."""
    terminal = terminal_of(context)

    def call() -> int:
        path = initialize(os.path.join(terminal.directory, file))
        terminal.print(f"wrote {os.path.relpath(path, terminal.directory)}")
        terminal.print('next: bindctl site add "Test" --host test.example.com')
        return 0

    raise typer.Exit(run_command(terminal, "init", call))
