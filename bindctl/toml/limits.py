"""Refuses edits that TOML cannot express: a name that is a value and a table at once.

In a metabase a key and a property may share a name, in TOML they may not; and an inline
table cannot have a table below it. Such edits are refused before anything is written.
"""

from bindctl.findings.errors import BindctlError
from bindctl.model.path import format_path, is_reserved, is_same_path
from bindctl.toml.reader import decode, read_plain_table, read_table
from bindctl.toml.scanner import Span, read_header, scan_tables, trim_end

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def cannot_edit(path: tuple[str, ...]) -> BindctlError:
    """MET108 for the table of that path."""
    return BindctlError(
        "MET108",
        f"{format_path(path)} cannot be edited in place",
        "write it as a table of its own: one header, one property a line",
    )


def no_room(header: str) -> BindctlError:
    """MET108 for a table that cannot stand where it would have to."""
    return BindctlError(
        "MET108",
        f"TOML cannot hold the table {header}",
        "a property has its name, or the key above is an inline table: write that "
        "key as a table of its own",
    )


def is_text(value: object) -> bool:
    """Whether a name or a value can stand in a file of UTF-8.

    Octets of a command line that are not UTF-8 arrive as halves of surrogate pairs.
    """
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, dict):
        return all(is_text(name) and is_text(item) for name, item in value.items())
    return not isinstance(value, list | tuple) or all(map(is_text, value))


def require_text(path: tuple[str, ...], values: "Mapping[str, object]") -> None:
    """Refuse names and values that no file can hold.

    Args:
        path: The key.
        values: What it is to hold.

    Raises:
        BindctlError: MET108, a name is not text; MET105, a value is not.
    """
    path = next(((*path, name) for name in values if not is_text(name)), path)
    if not is_text(path):
        message = f"{format_path(path)} is text that a file cannot hold"
        raise BindctlError("MET108", message, "name the key in UTF-8")
    for name, value in values.items():
        if not is_text(value):
            message = f"{name}: the value is text that a file cannot hold"
            raise BindctlError("MET105", message, "write the value in UTF-8")


def require_not_reserved(path: tuple[str, ...]) -> None:
    """Refuse to make a key under a reserved name.

    Raises:
        BindctlError: MET108.
    """
    if is_reserved(path):
        message = f"the file keeps the name {path[0]} for itself"
        raise BindctlError("MET108", message, "choose another name for the key")


def require_no_array(spans: list[Span], path: tuple[str, ...]) -> None:
    """Refuse to make a table at or below ``[[…]]``.

    Raises:
        BindctlError: MET108.
    """
    for span in spans:
        if span.is_array and is_same_path(span.path, path[: len(span.path)]):
            raise cannot_edit(span.path)


def require_no_key(octets: bytes, path: tuple[str, ...]) -> None:
    """Refuse to write a property whose name a table below its key has.

    Raises:
        BindctlError: MET108.
    """
    name = path[-1].lower().encode("utf-8")
    marks = (b".", b'."', b".'", b". ") if len(path) > 1 else (b"[", b'["', b"['")
    folded = octets.lower()
    if not any(mark + name in folded for mark in marks):
        return  # the scan of a large document takes longer than the whole edit
    for span in scan_tables(octets):
        if is_same_path(span.path[: len(path)], path):
            raise cannot_edit(path)


def require_room(octets: bytes, span: Span, header: str) -> None:
    """Refuse a header that the table of the nearest key above does not allow.

    Raises:
        BindctlError: MET108; MET002, that table is not TOML.
    """
    read = read_header(header.encode(), 0)
    values = None if span.is_array else read_plain_table(octets, span)
    if read is not None and values is not None:
        names = read[0]
        depth = len(span.path)
        if names[:depth] == span.path and names[depth] not in values:
            return
    read_table(octets, span)
    text = decode(octets[span.start : trim_end(octets, span)])
    import tomllib  # noqa: PLC0415 - tomlkit, which an edit needs anyway, costs more

    try:
        tomllib.loads(f"{text}\n{header}\n")
    except tomllib.TOMLDecodeError as error:
        raise no_room(header) from error
