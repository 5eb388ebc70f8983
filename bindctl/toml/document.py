"""Edits of the TOML document: only the touched table is rewritten.

The scanner finds the table, the line editor or else tomlkit edits that table alone,
everything else is copied octet for octet. Before a result is handed out it is read
again and compared with what was asked for.
"""

from __future__ import annotations

from bindctl.findings.errors import BindctlError
from bindctl.model.path import format_path, is_reserved, is_same_path
from bindctl.toml.limits import (
    cannot_edit,
    require_no_array,
    require_no_key,
    require_not_reserved,
    require_room,
    require_text,
)
from bindctl.toml.line_editor import (
    add_line,
    drop_line,
    format_plain,
    format_text,
    replace_line,
)
from bindctl.toml.location import (
    Location,
    find_spelling,
    implies,
    locate,
    locate_all,
    path_not_found,
    read_first,
    read_key,
    read_location,
    spell_in_all_ways,
    spell_key,
)
from bindctl.toml.reader import read_table
from bindctl.toml.scanner import (
    Span,
    content_end,
    scan_tables,
    start_with_comment,
    trim_end,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping, Sequence

    Table = MutableMapping[str, object]
    # New statements from old ones and the line end; `None` leaves it to tomlkit.
    LineEdit = Callable[[bytes, bytes], bytes | None]

# Reading is part of this module's interface, too.
__all__ = [
    "HRESULT_ALREADY_EXISTS",
    "create_key",
    "delete_key",
    "delete_property",
    "format_name",
    "locate",
    "path_not_found",
    "read_first",
    "read_key",
    "set_property",
    "spell_in_all_ways",
]

HRESULT_ALREADY_EXISTS = 0x800700B7


def set_property(
    octets: bytes, path: tuple[str, ...], name: str, value: object
) -> bytes:
    """The document with that property stored at an existing key.

    Args:
        octets: The document.
        path: The key.
        name: The schema's spelling; another spelling in the file is kept.
        value: A plain TOML value.

    Raises:
        BindctlError: MET101, there is no such key; MET002, the table is not TOML;
            MET105, the value is not Unicode; MET108, the name is not, or the document
            has a key of that name there, or cannot be edited.
    """
    spelt: list[str | None] = []

    def change(table: Table) -> bool:
        spelling = find_spelling(table, name)
        spelt.append(spelling)
        if spelling is None:
            require_no_key(octets, (*path, name))
            table[name] = value
        elif isinstance(table[spelling], dict):
            raise cannot_edit((*path, name))
        elif _is_same_value(table[spelling], value):
            return False
        else:
            _replace_value(table, spelling, value)
        return True

    location = _locate_property(octets, path, name)
    if location is None:
        if read_key(octets, path) is None:
            raise path_not_found(path)
        octets, location = _make_explicit(octets, path)
    require_text(path, {name: value})
    return _edit(octets, location, change, _line_setter(spelt, name, value))


def _locate_property(
    octets: bytes, path: tuple[str, ...], name: str
) -> Location | None:
    """Where a key says a property, or would; ``None`` where it has no table."""
    first = locate(octets, path)
    if first is None or find_spelling(read_location(octets, first), name):
        return first
    others = locate_all(octets, path)
    holders = (
        item for item in others if find_spelling(read_location(octets, item), name)
    )
    return next(holders, first)


def _replace_value(table: Table, spelling: str, value: object) -> None:
    old = table[spelling]
    if isinstance(old, list) and type(old) is not list:
        from bindctl.toml.arrays import edit_array  # noqa: PLC0415 - not for get

        value = edit_array(old, value)
    if value is not old:
        table[spelling] = value


def _line_setter(spelt: list[str | None], name: str, value: object) -> LineEdit:
    """The edit of lines that sets the property, in the spelling of `spelt` if any."""

    def change_line(body: bytes, newline: bytes) -> bytes | None:
        if spelt[0] is None:
            return add_line(body, name, value, newline)
        return replace_line(body, spelt[0], value)

    return change_line


def delete_property(octets: bytes, path: tuple[str, ...], name: str) -> bytes | None:
    """The document without that property; ``None`` when it was not stored.

    Raises:
        BindctlError: MET101, there is no such key.
    """
    if read_key(octets, path) is None:
        raise path_not_found(path)
    if is_reserved((*path, name)):
        return None
    shorter = _delete_one(octets, path, name)
    found = None
    while shorter is not None:  # what is spelt in another way would count now
        found = shorter
        shorter = _delete_one(found, path, name)
    return found


def _delete_one(octets: bytes, path: tuple[str, ...], name: str) -> bytes | None:
    """The document without the first statement of a property; ``None`` for none."""
    for location in locate_all(octets, path):
        values = read_location(octets, location)
        spelling = find_spelling(values, name)
        if spelling is not None and not isinstance(values[spelling], dict):
            return _edit(
                octets,
                location,
                lambda table, name=spelling: table.pop(name) is not table,  # type: ignore[misc]
                lambda body, _, name=spelling: drop_line(body, name),  # type: ignore[misc]
            )
    return None


def create_key(
    octets: bytes, path: tuple[str, ...], values: dict[str, object]
) -> bytes:
    """The document with a new key holding `values`, after its parent's last table.

    Raises:
        BindctlError: MET106, the key is there already; MET105, a value is not
            Unicode; MET108, the name is not, or the file reserves it, or TOML cannot
            hold it: a property has its name, or the key above is an inline table.
    """
    require_text(path, values)
    require_not_reserved(path)
    if read_key(octets, path) is not None:
        message = f"{format_path(path)} exists already"
        raise BindctlError("MET106", message, hresult=HRESULT_ALREADY_EXISTS)
    spans = scan_tables(octets)
    spelt = _spell_path(spans, path)
    header = ".".join(map(format_name, spelt))
    require_no_array(spans, path)
    above = (locate(octets, path[:length]) for length in range(len(path) - 1, -1, -1))
    nearest = next(item for item in above if item is not None)  # at least the root
    require_room(octets, nearest.span, f"[{header}]")
    lines = [f"[{header}]"]
    for name, value in values.items():
        lines.append(f"{format_name(name)} = {_format_value(value)}")
    result = _insert_table(octets, spans, path, "\n".join(lines) + "\n")
    found = read_key(result, path)
    if found != values and repr(found) != repr(values):  # a nan does not equal itself
        raise cannot_edit(path)
    return result


def delete_key(octets: bytes, path: tuple[str, ...]) -> bytes:
    """The document without a key and all below it.

    Raises:
        BindctlError: MET101, there is no such key.
    """
    if read_key(octets, path) is None:
        raise path_not_found(path)
    while inner := [item for item in locate_all(octets, path) if item.inner]:
        octets = _delete_inner(octets, inner[0])  # tables below it may stand apart
    spans = scan_tables(octets)
    kept: bytes | None = None
    stays: list[Span] = []
    position = 0
    for index, span in enumerate(spans):
        if not span.path or not is_same_path(span.path[: len(path)], path):
            stays.append(span)
            continue
        piece = octets[position : start_with_comment(octets, span, spans[index - 1])]
        kept = piece if kept is None else _join(kept, piece)
        position = trim_end(octets, span)
        if index + 1 < len(spans):
            after = start_with_comment(octets, spans[index + 1], span)
            position = min(position, after)
    if kept is None:
        return octets
    result = _join(kept, octets[position:])
    if _statements_of(result, scan_tables(result)) != _statements_of(octets, stays):
        raise cannot_edit(path)
    return result


def _statements_of(octets: bytes, spans: list[Span]) -> list[bytes]:
    """Each table with its header, without comments and blank lines between tables."""
    return [octets[span.start : content_end(octets, span)].strip() for span in spans]


def _join(before: bytes, after: bytes) -> bytes:
    """What is left on both sides of a deletion, with one blank line between."""
    if before.endswith((b"\n\n", b"\r\n\r\n")) or not before:
        after = after.lstrip(b"\r\n")
    return before + after


def _delete_inner(octets: bytes, location: Location) -> bytes:
    def change(table: Table) -> bool:
        del table[location.inner[-1]]
        return True

    return _edit(octets, Location(location.span, location.inner[:-1]), change)


def _edit(
    octets: bytes,
    location: Location,
    change: Callable[[Table], bool],
    change_line: LineEdit | None = None,
) -> bytes:
    """Rewrite one table by `change`, and check the result.

    Args:
        octets: The document.
        location: The table.
        change: The change; it works on plain values and on tomlkit's alike.
        change_line: The same change to a table's octets, where that is simple.
    """
    span = location.span
    end = trim_end(octets, span)
    expected = read_table(octets, Span(span.path, span.start, span.body, end))
    if not change(_descend(expected, location.inner)):
        return octets
    body = octets[span.body : end]
    newline = _line_end(body if b"\n" in body else octets)
    new = None
    if change_line is not None and not location.inner:
        new = change_line(body, newline)
    if new is None:
        new = _with_line_ends(_rewrite(body.decode("utf-8"), location, change), newline)
    if span.path and span.body == end and octets[end - 1 : end] != b"\n":
        # The header is the last line and has no line end.
        new = (b"\r\n" if b"\r\n" in octets else b"\n") + new
    result = b"".join((octets[: span.body], new, octets[end:]))
    _vouch(
        result, Span(span.path, span.start, span.body, span.body + len(new)), expected
    )
    return result


def _rewrite(text: str, location: Location, change: Callable[[Table], bool]) -> str:
    """The table's text after `change`, in tomlkit's hands."""
    import tomlkit  # noqa: PLC0415 - slow to import

    # tomlkit joins a new line to a last one that has no end.
    is_open = text != "" and not text.endswith("\n")
    try:
        chunk = tomlkit.parse(text + "\n" if is_open else text)
    except tomlkit.exceptions.TOMLKitError as error:
        raise cannot_edit(location.span.path) from error
    change(_descend(chunk, location.inner))
    written: str = tomlkit.dumps(chunk)
    # In CRLF tomlkit ends its lines so, also one that had no end.
    return written.removesuffix("\n").removesuffix("\r") if is_open else written


def _vouch(octets: bytes, span: Span, expected: object) -> None:
    """Refuse the written text unless the parser reads from it what was meant."""
    try:
        found = read_table(octets, span)
        # A nan does not equal itself.
        is_as_meant = found == expected or repr(found) == repr(expected)
    except BindctlError as error:
        raise cannot_edit(span.path) from error
    if not is_as_meant:
        raise cannot_edit(span.path)


def _descend(table: object, names: Sequence[str]) -> Table:
    for name in names:
        table = table[name]  # type: ignore[index]  # `locate` found tables all the way
    return table  # type: ignore[return-value]


def _line_end(octets: bytes) -> bytes:
    """CRLF where all line ends are."""
    ends = octets.count(b"\r\n") if b"\r" in octets else 0
    return b"\r\n" if ends and ends == octets.count(b"\n") else b"\n"


def _with_line_ends(text: str, newline: bytes) -> bytes:
    """`text` with the line ends of the old table, if those are all CRLF."""
    if newline == b"\r\n":
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
    return text.encode("utf-8")


def _is_same_value(old: object, value: object) -> bool:
    # Python holds True equal to 1; TOML does not.
    return old == value and isinstance(old, bool) == isinstance(value, bool)


def _make_explicit(octets: bytes, path: tuple[str, ...]) -> tuple[bytes, Location]:
    """Give an implied key a table of its own, before the first table below it."""
    spans = scan_tables(octets)
    require_no_array(spans, path)
    path = spell_in_all_ways(spans, path)[0]
    first = next(span for span in spans if implies(span, path))
    header = ".".join(map(format_name, path))
    newline = "\r\n" if b"\r\n" in octets else "\n"
    table = f"[{header}]{newline}".encode()
    octets = octets[: first.start] + table + newline.encode() + octets[first.start :]
    body = first.start + len(table)
    return octets, Location(Span(path, first.start, body, body))


def _insert_table(
    octets: bytes, spans: list[Span], path: tuple[str, ...], text: str
) -> bytes:
    anchor = _anchor(spans, path)
    position = len(octets) if anchor is None else trim_end(octets, anchor)
    if b"\r\n" in octets:
        text = text.replace("\n", "\r\n")
    newline = b"\r\n" if b"\r\n" in octets else b"\n"
    before, after = octets[:position], octets[position:]
    if before and not before.endswith(b"\n"):
        before += newline
    gap = newline if before else b""
    return before + gap + text.encode("utf-8") + after


def _anchor(spans: list[Span], path: tuple[str, ...]) -> Span | None:
    """The table after which the new one goes: the last one of the nearest key above."""
    for length in range(len(path) - 1, 0, -1):
        for span in reversed(spans):
            if is_same_path(span.path[:length], path[:length]):
                return span
    return spans[-1] if spans[-1].path else None


def _spell_path(spans: list[Span], path: tuple[str, ...]) -> tuple[str, ...]:
    """`path` in the letter case the file already uses for its keys."""
    spelt = spell_key(spans, path)
    if any(implies(span, spelt[:1]) for span in spans):
        return spelt
    return (path[0].lower(), *path[1:])


def format_name(name: str) -> str:
    """A name as a key of TOML, quoted where it has to be."""
    bare = name.replace("_", "").replace("-", "")
    return name if name.isascii() and bare.isalnum() else format_text(name)


def _format_value(value: object) -> str:
    text = format_plain(value)
    if text is None:
        import tomlkit  # noqa: PLC0415 - slow to import

        text = tomlkit.item(value).as_string()
    return text
