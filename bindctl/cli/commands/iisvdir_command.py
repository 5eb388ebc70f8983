"""bindctl iisvdir."""

from __future__ import annotations

import typer

from bindctl.cli.commands.companion import register_companion

ABOUT = "Create, delete, query virtual directories as iisvdir.vbs does."


def register(app: typer.Typer) -> None:
    """Add the command."""
    register_companion(app, "iisvdir", ABOUT)
