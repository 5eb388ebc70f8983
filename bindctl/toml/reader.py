"""Reads one table of a document, without a TOML parser if the table is plain.

Plain is a key without quotes or dots, and a string on one line with at most a
backslash or a quote escaped, a decimal integer, a boolean, or an array of such strings
on one line. Anything else goes to a parser. On the quickest path.

1. TOML means what the standard library's parser accepts: TOML 1.0, after a byte order
   mark at the start. Every reader here accepts the same and gives the same value (a
   property test).
"""

from bindctl.findings.errors import BindctlError
from bindctl.toml.scanner import BOM, Span, line_of, statements

_PLAIN_VALUES: dict[str, object] = {"true": True, "false": False}
_QUOTES = ('"', "'")
_PLAIN_ESCAPES = ('"', "\\")
MAX_DEPTH = 128  # Python gives up near 1,000; IIS's own trees have about ten levels
_MAX_DIGITS = 18  # more may not fit TOML's 64 bits
# What TOML allows nowhere: control characters other than tab and line ends.
_CONTROL = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0D})
_PLAIN_TYPES = frozenset({str, int, bool, float, dict, list})
SCHEMA_VERSION = 1
_VERSION_NAME = b"schema_version"


def read_table(octets: bytes, span: Span) -> dict[str, object]:
    """The table's own values by name; tables below it as dictionaries.

    Raises:
        BindctlError: MET002, the table is not TOML.
    """
    values = read_plain_table(octets, span)
    return _parse_table(octets, span) if values is None else values


def read_plain_table(octets: bytes, span: Span) -> dict[str, object] | None:
    """The same for a plain table; ``None`` when it needs a parser."""
    if not _is_clean(octets[span.body : span.end]):
        return None
    values: dict[str, object] = {}
    for start, end in statements(octets, span):
        statement = _read_statement(octets[start:end])
        if statement is None or statement[0] in values:
            return None
        values[statement[0]] = statement[1]
    return values


def _is_clean(octets: bytes) -> bool:
    """Whether every octet may stand in TOML: in comments and blank lines too."""
    if b"\r" in octets and octets.count(b"\r") != octets.count(b"\r\n"):
        return False
    if len(octets.translate(None, _CONTROL)) != len(octets):
        return False
    if octets.isascii():
        return True
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def parse_document(octets: bytes) -> dict[str, object]:
    """The whole document as nested dictionaries.

    Raises:
        BindctlError: MET002, with line and column.
    """
    text = decode(octets)
    document = _parse_quickly(text)
    if document is None or _require_shallow(document, text):
        # The standard library's parser names line and column in stable words.
        document = _parse_text(text, 0)
        _require_shallow(document, text)
    return document


def _parse_quickly(text: str) -> dict[str, object] | None:
    """The values that rtoml reads; ``None`` where it may differ from TOML 1.0."""
    if "\r\r" in text or text.startswith("\ufeff"):
        return None  # a second one, which rtoml would pass over
    # A string over several lines has the same ends for both parsers (TOML, "String").
    text = text.replace("\r\n", "\n")
    from bindctl.toml.pieces import (  # noqa: PLC0415 - imports rtoml: slow
        load_document,
        may_be_newer,
    )

    document: dict[str, object] | None = load_document(text)
    if document is None:
        return None
    if "{" in text or "\\e" in text or "\\x" in text:
        return None if may_be_newer(text) else document
    return document


def require_known_version(octets: bytes) -> None:
    """Refuse a file of another version: it would be misread, and then edited.

    A file that names none is of this one.

    Raises:
        BindctlError: MET008.
    """
    end = octets.find(b"\n[")
    head = octets if end < 0 else octets[: end + 1]
    if _VERSION_NAME not in head or head.startswith(b"["):
        return
    found = _find_version(head)
    if found is None or (found == SCHEMA_VERSION and not isinstance(found, bool)):
        return
    raise BindctlError(
        "MET008",
        f"schema_version is {found!r}; this bindctl knows {SCHEMA_VERSION}",
        "use the bindctl that wrote the file, or a later one; nothing was changed",
    )


def _find_version(head: bytes) -> object | None:
    try:
        return read_table(head, Span((), 0, 0, len(head))).get(_VERSION_NAME.decode())
    except BindctlError:
        return None  # the reader of the whole file reports where it is wrong


def decode(octets: bytes) -> str:
    """The text of a document, without a byte order mark.

    Raises:
        BindctlError: MET002, the octets are not UTF-8.
    """
    return _decode_part(octets, 0, 0)


def _decode_part(body: bytes, offset: int, lines_before: int) -> str:
    """The text of a part of a document; a byte order mark counts only at the start."""
    if offset == 0:
        body = body.removeprefix(BOM)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = line_of(body, error.start) + lines_before
        start = body.rfind(b"\n", 0, error.start) + 1
        column = len(body[start : error.start].decode("utf-8", "replace")) + 1
        found = BindctlError(
            "MET002",
            f"line {line}, column {column}: octet 0x{body[error.start]:02X} is no "
            "UTF-8",
            "save the file as UTF-8; nothing was written",
        )
        whole = body.decode("utf-8", "replace").replace("\r\n", "\n")
        found.spot = whole, line - lines_before, column
        raise found from error


def _require_shallow(document: dict[str, object], text: str) -> bool:
    """Refuse keys nested so deeply that a walk of the tree would run out of stack.

    Returns:
        Whether the document has dates or times, which rtoml reads as TOML 1.1 does.

    Raises:
        BindctlError: MET002.
    """
    level: list[object] = [document]
    is_odd = False
    for _depth in range(MAX_DEPTH + 1):
        found = [
            value
            for table in level
            for value in (table.values() if type(table) is dict else table)  # type: ignore[attr-defined]  # a list
            if type(value) is not str
        ]
        is_odd = is_odd or not _PLAIN_TYPES.issuperset(map(type, found))
        level = [value for value in found if type(value) in (dict, list) and value]
        if not level:
            return is_odd
    place = ""
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") + line.count("{") + line.count("[") > MAX_DEPTH:
            place = f"line {number}: "
            break
    raise BindctlError(
        "MET002",
        f"{place}keys are nested more than {MAX_DEPTH} levels deep",
        "no key of a metabase lies that deep; nothing was written",
    )


def _read_statement(statement: bytes) -> tuple[str, object] | None:
    try:
        text = statement.decode("utf-8")
    except UnicodeDecodeError:
        return None
    name, equals, rest = text.partition("=")
    name = name.strip(" \t")
    bare = name.replace("_", "").replace("-", "")
    if not equals or not bare.isalnum() or not bare.isascii():
        return None
    rest = rest.removesuffix("\n").removesuffix("\r")  # lone ones are not clean
    value, end = _read_value(rest.strip(" \t"))
    if value is None or (end and not _is_comment(end)):
        return None
    return name, value


def _is_comment(text: str) -> bool:
    # A control character, a lone CR too, is an error for the full parser to report.
    return text.startswith("#") and text.replace("\t", " ").isprintable()


def _read_value(text: str) -> tuple[object | None, str]:
    """The value at the start of `text` and what follows it; `None` if not plain."""
    first = text[:1]
    if first in _QUOTES:
        return _read_string(text)
    if first == "[":
        return _read_array(text)
    word, _space, rest = text.partition(" ")
    if word in _PLAIN_VALUES:
        return _PLAIN_VALUES[word], rest.strip(" \t")
    if _is_decimal(word):
        return int(word), rest.strip(" \t")
    return None, ""


def _is_decimal(word: str) -> bool:
    is_short = len(word) <= _MAX_DIGITS and (word == "0" or word[:1] != "0")
    return is_short and word.isascii() and word.isdigit()


def _read_string(text: str) -> tuple[str | None, str]:
    quote = text[0]
    if text.startswith(quote * 3):
        return None, ""
    end = text.find(quote, 1)
    content = text[1:end]
    if end < 1 or not content.isprintable():
        return None, ""
    if quote == '"' and "\\" in content:
        return _read_escaped(text)
    return content, text[end + 1 :].strip(" \t")


def _read_escaped(text: str) -> tuple[str | None, str]:
    """A basic string with the two escapes that Windows paths and quotes need."""
    parts: list[str] = []
    position = 1
    while position < len(text):
        character = text[position]
        if character == '"':
            content = "".join(parts)
            rest = text[position + 1 :].strip(" \t")
            return (content, rest) if content.isprintable() else (None, "")
        if character == "\\":
            position += 1
            character = text[position : position + 1]
            if character not in _PLAIN_ESCAPES:
                break
        parts.append(character)
        position += 1
    return None, ""


def _read_array(text: str) -> tuple[list[str] | None, str]:
    items: list[str] = []
    rest = text[1:].lstrip(" \t")
    while not rest.startswith("]"):
        if rest[:1] not in _QUOTES:
            return None, ""
        item, rest = _read_string(rest)
        if item is None:
            return None, ""
        items.append(item)
        if rest.startswith(","):
            rest = rest[1:].lstrip(" \t")
        elif not rest.startswith("]"):
            return None, ""
    return items, rest[1:].strip(" \t")


def _parse_table(octets: bytes, span: Span) -> dict[str, object]:
    body = octets[span.body : span.end]
    lines_before = octets.count(b"\n", 0, span.body)
    return _parse_text(_decode_part(body, span.body, lines_before), lines_before)


def _parse_text(text: str, lines_before: int) -> dict[str, object]:
    import tomllib  # noqa: PLC0415 - slow to import, and often not needed

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number, a nest, too big for it
        text = text.replace("\r\n", "\n")
        raise _syntax_error(str(error), text, lines_before) from error


def _syntax_error(message: str, text: str, lines_before: int) -> BindctlError:
    """MET002 in our words: tomllib says `Cause (at line 3, column 5)`."""
    cause, found, place = message.rpartition(" (at ")
    cause = cause if found else message
    place = place if found else ""
    lines = text.split("\n")
    words = place.rstrip(")").replace(",", "").split(" ")
    if words[0] == "line":
        line, column = int(words[1]), int(words[3])
    else:  # "end of document", or a message without a place
        line, column = len(lines), len(lines[-1]) + 1
        if line > 1 and not lines[-1]:  # the end of the last line that has something
            line, column = line - 1, len(lines[-2]) + 1
    where = f"line {line + lines_before}, column {column}: " if place else ""
    error = BindctlError(
        "MET002",
        where + _in_our_words(cause),
        "correct the line; nothing was written",
    )
    if place:
        error.spot = text, line, column
    return error


def _in_our_words(cause: str) -> str:
    """Tomllib shows a key as the tuple it keeps: `Cannot declare ('a', 'b') twice`."""
    if cause == "Cannot overwrite a value":
        return "that name has a value already"
    first, last = cause.find("("), cause.rfind(")")
    if cause.startswith("Cannot ") and 0 <= first < last:
        from ast import literal_eval  # noqa: PLC0415 - errors only

        key = ".".join(map(str, literal_eval(cause[first : last + 1])))
        cause = f"{cause[:first]}[{key}]{cause[last + 1 :]}"
    return cause[:1].lower() + cause[1:]
