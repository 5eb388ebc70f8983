"""Law: an edit changes what was asked for, and no octet of any other table."""

from __future__ import annotations

import itertools
import tomllib
from copy import deepcopy
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bindctl.findings.errors import BindctlError
from bindctl.toml.document import (
    create_key,
    delete_key,
    delete_property,
    locate,
    read_key,
    set_property,
)
from bindctl.toml.reader import decode, parse_document, read_table
from bindctl.toml.scanner import (
    content_end,
    find_table,
    scan_tables,
    trim_end,
)
from tests.property.strategies import Document, documents

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bindctl.toml.scanner import Span

    Data = dict[str, object]

_VALUES = st.one_of(
    st.integers(0, 2**32 - 1),
    st.booleans(),
    st.text(max_size=12),
    st.lists(st.text(max_size=8), max_size=3),
    st.sampled_from(['"', "[w3svc]", "# x", "\\", "a\nb", "\u007f", "'''", '"""']),
)
_NAMES = st.sampled_from(["ServerComment", "ServerBindings", "SslFlags", "LogType"])


def _load(octets: bytes) -> Data:
    return tomllib.loads(decode(octets))


def _strict(value: object) -> object:
    """`value` so that 1, 1.0 and True differ, and order does not matter."""
    if isinstance(value, dict):
        return {key: _strict(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_strict(item) for item in value]
    return (type(value).__name__, str(value))


def _same_data(left: object, right: object) -> bool:
    return _strict(left) == _strict(right)


def _table_at(data: Data, path: Iterable[str]) -> Data | None:
    """The table of that path in any letter case."""
    table: object = data
    for name in path:
        if not isinstance(table, dict):
            return None
        table = next((v for k, v in table.items() if k.lower() == name.lower()), None)
    return table if isinstance(table, dict) else None


def _put(table: Data, name: str, value: object) -> None:
    spelling = next((key for key in table if key.lower() == name.lower()), name)
    table[spelling] = value


def _texts(octets: bytes) -> list[bytes]:
    """Each table's text with its header, without what lies between tables."""
    spans = scan_tables(octets)
    return [octets[span.start : content_end(octets, span)] for span in spans]


def _merge(spans: list[Span], octets: bytes) -> Data:
    """The document put together from its tables, each parsed alone."""
    data: Data = {}
    for span in spans:
        own = tomllib.loads(octets[span.body : span.end].decode())
        table = data
        for name in span.path[:-1]:
            table = table.setdefault(name, {})  # type: ignore[assignment]
        if not span.path:
            table.update(own)
        elif span.is_array:
            rows = table.setdefault(span.path[-1], [])
            assert isinstance(rows, list)
            rows.append(own)
        else:
            below = table.setdefault(span.path[-1], {})
            assert isinstance(below, dict)
            below.update(own)
    return data


def _some_key(data: st.DataObject, document: Document) -> tuple[str, ...]:
    """A key the document has, by header or only implied, in lower case."""
    keys = {path[:length] for path in document.paths for length in range(len(path) + 1)}
    assume(keys)
    return tuple(
        name.lower() for name in data.draw(st.sampled_from(sorted(keys)), "path")
    )


@given(documents())
def test_tables_stand_where_a_full_parser_finds_them(document: Document) -> None:
    """A header look-alike taken for a header puts an edit in the wrong place."""
    spans = scan_tables(document.octets)
    assert _same_data(_merge(spans, document.octets), _load(document.octets))
    assert [s.path for s in spans if s.path and not s.is_array] == list(document.paths)
    assert spans[0].start == 0
    assert all(a.end == b.start for a, b in itertools.pairwise(spans))
    assert spans[-1].end == len(document.octets)


@given(documents())
def test_the_quick_search_finds_what_the_scan_finds(document: Document) -> None:
    """`get` and `enum` would otherwise answer from different tables."""
    spans = scan_tables(document.octets)
    for path in document.paths:
        span = next(s for s in spans if s.path == path)
        quick = find_table(document.octets, path)
        if quick is not None:
            assert (quick.start, quick.body, quick.end) == (
                span.start,
                span.body,
                span.end,
            )


@given(documents())
def test_the_plain_reader_reads_as_the_parser_does(document: Document) -> None:
    """`get` would otherwise print another value than the one the server uses."""
    for span in scan_tables(document.octets):
        text = decode(document.octets[span.body : span.end])
        assert _same_data(read_table(document.octets, span), tomllib.loads(text))


@given(documents())
def test_both_parsers_of_whole_documents_agree(document: Document) -> None:
    """The quick parser in use has to mean what the standard library's does."""
    assert _same_data(parse_document(document.octets), _load(document.octets))


@given(documents(), st.data())
def test_a_set_changes_that_value_alone(
    document: Document, data: st.DataObject
) -> None:
    """`set` would otherwise change or lose somebody else's configuration."""
    old = document.octets
    path, name = _some_key(data, document), data.draw(_NAMES, "name")
    value = data.draw(_VALUES, "value")
    expected = _load(old)
    table = _table_at(expected, path)
    assert table is not None
    if _table_at(table, [name]) is not None:  # a key has the name: nothing to do
        with pytest.raises(BindctlError, match="cannot be edited"):
            set_property(old, path, name, value)
        return
    new = set_property(old, path, name, value)
    _put(table, name, value)
    assert _same_data(_load(new), expected)
    location = locate(old, path)
    if location is not None:
        assert new.startswith(old[: location.span.body])
        assert new.endswith(old[trim_end(old, location.span) :])
    else:  # the key was only implied: it got a table of its own
        assert set(_texts(old)) <= set(_texts(new))


@given(documents(), st.data())
def test_setting_the_value_that_is_there_changes_no_octet(
    document: Document, data: st.DataObject
) -> None:
    """A script that runs twice would otherwise churn the file under version control."""
    path = _some_key(data, document)
    values = read_key(document.octets, path)
    assert values is not None
    names = sorted(name for name in values if not isinstance(values[name], dict))
    assume(names)
    name = data.draw(st.sampled_from(names), "name")
    assert set_property(document.octets, path, name, values[name]) == document.octets


@given(documents(), st.data())
def test_a_set_undone_by_a_set_restores_the_data(
    document: Document, data: st.DataObject
) -> None:
    """Going back to the old value has to give the old configuration."""
    path = _some_key(data, document)
    values = read_key(document.octets, path) or {}
    names = sorted(name for name in values if not isinstance(values[name], dict))
    assume(names)
    name = data.draw(st.sampled_from(names), "name")
    changed = set_property(document.octets, path, name, data.draw(_VALUES, "value"))
    restored = set_property(changed, path, name, values[name])
    assert _same_data(_load(restored), _load(document.octets))


@given(documents(), st.data())
def test_a_deletion_removes_that_value_alone(
    document: Document, data: st.DataObject
) -> None:
    """`delete` would otherwise take more than the property it names."""
    old = document.octets
    path = _some_key(data, document)
    values = read_key(old, path) or {}
    names = sorted(name for name in values if not isinstance(values[name], dict))
    assume(names)
    name = data.draw(st.sampled_from(names), "name")
    new = delete_property(old, path, name)
    location = locate(old, path)
    assert new is not None
    assert location is not None
    expected = _load(old)
    table = _table_at(expected, path)
    assert table is not None
    del table[name]
    assert _same_data(_load(new), expected)
    assert new.startswith(old[: location.span.body])
    assert new.endswith(old[trim_end(old, location.span) :])


@given(documents(), st.data())
def test_deleting_a_key_leaves_every_other_table(
    document: Document, data: st.DataObject
) -> None:
    """Removing a site must not touch its neighbour, nor the neighbour's comment."""
    old = document.octets
    path = _some_key(data, document)
    assume(path)
    new = delete_key(old, path)
    expected = deepcopy(_load(old))
    above = _table_at(expected, path[:-1])
    assert above is not None
    del above[next(key for key in above if key.lower() == path[-1])]
    _drop_empty(expected, path[:-1], _load(new))
    assert _same_data(_load(new), expected)
    kept = [
        octets
        for octets, span in zip(_texts(old), scan_tables(old), strict=True)
        if tuple(name.lower() for name in span.path[: len(path)]) != path
    ]
    for text in kept[1:]:
        assert text.strip(b"\r\n") in new


def _drop_empty(expected: Data, path: tuple[str, ...], found: Data) -> None:
    """Keys above that only the deleted one implied are gone with it."""
    for length in range(len(path), 0, -1):
        table = _table_at(expected, path[:length])
        if table or _table_at(found, path[:length]) is not None:
            return
        above = _table_at(expected, path[: length - 1])
        assert above is not None
        del above[next(k for k in above if k.lower() == path[length - 1])]


@given(documents(), st.data())
def test_a_new_key_changes_no_other_table(
    document: Document, data: st.DataObject
) -> None:
    """`site add` would otherwise rewrite the sites that are there."""
    old = document.octets
    above = _some_key(data, document)
    new_names = data.draw(
        st.lists(
            st.sampled_from(["7", "x.y", "Root", "a b", "é", "", 'quo"te']),
            min_size=1,
            max_size=2,
        ),
        "names",
    )
    path = (*above, *new_names)
    assume(read_key(old, path) is None)
    values: Data = {"ServerComment": "new", "ServerBindings": [":80:"]}
    new = create_key(old, path, values)
    expected = _load(old)
    table = expected
    for name in path:
        spelling = next((key for key in table if key.lower() == name.lower()), name)
        table = table.setdefault(spelling, {})  # type: ignore[assignment]
    table.update(values)
    assert _same_data(_fold(_load(new)), _fold(expected))
    for text in _texts(old)[1:]:
        assert text.rstrip(b"\r\n") in new
    assert read_key(new, path) == values


def _fold(data: object) -> object:
    """Names in lower case: a new key may spell the keys above it as typed."""
    if isinstance(data, dict):
        return {key.lower(): _fold(value) for key, value in data.items()}
    return data


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@given(documents())
def test_line_ends_stay_as_they_are(newline: str, document: Document) -> None:
    """An editor on Windows would otherwise show one long line, or ^M at each end."""
    octets = document.octets.replace(b"\r\n", b"\n").replace(b"\n", newline.encode())
    assume(newline.encode() in octets)
    for path in document.paths:
        octets = set_property(octets, path, "LogType", 1)
    octets = create_key(octets, ("w3svc", "77"), {"ServerComment": "new"})
    ends = octets.count(b"\n") == octets.count(b"\r\n")
    assert ends if newline == "\r\n" else b"\r" not in octets
