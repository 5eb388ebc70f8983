"""bindctl delete."""

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
    app.command("delete")(delete)


def delete(
    context: typer.Context,
    path: Annotated[
        str, typer.Argument(help="A property or a key; a trailing slash means the key.")
    ],
    strict: StrictOption = False,
    allow_impact: AllowImpactOption = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Remove a property, or a key with all below it."""
    words = [path]
    options = gate_options(strict=strict, allow_impact=allow_impact)
    run_verb(context, "delete", words, metabase, as_json=json, options=options)
