"""bindctl appcmd."""

from __future__ import annotations

import typer

from bindctl.cli.commands.companion import register_companion

ABOUT = "List, add, set, delete, start, stop sites as appcmd.exe does."


def register(app: typer.Typer) -> None:
    """Add the command."""
    register_companion(app, "appcmd", ABOUT)
