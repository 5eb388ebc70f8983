"""bindctl set."""

from __future__ import annotations

from typing import Annotated

import typer

from bindctl.cli.commands.verbs import gate_options, run_verb
from bindctl.cli.run.options import (
    AllowImpactOption,
    JsonOption,
    MetabaseOption,
    StrictOption,
)


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
    append: Annotated[
        bool,
        typer.Option("--append", help="Put values at a list's end; not again."),
    ] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take values out of a list.")
    ] = False,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help="Put the second value in the first one's place."
        ),
    ] = False,
    at: Annotated[
        int | None,
        typer.Option(
            "--at", min=0, metavar="N", help="Insert values before item N, from 0."
        ),
    ] = None,
    strict: StrictOption = False,
    allow_impact: AllowImpactOption = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Store a property; its type is the one the schema gives it."""
    given = {
        "--append": append,
        "--remove": remove,
        "--replace": replace,
        "--at": at is not None,
    }
    options = {name: "" for name, is_given in given.items() if is_given}
    options |= gate_options(strict=strict, allow_impact=allow_impact)
    if at is not None:
        options["--at"] = str(at)
    words = [path, *values]
    run_verb(context, "set", words, metabase, as_json=json, options=options)
