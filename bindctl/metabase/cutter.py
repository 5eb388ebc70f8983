"""A document cut into its tables, at the speed of a search where that is safe.

`scan_tables` looks at every statement; most documents can be cut wherever a line
begins with a bracket. A test holds both equal.
"""

from bindctl.metabase.scanner import BOM, looks_like_value, scan_tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    # Names of the header, octets from it to the next one, whether it is `[[…]]`.
    Piece: TypeAlias = tuple[tuple[str, ...], bytes, bool]

_LINE_BRACKET = b"\n["


def cut_tables(octets: bytes) -> "Iterator[Piece]":
    """Every table with its header, in order; first what precedes any header.

    Joining the pieces' octets gives the document.
    """
    quick = _cut_quickly(octets)
    if quick is not None:
        yield from quick
        return
    for span in scan_tables(octets):
        yield span.path, octets[span.start : span.end], span.is_array


def _cut_quickly(octets: bytes) -> "list[Piece] | None":
    """The pieces, or ``None`` when a line that begins with a bracket may be no header.

    A row of an array can look like a header only if its first value can be a bare
    name, and a line of a string only in a document with strings of several lines.
    """
    if b'"""' in octets or b"'''" in octets or octets.startswith(BOM):
        return None
    if b" [" in octets and _is_indented(octets):
        return None
    first, *rest = (b"\n" + octets).split(_LINE_BRACKET)
    head = first[1:] + b"\n" if first and rest else first[1:]
    pieces: list[Piece] = [((), head, False)]
    last = len(rest) - 1
    for index, piece in enumerate(rest):
        is_array = piece.startswith(b"[")
        path = _read_plain_header(piece, is_array=is_array)
        if path is None:
            return None
        end = b"" if index == last else b"\n"
        pieces.append((path, b"[" + piece + end, is_array))
    return pieces


def _is_indented(octets: bytes) -> bool:
    """Whether some line has spaces before a bracket."""
    import re  # noqa: PLC0415 - only a large edit comes here

    return re.search(rb"^[ \t]+\[", octets, re.MULTILINE) is not None


def _read_plain_header(piece: bytes, *, is_array: bool) -> tuple[str, ...] | None:
    """Names of a header without quotes or spaces; ``None`` for any other line."""
    octets, bracket, rest = piece.partition(b"]")
    if is_array:
        octets = octets[1:]
        if not rest.startswith(b"]"):
            return None
    if not bracket or not octets.isascii():
        return None
    names = tuple(octets.decode("ascii").split("."))
    for name in names:
        if not name.replace("-", "").replace("_", "").isalnum():
            return None
    return None if looks_like_value(names[0].lower()) else names
