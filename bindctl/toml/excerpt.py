"""The line of a document that is wrong, and a caret below the place."""

from __future__ import annotations

_WIDTH = 72  # what fits beside an indent on a terminal of 80 columns
_BEFORE = 48  # how much of a long line stands before the place
_CUT = "…"


def show_place(line: str, column: int) -> str:
    """Two lines of text: the line, and a caret below its column.

    Args:
        line: A line of the document, with or without its end. What would move a
            terminal's cursor is shown as a space or a question mark.
        column: From 1; one more than the line is long stands for its end.
    """
    shown = line.rstrip("\r\n").replace("\t", " ")
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else "?" for c in shown)
    at = min(column - 1, len(shown))
    if len(shown) > _WIDTH:
        start = max(0, min(at - _BEFORE, len(shown) - _WIDTH))
        end = start + _WIDTH
        at -= start
        rest = _CUT if end < len(shown) else ""
        shown = shown[start:end] + rest
        if start:
            shown = _CUT + shown[1:]
    return f"{shown}\n{' ' * at}^"
