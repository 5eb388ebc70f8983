"""The line that is wrong, and a caret below the place."""

from __future__ import annotations

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.terminal.findings_view import quote_spot
from bindctl.toml.excerpt import show_place
from bindctl.toml.reader import parse_document


@pytest.mark.parametrize(
    ("line", "column", "shown"),
    [
        ("a = Test", 5, "a = Test\n    ^"),
        ("a = Test\r\n", 9, "a = Test\n        ^"),
        ("\ta =", 3, " a =\n  ^"),
        ("", 1, "\n^"),
        ("a\x1b[2J", 9, "a?[2J\n     ^"),
    ],
)
def test_the_caret_is_below_the_column(line: str, column: int, shown: str) -> None:
    """Counting to column 17 is work for the machine."""
    assert show_place(line, column) == shown


@pytest.mark.parametrize("column", [1, 40, 100, 500, 999, 1001])
def test_a_long_line_is_cut_around_the_place(column: int) -> None:
    """A list of a thousand bindings on one line would fill the screen."""
    line = "".join(chr(0x100 + index % 500) for index in range(1000))
    text, caret = show_place(line, column).split("\n")
    assert len(text) <= 74
    if column <= len(line):
        assert text[len(caret) - 1] in (line[column - 1], "…")


@pytest.mark.parametrize(
    ("octets", "place", "excerpt"),
    [
        (b"[a]\nb = c\n", "line 2, column 5", "b = c\n    ^"),
        (b"a = 1\nb = [1,\n", "line 2, column 8", "b = [1,\n       ^"),
        (b"a = 1\na = 2\n", "line 2, column 6", None),
        (b'a = "\xff"\n', "line 1, column 6", None),
    ],
)
def test_every_syntax_error_shows_its_line(
    octets: bytes, place: str, excerpt: str | None
) -> None:
    """Who edits by hand sees the slip without opening the file again."""
    with pytest.raises(BindctlError) as caught:
        parse_document(octets)
    assert caught.value.message.startswith(f"{place}: ")
    spot = caught.value.spot
    assert spot is not None
    shown = quote_spot(*spot)
    assert len(shown) == 2
    if excerpt is not None:
        assert "\n".join(shown) == excerpt
