"""Tables and diffs: rich where a person reads, plain text where a script does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.model.harmless_text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.terminal.terminal import Terminal

_GAP = "  "


def print_table(
    terminal: Terminal, headers: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Print rows under headers; a cell may hold several lines."""
    rows = [[_harmless_lines(cell) for cell in row] for row in rows]
    if terminal.is_interactive():
        from bindctl.cli.views.rich_view import print_table as print_rich  # noqa: PLC0415 - slow

        print_rich(terminal, headers, rows)
        return
    lines = [list(headers), *(line for row in rows for line in _split(row))]
    widths = [max(len(line[i]) for line in lines) for i in range(len(headers))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        terminal.print(_GAP.join(cells).rstrip())


def _split(row: Sequence[str]) -> list[list[str]]:
    """A row of cells of several lines as rows of one line each."""
    cells = [cell.split("\n") for cell in row]
    height = max(len(cell) for cell in cells)
    return [
        [cell[index] if index < len(cell) else "" for cell in cells]
        for index in range(height)
    ]


def _harmless_lines(cell: str) -> str:
    return "\n".join(map(one_line, cell.split("\n")))


def print_patch(terminal: Terminal, diff: str) -> None:
    """Print a diff; in a file it is octet for octet what `patch` takes."""
    if not terminal.is_interactive():
        terminal.print_document(diff)
        return
    from bindctl.cli.views.rich_view import print_patch as print_rich  # noqa: PLC0415 - slow

    print_rich(terminal, diff)
