"""Colour and line breaks for people, if the answer goes to a terminal.

Lines are broken between words, where a terminal would cut words: never for a program, and
never in commands that can be pasted.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from bindctl.terminal.terminal import Terminal

    # Text and words of `_CODES`, such as "bold red", to what is written.
    Painter: TypeAlias = Callable[[str, str], str]

    # Text, the column it begins in, and that of the lines after the first.
    Folder: TypeAlias = Callable[[str, int, int], str]

# ECMA-48, Select Graphic Rendition (8.3.117).
_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "cyan": "36",
}
# By the words of severities, wherever a code stands.
SEVERITY_STYLES = {"error": "bold red", "warning": "bold yellow", "info": "bold cyan"}
_USUAL_WIDTH = 80
_LEAST_WIDTH = 40  # below this, lines of single words are harder to read than cut ones


def make_painter(terminal: Terminal) -> Painter:
    """The function that colours text for that terminal, or leaves it alone.

    No colour with NO_COLOR or on a dumb terminal; FORCE_COLOR has it in a log as well.
    """
    environment = terminal.environment
    is_wanted = terminal.is_interactive() or bool(environment.get("FORCE_COLOR"))
    is_refused = environment.get("NO_COLOR") or environment.get("TERM") == "dumb"
    if is_refused or not is_wanted:
        return _leave_plain
    return _paint


def _paint(text: str, style: str) -> str:
    if not text or not style:
        return text
    codes = ";".join(_CODES[word] for word in style.split())
    return f"\x1b[{codes}m{text}\x1b[0m"


def _leave_plain(text: str, style: str) -> str:
    del style
    return text


def make_folder(terminal: Terminal) -> Folder:
    """The function that breaks text for that terminal, or leaves it alone."""
    if not terminal.is_interactive():
        return _leave_whole
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


def _leave_whole(text: str, column: int, indent: int) -> str:
    del column, indent
    return text
