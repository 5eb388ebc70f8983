"""A metabase's document in canonical order, with every comment.

Tables: /LM itself, http, w3svc, then others by name; below a key its sites by number,
then ROOT, then others by name; a key before those below it. Properties: KeyType, then
in the schema's enumeration order, then others as they stood. One blank line between
tables, none between properties.

1. What a reader of TOML sees is the same before and after, but for letter case.
2. No comment is lost. One right above a table or a property goes with it; one right
   below a table's last property stays there; one with blank lines on both sides goes
   with what follows; at the very top or the very end it stays there.
3. Doing it twice changes nothing more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.metabase.schema import (
    find_property,
    is_identifier,
    key_type_at,
    properties_of,
)
from bindctl.metabase.tree import Key, make_tree
from bindctl.model.path import format_path
from bindctl.toml.merging import plain_table
from bindctl.toml.reader import parse_document
from bindctl.toml.scanner import (
    BOM,
    Span,
    scan_tables,
    start_with_comment,
    statements,
    trim_end,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# Names of keys that path and schema decide, written as the documentation writes them.
_FIXED_NAMES = frozenset(
    {"w3svc", "http", "sslcert", "root", "filters", "apppools", "info", "logging"}
)
_FIRST_NAMES = {"http": 0, "w3svc": 1}  # directly below /LM
_OWN_FIRST = ("schema_version", "KeyType")
_BLANK = b" \t\r\n"
_BETWEEN_NAMES = frozenset((b" ", b"\t", b".", b"[", b'"', b"'"))


class _Table(NamedTuple):
    """One table, cut from the document.

    Attributes:
        path: Names of its header; empty for what stands before the first.
        order: Where it goes.
        is_key: Whether it is a key; false at and below an array of tables.
        above: Comments above the header, each block one item.
        header: The header's line; empty for /LM.
        entries: Statements with the comments above each.
        below: Comments after the last statement.
    """

    path: tuple[str, ...]
    order: tuple[object, ...]
    is_key: bool
    above: list[bytes]
    header: bytes
    entries: list[tuple[list[bytes], bytes]]
    below: list[bytes]


def canonical_octets(octets: bytes) -> bytes:
    """The document in canonical order; the same octets when it is in it.

    Raises:
        BindctlError: MET002, it is not TOML; MET013, a property is said twice, in
            different letter case, or the order cannot be changed without changing
            the meaning.
    """
    document = parse_document(octets)
    root = make_tree(document)
    key_types = dict(_key_types(root))
    mark = BOM if octets.startswith(BOM) else b""
    newline = b"\r\n" if b"\r\n" in octets else b"\n"
    top, tables, end = _cut(octets[len(mark) :])
    tables = _join_spellings(sorted(tables, key=lambda table: table.order))
    # Where a key is also written inline or dotted, its headers keep their spelling.
    for spell in (_spell_header, _keep_header):
        texts = [_format_table(item, spell, key_types, newline) for item in tables]
        blocks = [*top, *filter(None, texts), *end]
        result = mark + newline.join(_ended(block, newline) for block in blocks)
        if _is_same(document, result):
            return result
    raise BindctlError(
        "MET013",
        "the tables cannot be put in order without changing what they mean",
        "write keys as tables of their own: one header, one property a line",
    )


def _key_types(key: Key) -> Iterator[tuple[tuple[str, ...], str]]:
    """Key type by folded path, of a key and all below it."""
    pending = [key]
    while pending:
        item = pending.pop()
        if item.duplicates:
            name = item.duplicates[0]
            raise BindctlError(
                "MET013",
                f"{name!r} at {format_path(item.path)} is there already in other "
                "letter case",
                "remove one of the two: only the first counts",
            )
        yield tuple(name.lower() for name in item.path), item.key_type
        pending.extend(item.children())


# --- taking the document apart ---


def _cut(octets: bytes) -> tuple[list[bytes], list[_Table], list[bytes]]:
    """Separate comments at the top, the tables in order, comments at the end."""
    spans = scan_tables(octets)
    arrays = {_fold(span.path) for span in spans if span.is_array}
    tables: list[_Table] = []
    above: list[bytes] = []
    for index, span in enumerate(spans):
        end = trim_end(octets, span)
        after = spans[index + 1] if index + 1 < len(spans) else None
        if after is not None:
            end = min(end, start_with_comment(octets, after, span))
        inner = Span(span.path, span.start, span.body, end)
        entries, below = _read_entries(octets, inner)
        key = _without_array(span.path, arrays)
        tables.append(
            _Table(
                span.path,
                tuple(_name_order(name, depth) for depth, name in enumerate(key)),
                not span.is_array and key == span.path,
                above,
                octets[span.start : span.body] if span.path else b"",
                entries,
                below,
            )
        )
        above = _comment_blocks(
            octets[end : len(octets) if after is None else after.start]
        )
    top = _take_top(tables, octets)
    return top, tables, above


def _read_entries(
    octets: bytes, span: Span
) -> tuple[list[tuple[list[bytes], bytes]], list[bytes]]:
    entries = []
    position = span.body
    for start, end in statements(octets, span):
        line_start = octets.rfind(b"\n", position, start) + 1 or position
        above = _comment_blocks(octets[position:line_start])
        entries.append((above, octets[line_start:end]))
        position = end
    return entries, _comment_blocks(octets[position : span.end])


def _comment_blocks(octets: bytes) -> list[bytes]:
    """Runs of comment lines, without the blank lines between them."""
    blocks: list[bytes] = []
    is_open = False
    for line in octets.splitlines(keepends=True):
        if not line.strip(_BLANK):
            is_open = False
        elif is_open:
            blocks[-1] += line
        else:
            blocks.append(line)
            is_open = True
    return blocks


def _take_top(tables: list[_Table], octets: bytes) -> list[bytes]:
    """Take off the comments at the very top that a blank line sets apart."""
    first, *others = tables
    if first.entries:
        above, after = first.entries[0][0], first.entries[0][1]
    elif others:
        # A table without statements ends before the comments of what follows.
        above, after = others[0].above, others[0].header
        above[:0], first.below[:] = first.below, []
    else:
        return []
    kept = above[-1:] if _is_right_above(octets, above, after) else []
    top = above[: len(above) - len(kept)]
    above[:] = kept
    return top


def _is_right_above(octets: bytes, above: Sequence[bytes], line: bytes) -> bool:
    """Whether the last comment stands on the line before `line`."""
    return bool(above) and octets.find(above[-1] + line) >= 0


# --- order ---


def _without_array(
    path: tuple[str, ...], arrays: set[tuple[str, ...]]
) -> tuple[str, ...]:
    """The array of tables a path is at or below; tables there keep their own order."""
    for length in range(1, len(path) + 1):
        if _fold(path[:length]) in arrays:
            return path[:length]
    return path


def _name_order(name: str, depth: int) -> tuple[int, int, str]:
    folded = name.lower()
    if depth == 0:
        return (_FIRST_NAMES.get(folded, len(_FIRST_NAMES)), 0, folded)
    if is_identifier(name):
        return (0, int(name), folded)
    return (1, 0, "") if folded == "root" else (2, 0, folded)


def _entry_order(names: Sequence[str], statement: bytes) -> int:
    """Where a property goes: in the schema's order, then unknown ones as they stood."""
    spelling = _spelling(_name_of(statement))
    if spelling in _OWN_FIRST:
        return _OWN_FIRST.index(spelling) - len(_OWN_FIRST)
    return names.index(spelling) if spelling in names else len(names)


def _name_of(statement: bytes) -> str:
    """The bare name of a statement; empty for a quoted or dotted one."""
    name = statement.split(b"=", 1)[0].strip(_BLANK)
    bare = name.replace(b"_", b"").replace(b"-", b"")
    return name.decode("ascii") if name.isascii() and bare.isalnum() else ""


def _spelling(name: str) -> str:
    row = find_property(name) if name else None
    return name if row is None else row.name


def _join_spellings(tables: list[_Table]) -> list[_Table]:
    """Neighbours that spell one key in different letter case as one table."""
    joined: list[_Table] = []
    for table in tables:
        last = joined[-1] if joined else None
        is_same = last is not None and _fold(last.path) == _fold(table.path)
        has_comment = b"#" in table.header
        if last is None or not is_same or not table.is_key or has_comment:
            joined.append(table)
            continue
        between = [*last.below, *table.above]
        entries, below = table.entries, [*between, *table.below]
        if entries:
            (above, statement), *others = entries
            entries = [([*between, *above], statement), *others]
            below = table.below
        joined[-1] = last._replace(entries=[*last.entries, *entries], below=below)
    return joined


# --- putting it together ---


def _format_table(
    table: _Table,
    spell: Callable[[_Table], bytes],
    key_types: dict[tuple[str, ...], str],
    newline: bytes,
) -> bytes:
    folded = _fold(table.path)
    key_type = key_types.get(folded) or key_type_at(folded)
    names = properties_of(key_type)
    entries = table.entries
    if table.is_key:
        entries = [(above, _spell(statement)) for above, statement in entries]
        entries.sort(key=lambda item: _entry_order(names, item[1]))
    lines = [newline.join(_ended(block, newline) for block in table.above)]
    lines.append(_ended(spell(table), newline))
    for above, statement in entries:
        lines.append(newline.join(_ended(block, newline) for block in above))
        lines.append(_ended(statement, newline))
    lines.append(newline.join(_ended(block, newline) for block in table.below))
    return b"".join(lines)


def _spell_header(table: _Table) -> bytes:
    """The header with the names that path and schema decide in their spelling."""
    header = table.header
    position = 0
    for name in table.path:
        octets = name.encode("utf-8")
        while header[position : position + 1] in _BETWEEN_NAMES:
            position += 1
        end = position + len(octets)
        if header[position:end] != octets:
            return table.header  # written with escapes
        if name.lower() in _FIXED_NAMES:
            header = header[:position] + octets.lower() + header[end:]
        position = end
    return header


def _keep_header(table: _Table) -> bytes:
    return table.header


def _spell(statement: bytes) -> bytes:
    """The statement with its property in the schema's spelling."""
    name = _name_of(statement)
    spelling = _spelling(name)
    if name == spelling:
        return statement
    return statement.replace(name.encode("ascii"), spelling.encode("ascii"), 1)


def _ended(block: bytes, newline: bytes) -> bytes:
    """The last line of a file may have no end; in the middle it needs one."""
    return block if block.endswith(b"\n") or not block else block + newline


def _fold(path: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.lower() for name in path)


def _is_same(document: dict[str, object], result: bytes) -> bool:
    """Whether the result has the same content as the document."""
    try:
        found = parse_document(result)
    except BindctlError:
        return False
    now, before = plain_table(found)[0], plain_table(document)[0]
    if now != found and before == document:
        return False  # two spellings where there was one
    return _folded(now) == _folded(before)


def _folded(value: object) -> object:
    if isinstance(value, dict):
        return {name.lower(): _folded(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_folded(item) for item in value]
    return value
