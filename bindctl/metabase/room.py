"""What TOML has no room for: a name that is a value and a table at once.

A metabase lets a key and a property share a name, TOML does not; an inline table
takes no table of its own. Refused before anything is written.
"""

from bindctl.findings.errors import BindctlError
from bindctl.metabase.path import format_path, is_same_path
from bindctl.metabase.reader import decode, read_table
from bindctl.metabase.scanner import Span, scan_tables, trim_end


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
        f"TOML has no room for the table {header}",
        "a property has its name, or the key above is an inline table: write that "
        "key as a table of its own",
    )


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
    """Refuse a header that the table of the nearest key above leaves no room for.

    Raises:
        BindctlError: MET108; MET002, that table is no TOML.
    """
    read_table(octets, span)
    text = decode(octets[span.start : trim_end(octets, span)])
    import tomllib  # noqa: PLC0415 - tomlkit, which an edit needs anyway, costs more

    try:
        tomllib.loads(f"{text}\n{header}\n")
    except tomllib.TOMLDecodeError as error:
        raise no_room(header) from error
