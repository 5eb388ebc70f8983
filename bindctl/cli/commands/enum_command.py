"""bindctl enum."""

from __future__ import annotations

from typing import Annotated

import typer

from bindctl.cli.commands.verbs import run_verb
from bindctl.cli.run.options import JsonOption, MetabaseOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("enum")(enum)


def enum(
    context: typer.Context,
    path: Annotated[str, typer.Argument(help="A key. Default: the root, /LM.")] = "",
    inherited: Annotated[
        bool,
        typer.Option("--inherited", help="Also what keys above hand down."),
    ] = False,
    recursive: Annotated[
        bool, typer.Option("--recursive", help="Also every key below.")
    ] = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Print the properties stored at a key and the keys below it."""
    words = [path] if path else []
    given = {"--inherited": inherited, "--recursive": recursive}
    options = {name: "" for name, is_given in given.items() if is_given}
    run_verb(context, "enum", words, metabase, as_json=json, options=options)
