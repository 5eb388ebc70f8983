"""What a ``key = value`` holds, and where: its keys, those inside it, items of lists.

Used for messages that point at a place; the parsers have read the document before.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bindctl.toml.scanner import unescape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# A string of any of the four kinds, a comment, a mark, or anything else.
_TOKEN = re.compile(
    r'''(?P<string>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}'''
    r"""|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
    r"""|(?P<comment>\#[^\n]*)|(?P<mark>[\[\]{}=,])|(?P<bare>[^\s\[\]{}=,\#"']+)""",
    re.DOTALL,
)
_BARE_NAME = re.compile(r"[^.]+")


class Stretch(NamedTuple):
    """Characters of a statement, by their offsets."""

    start: int
    end: int


class Entry(NamedTuple):
    """A key of a statement: its own, or one of an inline table in it.

    Attributes:
        names: Of the dotted key, after those of the inline tables around it.
        key: The last of the names, with its quotes.
        items: Those of its list; empty for any other value.
    """

    names: tuple[str, ...]
    key: Stretch
    items: tuple[Stretch, ...]


def read_entries(statement: str) -> list[Entry]:
    """Every key of a statement in its order, its own first.

    Args:
        statement: Over one or several lines; of a document that can be parsed.
    """
    reader = _Reader(statement)
    reader.read_entry(())
    return sorted(reader.entries, key=lambda entry: entry.key)


def find_comments(text: str) -> Iterator[re.Match[str]]:
    """The comments of a statement or a header, in order; a string holds none."""
    return (token for token in _TOKEN.finditer(text) if token["comment"])


class _Reader:
    """Goes once over the tokens of a statement."""

    def __init__(self, text: str) -> None:
        self.entries: list[Entry] = []
        self._tokens = [t for t in _TOKEN.finditer(text) if not t["comment"]]
        self._next = 0

    def read_entry(self, above: tuple[str, ...]) -> None:
        """A key, its value, and the keys inside that."""
        names, key = list(above), Stretch(0, 0)
        while (token := self._take()) is not None and token["mark"] != "=":
            for name, key in _names_of(token):  # noqa: B007 - the last one stays
                names.append(name)
        if names:
            items = self._read_value(tuple(names))
            self.entries.append(Entry(tuple(names), key, items))

    def _read_value(self, names: tuple[str, ...] | None) -> tuple[Stretch, ...]:
        """Items of a list; keys of an inline table, unless it is inside a list."""
        token = self._take()
        mark = None if token is None else token["mark"]
        if mark == "[":
            return tuple(self._read_items())
        if mark == "{":
            self._read_table(names)
        while self._peek("bare"):  # the time after a date
            self._take()
        return ()

    def _read_items(self) -> Iterator[Stretch]:
        while (token := self._look()) is not None:
            if token["mark"] in ("]", ","):
                self._take()
                if token["mark"] == "]":
                    return
                continue
            self._read_value(None)
            yield Stretch(token.start(), self._tokens[self._next - 1].end())

    def _read_table(self, names: tuple[str, ...] | None) -> None:
        kept = len(self.entries)
        while (token := self._look()) is not None:
            if token["mark"] in ("}", ","):
                self._take()
                if token["mark"] == "}":
                    break
                continue
            self.read_entry(names or ())
        if names is None:
            del self.entries[kept:]  # a table in a list is not a key

    def _take(self) -> re.Match[str] | None:
        token = self._look()
        self._next += token is not None
        return token

    def _look(self) -> re.Match[str] | None:
        tokens = self._tokens
        return tokens[self._next] if self._next < len(tokens) else None

    def _peek(self, kind: str) -> bool:
        token = self._look()
        return token is not None and token[kind] is not None


def _names_of(token: re.Match[str]) -> Iterator[tuple[str, Stretch]]:
    """The names in one token of a key: quoted, or bare with dots between them."""
    text, start = token[0], token.start()
    if token["string"]:
        escaped = text[0] == '"' and "\\" in text
        name = unescape(text) if escaped else None
        yield name or text[1:-1], Stretch(start, token.end())
        return
    for part in _BARE_NAME.finditer(text):
        yield part[0], Stretch(start + part.start(), start + part.end())
