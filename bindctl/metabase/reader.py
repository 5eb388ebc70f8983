"""One table of a document to plain values, without a TOML parser where it is plain.

Plain is a key without quotes or dots, and a string without escapes, a decimal
integer, a boolean, or an array of such strings on one line. Anything else goes to the
full parser; both give the same (a property test). On the quickest path.
"""

from bindctl.findings.errors import BindctlError
from bindctl.metabase.scanner import BOM, Span, line_of, statements

_PLAIN_VALUES: dict[str, object] = {"true": True, "false": False}


def read_table(octets: bytes, span: Span) -> dict[str, object]:
    """The table's own values by name; tables below it as dictionaries.

    Raises:
        BindctlError: MET002, the table is no TOML.
    """
    values: dict[str, object] = {}
    for start, end in statements(octets, span):
        statement = _read_statement(octets[start:end])
        if statement is None or statement[0] in values:
            return _parse_table(octets, span)
        values[statement[0]] = statement[1]
    return values


def parse_document(octets: bytes) -> dict[str, object]:
    """The whole document as nested dictionaries.

    Raises:
        BindctlError: MET002, with line and column.
    """
    # A string over several lines has the same ends for both parsers (TOML, "String").
    text = decode(octets).replace("\r\n", "\n")
    import rtoml  # noqa: PLC0415 - slow to import, and often not needed

    try:
        document: dict[str, object] = rtoml.loads(text)
    except rtoml.TomlParsingError:
        # The standard library's parser names line and column in stable words.
        return _parse_text(text, 0)
    return document


def decode(octets: bytes, lines_before: int = 0) -> str:
    """The text of a document, without a byte order mark.

    Args:
        octets: The document, or a part of it.
        lines_before: Lines of the document before that part.

    Raises:
        BindctlError: MET002, the octets are no UTF-8.
    """
    body = octets.removeprefix(BOM)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = line_of(body, error.start) + lines_before
        raise BindctlError(
            "MET002",
            f"line {line}: octet 0x{body[error.start]:02X} is no UTF-8",
            "save the file as UTF-8; nothing was written",
        ) from error


def _read_statement(statement: bytes) -> tuple[str, object] | None:
    try:
        text = statement.decode("ascii")
    except UnicodeDecodeError:
        return None
    name, equals, rest = text.partition("=")
    name = name.strip(" \t")
    bare = name.replace("_", "").replace("-", "")
    if not equals or not bare.isalnum():
        return None
    value, end = _read_value(rest.strip(" \t\r\n"))
    if value is None or (end and not end.startswith("#")):
        return None
    return name, value


def _read_value(text: str) -> tuple[object | None, str]:
    """The value at the start of `text` and what follows it; `None` if not plain."""
    first = text[:1]
    if first == '"':
        return _read_string(text)
    if first == "[":
        return _read_array(text)
    word, _space, rest = text.partition(" ")
    if word in _PLAIN_VALUES:
        return _PLAIN_VALUES[word], rest.strip(" \t")
    if word.isdigit() and (word == "0" or first != "0"):
        return int(word), rest.strip(" \t")
    return None, ""


def _read_string(text: str) -> tuple[str | None, str]:
    end = text.find('"', 1)
    content = text[1:end]
    if end < 1 or "\\" in content or text.startswith('"""') or not _is_print(content):
        return None, ""
    return content, text[end + 1 :].strip(" \t")


def _is_print(content: str) -> bool:
    # Control characters are an error for the full parser to report.
    return content.isprintable()


def _read_array(text: str) -> tuple[list[str] | None, str]:
    items: list[str] = []
    rest = text[1:].lstrip(" \t")
    while not rest.startswith("]"):
        if not rest.startswith('"'):
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
    lines_before = octets.count(b"\n", 0, span.body)
    text = decode(octets[span.body : span.end], lines_before)
    return _parse_text(text, lines_before)


def _parse_text(text: str, lines_before: int) -> dict[str, object]:
    import tomllib  # noqa: PLC0415 - slow to import, and often not needed

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number, a nest, too big for it
        lines = (lines_before, text.count("\n") + 1)
        raise _syntax_error(str(error), *lines) from error


def _syntax_error(message: str, lines_before: int, lines: int) -> BindctlError:
    """MET002 in our words: tomllib says `Cause (at line 3, column 5)`."""
    cause, _open, place = message.partition(" (at ")
    place = place.rstrip(")")
    if place.startswith("line "):
        line, _comma, column = place[len("line ") :].partition(", ")
        place = f"line {int(line) + lines_before}, {column}: "
    else:  # "end of document", or a message without a place
        place = f"line {lines + lines_before}, at its end: " if place else ""
    return BindctlError(
        "MET002",
        f"{place}{cause[:1].lower()}{cause[1:]}",
        "correct the line; nothing was written",
    )
