"""What the five adsutil verbs share: `quick` runs them, Typer words their help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bindctl.cli.run.options import terminal_of
from bindctl.cli.run.write_guard import ALLOW_IMPACT, STRICT
from bindctl.cli.verbs import quick

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def gate_options(*, strict: bool, allow_impact: bool) -> dict[str, str]:
    """Options of the gate, as `quick` takes them."""
    given = {STRICT: strict, ALLOW_IMPACT: allow_impact}
    return {name: "" for name, is_given in given.items() if is_given}


def run_verb(
    context: typer.Context,
    verb: str,
    words: Sequence[str],
    metabase: str | None,
    *,
    as_json: bool,
    options: Mapping[str, str] | None = None,
) -> None:
    """Run the verb as `quick` does, and exit with its status."""
    invocation = quick.Invocation(
        verb, words, metabase, as_json=as_json, options=options
    )
    if invocation.complaint():
        raise typer.BadParameter(invocation.complaint())
    raise typer.Exit(quick.run(terminal_of(context), invocation))
