"""Where tables stand in a TOML document, without parsing it.

A scanner of octets that knows just enough TOML to tell a table header from its
look-alikes: rows of arrays, strings of several lines, comments. A property test holds
it equal to a full parser. On the quickest path: imports nothing.

Source:
    TOML 1.0.0, "Table", "String", "Array", "Comment".
"""

BOM = b"\xef\xbb\xbf"
_QUOTE = 0x22
_APOSTROPHE = 0x27
_BACKSLASH = 0x5C
_HASH = 0x23
_NEWLINE = 0x0A
_OPEN = frozenset(b"[{")
_CLOSE = frozenset(b"]}")
_ESCAPED = frozenset('"\\')
_NO_MARKS = bytes(set(range(256)) - set(b"[]{}#"))
# First names of a header that an array row could spell too: `[inf]`, `[1.5]`.
_VALUE_LIKE = frozenset({"inf", "nan", "true", "false"})


class Span:
    """One table of a document.

    Attributes:
        path: Names of its header, unquoted, in the file's letter case; empty for
            what stands before the first header.
        start: Offset of the header line, or 0.
        body: Offset of the line after the header.
        end: Offset of the next header line, or the document's length.
        is_array: Whether the header is ``[[…]]``.
    """

    __slots__ = ("body", "end", "is_array", "path", "start")

    def __init__(
        self,
        path: tuple[str, ...],
        start: int,
        body: int,
        end: int,
        is_array: bool = False,  # noqa: FBT001, FBT002 - keyword-only costs a call
    ) -> None:
        """Keep the parts."""
        self.path = path
        self.start = start
        self.body = body
        self.end = end
        self.is_array = is_array


def find_table(octets: bytes, path: tuple[str, ...]) -> Span | None:
    """The table whose header is plain and in lower case: ``[w3svc.1]``, ``[x."0:1"]``.

    ``None`` when there is none, or when only the exact scan can tell.
    """
    names = [name.lower() for name in path]
    if not names or not _is_bare(names[0]) or looks_like_value(names[0]):
        return None
    if not all(name.isprintable() and _ESCAPED.isdisjoint(name) for name in names):
        return None
    spelt = [name if _is_bare(name) else f'"{name}"' for name in names]
    header = ("[" + ".".join(spelt) + "]").encode("utf-8")
    start = _start_of(octets)
    if not octets.startswith(header, start):
        start = octets.find(b"\n" + header) + 1
        if start == 0:
            return None
    if _may_be_in_string(octets, start) or read_header(octets, start) is None:
        return None
    body = _next_line(octets, start)
    return Span(path, start, body, _find_end(octets, body))


def scan_tables(octets: bytes) -> list[Span]:
    """Every table of the document in order; the first is what precedes any header.

    The document need not be valid: lines that cannot be headers are skipped.
    """
    position = _start_of(octets)
    length = len(octets)
    spans = [Span((), 0, position, length)]
    while position < length:
        start = position
        position = _skip_space(octets, position)
        if octets[position : position + 1] != b"[":
            position = _skip_statement(octets, position)
            continue
        header = read_header(octets, position)
        position = _next_line(octets, position)
        if header is not None:
            names, is_array = header
            spans[-1].end = start
            spans.append(Span(names, start, position, length, is_array))
    return spans


def trim_end(octets: bytes, span: Span) -> int:
    """Where the table ends for a reader: before the comment of the next one.

    Blank lines at the end, and comments that a blank line sets apart from the
    table's last line, belong to what follows.
    """
    position = content_end(octets, span)
    while position < span.end:
        end = _next_line(octets, position)
        if not octets[position:end].strip():
            return position
        position = end
    return span.end


def content_end(octets: bytes, span: Span) -> int:
    """Where the table's last statement ends; after its header when it has none."""
    found = statements(octets, span)
    return found[-1][1] if found else span.body


def start_with_comment(octets: bytes, span: Span, previous: Span) -> int:
    """Where a table starts for a reader: at the comment right above its header."""
    floor = content_end(
        octets, previous
    )  # a string may end in a line that looks like a comment
    start = span.start
    while start > floor:
        line_start = octets.rfind(b"\n", 0, start - 1) + 1
        if not octets[line_start:start].lstrip().startswith(b"#"):
            break
        start = max(line_start, floor)
    return start


def line_of(octets: bytes, offset: int) -> int:
    """The line, from 1, that `offset` lies in."""
    return octets.count(b"\n", 0, offset) + 1


def statements(octets: bytes, span: Span) -> list[tuple[int, int]]:
    """Start and end offsets of each ``key = value`` of a table, comments left out."""
    found = []
    position = span.body
    while position < span.end:
        position = _skip_space(octets, position)
        start = position
        position = _skip_statement(octets, position)
        first = octets[start : start + 1]
        if first not in (b"#", b"\n", b"\r", b""):
            found.append((start, position))
    return found


def _may_be_in_string(octets: bytes, position: int) -> bool:
    """Whether a string of several lines stands before `position`."""
    if octets.find(b'"""', 0, position) >= 0:
        return True
    # A single octet is found ten times quicker, and is rarely there.
    if octets.find(b"'", 0, position) < 0:
        return False
    return octets.find(b"'''", 0, position) >= 0


def _is_bare(name: str) -> bool:
    return (
        name != ""
        and name.isascii()
        and name.replace("-", "").replace("_", "").isalnum()
    )


def looks_like_value(name: str) -> bool:
    """Whether the bare first name of a header could also begin a row of an array."""
    return name in _VALUE_LIKE or not name[0].isalpha()


def _start_of(octets: bytes) -> int:
    return len(BOM) if octets.startswith(BOM) else 0


def _next_line(octets: bytes, position: int) -> int:
    newline = octets.find(b"\n", position)
    return len(octets) if newline < 0 else newline + 1


def _skip_space(octets: bytes, position: int) -> int:
    while octets[position : position + 1] in (b" ", b"\t"):
        position += 1
    return position


def _find_end(octets: bytes, position: int) -> int:
    """The next header line at or after `position`."""
    length = len(octets)
    while position < length:
        inner = _skip_space(octets, position)
        if octets[inner : inner + 1] == b"[":
            return position
        position = _skip_statement(octets, inner)
    return length


def _skip_statement(octets: bytes, position: int) -> int:
    """The line after a comment, a blank line, or a key and its whole value."""
    end = _next_line(octets, position)
    line = octets[position:end]
    if b"[" not in line and b"{" not in line and not _has_triple(line):
        return end
    if line.startswith(b"#") or _is_one_array(line):
        return end
    return _skip_value(octets, position)


def _has_triple(octets: bytes) -> bool:
    return b'"""' in octets or b"'''" in octets


def _is_one_array(line: bytes) -> bool:
    """Whether a line ends with the one array it begins: no string ends in a bracket."""
    marks = line.translate(None, _NO_MARKS)
    return marks == b"[]" and line.rstrip().endswith(b"]") and not _has_triple(line)


def end_of_value(octets: bytes, position: int) -> int:
    """Where a value on one line ends: before its comment, spaces and line end.

    Args:
        octets: One statement.
        position: Where its value begins.
    """
    end = position
    while end < len(octets):
        octet = octets[end]
        if octet in (_QUOTE, _APOSTROPHE):
            end = _skip_string(octets, end, octet)
        elif octet in (_HASH, _NEWLINE):
            break
        else:
            end += 1
    return position + len(octets[position:end].rstrip())


def _skip_value(octets: bytes, position: int) -> int:
    """The line after a statement that may go over several lines."""
    depth = 0
    length = len(octets)
    while position < length:
        octet = octets[position]
        if octet in (_QUOTE, _APOSTROPHE):
            position = _skip_string(octets, position, octet)
            continue
        if octet == _HASH:
            newline = octets.find(b"\n", position)
            position = length if newline < 0 else newline
            continue
        position += 1
        if octet in _OPEN:
            depth += 1
        elif octet in _CLOSE:
            depth -= 1
        elif octet == _NEWLINE and depth <= 0:
            return position
    return length


def _skip_string(octets: bytes, position: int, quote: int) -> int:
    """The offset after a string of any of the four kinds."""
    mark = bytes((quote,))
    triple = mark * 3
    if not octets.startswith(triple, position):
        return _skip_short_string(octets, position + 1, quote)
    position += 3
    while True:
        found = octets.find(triple, position)
        if found < 0:
            return len(octets)
        if quote == _QUOTE and _is_escaped(octets, position, found):
            position = found + 1
            continue
        end = found + 3
        while octets.startswith(mark, end) and end < found + 5:
            end += 1  # up to two quotes may stand before the closing three
        return end


def _skip_short_string(octets: bytes, position: int, quote: int) -> int:
    length = len(octets)
    while position < length:
        octet = octets[position]
        if octet == _NEWLINE:
            return position  # not closed: no valid string spans lines
        position += 1
        if octet == quote:
            return position
        if octet == _BACKSLASH and quote == _QUOTE:
            position += 1
    return length


def _is_escaped(octets: bytes, start: int, position: int) -> bool:
    backslashes = 0
    while position - 1 - backslashes >= start:
        if octets[position - 1 - backslashes] != _BACKSLASH:
            break
        backslashes += 1
    return backslashes % 2 == 1


def read_header(octets: bytes, position: int) -> tuple[tuple[str, ...], bool] | None:
    """Names of a header line and whether it is ``[[…]]``; ``None`` if malformed."""
    end = _next_line(octets, position)
    try:
        line = octets[position:end].decode("utf-8")
    except UnicodeDecodeError:
        return None
    line = line.removesuffix("\r\n").removesuffix("\n")
    if any((c < " " and c != "\t") or c == "\x7f" for c in line):
        return None
    is_array = line.startswith("[[")
    names: list[str] = []
    index = 2 if is_array else 1
    while True:
        name, index = _read_name(line, index)
        if name is None:
            return None
        names.append(name)
        if line[index : index + 1] == ".":
            index += 1
            continue
        closing = "]]" if is_array else "]"
        if not line.startswith(closing, index) or not _ends(line, index + len(closing)):
            return None
        return tuple(names), is_array


def _ends(line: str, index: int) -> bool:
    """Whether nothing but spaces and a comment follows."""
    rest = line[index:].strip(" \t")
    return rest == "" or rest.startswith("#")


def _read_name(line: str, index: int) -> tuple[str | None, int]:
    """One name of a dotted key and the offset after it and its spaces."""
    index = _skip_text_space(line, index)
    first = line[index : index + 1]
    if first in ('"', "'"):
        name, index = _read_quoted_name(line, index, first)
    else:
        start = index
        while index < len(line) and (line[index].isalnum() or line[index] in "-_"):
            index += 1
        name = line[start:index] or None
        if name is not None and not name.isascii():
            name = None  # TOML 1.0: a bare name is ASCII
    return name, _skip_text_space(line, index)


def _read_quoted_name(line: str, index: int, quote: str) -> tuple[str | None, int]:
    end = index + 1
    while end < len(line) and line[end] != quote:
        end += 2 if line[end] == "\\" and quote == '"' else 1
    if end >= len(line):
        return None, index
    name: str | None = line[index + 1 : end]
    if quote == '"' and "\\" in line[index:end]:
        name = unescape(line[index : end + 1])
    return name, end + 1


def unescape(quoted: str) -> str | None:
    """The name of a quoted key with escapes; ``None`` if they are not valid."""
    # Escapes in a key are rare enough to leave to the parser.
    import tomllib  # noqa: PLC0415

    try:
        return next(iter(tomllib.loads(f"{quoted} = 0")))
    except tomllib.TOMLDecodeError:
        return None


def _skip_text_space(line: str, index: int) -> int:
    while line[index : index + 1] in (" ", "\t") and index < len(line):
        index += 1
    return index
