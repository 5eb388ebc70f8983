"""bindctl restore: `bindctl backup restore` by its short name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.cli.commands.backup_command import restore

if TYPE_CHECKING:
    import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("restore", help="As `bindctl backup restore`.")(restore)
