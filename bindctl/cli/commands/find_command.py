"""bindctl find."""

from __future__ import annotations

from typing import Annotated

import typer

from bindctl.cli.commands.verbs import run_verb
from bindctl.cli.run.options import JsonOption, MetabaseOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("find")(find)


def find(
    context: typer.Context,
    path: Annotated[
        str,
        typer.Argument(
            metavar="[PATH/]PROPERTY",
            help="A property, after the key to search from. Default: the root, /LM.",
        ),
    ],
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """List the keys that hold a property themselves, not those that inherit it."""
    run_verb(context, "find", [path], metabase, as_json=json)
