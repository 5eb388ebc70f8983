"""The companions as commands: their words are not Typer's to read.

`bindctl.__main__` runs them before Typer; these commands are there for the help, the
completion, and whoever runs the application itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bindctl.cli.run.options import terminal_of

if TYPE_CHECKING:
    from collections.abc import Mapping

# In the order help shows them, each with what it does.
COMPANIONS: Final[Mapping[str, str]] = {
    "iisreset": "Stop and start the service in the words of iisreset.exe; /? shows "
    "them.",
    "iisweb": "Create, start, stop, pause, delete, query sites as iisweb.vbs does.",
    "iisvdir": "Create, delete, query virtual directories as iisvdir.vbs does.",
    "iisback": "Back up and restore the metabase as iisback.vbs does.",
    "iiscnfg": "Export and import the metabase as XML, as iiscnfg.vbs does.",
    "appcmd": "List, add, set, delete, start, stop sites as appcmd.exe does.",
}
# /switches are words to Typer, and so is every option.
_RAW: Final[Mapping[str, object]] = {
    "ignore_unknown_options": True,
    "allow_interspersed_args": False,
}


def register_companion(app: typer.Typer, name: str) -> None:
    """Add the command of a companion."""

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

    add = app.command(
        name,
        help=COMPANIONS[name],
        context_settings=dict(_RAW),
        add_help_option=False,
    )
    add(command)
