"""bindctl fmt."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.options import JsonOption, MetabaseOption, run
from bindctl.cli.views.patch_view import print_patch
from bindctl.operations.versions.canonical import format_metabase, preview_format
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from bindctl.terminal.terminal import Terminal


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("fmt")(fmt)


def fmt(
    context: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if it would.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Write nothing; show what would change.")
    ] = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Put the metabase into canonical order; comments and data stay."""

    def call(terminal: Terminal, file: str) -> int:
        is_preview = check or diff
        found = preview_format(file) if is_preview else format_metabase(file)
        status = int(check and found.is_changed)
        if json:
            data = {
                "changed": found.is_changed and not is_preview,
                "would_change": found.is_changed,
                "diff": found.diff,
            }
            print_envelope(terminal, "fmt", data, status)
            return status
        if diff:
            print_patch(terminal, found.diff)
        name = os.path.relpath(file, terminal.directory)
        if not found.is_changed:
            terminal.print(f"{name} is in canonical order")
        elif not diff:
            words = "would be put" if is_preview else "put"
            terminal.print(f"{words} into canonical order: {name}")
        return status

    run(context, "fmt", metabase, call, as_json=json)
