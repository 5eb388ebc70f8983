"""Cuts a document into its tables, by a quick search where that is safe.

`scan_tables` looks at every statement; most documents can be cut wherever a line
begins with a bracket. A test holds both equal.
"""

from bindctl.toml.scanner import (
    BOM,
    Span,
    looks_like_value,
    read_header,
    scan_tables,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    # Names of the header, octets from it to the next one, whether it is `[[…]]`.
    Piece: TypeAlias = tuple[tuple[str, ...], bytes, bool]

_LINE_BRACKET = b"\n["
# What a plain header has between its brackets; line ends part the headers.
_HEADER_OCTETS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.\n"


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


def cut_spans(octets: bytes) -> list[Span]:
    """The same tables as spans: what `scan_tables` gives of a document."""
    pieces = _cut_quickly(octets)
    if pieces is None:
        return scan_tables(octets)
    spans, start = [], 0
    for path, piece, is_array in pieces:
        end = start + len(piece)
        body = start + (piece.find(b"\n") + 1 or len(piece)) if path else start
        spans.append(Span(path, start, body, end, is_array))
        start = end
    return spans


def _cut_quickly(octets: bytes) -> "Iterator[Piece] | None":
    """The pieces, or ``None`` when a line that begins with a bracket may be no header.

    A row of an array can look like a header only if its first value can be a bare
    name, and a line of a string only in a document with strings of several lines.
    """
    if octets.startswith((BOM, b" ", b"\t")):
        return None
    if b'"""' in octets or b"'''" in octets:
        return None
    if (b"\n " in octets or b"\n\t" in octets) and _is_indented(octets):
        return None
    first, *rest = (b"\n" + octets).split(_LINE_BRACKET)
    paths = _read_plain_headers(rest)
    if paths is None:
        return None
    head = first[1:] + b"\n" if first and rest else first[1:]
    return _pieces(head, paths, rest)


def _pieces(
    head: bytes, paths: list[tuple[str, ...]], rest: list[bytes]
) -> "Iterator[Piece]":
    """The pieces, each with what was cut away; one by one, for they are the document."""
    yield (), head, False
    last = len(rest) - 1
    for index, path in enumerate(paths):
        piece = rest[index]
        end = b"\n" if index < last else b""
        yield path, b"".join((b"[", piece, end)), piece.startswith(b"[")


def _is_indented(octets: bytes) -> bool:
    """Whether some line has spaces before a bracket."""
    import re  # noqa: PLC0415 - most files have no such lines

    return re.search(rb"^[ \t]+\[", octets, re.MULTILINE) is not None


def _read_plain_headers(rest: list[bytes]) -> list[tuple[str, ...]] | None:
    """Names of headers without quotes or spaces; ``None`` when one has either."""
    headers = [piece.partition(b"]")[0] for piece in rest]
    for index, piece in enumerate(rest):
        if piece.startswith(b"["):
            if not piece.startswith(b"]]", len(headers[index])):
                return None
            headers[index] = headers[index][1:]
    if not rest:
        return []
    quoted = _take_quoted(headers, rest)
    text = b"\n".join(headers)
    is_closed = text.count(b"\n") == len(headers) - 1 and b"]" in rest[-1]
    if not is_closed or _is_odd(text):
        return None
    paths = [tuple(line.split(".")) for line in text.decode("ascii").split("\n")]
    if any(map(looks_like_value, {path[0].lower() for path in paths})):
        return None
    for index, path in quoted.items():
        paths[index] = path
    return paths


def _take_quoted(headers: list[bytes], rest: list[bytes]) -> dict[int, tuple[str, ...]]:
    """Names of headers such as ``[http.sslcert."0.0.0.0:443"]``, by their index.

    Their first name is bare, which no row of an array has before a dot; it stands in
    for the header in `headers`.
    """
    found: dict[int, tuple[str, ...]] = {}
    for index, header in enumerate(headers):
        if b'"' not in header:
            continue
        first, dot, _names = header.partition(b".")
        read = read_header(b"[" + rest[index], 0)
        if dot and b'"' not in first and read is not None:
            headers[index] = first
            found[index] = read[0]
    return found


def _is_odd(headers: bytes) -> bool:
    """Whether some header, one a line, has an empty name or one that is not bare."""
    if headers.translate(None, _HEADER_OCTETS):
        return True
    lines = b"\n" + headers + b"\n"
    return any(pair in lines for pair in (b"..", b".\n", b"\n.", b"\n\n"))
