"""bindctl create."""

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
    app.command("create")(create)


def create(
    context: typer.Context,
    path: Annotated[str, typer.Argument(help="The new key.")],
    key_type: Annotated[
        str | None,
        typer.Argument(help="Its KeyType, where path and schema do not decide it."),
    ] = None,
    strict: StrictOption = False,
    allow_impact: AllowImpactOption = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Make an empty key."""
    words = [path] if key_type is None else [path, key_type]
    options = gate_options(strict=strict, allow_impact=allow_impact)
    run_verb(context, "create", words, metabase, as_json=json, options=options)
