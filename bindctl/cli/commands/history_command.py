"""bindctl history list, show, diff and restore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.options import (
    AllowImpactOption,
    JsonOption,
    MetabaseOption,
    StrictOption,
)
from bindctl.cli.run.options import run_even_lost as run
from bindctl.cli.views.patch_view import print_patch
from bindctl.cli.views.tables import print_table
from bindctl.operations.versions.history import (
    diff_versions,
    list_history,
    restore_version,
    show_version,
)
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from bindctl.storage.versions import Version
    from bindctl.terminal.terminal import Terminal

HEADERS = ("Version", "Time", "User", "Octets", "Command")

history_app = typer.Typer(
    help="Versions of the metabase: every write makes one.", no_args_is_help=True
)
NumberArgument = Annotated[
    int, typer.Argument(metavar="N", min=1, help="A version of the list.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(history_app, name="history")


@history_app.callback()
def history() -> None:
    """Versions of the metabase: every write makes one."""


@history_app.command("list")
def list_(
    context: typer.Context,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """List the versions that are kept, oldest first."""

    def call(terminal: Terminal, file: str) -> int:
        found = list_history(file)
        if json:
            print_envelope(terminal, "history list", {"versions": found})
            return 0
        if not found:
            terminal.print("no versions; the next write makes one")
            return 0
        print_table(terminal, HEADERS, [_row(item) for item in found])
        return 0

    run(context, "history list", metabase, call, as_json=json)


@history_app.command("show")
def show(
    context: typer.Context,
    number: NumberArgument,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Print the metabase as it was in a version."""

    def call(terminal: Terminal, file: str) -> int:
        text = show_version(file, number)
        if json:
            data = {"number": number, "text": text}
            print_envelope(terminal, "history show", data)
        else:
            terminal.print_document(text)
        return 0

    run(context, "history show", metabase, call, as_json=json)


@history_app.command("diff")
def diff(
    context: typer.Context,
    number: NumberArgument,
    other: Annotated[
        int | None,
        typer.Argument(metavar="[M]", min=1, help="Default: the metabase as it is."),
    ] = None,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Show what changed from version N to version M, as a unified diff."""

    def call(terminal: Terminal, file: str) -> int:
        found = diff_versions(file, number, other)
        if json:
            data = {"from": number, "to": other, "diff": found}
            print_envelope(terminal, "history diff", data)
        elif found:
            print_patch(terminal, found)
        else:
            terminal.print("no difference")
        return 0

    run(context, "history diff", metabase, call, as_json=json)


@history_app.command("restore")
def restore(
    context: typer.Context,
    number: NumberArgument,
    strict: StrictOption = False,
    allow_impact: AllowImpactOption = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Give the metabase the content of a version; a write like any other."""

    def call(terminal: Terminal, file: str) -> int:
        done = restore_version(file, number)
        if json:
            data = {"number": done.number, "changed": done.is_changed}
            print_envelope(terminal, "history restore", data)
        elif done.is_changed:
            terminal.print(f"restored version {number}")
        else:
            terminal.print(f"the metabase is as in version {number} already")
        return 0

    run(
        context,
        "history restore",
        metabase,
        call,
        as_json=json,
        strict=strict,
        allow_impact=allow_impact,
    )


def _row(item: Version) -> tuple[str, ...]:
    command = item.command
    if item.undone_to is not None:
        command += f" (to version {item.undone_to})"
    return str(item.number), item.time, item.user, str(item.size_octets), command
