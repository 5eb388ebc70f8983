"""bindctl undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bindctl.cli.run.options import (
    AllowImpactOption,
    JsonOption,
    MetabaseOption,
    StrictOption,
    run,
)
from bindctl.operations.versions.history import undo
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from bindctl.operations.versions.history import Restored
    from bindctl.terminal.terminal import Terminal


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("undo")(undo_)


def undo_(
    context: typer.Context,
    strict: StrictOption = False,
    allow_impact: AllowImpactOption = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Take back the last write; again, the one before it."""

    def call(terminal: Terminal, file: str) -> int:
        done = undo(file)
        if json:
            data = {"number": done.number, "undone": done.undone, "changed": True}
            print_envelope(terminal, "undo", data)
        else:
            terminal.print(f"undid {_describe(done)}")
            terminal.print(f"the metabase is as in version {done.number} again")
        return 0

    run(
        context,
        "undo",
        metabase,
        call,
        as_json=json,
        strict=strict,
        allow_impact=allow_impact,
    )


def _describe(done: Restored) -> str:
    undone = done.undone
    if undone is None:
        return "what was changed outside bindctl"
    who = f" by {undone.user}" if undone.user else ""
    return f"version {undone.number}, {undone.time}{who}: {undone.command}"
