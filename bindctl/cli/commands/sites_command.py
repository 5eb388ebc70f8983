"""bindctl sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bindctl.cli.run.options import JsonOption, MetabaseOption, run
from bindctl.cli.views.tables import print_table
from bindctl.model.site import format_win32_error
from bindctl.operations.editing.sites import list_sites
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from bindctl.operations.editing.sites import SiteSummary
    from bindctl.terminal.terminal import Terminal

HEADERS = ("Identifier", "Description", "State", "ServerBindings", "SecureBindings")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sites")(sites)


def sites(
    context: typer.Context,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """List the web sites: identifier, description, state and bindings."""

    def call(terminal: Terminal, file: str) -> int:
        found = list_sites(file)
        if json:
            print_envelope(terminal, "sites", {"sites": found})
            return 0
        if not found:
            terminal.print("no sites; bindctl site add makes one")
            return 0
        print_table(terminal, HEADERS, [_row(item) for item in found])
        return 0

    run(context, "sites", metabase, call, as_json=json)


def _row(item: SiteSummary) -> tuple[str, ...]:
    state = item.state.name.capitalize()
    if item.win32_error:
        state += f"\n{format_win32_error(item.win32_error)}"
    return (
        str(item.identifier),
        item.description,
        state,
        "\n".join(item.server_bindings),
        "\n".join(item.secure_bindings),
    )
