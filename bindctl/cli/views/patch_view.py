"""The text of a unified diff: coloured where a person reads it, as it is elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bindctl.terminal.terminal import Terminal


def print_patch(terminal: Terminal, diff: str) -> None:
    """Print a diff; in a file it is octet for octet what `patch` takes."""
    if not terminal.is_interactive():
        terminal.print_document(diff)
        return
    from bindctl.cli.views.rich_view import print_patch as print_rich  # noqa: PLC0415 - slow

    print_rich(terminal, diff)
