"""bindctl iisback."""

from __future__ import annotations

import typer

from bindctl.cli.commands.companion import register_companion

ABOUT = "Back up and restore the metabase as iisback.vbs does."


def register(app: typer.Typer) -> None:
    """Add the command."""
    register_companion(app, "iisback", ABOUT)
