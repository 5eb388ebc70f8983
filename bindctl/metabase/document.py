"""Edits of the TOML document: only the touched table is rewritten.

The scanner finds the table, tomlkit edits that table alone, everything else is
copied octet for octet. Before a result is handed out it is parsed again and compared
with what was asked for.
"""

from __future__ import annotations

from bindctl.findings.errors import BindctlError
from bindctl.metabase.path import format_path, is_same_path
from bindctl.metabase.reader import decode, read_table
from bindctl.metabase.room import (
    cannot_edit,
    require_no_array,
    require_no_key,
    require_room,
)
from bindctl.metabase.scanner import (
    Span,
    find_table,
    scan_tables,
    start_with_comment,
    trim_end,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping, Sequence

    Table = MutableMapping[str, object]

HRESULT_PATH_NOT_FOUND = 0x80070003
HRESULT_ALREADY_EXISTS = 0x800700B7


class Location:
    """Where a key's values stand.

    Attributes:
        span: The table of the document that holds them.
        inner: Names below that table, for a key written inline or dotted.
    """

    __slots__ = ("inner", "span")

    def __init__(self, span: Span, inner: tuple[str, ...] = ()) -> None:
        """Keep the parts."""
        self.span = span
        self.inner = inner


def locate(octets: bytes, path: tuple[str, ...]) -> Location | None:
    """The table that holds a key's values; ``None`` when no table does.

    A key may exist without one: ``[w3svc.1.root]`` alone implies ``w3svc.1``.
    """
    quick = find_table(octets, path)
    if quick is not None:
        return Location(quick)
    spans = scan_tables(octets)
    for length in range(len(path), -1, -1):
        for span in spans:
            if span.is_array or not is_same_path(span.path, path[:length]):
                continue
            if length == len(path):
                return Location(span)
            inner = _resolve(read_table(octets, span), path[length:])
            if inner is not None:
                return Location(span, inner)
    return None


def read_key(octets: bytes, path: tuple[str, ...]) -> dict[str, object] | None:
    """The raw values of one key; ``None`` when the document has no such key."""
    location = locate(octets, path)
    if location is None:
        return {} if any(_implies(s, path) for s in scan_tables(octets)) else None
    values: object = read_table(octets, location.span)
    for name in location.inner:
        values = values[name] if isinstance(values, dict) else {}
    return values if isinstance(values, dict) else {}


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
        BindctlError: MET101, there is no such key; MET002, the table is no TOML;
            MET108, the document has a key of that name there, or cannot be edited.
    """

    def change(table: Table) -> bool:
        spelling = _spelling(table, name)
        if spelling is None:
            require_no_key(octets, (*path, name))
            table[name] = value
        elif isinstance(table[spelling], dict):
            raise cannot_edit((*path, name))
        elif _is_same_value(table[spelling], value):
            return False
        else:
            table[spelling] = _like(table[spelling], value)
        return True

    location = locate(octets, path)
    if location is not None:
        return _edit(octets, location, change)
    if read_key(octets, path) is None:
        raise path_not_found(path)
    octets, location = _make_explicit(octets, path)
    return _edit(octets, location, change)


def delete_property(octets: bytes, path: tuple[str, ...], name: str) -> bytes | None:
    """The document without that property; ``None`` when it was not stored.

    Raises:
        BindctlError: MET101, there is no such key.
    """
    values = read_key(octets, path)
    if values is None:
        raise path_not_found(path)
    spelling = _spelling(values, name)
    location = locate(octets, path)
    if location is None or spelling is None or isinstance(values[spelling], dict):
        return None

    def change(table: Table) -> bool:
        del table[spelling]
        return True

    return _edit(octets, location, change)


def create_key(
    octets: bytes, path: tuple[str, ...], values: dict[str, object]
) -> bytes:
    """The document with a new key holding `values`, after its parent's last table.

    Raises:
        BindctlError: MET106, the key is there already; MET108, TOML has no room for
            it: a property has its name, or the key above is an inline table.
    """
    if read_key(octets, path) is not None:
        message = f"{format_path(path)} exists already"
        raise BindctlError("MET106", message, hresult=HRESULT_ALREADY_EXISTS)
    import tomlkit  # noqa: PLC0415 - slow to import

    spans = scan_tables(octets)
    spelt = _spell_path(spans, path)
    header = ".".join(_toml_name(name) for name in spelt)
    require_no_array(spans, path)
    above = (locate(octets, path[:length]) for length in range(len(path) - 1, -1, -1))
    nearest = next(item for item in above if item is not None)  # at least the root
    require_room(octets, nearest.span, f"[{header}]")
    lines = [f"[{header}]"]
    for name, value in values.items():
        lines.append(f"{name} = {tomlkit.item(value).as_string()}")
    return _insert_table(octets, spans, path, "\n".join(lines) + "\n")


def delete_key(octets: bytes, path: tuple[str, ...]) -> bytes:
    """The document without a key and all below it.

    Raises:
        BindctlError: MET101, there is no such key.
    """
    if read_key(octets, path) is None:
        raise path_not_found(path)
    location = locate(octets, path)
    if location is not None and location.inner:
        octets = _delete_inner(octets, location)  # tables below it may stand apart
    spans = scan_tables(octets)
    kept: bytes | None = None
    position = 0
    for index, span in enumerate(spans):
        if not span.path or not is_same_path(span.path[: len(path)], path):
            continue
        piece = octets[position : start_with_comment(octets, span, spans[index - 1])]
        kept = piece if kept is None else _join(kept, piece)
        position = trim_end(octets, span)
        if index + 1 < len(spans):
            after = start_with_comment(octets, spans[index + 1], span)
            position = min(position, after)
    return octets if kept is None else _join(kept, octets[position:])


def _join(before: bytes, after: bytes) -> bytes:
    """What is left on both sides of a deletion, with one blank line between."""
    if before.endswith((b"\n\n", b"\r\n\r\n")) or not before:
        after = after.lstrip(b"\r\n")
    return before + after


def path_not_found(path: tuple[str, ...]) -> BindctlError:
    """MET101 for that key."""
    return BindctlError(
        "MET101",
        f"{format_path(path)} is not in the metabase",
        "bindctl enum PATH lists the keys below a path",
        hresult=HRESULT_PATH_NOT_FOUND,
    )


def find_line(octets: bytes, path: tuple[str, ...], name: str | None) -> int | None:
    """The line of a property, or of its key's header; ``None`` when unknown."""
    from bindctl.metabase.scanner import line_of, statements  # noqa: PLC0415

    location = locate(octets, path)
    if location is None:
        return None
    span = location.span
    found = line_of(octets, span.start)
    for start, end in reversed(statements(octets, span) if name else ()):
        key = octets[start:end].split(b"=", 1)[0].strip(b" \t\"'").decode("utf-8")
        if key == name:
            return line_of(octets, start)
        if name is not None and key.lower() == name.lower():
            found = line_of(octets, start)
    return found


def _delete_inner(octets: bytes, location: Location) -> bytes:
    def change(table: Table) -> bool:
        del table[location.inner[-1]]
        return True

    return _edit(octets, Location(location.span, location.inner[:-1]), change)


def _edit(octets: bytes, location: Location, change: Callable[[Table], bool]) -> bytes:
    """Rewrite one table by `change`, which says whether it did, and vouch for it."""
    span = location.span
    end = trim_end(octets, span)
    expected = read_table(octets, Span(span.path, span.start, span.body, end))
    if not change(_descend(expected, location.inner)):
        return octets
    text = decode(octets[span.body : end])
    rewritten = _rewrite(text, location, change)
    like = text if "\n" in text else decode(octets)
    new = _with_line_ends(rewritten, like).encode("utf-8")
    if span.path and span.body == end and octets[end - 1 : end] != b"\n":
        # The header is the last line and has no line end.
        new = (b"\r\n" if b"\r\n" in octets else b"\n") + new
    result = octets[: span.body] + new + octets[end:]
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
    return written.removesuffix("\n") if is_open else written


def _vouch(octets: bytes, span: Span, expected: object) -> None:
    """Refuse what was written unless the parser reads it as it was meant."""
    try:
        is_as_meant = read_table(octets, span) == expected
    except BindctlError as error:
        raise cannot_edit(span.path) from error
    if not is_as_meant:
        raise cannot_edit(span.path)


def _descend(table: object, names: Sequence[str]) -> Table:
    for name in names:
        table = table[name]  # type: ignore[index]  # `locate` found tables all the way
    return table  # type: ignore[return-value]


def _with_line_ends(text: str, old: str) -> str:
    """`text` in the line ends of `old`, where those are all CRLF."""
    if "\r\n" not in old or old.count("\n") != old.count("\r\n"):
        return text
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def _is_same_value(old: object, value: object) -> bool:
    # Python holds True equal to 1; TOML does not.
    return old == value and isinstance(old, bool) == isinstance(value, bool)


def _like(old: object, value: object) -> object:
    """`value` laid out as `old`: an array over several lines stays one."""
    if not isinstance(value, list):
        return value
    import tomlkit  # noqa: PLC0415 - slow to import

    if not isinstance(old, tomlkit.items.Array):
        return value
    array = tomlkit.array()
    array.extend(value)
    array.multiline("\n" in old.as_string())
    return array


def _make_explicit(octets: bytes, path: tuple[str, ...]) -> tuple[bytes, Location]:
    """Give an implied key a table of its own, before the first table below it."""
    spans = scan_tables(octets)
    require_no_array(spans, path)
    first = next(span for span in spans if _implies(span, path))
    header = ".".join(_toml_name(name) for name in first.path[: len(path)])
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


def _implies(span: Span, path: tuple[str, ...]) -> bool:
    """Whether the table's header alone makes `path` a key."""
    below = len(span.path) > len(path) or not span.is_array
    return below and is_same_path(span.path[: len(path)], path)


def _anchor(spans: list[Span], path: tuple[str, ...]) -> Span | None:
    """The table to stand after: the last one of the nearest key above."""
    for length in range(len(path) - 1, 0, -1):
        for span in reversed(spans):
            if is_same_path(span.path[:length], path[:length]):
                return span
    return spans[-1] if spans[-1].path else None


def _spell_path(spans: list[Span], path: tuple[str, ...]) -> tuple[str, ...]:
    """`path` in the letter case the file already uses for its keys."""
    for length in range(len(path), 0, -1):
        for span in spans:
            if not span.is_array and is_same_path(span.path[:length], path[:length]):
                return span.path[:length] + path[length:]
    return (path[0].lower(), *path[1:])


def _toml_name(name: str) -> str:
    bare = name.replace("_", "").replace("-", "")
    if name.isascii() and bare.isalnum():
        return name
    import tomlkit  # noqa: PLC0415 - slow to import

    return tomlkit.item(name).as_string()


def _resolve(values: object, names: tuple[str, ...]) -> tuple[str, ...] | None:
    """`names` in the spelling of nested tables; ``None`` when they do not lead on."""
    spelt = []
    for name in names:
        if not isinstance(values, dict):
            return None
        spelling = _spelling(values, name)
        if spelling is None:
            return None
        values = values[spelling]
        spelt.append(spelling)
    return tuple(spelt) if isinstance(values, dict) else None


def _spelling(table: object, name: str) -> str | None:
    folded = name.lower()
    names: Sequence[str] = list(table)  # type: ignore[call-overload]  # a mapping
    return next((key for key in names if key.lower() == folded), None)
