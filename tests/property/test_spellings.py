"""Law: names that differ only in letter case are one name, whoever reads or edits."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from hypothesis import assume, event, example, given
from hypothesis import strategies as st

from bindctl.findings.errors import BindctlError
from bindctl.metabase.canonical import canonical_octets
from bindctl.metabase.tree import make_tree
from bindctl.operations.editing.keys import find_key
from bindctl.toml import document
from bindctl.toml.editor import Editor
from bindctl.toml.reader import parse_document
from bindctl.toml.subtree import copy_in, move_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bindctl.metabase.tree import Key

    # A key's properties, and the keys below it, by names in lower case.
    Model = tuple[dict[str, object], dict[str, Any]]  # Any: Models

_NAMES = (("w3svc", "W3SVC", "W3svc"), ("1", "2"), ("root", "ROOT", "Root"))
_PROPERTIES = ("Path", "path", "PATH", "SslFlags")
_HEADERS = st.tuples(*map(st.sampled_from, _NAMES))
_paths = st.builds(lambda path, length: path[:length], _HEADERS, st.integers(1, 3))
_tables = st.dictionaries(
    _paths, st.lists(st.sampled_from(_PROPERTIES), max_size=2, unique=True), max_size=6
)
# What stands before any header, or nothing.
_tops = st.sampled_from(["", "", "", "W3SVC.1.Path = 90\n", "w3svc.2.ROOT.Path = 91\n"])


def _text(top: str, tables: Mapping[tuple[str, ...], Sequence[str]]) -> bytes:
    lines = [top]
    for number, (path, names) in enumerate(tables.items()):
        lines.append(f"[{'.'.join(path)}] # {number}\n")
        lines += [f"{name} = {number * 10 + at}\n" for at, name in enumerate(names)]
    return "".join(lines).encode()


@st.composite
def _documents(draw: st.DrawFn) -> bytes:
    octets = _text(draw(_tops), draw(_tables))
    try:
        tomllib.loads(octets.decode())
    except tomllib.TOMLDecodeError:
        assume(condition=False)
    return octets


def _model(*tables: Mapping[str, object]) -> Model:
    """One key of several tables: of two values the one of an earlier table counts."""
    properties: dict[str, object] = {}
    below: dict[str, list[tuple[str, dict[str, object]]]] = {}
    for table in tables:
        for name, value in table.items():
            if isinstance(value, dict):
                below.setdefault(name.lower(), []).append((name, value))
            else:
                properties.setdefault(name.lower(), value)
    keys = {}
    for folded, found in below.items():
        names = sorted({name for name, _table in found}, key=str.swapcase)
        ordered = [table for wanted in names for name, table in found if name == wanted]
        keys[folded] = _model(*ordered)
    return properties, keys


def _read(octets: bytes) -> Model:
    return _model(tomllib.loads(octets.decode()))


def _find(model: Model | None, path: tuple[str, ...]) -> Model | None:
    for name in path:
        model = None if model is None else model[1].get(name.lower())
    return model


def _of_tree(key: Key) -> Model:
    properties = {name.lower(): value for name, value in key.values()}
    return properties, {key.path[-1].lower(): _of_tree(key) for key in key.children()}


def _properties(values: Mapping[str, object] | None) -> dict[str, object] | None:
    if values is None:
        return None
    return _model(values)[0]


def _without_empty(model: Model) -> Model:
    """Keys that say nothing at all come and go with their tables."""
    keys = {name: _without_empty(key) for name, key in model[1].items()}
    return model[0], {name: key for name, key in keys.items() if key != ({}, {})}


@given(_documents(), _paths)
def test_every_reader_sees_one_key(octets: bytes, path: tuple[str, ...]) -> None:
    """`get` would not find what the service uses."""
    model = _read(octets)
    root = make_tree(parse_document(octets))
    assert _of_tree(root) == model
    expected = _find(model, path)
    wanted = None if expected is None else expected[0]
    assert _properties(document.read_key(octets, path)) == wanted
    assert _properties(Editor(octets).read_key(path)) == wanted
    assert _properties(Editor(octets, 0).read_key(path)) == wanted
    listed = find_key(octets, path)
    assert (listed is None) == (expected is None)
    if listed is not None and expected is not None:
        assert _properties(dict(listed.values())) == wanted
        assert {name.lower() for name in listed.child_names()} == expected[1].keys()


@given(_documents(), _paths, st.sampled_from(_PROPERTIES))
def test_a_property_is_set_and_deleted_wherever_it_stands(
    octets: bytes, path: tuple[str, ...], name: str
) -> None:
    """A value of another spelling would count after `delete`, or instead of `set`'s."""
    model = _read(octets)
    key = _find(model, path)
    for few in (0, 8):
        editor = Editor(octets, few)
        if key is None:
            continue
        editor.set_property(path, name, 7)
        changed = _read(octets)
        found = _find(changed, path)
        assert found is not None
        found[0][name.lower()] = 7
        assert _read(editor.octets()) == changed
        try:
            editor.delete_property(path, name)
        except BindctlError as error:
            event(error.code)  # the last one of a dotted key
            continue
        del found[0][name.lower()]
        assert _without_empty(_read(editor.octets())) == _without_empty(changed)


@given(_documents(), _paths, _paths)
@example(b"[w3svc.1]\n[W3SVC.1]\n", ("w3svc", "1"), ("w3svc", "2"))
@example(
    b"[w3svc.1]\nPath = 1\n[W3SVC.1.root]\nPath = 2\n", ("w3svc", "1"), ("w3svc", "2")
)
def test_a_key_is_copied_moved_and_deleted_whole(
    octets: bytes, source: tuple[str, ...], destination: tuple[str, ...]
) -> None:
    """Half a site would stay, or be lost."""
    model = _read(octets)
    original = _find(model, source)
    for edit in (copy_in, move_in):
        editor = Editor(octets)
        try:
            edit(editor, source, destination)
        except BindctlError as error:
            event(error.code)
            continue
        event(edit.__name__)
        after = _read(editor.octets())
        assert _find(after, destination) == original
        assert (_find(after, source) == original) == (edit is copy_in)
        assert _others(after, source, destination) == _others(
            model, source, destination
        )
    if original is not None:
        editor = Editor(octets)
        try:
            editor.delete_key(source)
        except BindctlError as error:
            event(f"delete: {error.code}")
            return
        after = _read(editor.octets())
        assert _find(after, source) is None
        assert _others(after, source) == _others(model, source)


def _others(model: Model, *paths: tuple[str, ...]) -> Model:
    """What is not at or below those keys."""
    properties, keys = model
    firsts = {path[0].lower() for path in paths if len(path) == 1}
    left = {
        name: _others(key, *(p[1:] for p in paths if p[0].lower() == name and p[1:]))
        for name, key in keys.items()
        if name not in firsts
    }
    return properties, {name: key for name, key in left.items() if key != ({}, {})}


@given(_documents())
def test_the_canonical_order_says_the_same(octets: bytes) -> None:
    """`fmt` is refused only where one property has two values."""
    try:
        after = canonical_octets(octets)
    except BindctlError as error:
        event(error.code)
        return
    assert _read(after) == _read(octets)
    assert canonical_octets(after) == after
