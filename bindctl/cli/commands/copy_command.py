"""bindctl copy."""

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
    app.command("copy")(copy)


def copy(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="A key.")],
    destination: Annotated[
        str, typer.Argument(help="Where the copy is to be; nothing may be there yet.")
    ],
    strict: StrictOption = False,
    allow_impact: AllowImpactOption = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Copy a key with its properties, its comments and all below it."""
    options = gate_options(strict=strict, allow_impact=allow_impact)
    run_verb(
        context, "copy", [source, destination], metabase, as_json=json, options=options
    )
