"""Edits one table line by line, for the forms that people and bindctl write most.

A property on a line of its own is replaced, added or removed as octets; anything else
is left to tomlkit, whose import costs more than the whole edit. A property test holds
both equal. On the quickest path: imports no parser.
"""

from bindctl.toml.scanner import Span, end_of_value, statements

_ESCAPES = {
    "\\": "\\\\",
    '"': '\\"',
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
}
_BLANK = b" \t"


def replace_line(body: bytes, name: str, value: object) -> bytes | None:
    """A table's statements with another value in the place of a property's old one.

    Its comment and the spaces around it stay.

    Args:
        body: The table without its header.
        name: The property, in the table's letter case.
        value: A plain TOML value.

    Returns:
        The new statements; ``None`` when they need a parser.
    """
    written = format_plain(value)
    found = _find_line(body, name)
    if written is None or found is None:
        return None
    start, end = found
    line = body[start:end]
    value_start = line.index(b"=") + 1
    value_start += len(line[value_start:]) - len(line[value_start:].lstrip(_BLANK))
    value_end = end_of_value(line, value_start)
    new = line[:value_start] + written.encode("utf-8") + line[value_end:]
    return body[:start] + new + body[end:]


def add_line(body: bytes, name: str, value: object, newline: bytes) -> bytes | None:
    """A table's statements with a property after the last line.

    Args:
        body: The table without its header.
        name: As it is to be written; the table does not have it.
        value: A plain TOML value.
        newline: The file's line end.

    Returns:
        The new statements; ``None`` when they need a parser.
    """
    written = format_plain(value)
    if written is None or not _is_bare(name) or not _ends_whole(body):
        return None
    return body + f"{name} = {written}".encode() + newline


def drop_line(body: bytes, name: str) -> bytes | None:
    """A table's statements without a property; ``None`` when they need a parser."""
    found = _find_line(body, name) if _ends_whole(body) else None
    if found is None:
        return None
    start, end = found
    return body[: body.rfind(b"\n", 0, start) + 1] + body[end:]


def format_plain(value: object) -> str | None:
    """A value as TOML on one line; ``None`` for a type properties do not have."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return format_text(value)
    if not isinstance(value, list):
        return None
    items = [format_text(item) for item in value if isinstance(item, str)]
    return f"[{', '.join(items)}]" if len(items) == len(value) else None


def format_text(text: str) -> str:
    """A basic string (TOML 1.0.0, "String")."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(map(_escape, text)) + '"'


def _escape(character: str) -> str:
    known = _ESCAPES.get(character)
    if known is not None:
        return known
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x20 or code == 0x7F else character  # noqa: PLR2004 - control characters


def _find_line(body: bytes, name: str) -> tuple[int, int] | None:
    """Start and end of the statement, when it is one line with a bare name."""
    spelt = name.encode("utf-8")
    for start, end in statements(body, Span((), 0, 0, len(body))):
        if not body.startswith(spelt, start):
            continue
        line = body[start:end]
        if line[len(spelt) :].lstrip(_BLANK)[:1] == b"=":
            return None if b"\n" in line.rstrip(b"\r\n") else (start, end)
    return None


def _ends_whole(body: bytes) -> bool:
    """Whether the last line has an end, so that another may follow."""
    return not body or body.endswith(b"\n")


def _is_bare(name: str) -> bool:
    bare = name.replace("_", "").replace("-", "")
    return name.isascii() and bare.isalnum()
