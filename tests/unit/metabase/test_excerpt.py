"""The line that is wrong, and a caret below the place."""

from __future__ import annotations

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.metabase.excerpt import find_column, show_place
from bindctl.metabase.reader import parse_document


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
    assert caught.value.excerpt.count("\n") == 1
    if excerpt is not None:
        assert caught.value.excerpt == excerpt


@pytest.mark.parametrize(
    ("line", "index", "below"),
    [
        ('serverbindings = ["a", "b"]', None, "serverbindings"),
        ('ServerBindings = ["a", "b"]', 0, '"a"'),
        ("ServerBindings = ['a', \"b\"]", 1, '"b"'),
        ('ServerBindings = ["a\\"", "b"]', 1, '"b"'),
        ("ServerBindings = [", 1, "ServerBindings"),
        ('root = {Path = "a", ServerBindings = ["b"]}', 0, '"b"'),
        ('"ServerBindings" = ["a"]', None, '"Server'),
    ],
)
def test_the_caret_is_below_the_property_or_its_item(
    line: str, index: int | None, below: str
) -> None:
    """Of ten bindings on a line, the finding is about one."""
    column = find_column(line, "ServerBindings", index)
    assert column is not None
    assert line[column - 1 :].startswith(below)


@pytest.mark.parametrize("line", ["[w3svc.1]", "OldServerBindings = []", "# x"])
def test_no_caret_without_the_property(line: str) -> None:
    """A caret below something else misleads."""
    assert find_column(line, "ServerBindings", 0) is None
