"""The commands sites and site add."""

from __future__ import annotations

import os

from bindctl.cli.views.tables import print_table
from bindctl.model.site import format_win32_error
from bindctl.operations.editing.sites import add_site, list_sites
from bindctl.terminal.boundary import print_envelope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.operations.editing.sites import SiteSummary
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

HEADERS = ("Identifier", "Description", "State", "ServerBindings", "SecureBindings")


def list_all(terminal: Terminal, workspace: Workspace, *, json: bool) -> int:
    """Print the sites as a table."""
    found = list_sites(workspace)
    if json:
        print_envelope(terminal, "sites", {"sites": found})
    elif found:
        print_table(terminal, HEADERS, [_row(item) for item in found])
    else:
        terminal.print("no sites; bindctl site add makes one")
    return 0


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


def add(
    terminal: Terminal,
    workspace: Workspace,
    *,
    description: str,
    path: str,
    host: Sequence[str],
    port: int,
    ip: str,
    identifier: int | None,
    json: bool,
) -> int:
    """Add a site, and say where its first page is."""
    added = add_site(
        workspace,
        description,
        hosts=host,
        address=ip,
        port=port,
        path=path,
        identifier=identifier,
    )
    if json:
        print_envelope(terminal, "site add", added)
        return 0
    shown = " ".join(f'"{item}"' for item in added.server_bindings)
    terminal.print(f'site {added.identifier} "{description}" added: {shown}')
    if added.created_page is not None:
        page = os.path.relpath(added.created_page, terminal.directory)
        terminal.print(f"wrote {page}")
    return 0
