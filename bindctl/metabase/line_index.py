"""Lines of keys and properties: one pass over the document, then a look-up each.

A finding names its line; a document with ten thousand findings is read once.
"""

from __future__ import annotations

from bindctl.metabase.cutter import cut_tables
from bindctl.metabase.scanner import Span, statements

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class _Table:
    """One table with its header: where it stands and, once asked, its statements."""

    __slots__ = ("line", "lines", "octets")

    def __init__(self, octets: bytes, line: int) -> None:
        self.octets = octets
        self.line = line
        self.lines: list[tuple[str, int]] | None = None

    def find(self, name: str) -> int | None:
        """The line of a property, by its own spelling before any other.

        Args:
            name: A bare, quoted or dotted key as it is read.
        """
        if self.lines is None:
            self.lines = list(_statement_lines(self.octets, self.line))
        folded = name.lower()
        found = None
        for spelling, line in self.lines:
            if spelling == name:
                return line
            if found is None and spelling.lower() == folded:
                found = line
        return found

    def find_inner(self, name: str) -> int | None:
        """The line of the first statement whose dotted key begins with that name."""
        self.find(name)
        folded = name.lower()
        for spelling, line in self.lines or ():
            first = spelling.partition(".")[0].strip(" \t\"'")
            if first.lower() == folded:
                return line
        return None


class LineIndex:
    """Where everything of a document stands."""

    def __init__(self, octets: bytes) -> None:
        """Index the tables; lines are counted from 1."""
        self._tables: dict[tuple[str, ...], _Table] = {}
        self._headers: dict[tuple[str, ...], int] = {}
        self._first: dict[tuple[str, ...], int] = {}
        line = 1
        for path, piece, is_array in cut_tables(octets):
            self._enter(path, _Table(piece, line), is_array=is_array)
            line += piece.count(b"\n")

    def find(self, path: tuple[str, ...], name: str | None) -> int | None:
        """The line of a property, or of its key's header; ``None`` when unknown.

        Args:
            path: The key, below /LM, in any letter case.
            name: A property, or a key below in the letter case of the file.
        """
        folded = tuple(part.lower() for part in path)
        table = self._tables.get(folded)
        if table is None:
            return self._find_implied(folded)
        line = None if name is None else table.find(name)
        if line is None and name is not None:
            line = self._headers.get((*folded, name))
        return table.line if line is None else line

    def _enter(self, path: tuple[str, ...], table: _Table, *, is_array: bool) -> None:
        folded = tuple(part.lower() for part in path)
        if not is_array and (path == folded or folded not in self._tables):
            self._tables[folded] = table  # the tree, too, prefers lower case
        for length in range(1, len(path) + 1):
            self._first.setdefault(folded[:length], table.line)
            name = path[length - 1]
            if name != folded[length - 1]:
                self._headers.setdefault((*folded[: length - 1], name), table.line)

    def _find_implied(self, folded: tuple[str, ...]) -> int | None:
        """The line of a key without a table: of the first below it, or inline."""
        line = self._first.get(folded)
        if line is not None:
            return line
        for length in range(len(folded) - 1, -1, -1):
            table = self._tables.get(folded[:length])
            if table is not None:
                return table.find_inner(folded[length])
        return None


def _statement_lines(octets: bytes, line: int) -> Iterator[tuple[str, int]]:
    """Key and line of each statement of a table that begins at `line`."""
    body = 0
    if octets.lstrip(b" \t").startswith(b"["):
        body = octets.find(b"\n") + 1 or len(octets)
    position = 0
    for start, end in statements(octets, Span((), 0, body, len(octets))):
        line += octets.count(b"\n", position, start)
        position = start
        key = octets[start:end].split(b"=", 1)[0].strip(b" \t\"'")
        yield key.decode("utf-8", "replace"), line
