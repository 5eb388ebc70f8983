"""bindctl get."""

from __future__ import annotations

from typing import Annotated

import typer

from bindctl.cli.commands.verbs import run_verb
from bindctl.cli.options import JsonOption, MetabaseOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("get")(get)


def get(
    context: typer.Context,
    path: Annotated[
        str, typer.Argument(help="PATH/PROPERTY, as /w3svc/1/ServerBindings.")
    ],
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Print a property stored at a key."""
    words = [path]
    run_verb(context, "get", words, metabase, as_json=json)
