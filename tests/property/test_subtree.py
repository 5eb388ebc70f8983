"""Law: a copy holds what the original holds, a move what it held, and nothing else."""

from __future__ import annotations

import copy
import tomllib
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from bindctl.findings.errors import BindctlError
from bindctl.toml.editor import Editor
from bindctl.toml.subtree import copy_in, move_in
from tests.property.strategies import documents

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.property.strategies import Document

_paths = st.lists(
    st.sampled_from(["w3svc", "W3SVC", "1", "2", "10", "root", "new", "http"]),
    min_size=1,
    max_size=4,
).map(tuple)
# What a place may be refused for; anything else would be a loss.
_REFUSALS = {"MET106", "MET108", "MET120"}


def _parse(octets: bytes) -> dict[str, Any]:
    text = octets.removeprefix(b"\xef\xbb\xbf").decode().replace("\r\n", "\n")
    return tomllib.loads(text)


def _find(tree: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any] | None:
    for name in path:
        found = (key for key in tree if key.lower() == name.lower())
        tree = tree.get(next(found, ""))
        if not isinstance(tree, dict):
            return None
    return tree


def _store(tree: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    for name in path[:-1]:
        spelt = next((key for key in tree if key.lower() == name.lower()), None)
        tree = tree.setdefault(name.lower() if spelt is None else spelt, {})
    tree[path[-1]] = value


def _fold(value: Any) -> Any:
    """Without letter case of names, and without keys that hold nothing at all."""
    if not isinstance(value, dict):
        return value
    folded = {key.lower(): _fold(item) for key, item in value.items()}
    return {key: item for key, item in folded.items() if item != {}}


@st.composite
def _edits(
    draw: st.DrawFn,
) -> tuple[Document, tuple[str, ...], tuple[str, ...]]:
    """A document, a key of it, and a place."""
    written = draw(documents())
    keys = {path[:length] for path in written.paths for length in (1, 2, 3)}
    source = draw(st.sampled_from(sorted(keys))) if keys else draw(_paths)
    return written, source, draw(_paths)


def _try(
    edit: Callable[[Editor, tuple[str, ...], tuple[str, ...]], None],
    drawn: tuple[Document, tuple[str, ...], tuple[str, ...]],
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """What the document became, and what it should be but for a deletion.

    ``None`` when it was refused.
    """
    written, source, destination = drawn
    before = _parse(written.octets)
    original = copy.deepcopy(_find(before, source))
    code = ""
    editor = Editor(written.octets)
    try:
        edit(editor, source, destination)
    except BindctlError as error:
        code = error.code
    if code:
        assert code in ({"MET101"} if original is None else _REFUSALS)
        return None
    after = _parse(editor.octets())
    assert original is not None
    _store(before, destination, original)
    return after, before


@given(_edits())
def test_a_copy_is_the_original_at_another_place(
    drawn: tuple[Document, tuple[str, ...], tuple[str, ...]],
) -> None:
    """COPY of a site must not lose a binding, nor touch another site."""
    result = _try(copy_in, drawn)
    if result is not None:
        after, expected = result
        assert _fold(after) == _fold(expected)


@given(_edits())
def test_a_move_leaves_nothing_behind(
    drawn: tuple[Document, tuple[str, ...], tuple[str, ...]],
) -> None:
    """A MOVE that left half of a site would leave its binding in force twice."""
    result = _try(move_in, drawn)
    if result is None:
        return
    after, expected = result
    source = drawn[1]
    above = _find(expected, source[:-1])
    assert above is not None
    name = next(key for key in above if key.lower() == source[-1].lower())
    del above[name]
    assert _fold(after) == _fold(expected)
