"""Law: an editor does to a document what `document` does to its octets."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from hypothesis import example, given
from hypothesis import strategies as st

from bindctl.findings.errors import BindctlError
from bindctl.toml import document
from bindctl.toml.editor import Editor
from bindctl.toml.scanner import scan_tables
from bindctl.toml.subtree import copy_in, copy_key, move_in
from bindctl.toml.table_splitter import cut_tables
from tests.property.strategies import documents

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.property.strategies import Document

_paths = st.lists(
    st.sampled_from(["w3svc", "W3SVC", "1", "2", "3", "root", "images", "http"]),
    min_size=1,
    max_size=4,
).map(tuple)
_names = st.sampled_from(["ServerComment", "Path", "serverbindings", "root"])
_values = st.one_of(st.integers(0, 9), st.booleans(), st.text('ab["#\\', max_size=4))
_edits = st.lists(
    st.one_of(
        st.tuples(st.just("set"), _paths, _names, _values),
        st.tuples(st.just("clear"), _paths, _names, st.none()),
        st.tuples(st.just("create"), _paths, st.none(), st.none()),
        st.tuples(st.just("delete"), _paths, st.none(), st.none()),
        st.tuples(st.sampled_from(["copy", "move"]), _paths, _paths, st.none()),
        st.tuples(st.just("read"), _paths, st.none(), st.none()),
    ),
    max_size=8,
)
_lines = st.lists(
    st.sampled_from(
        [
            "[w3svc]",
            "[w3svc.1]",
            "[W3SVC.1]",
            "[w3svc.1.ROOT]",
            "[W3svc.2.root]",
            " [w3svc.2]",
            "[w3svc.1.root]",
            '[w3svc."1".images]',
            "[[test]]",
            "[test.more]",
            "[http]",
            "# a comment",
            "",
            'ServerComment = "x"',
            "ServerBindings = [",
            '["a"],',
            '["b"]',
            "]",
            "[1.5]",
            'Path = """',
            '[w3svc.3]"""',
            "root.Path = 'p'",
            "2 = { Path = 'q' }",
        ]
    ),
    max_size=12,
)


def _apply(octets: bytes, edit: tuple[object, ...]) -> object:
    """What `document` makes of the octets, or the code it refuses with."""
    verb, path, name, value = edit
    verbs: dict[object, Callable[[], object]] = {
        "set": lambda: document.set_property(octets, path, name, value),
        "clear": lambda: document.delete_property(octets, path, name) or octets,
        "create": lambda: document.create_key(octets, path, {"KeyType": "x"}),
        "delete": lambda: document.delete_key(octets, path),
        "copy": lambda: copy_key(octets, path, name),
        "move": lambda: document.delete_key(
            copy_key(octets, path, name, with_heading=True), path
        ),
        "read": lambda: document.read_key(octets, path),
    }
    try:
        return verbs[verb]()
    except BindctlError as error:
        return error.code


def _apply_to(editor: Editor, edit: tuple[object, ...]) -> object:
    """The same of an editor."""
    verb, path, name, value = edit
    verbs: dict[object, Callable[[], object]] = {
        "set": lambda: editor.set_property(path, name, value),
        "clear": lambda: editor.delete_property(path, name),
        "create": lambda: editor.create_key(path, {"KeyType": "x"}),
        "delete": lambda: editor.delete_key(path),
        "copy": lambda: copy_in(editor, path, name),
        "move": lambda: move_in(editor, path, name),
        "read": lambda: editor.read_key(path),
    }
    try:
        found = verbs[verb]()
    except BindctlError as error:
        return error.code
    return found if verb == "read" else editor.octets()


def _hold_equal(octets: bytes, edits: list[tuple[object, ...]]) -> None:
    editors = Editor(octets, 0), Editor(octets, 2)
    for edit in edits:
        expected = _apply(octets, edit)
        if isinstance(expected, bytes):
            octets = expected
        for editor in editors:
            assert _apply_to(editor, edit) == expected, edit
            assert editor.octets() == octets, edit


@given(documents(), _edits)
def test_an_editor_edits_as_the_document_does(
    written: Document, edits: list[tuple[object, ...]]
) -> None:
    """A batch of changes gives the file that the same changes one by one give."""
    _hold_equal(written.octets, edits)


@given(_lines, _edits)
@example(
    ["[w3svc.1]", "[http]", "[w3svc.1.root]"], [("delete", ("w3svc", "1"), None, None)]
)
@example(
    ["[w3svc.1]", "[w3svc.2]", "[http]"],
    [
        ("create", ("w3svc", "1", "root"), None, None),
        ("delete", ("w3svc", "2"), None, None),
        ("create", ("w3svc", "3"), None, None),
    ],
)
@example(["[w3svc.1]", "[w3svc]"], [("create", ("w3svc", "1", "root"), None, None)])
@example(["[w3svc.1]", "[w3svc.1.root]"], [("set", ("w3svc", "1"), "root", 1)])
@example(
    ["[W3SVC.1]", "[w3svc.1]", "[W3SVC.2]"],
    [
        ("set", ("w3svc", "1"), "Path", 1),
        ("read", ("w3svc", "2"), None, None),
        ("create", ("w3svc", "3"), None, None),
        ("delete", ("W3SVC", "1"), None, None),
    ],
)
def test_an_editor_is_right_about_odd_documents(
    lines: list[str], edits: list[tuple[object, ...]]
) -> None:
    """Neither is the first to be wrong about a file somebody laid out their own way."""
    text = "\n".join(lines)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    _hold_equal(text.encode(), edits)


@given(
    st.one_of(
        documents().map(lambda drawn: drawn.octets),
        _lines.map(lambda x: "\n".join(x).encode()),
    )
)
def test_the_quick_cut_is_where_the_scan_cuts(octets: bytes) -> None:
    """A table cut in two would put a change into the wrong one."""
    spans = scan_tables(octets)
    exact = [(s.path, octets[s.start : s.end], s.is_array) for s in spans]
    try:
        tomllib.loads(octets.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        assert b"".join(piece for _p, piece, _a in cut_tables(octets)) == octets
        return
    assert list(cut_tables(octets)) == exact


def test_a_thousand_edits_index_the_document_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A batch on a large metabase takes seconds and not minutes."""
    octets = b"".join(b"[w3svc.%d]\nServerComment = 'x'\n" % n for n in range(1000))
    editor = Editor(octets, 0)
    editor.read_key(("w3svc",))
    indexed = []
    monkeypatch.setattr(editor, "_index", indexed.append)
    for number in range(1000):
        editor.set_property(("w3svc", str(number)), "ServerComment", "y")
        editor.create_key(("w3svc", str(number), "root"), {"Path": "p"})
        editor.delete_key(("w3svc", str(number), "root"))
        copy_in(editor, ("w3svc", str(number)), ("w3svc", str(number + 1000)))
        move_in(editor, ("w3svc", str(number)), ("w3svc", str(number + 2000)))
    assert not indexed
    assert editor.octets().count(b'"y"') == 2000
