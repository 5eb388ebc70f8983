"""bindctl iisweb."""

from __future__ import annotations

import typer

from bindctl.cli.commands.companion import register_companion

ABOUT = "Create, start, stop, pause, delete, query sites as iisweb.vbs does."


def register(app: typer.Typer) -> None:
    """Add the command."""
    register_companion(app, "iisweb", ABOUT)
