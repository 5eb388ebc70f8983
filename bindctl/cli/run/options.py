"""Options that several commands take, and how a command reaches its world."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.write_guard import guard
from bindctl.storage.file_locations import find_lost_metabase, find_metabase
from bindctl.terminal.boundary import about_file, run_command
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MetabaseOption = Annotated[
    str | None,
    typer.Option(
        "--metabase",
        "-m",
        metavar="FILE",
        help="The metabase. Default: BINDCTL_METABASE, ./metabase.toml, then the "
        "per-user configuration directory.",
    ),
]
StrictOption = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="Refuse what breaks something, or changes sites that are not edited.",
    ),
]
AllowImpactOption = Annotated[
    bool,
    typer.Option(
        "--allow-impact",
        help="Where writes are gated, let sites be changed that are not edited.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


def terminal_of(context: typer.Context) -> Terminal:
    """The world the command runs in."""
    terminal = context.obj
    if not isinstance(terminal, Terminal):
        message = "a command was run without a terminal"
        raise TypeError(message)
    return terminal


def run(
    context: typer.Context,
    command: str,
    metabase: str | None,
    function: Callable[[Terminal, str], int],
    *,
    as_json: bool = False,
    strict: bool = False,
    allow_impact: bool = False,
    find: Callable[[str | None, Mapping[str, str], str], str] = find_metabase,
) -> None:
    """Find the metabase, run `function` on it under the gate, exit with its status."""
    terminal = terminal_of(context)

    def call() -> int:
        path = find(metabase, terminal.environment, terminal.directory)
        return guard(
            terminal,
            lambda: about_file(path, lambda: function(terminal, path)),
            is_strict=strict,
            allows_impact=allow_impact,
        )

    status = run_command(terminal, command, call, as_json=as_json)
    raise typer.Exit(status)


# The same, also where only the history and backups of a metabase are left.
run_even_lost = partial(run, find=find_lost_metabase)
