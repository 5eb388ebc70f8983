"""bindctl move."""

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
    app.command("move")(move)


def move(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="A key.")],
    destination: Annotated[
        str, typer.Argument(help="Its new place or name; nothing may be there yet.")
    ],
    strict: StrictOption = False,
    allow_impact: AllowImpactOption = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Give a key another place or name, with all below it."""
    options = gate_options(strict=strict, allow_impact=allow_impact)
    run_verb(
        context,
        "move",
        [source, destination],
        metabase,
        as_json=json,
        options=options,
    )
