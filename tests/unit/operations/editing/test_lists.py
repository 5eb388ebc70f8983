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
        # Bindings compare by what they mean.
        ((":80:c.test",), "append", 0, [":80:C.TEST"], (":80:c.test",)),
        ((":80:c.test",), "append", 0, ["*:80:c.test"], (":80:c.test",)),
        ((":80:c.test",), "append", 0, [":80:c.test."], (":80:c.test",)),
        ((":80:",), "append", 0, [":80", "*:80:*"], (":80:",)),
        ((":80:bücher.de",), "append", 0, [":80:xn--bcher-kva.de"], (":80:bücher.de",)),
        ((":80:a", ":80:b"), "remove", 0, ["*:80:A"], (":80:b",)),
        ((":80:a", ":80:b"), "replace", 0, [":80:A", ":80:c"], (":80:c", ":80:b")),
        # The very spelling that was named goes before others that mean the same.
        ((":80:a", ":80:A"), "remove", 0, [":80:A"], (":80:a",)),
        # Another port, address or host is another binding.
        ((":80:a",), "append", 0, [":81:a"], (":80:a", ":81:a")),
        ((":80:a",), "append", 0, ["127.0.0.1:80:a"], (":80:a", "127.0.0.1:80:a")),
        ((":80:a",), "append", 0, [":80:*.a"], (":80:a", ":80:*.a")),
        ((":80:a",), "append", 0, [":x:a"], (":80:a", ":x:a")),
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
    """A script learns that its idea of the list is wrong; case counts in plain text."""
    with pytest.raises(BindctlError) as caught:
        edit_list(PLACE, ("a",), ListEdit(verb, position), words)
    assert (caught.value.code, caught.value.exit_status) == (code, status)


def test_only_a_list_has_items() -> None:
    """Text is not taken for a list of one item."""
    require_list(require_row("MimeMap"), ListEdit("append"))
    with pytest.raises(BindctlError, match="--append changes lists only"):
        require_list(require_row("ServerComment"), ListEdit("append"))


def test_items_of_other_lists_are_plain_text() -> None:
    """Only bindings have several spellings of one meaning."""
    place = (("w3svc", "1"), require_row("ScriptMaps"))
    found = edit_list(place, (":80:a",), ListEdit("append"), [":80:A"])
    assert found == (":80:a", ":80:A")
