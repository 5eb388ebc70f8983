"""How wide words are, and words cut to a width.

Labels are set in a monospaced face, so that their width is known without the reader's
fonts: 0.605 of the size in the widest of the common ones.
"""

from __future__ import annotations

from typing import Final
from unicodedata import combining, east_asian_width

PADDING: Final = 12  # left of the label; as much at the right
CELL: Final = 7.3  # a character of a label, 12 pixels high
NOTE_CELL: Final = 6.4  # a character of a note, 10.5 pixels high
TEXT_CELL: Final = 6.3  # a character of the second line at most, 11 pixels high
MARK: Final = 15  # the sign before the second line
_CUT: Final = "…"


def cells(text: str) -> int:
    """How many columns of a monospaced face a text takes."""
    return sum(map(_cells_of, text))


def label_width(label: str, note: str, second: str) -> int:
    """How wide a box has to be to show all of its words."""
    first = cells(label) * CELL + (cells(note) * NOTE_CELL + PADDING if note else 0)
    below = MARK + cells(second) * TEXT_CELL if second else 0.0
    return int(max(first, below) + 2 * PADDING) + 1


def fit_label(label: str, note: str, width: int) -> str:
    """A label cut in its middle: both ends of a host's name tell it from others."""
    room = width - 2 * PADDING - (cells(note) * NOTE_CELL + PADDING if note else 0)
    return _cut(label, int(room / CELL))


def fit_text(text: str, width: int) -> str:
    """The second line, cut at its end."""
    room = int((width - 2 * PADDING - MARK) / TEXT_CELL)
    if cells(text) <= room:
        return text
    return _head(text, room - 1) + _CUT


def _cut(text: str, room: int) -> str:
    if cells(text) <= room:
        return text
    tail = _head(text[::-1], room // 2)[::-1]
    return _head(text, room - cells(tail) - 1) + _CUT + tail


def _head(text: str, room: int) -> str:
    used = 0
    for index, char in enumerate(text):
        used += _cells_of(char)
        if used > room:
            return text[:index]
    return text


def _cells_of(char: str) -> int:
    if char.isascii():
        return 1
    if combining(char):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
