"""Breaks long lines for people between words, where a terminal would cut words.

Only on a terminal: a program gets a line as one line. Commands that can be pasted are
never broken.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from bindctl.terminal.terminal import Terminal

    # Text, the column it begins in, and that of the lines after the first.
    Folder: TypeAlias = Callable[[str, int, int], str]

_USUAL_WIDTH = 80
_LEAST_WIDTH = 40  # below this, lines of single words are harder to read than cut ones


def make_folder(terminal: Terminal) -> Folder:
    """The function that breaks text for that terminal, or leaves it alone."""
    if not terminal.is_interactive():
        return _leave
    from textwrap import wrap  # noqa: PLC0415 - slow to import

    width = max(width_of(terminal), _LEAST_WIDTH)

    def fold(text: str, column: int, indent: int) -> str:
        if column > indent and column + len(text.partition(" ")[0]) > width:
            return "\n" + " " * indent + fold(text, indent, indent)
        lines = wrap(
            text,
            width,
            initial_indent=" " * column,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return "\n".join(lines)[column:]

    return fold


def width_of(terminal: Terminal) -> int:
    """Columns of the terminal, as COLUMNS or the terminal itself says."""
    said = terminal.environment.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return int(said)
    for stream in (terminal.stdout, terminal.stderr):  # the answer may go to a pipe
        try:
            return os.get_terminal_size(stream.fileno()).columns
        except (OSError, ValueError):
            continue
    return _USUAL_WIDTH


def _leave(text: str, column: int, indent: int) -> str:
    del column, indent
    return text
