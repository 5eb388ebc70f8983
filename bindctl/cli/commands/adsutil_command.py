"""bindctl adsutil: for its help; `__main__` runs the words without Typer."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated

import typer

from bindctl.cli.run.options import terminal_of


def register(app: typer.Typer) -> None:
    """Add the command, which takes every word as it stands."""
    settings = {"ignore_unknown_options": True, "allow_interspersed_args": False}
    app.command("adsutil", context_settings=settings)(adsutil)


def adsutil(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[-s:SERVER] VERB [WORDS]...",
            help="What adsutil.vbs takes; HELP lists the verbs.",
        ),
    ] = None,
) -> None:
    """Answer as the script adsutil.vbs of IIS 6 does, word for word."""
    # By name: `adsutil` is a face of its own, built on this one.
    run = import_module("bindctl.adsutil.__main__").run
    raise typer.Exit(run(words or [], terminal_of(context)))
