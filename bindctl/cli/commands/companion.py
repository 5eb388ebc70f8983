"""What the companions' commands share: their words are not Typer's to read.

`bindctl.__main__` runs them before Typer; these commands are there for the help, the
completion, and whoever runs the application itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bindctl.cli.options import terminal_of

if TYPE_CHECKING:
    from collections.abc import Mapping

# /switches are words to Typer, and so is every option.
RAW: Final[Mapping[str, object]] = {
    "ignore_unknown_options": True,
    "allow_interspersed_args": False,
}


def register_companion(app: typer.Typer, name: str, about: str) -> None:
    """Add the command of a companion.

    Args:
        app: The application.
        name: The companion.
        about: What it does, in one sentence.
    """

    def command(
        context: typer.Context,
        words: Annotated[
            list[str] | None,
            typer.Argument(metavar="[WORDS]...", help="What it takes; /? says what."),
        ] = None,
    ) -> None:
        # By name: the faces stand above the command line.
        dispatch = import_module("bindctl.companions.dispatch")
        status = dispatch.run_companion(name, words or [], terminal_of(context))
        raise typer.Exit(status)

    app.command(name, help=about, context_settings=dict(RAW), add_help_option=False)(
        command
    )
