"""The text of a unified diff: coloured where a person reads it, as it is elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bindctl.terminal.terminal import Terminal

# By how a line starts; a header's three marks come before.
_STYLES: Final = (
    ("+++", "bold"),
    ("---", "bold"),
    ("+", "green"),
    ("-", "red"),
    ("@", "cyan"),
)


def print_patch(terminal: Terminal, diff: str) -> None:
    """Print a diff; in a file it is octet for octet what `patch` takes."""
    if not terminal.is_interactive():
        terminal.print_document(diff)
        return
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.text import Text  # noqa: PLC0415 - as above

    from bindctl.model.harmless_text import one_line  # noqa: PLC0415 - as above

    console = Console(file=terminal.styled, soft_wrap=True)
    for line in diff.removesuffix("\n").split("\n"):
        shown = one_line(line.removesuffix("\r"))
        console.print(Text(shown, style=_style(line)))


def _style(line: str) -> str:
    return next((style for mark, style in _STYLES if line.startswith(mark)), "")
