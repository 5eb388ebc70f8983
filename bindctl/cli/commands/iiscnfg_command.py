"""bindctl iiscnfg."""

from __future__ import annotations

import typer

from bindctl.cli.commands.companion import register_companion

ABOUT = "Export and import the metabase as XML, as iiscnfg.vbs does."


def register(app: typer.Typer) -> None:
    """Add the command."""
    register_companion(app, "iiscnfg", ABOUT)
