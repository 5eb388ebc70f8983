"""bindctl get."""

from __future__ import annotations

from typing import Annotated

import typer

from bindctl.cli.commands.verbs import run_verb
from bindctl.cli.run.options import JsonOption, MetabaseOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("get")(get)


def get(
    context: typer.Context,
    path: Annotated[
        str, typer.Argument(help="PATH/PROPERTY, as /w3svc/1/ServerBindings.")
    ],
    inherited: Annotated[
        bool,
        typer.Option(
            "--inherited",
            help="The value in force: stored, inherited, or the schema's default.",
        ),
    ] = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Print a property stored at a key."""
    options = {"--inherited": ""} if inherited else {}
    run_verb(context, "get", [path], metabase, as_json=json, options=options)
