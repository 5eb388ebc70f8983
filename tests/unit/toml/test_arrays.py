"""Edits of lists keep the comments of what stays."""

from __future__ import annotations

import tomllib

import pytest

from bindctl.toml.document import set_property

OLD = """\
[w3svc.1]
ServerBindings = [ # first
  "a", # a
  # own line
  "b",   # b
  "c" # c
] # end
"""


def _set(items: list[str], old: str = OLD) -> str:
    new = set_property(old.encode(), ("w3svc", "1"), "ServerBindings", items)
    text = new.decode()
    assert tomllib.loads(text)["w3svc"]["1"]["ServerBindings"] == items
    return text


def _with(old: str, new: str) -> str:
    assert OLD.count(old) == 1
    return OLD.replace(old, new)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (["a", "b", "c", "d"], _with('"c" # c\n', '"c", # c\n  "d"\n')),
        (["d", "a", "b", "c"], _with('  "a"', '  "d",\n  "a"')),
        (["a", "d", "b", "c"], _with('  "b"', '  "d",\n  "b"')),
        (["b", "c"], _with('  "a", # a\n', "")),
        (["a", "c"], _with('  "b",   # b\n', "")),
        (["a", "b"], _with('  "c" # c\n', "")),
        (["a", "d", "c"], _with('"b"', '"d"')),
        (["d", "b"], _with('"a"', '"d"').replace('  "c" # c\n', "")),
    ],
)
def test_an_item_changes_and_every_other_comment_stays(
    items: list[str], expected: str
) -> None:
    """`set --append` on a commented list must not cost its comments."""
    assert _set(items) == expected


def test_line_ends_stay() -> None:
    """A file from Windows is one afterwards."""
    new = _set(["a", "b"], OLD.replace("\n", "\r\n"))
    assert new == _with('  "c" # c\n', "").replace("\n", "\r\n")


def test_an_emptied_list_keeps_what_is_said_of_it() -> None:
    """The reason for an exception outlives it."""
    assert _set([]).startswith("[w3svc.1]\nServerBindings = [ # first\n  # own line\n")


def test_a_list_of_numbers_and_truths_becomes_what_is_asked() -> None:
    """Python holds 1 equal to true; the file must not."""
    octets = b"[w3svc]\nX = [\n  true, # a\n  2,\n]\n"
    new = set_property(octets, ("w3svc",), "X", [1, 2, 3])
    assert new == octets.replace(b"true", b"1").replace(b"2,", b"2,\n  3,")
