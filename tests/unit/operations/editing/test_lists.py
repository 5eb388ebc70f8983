"""Edits of one list: what adsutil never could."""

from __future__ import annotations

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.metabase.tree import require_row
from bindctl.operations.editing.lists import ListEdit, edit_list, require_list

PLACE = (("w3svc", "1"), require_row("ServerBindings"))


@pytest.mark.parametrize(
    ("before", "verb", "position", "words", "after"),
    [
        (None, "append", 0, ["a"], ("a",)),
        (("a",), "append", 0, ["b", "a", "b"], ("a", "b")),
        (("a", "b", "a"), "remove", 0, ["a"], ("b",)),
        (("a", "b"), "remove", 0, ["a", "b"], ()),
        (("a", "b", "a"), "replace", 0, ["a", "c"], ("c", "b", "c")),
        (("a", "b"), "at", 1, ["c", "d"], ("a", "c", "d", "b")),
        ((), "at", 0, ["a"], ("a",)),
        (("a",), "at", 1, ["a"], ("a", "a")),
    ],
)
def test_edits_a_list(
    before: tuple[str, ...] | None,
    verb: str,
    position: int,
    words: list[str],
    after: tuple[str, ...],
) -> None:
    """A script that adds one binding leaves the others where they are."""
    assert edit_list(PLACE, before, ListEdit(verb, position), words) == after


@pytest.mark.parametrize(
    ("verb", "position", "words", "code", "status"),
    [
        ("remove", 0, ["a", "z"], "MET104", 1),
        ("remove", 0, ["A"], "MET104", 1),
        ("replace", 0, ["z", "a"], "MET104", 1),
        ("at", 2, ["z"], "MET105", 2),
    ],
)
def test_refuses_what_is_not_there(
    verb: str, position: int, words: list[str], code: str, status: int
) -> None:
    """A script learns that its idea of the list is wrong; case counts."""
    with pytest.raises(BindctlError) as caught:
        edit_list(PLACE, ("a",), ListEdit(verb, position), words)
    assert (caught.value.code, caught.value.exit_status) == (code, status)


def test_only_a_list_has_items() -> None:
    """Text is not taken for a list of one item."""
    require_list(require_row("MimeMap"), ListEdit("append"))
    with pytest.raises(BindctlError, match="--append changes lists only"):
        require_list(require_row("ServerComment"), ListEdit("append"))
