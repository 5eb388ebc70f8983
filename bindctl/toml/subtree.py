"""A key with all below it, copied to another place of the document.

The tables are copied as text, so that comments, order and spelling inside them come
along; what is written inline is copied by value. The result is always parsed again and
compared with the original first.
"""

from __future__ import annotations

from bindctl.findings.errors import BindctlError
from bindctl.model.path import format_path, is_reserved, is_same_path
from bindctl.toml import document
from bindctl.toml.editor import Editor
from bindctl.toml.limits import cannot_edit
from bindctl.toml.merging import plain_table
from bindctl.toml.reader import parse_document
from bindctl.toml.scanner import scan_tables, start_with_comment, trim_end
from bindctl.toml.table_splitter import cut_tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

HRESULT_INVALID_PARAMETER = 0x80070057
_QUOTES = ('"', "'")


def copy_in(
    editor: Editor,
    source: tuple[str, ...],
    destination: tuple[str, ...],
    *,
    with_heading: bool = False,
) -> None:
    """As `copy_key`, in a document that is open for edits."""

    def copy(octets: bytes) -> bytes:
        return copy_key(octets, source, destination, with_heading=with_heading)

    editor.add_key(copy, destination, source)


def move_in(
    editor: Editor, source: tuple[str, ...], destination: tuple[str, ...]
) -> None:
    """Give a key, with all below it, another place in a document open for edits.

    Raises:
        BindctlError: As `copy_key`.
    """
    copy_in(editor, source, destination, with_heading=True)
    editor.delete_key(source)


def copy_key(
    octets: bytes,
    source: tuple[str, ...],
    destination: tuple[str, ...],
    *,
    with_heading: bool = False,
) -> bytes:
    """The document with a copy of a key, and of all below it, at a new place.

    Comments inside the copied tables are copied.

    Args:
        octets: The document.
        source: The key.
        destination: The place.
        with_heading: Whether the comment above the first table, which belongs to the
            original, comes along too.

    Raises:
        BindctlError: MET101, no such key; MET106, the destination exists; MET120, it
            lies below the source; MET108, TOML cannot hold it.
    """
    before, is_all = plain_table(parse_document(octets))
    values = None if is_reserved(source) else _table_at(before, source)
    if values is None:
        raise document.path_not_found(source)
    if len(source) < len(destination) and is_same_path(
        destination[: len(source)], source
    ):
        raise BindctlError(
            "MET120",
            f"{format_path(destination)} lies below {format_path(source)}",
            "choose a place outside the key that is copied",
            hresult=HRESULT_INVALID_PARAMETER,
        )
    editor = Editor(octets)
    editor.create_key(destination, {})
    by_text = _with_tables(editor.octets(), source, destination, with_heading)
    if by_text is not None and _is_copy(by_text, before, destination, values):
        return by_text
    if with_heading and not is_all:
        raise BindctlError(
            "MET108",
            f"{format_path(source)} says a property twice, in two spellings: the one "
            "that does not count would be lost",
            "bindctl check --fix removes it",
        )
    by_value = _with_values(octets, destination, values)
    if not _is_copy(by_value, before, destination, values):
        raise cannot_edit(source)
    return by_value


def _with_tables(
    octets: bytes,
    source: tuple[str, ...],
    destination: tuple[str, ...],
    with_heading: bool,  # noqa: FBT001 - as in `_copy`
) -> bytes | None:
    """The tables of `source` in the place of the empty table of `destination`.

    ``None`` when the source has no table with a header.
    """
    pieces = list(cut_tables(octets))
    place = next(n for n, piece in enumerate(pieces) if _is_at(piece, destination))
    newline = b"\r\n" if b"\r\n" in octets else b"\n"
    prefix = pieces[place][0]
    tables: list[bytes] = []
    for number, piece in enumerate(pieces):
        if is_same_path(piece[0][: len(source)], source):
            path = prefix + piece[0][len(source) :]
            pair = pieces[number - 1][1] + piece[1]
            is_headed = with_heading or bool(tables)
            text = _table(pair, path, with_heading=is_headed)
            tables.append(text if text.endswith(b"\n") else text + newline)
    if not tables:
        return None
    empty = pieces[place][1]
    span = scan_tables(empty)[-1]
    after = empty[trim_end(empty, span) :]
    return b"".join(
        (
            *(piece[1] for piece in pieces[:place]),
            newline.join(tables),
            after,
            *(piece[1] for piece in pieces[place + 1 :]),
        )
    )


def _is_at(piece: tuple[tuple[str, ...], bytes, bool], path: tuple[str, ...]) -> bool:
    return not piece[2] and is_same_path(piece[0], path)


def _table(pair: bytes, path: tuple[str, ...], *, with_heading: bool) -> bytes:
    """One table's text under another header; what follows the bracket stays.

    Args:
        pair: The table, and in front of it the one before, which ends in the comment
            of this one.
        path: Names of the new header.
        with_heading: Whether that comment comes along.
    """
    *_others, previous, span = scan_tables(pair)
    start = start_with_comment(pair, span, previous) if with_heading else span.start
    line = pair[span.start : span.body].decode("utf-8")
    header = ".".join(document.format_name(name) for name in path)
    header = f"[[{header}]]" if span.is_array else f"[{header}]"
    headed = pair[start : span.start] + (header + _after_header(line)).encode("utf-8")
    return headed + pair[span.body : trim_end(pair, span)]


def _after_header(line: str) -> str:
    """What a header's line holds after the closing bracket: a comment, a line end."""
    quote = ""
    index = 0
    while index < len(line):
        character = line[index]
        if character == "\\" and quote == '"':
            index += 1
        elif quote:
            quote = "" if character == quote else quote
        elif character in _QUOTES:
            quote = character
        elif character == "]":
            return line[index:].lstrip("]")
        index += 1
    return ""


def _with_values(
    octets: bytes, destination: tuple[str, ...], values: dict[str, object]
) -> bytes:
    """The document with a table a key, written anew."""
    editor = Editor(octets)
    for path, own in _keys(destination, values):
        editor.create_key(path, own)
    return editor.octets()


def _keys(
    path: tuple[str, ...], values: dict[str, object]
) -> Iterator[tuple[tuple[str, ...], dict[str, object]]]:
    yield path, {k: v for k, v in values.items() if not isinstance(v, dict)}
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _keys((*path, name), value)


def _is_copy(
    octets: bytes,
    before: dict[str, object],
    destination: tuple[str, ...],
    values: dict[str, object],
) -> bool:
    """Whether `octets` hold `values` at `destination`, and else what they held."""
    try:
        tree, _is_all = plain_table(parse_document(octets))
    except BindctlError:
        return False
    if _table_at(tree, destination) != values:
        return False
    # Take the copy out again, and the keys above that came with it.
    for length in range(len(destination), 0, -1):
        path = destination[:length]
        if length == len(destination) or _table_at(before, path) is None:
            above = _table_at(tree, path[:-1]) or {}
            name = next(key for key in above if key.lower() == path[-1].lower())
            del above[name]
    return tree == before


def _table_at(
    tree: dict[str, object], path: tuple[str, ...]
) -> dict[str, object] | None:
    table = tree
    for name in path:
        folded = name.lower()
        found = (
            value
            for key, value in table.items()
            if isinstance(value, dict) and key.lower() == folded
        )
        below = next(found, None)
        if below is None:
            return None
        table = below
    return table
