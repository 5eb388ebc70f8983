"""Law: the line editor writes what tomlkit writes, or leaves it to tomlkit."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import tomlkit
from hypothesis import event, example, given
from hypothesis import strategies as st

from bindctl.toml.line_editor import (
    add_line,
    drop_line,
    format_plain,
    format_text,
    replace_line,
)
from bindctl.toml.reader import decode, read_table
from bindctl.toml.scanner import Span, scan_tables, trim_end
from tests.property.strategies import documents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.property.strategies import Document

_texts = st.one_of(
    st.text(max_size=12),
    st.text("\"'\\#=[]{},.\t\b\x7f aü\u2028", max_size=8),
)
_values = st.one_of(
    st.integers(0, 2**32 - 1), st.booleans(), _texts, st.lists(_texts, max_size=3)
)


def _bodies(document: Document) -> Iterator[bytes]:
    """Tables without their headers, in the line ends tomlkit keeps."""
    octets = document.octets.replace(b"\r\n", b"\n")
    for span in scan_tables(octets):
        body = octets[span.body : trim_end(octets, span)]
        if not body or body.endswith(b"\n"):
            yield body


def _read(body: bytes) -> dict[str, object]:
    return read_table(body, Span((), 0, 0, len(body)))


@given(documents(), _values)
def test_a_replaced_value_is_written_as_tomlkit_writes_it(
    document: Document, value: object
) -> None:
    """Files would otherwise change with the road an edit takes."""
    for body in _bodies(document):
        for name, old in tomllib.loads(body.decode()).items():
            if isinstance(old, dict):
                continue
            found = replace_line(body, name, value)
            event("replaced" if found is not None else "left to tomlkit")
            if found is None:
                continue
            chunk = tomlkit.parse(body.decode())
            chunk[name] = value
            assert found.decode() == tomlkit.dumps(chunk)


@given(documents(), _values)
def test_an_added_line_is_the_one_tomlkit_adds(
    document: Document, value: object
) -> None:
    """And stands where tomlkit puts it."""
    for body in _bodies(document):
        found = add_line(body, "NewProperty", value, b"\n")
        assert found is not None
        chunk = tomlkit.parse(body.decode())
        chunk["NewProperty"] = value
        assert found.decode() == tomlkit.dumps(chunk)


@given(documents())
def test_a_dropped_line_is_the_one_tomlkit_drops(document: Document) -> None:
    """With its comment, and no other line."""
    for body in _bodies(document):
        for name, old in tomllib.loads(body.decode()).items():
            found = None if isinstance(old, dict) else drop_line(body, name)
            if found is None:
                continue
            chunk = tomlkit.parse(body.decode())
            del chunk[name]
            assert found.decode() == tomlkit.dumps(chunk)


@given(documents(), _values, st.sampled_from([b"\n", b"\r\n"]))
def test_no_octet_outside_of_the_value_changes(
    document: Document, value: object, newline: bytes
) -> None:
    """Spacing, trailing comments and the other lines are the administrator's."""
    for body in _bodies(document):
        octets = body.replace(b"\n", newline)
        for name in _read(octets):
            found = replace_line(octets, name, value)
            if found is None:
                continue
            written = (format_plain(value) or "").encode()
            at = found.index(written, octets.index(name.encode()))
            kept = len(found) - at - len(written)
            assert found[:at] == octets[:at]
            assert octets.endswith(found[len(found) - kept :])
            assert _read(found)[name] == value
            assert type(_read(found)[name]) is type(value)


@given(st.text())
@example("\x00\x1f\x7f\x80\\\"'\u2028\ufeff")
def test_any_text_is_read_as_it_was_written(text: str) -> None:
    """A folder's name on Windows holds backslashes."""
    written = format_text(text)
    assert tomllib.loads(f"a = {written}") == {"a": text}
    assert _read(f"a = {written}\n".encode()) == {"a": text}
    assert decode(written.encode()) == written
