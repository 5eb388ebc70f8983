"""What a statement holds, and where."""

from __future__ import annotations

import pytest

from bindctl.toml.statement import find_comments, read_entries


def _read(statement: str) -> list[tuple[tuple[str, ...], str, list[str]]]:
    return [
        (
            entry.names,
            statement[slice(*entry.key)],
            [statement[slice(*item)] for item in entry.items],
        )
        for entry in read_entries(statement)
    ]


@pytest.mark.parametrize(
    ("statement", "entries"),
    [
        ("a = 1", [(("a",), "a", [])]),
        ('"a.b" = "c = d"', [(("a.b",), '"a.b"', [])]),
        ("a . 'b'.c=1", [(("a", "b", "c"), "c", [])]),
        ('1.2."x y" = 2', [(("1", "2", "x y"), '"x y"', [])]),
        ('"\\u0061\\"" = 1', [(('a"',), '"\\u0061\\""', [])]),
        ('a = ["b", \'c\']', [(("a",), "a", ['"b"', "'c'"])]),
        ("a = [1, [2, 3], {b = 4}]", [(("a",), "a", ["1", "[2, 3]", "{b = 4}"])]),
        ('a = [ # "no"\n"b",\n# ]\n"c" ]', [(("a",), "a", ['"b"', '"c"'])]),
        ("a = []", [(("a",), "a", [])]),
        ("a = 2026-11-22 12:00:00Z", [(("a",), "a", [])]),
        ("a = [2026-11-22 12:00:00, 1]",
         [(("a",), "a", ["2026-11-22 12:00:00", "1"])]),
        ('a = """\n"b", = [c]"""', [(("a",), "a", [])]),
        ("a = {b.c = [1], d = {e = 2}, f = []}",
         [(("a",), "a", []), (("a", "b", "c"), "c", ["1"]), (("a", "d"), "d", []),
          (("a", "d", "e"), "e", []), (("a", "f"), "f", [])]),
    ],
)  # fmt: skip
def test_every_key_and_every_item_is_found(
    statement: str, entries: list[tuple[tuple[str, ...], str, list[str]]]
) -> None:
    """A finding is about one item of one key, wherever that stands."""
    assert _read(statement) == entries


@pytest.mark.parametrize(
    "statement", ["", "=", "a", "a =", "a = [", "a = {b", "]", '"']
)
def test_what_is_no_statement_does_no_harm(statement: str) -> None:
    """Only documents that can be read come here; a slip must not hide a report."""
    assert len(_read(statement)) <= 2


def test_comments_in_strings_are_none() -> None:
    """A suppression quoted in a site's comment would suppress."""
    text = 'a = "# one" # two # three\n[b] # four\nc = """\n# five""" # six\n'
    found = [comment[0] for comment in find_comments(text)]
    assert found == ["# two # three", "# four", "# six"]
