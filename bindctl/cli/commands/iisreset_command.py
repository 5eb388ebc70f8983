"""bindctl iisreset."""

from __future__ import annotations

import typer

from bindctl.cli.commands.companion import register_companion

ABOUT = "Stop and start the service in the words of iisreset.exe; /? shows them."


def register(app: typer.Typer) -> None:
    """Add the command."""
    register_companion(app, "iisreset", ABOUT)
