"""bindctl set."""

from __future__ import annotations

from typing import Annotated

import typer

from bindctl.cli.commands.verbs import run_verb
from bindctl.cli.options import JsonOption, MetabaseOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("set")(set_)


def set_(
    context: typer.Context,
    path: Annotated[
        str, typer.Argument(help="PATH/PROPERTY, as /w3svc/1/ServerBindings.")
    ],
    values: Annotated[
        list[str],
        typer.Argument(help="The value; a list takes all that follow and is replaced."),
    ],
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Store a property; its type is the one the schema gives it."""
    words = [path, *values]
    run_verb(context, "set", words, metabase, as_json=json)
