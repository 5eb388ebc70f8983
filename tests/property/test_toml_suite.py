"""Law: the scanner and the edits are right about any TOML there is.

The documents are those of toml-test, the suite that parsers of TOML are tested with:
each valid one, and each that a parser has to refuse.
"""

from __future__ import annotations

import base64
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.toml.document import (
    create_key,
    delete_key,
    delete_property,
    read_key,
    set_property,
    spell_key,
)
from bindctl.toml.editor import Editor
from bindctl.toml.line_index import LineIndex
from bindctl.toml.reader import decode, parse_document, read_table
from bindctl.toml.scanner import Span, scan_tables
from bindctl.toml.table_splitter import cut_tables
from tests.property.strategies import plain_value

BOM = b"\xef\xbb\xbf"
SUITE = json.loads(
    Path(__file__).with_name("toml_suite.json").read_text(encoding="utf-8")
)
FILES: dict[str, bytes] = {
    **{name: text.encode("utf-8") for name, text in SUITE["text"].items()},
    **{name: base64.b64decode(text) for name, text in SUITE["octets"].items()},
}
VALID = sorted(name for name in FILES if name.startswith("valid/"))
INVALID = sorted(name for name in FILES if name.startswith("invalid/"))
# As they stand, as Windows' editors save them, and with a mark in front.
FORMS = ("plain", "crlf", "mark")


def _in_form(octets: bytes, form: str) -> bytes:
    if form == "crlf":
        return octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return BOM + octets if form == "mark" else octets


def _load(octets: bytes) -> dict[str, Any]:
    return tomllib.loads(decode(octets))


def _descend(table: Any, path: tuple[str, ...]) -> Any:
    """The table of that path; of an array of tables, its last row."""
    for name in path:
        table = table.setdefault(name, {})
        if isinstance(table, list):
            table = table[-1]
    return table


def _merge(octets: bytes, spans: list[Span]) -> dict[str, Any]:
    """The document put together from its tables, each parsed alone."""
    data: dict[str, Any] = {}
    for span in spans:
        own = _load(octets[span.body : span.end])
        if span.is_array:
            above = _descend(data, span.path[:-1])
            above.setdefault(span.path[-1], []).append(own)
        else:
            _update(_descend(data, span.path), own)
    return data


def _update(table: dict[str, Any], own: dict[str, Any]) -> None:
    for name, value in own.items():
        if isinstance(value, dict) and isinstance(table.get(name), dict):
            _update(table[name], value)  # a table before the one it lies in
        else:
            table[name] = value


def _keys(octets: bytes) -> list[tuple[str, ...]]:
    """Keys with a header that no array of tables is above, in the spelling in use."""
    spans = scan_tables(octets)
    arrays = [span.path for span in spans if span.is_array]
    return [
        span.path
        for span in spans
        if not span.is_array
        and spell_key(spans, span.path) == span.path
        and not any(span.path[: len(path)] == path for path in arrays)
    ]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", VALID)
def test_tables_of_valid_files_stand_where_a_parser_finds_them(
    name: str, form: str
) -> None:
    """An edit would otherwise land in a string, or in another table."""
    octets = _in_form(FILES[name], form)
    spans = scan_tables(octets)
    assert plain_value(_merge(octets, spans)) == plain_value(_load(octets))
    pieces = [
        (span.path, octets[span.start : span.end], span.is_array) for span in spans
    ]
    assert list(cut_tables(octets)) == pieces
    assert Editor(octets).octets() == octets
    assert LineIndex(octets).find((), None) == 1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", VALID)
def test_values_of_valid_files_are_the_parser_s(name: str, form: str) -> None:
    """`get`, `check` and the service would otherwise see different values."""
    octets = _in_form(FILES[name], form)
    assert plain_value(parse_document(octets)) == plain_value(_load(octets))
    for span in scan_tables(octets):
        own = _load(octets[span.body : span.end])
        assert plain_value(read_table(octets, span)) == plain_value(own)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", VALID)
def test_edits_of_valid_files_change_what_was_asked_alone(name: str, form: str) -> None:
    """Whatever else is in the file comes out as it went in."""
    octets = _in_form(FILES[name], form)
    for path in _keys(octets):
        expected = _load(octets)
        _descend(expected, path)["Bindctl-Test"] = "C:\\ü"
        after = set_property(octets, path, "Bindctl-Test", "C:\\ü")
        assert plain_value(_load(after)) == plain_value(expected)
        assert (read_key(after, path) or {})["Bindctl-Test"] == "C:\\ü"
        del _descend(expected, path)["Bindctl-Test"]
        deleted = delete_property(after, path, "bindctl-test")
        assert deleted is not None
        assert plain_value(_load(deleted)) == plain_value(expected)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", INVALID)
def test_invalid_files_are_refused_in_words(name: str, form: str) -> None:
    """A slip is reported as one, with nothing written and no traceback."""
    octets = _in_form(FILES[name], form)
    try:
        _load(octets)
    except (tomllib.TOMLDecodeError, BindctlError):
        pass
    else:
        return  # another form of the file may be well-formed
    with pytest.raises(BindctlError) as caught:
        parse_document(octets)
    assert caught.value.code == "MET002"
    spans = scan_tables(octets)
    assert b"".join(octets[span.start : span.end] for span in spans) == octets
    assert b"".join(piece for _path, piece, _array in cut_tables(octets)) == octets
    LineIndex(octets).find(("a", "b"), "c")


@pytest.mark.parametrize("name", INVALID)
def test_edits_of_invalid_files_end_in_words(name: str) -> None:
    """Whatever a table beside the fault allows, no edit ends in a traceback."""
    octets = FILES[name]
    path = next((span.path for span in scan_tables(octets) if span.path), ("a",))
    for edit in (
        lambda: read_key(octets, path),
        lambda: set_property(octets, path, "x", 1),
        lambda: delete_property(octets, path, "x"),
        lambda: create_key(octets, (*path, "new"), {"x": 1}),
        lambda: delete_key(octets, path),
    ):
        try:
            edit()
        except BindctlError as error:
            assert error.code in {"MET002", "MET101", "MET106", "MET108"}  # noqa: PT017 - no error is fine too
