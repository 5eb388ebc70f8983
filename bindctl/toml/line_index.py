"""Places of keys and properties: one pass over the document, then a look-up each.

A finding names its line and column; a document with ten thousand findings is read once.
"""

from __future__ import annotations

from typing import NamedTuple

from bindctl.model.path import spelling_rank
from bindctl.toml.scanner import BOM, Span, statements
from bindctl.toml.table_splitter import cut_tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bindctl.toml.statement import Entry


class Spot(NamedTuple):
    """The place of a key, a property or an item in a document.

    Attributes:
        line: From 1.
        column: Character of the line, from 1; ``None`` for all of the line.
        end_column: The character after its last one; ``None`` as above.
        text: The item of a list there, as it is written; or empty.
        is_key: Whether this is the place of the key, because the property is not there.
    """

    line: int
    column: int | None = None
    end_column: int | None = None
    text: str = ""
    is_key: bool = False


class _Statement(NamedTuple):
    """A ``key = value``: its key as it is read, and where it begins and ends."""

    name: str
    line: int
    start: int
    end: int


class _Table:
    """One table with its header: where it stands and, once asked, its statements."""

    __slots__ = ("_entries", "_latest", "_statements", "line", "octets", "path")

    def __init__(self, octets: bytes, line: int) -> None:
        self.octets = octets
        self.line = line
        self.path: tuple[str, ...] = ()
        self._statements: list[_Statement] | None = None
        self._entries: dict[tuple[str, ...], list[_Found]] | None = None
        self._latest: tuple[_Statement, list[_Found]] | None = None

    def find(self, name: str) -> _Statement | None:
        """A property's statement, by its own spelling before any other.

        Args:
            name: A bare or quoted key as it is read.
        """
        folded = name.lower()
        found = None
        for statement in self.statements():
            if statement.name == name:
                return statement
            if found is None and statement.name.lower() == folded:
                found = statement
        return found

    def find_inside(self, names: tuple[str, ...], index: int | None) -> Spot | None:
        """A property of a key that is written inline or dotted here.

        Args:
            names: Those of the key below this table in lower case, then the property.
            index: Item of its list, from 0.
        """
        found = self.entries().get((*names[:-1], names[-1].lower()), ())
        # As the tree chooses: the spelling asked for, and keys in lower case.
        best = min(
            found,
            key=lambda item: (
                item.entry.names[-1] != names[-1],
                item.entry.names[:-1] != names[:-1],
            ),
            default=None,
        )
        return None if best is None else self._spot(best, index)

    def find_below(self, names: tuple[str, ...]) -> Spot | None:
        """The first statement here with a key of that path: names as they are spelt."""
        length = len(names)
        for statement in self.statements():
            for item in self._read_entries(statement):
                if item.entry.names == names:
                    return self._spot(item, None)
                if item.entry.names[:length] == names:
                    return Spot(statement.line)
        return None

    def find_implied(self, names: tuple[str, ...]) -> Spot | None:
        """The same in any letter case, for names in lower case."""
        found = (
            items[0].statement.line
            for path, items in self.entries().items()
            if path[: len(names)] == names
        )
        first = min(found, default=None)
        return None if first is None else Spot(first)

    def statements(self) -> list[_Statement]:
        if self._statements is None:
            self._statements = list(_read_statements(self.octets, self.line))
        return self._statements

    def entries(self) -> dict[tuple[str, ...], list[_Found]]:
        """Keys written inline or dotted, by their path in lower case."""
        if self._entries is None:
            self._entries = {}
            for statement in self.statements():
                for item in self._read_entries(statement):
                    names = item.entry.names
                    if len(names) > 1:
                        folded = tuple([name.lower() for name in names])
                        self._entries.setdefault(folded, []).append(item)
        return self._entries

    def header(self) -> Spot:
        """The line of the header; without a header, that of the first statement."""
        first = self.octets.removeprefix(BOM).partition(b"\n")[0]
        text = first.decode("utf-8", "replace").rstrip()
        bare = text.lstrip()
        if not bare.startswith("["):
            return Spot(self.line)
        indent = len(text) - len(bare)
        end = bare.partition("#")[0].rfind("]") + 1 or len(bare)
        return Spot(self.line, indent + 1, indent + end + 1)

    def spot(self, statement: _Statement, index: int | None) -> Spot:
        """The key of a statement of this table, or an item of its list, exactly."""
        return self._spot(self._read_entries(statement)[0], index)

    def _read_entries(self, statement: _Statement) -> list[_Found]:
        """The keys of a statement; kept, for a list of findings asks for each item."""
        from bindctl.toml.statement import read_entries  # noqa: PLC0415 - with `re`

        if self._latest is None or self._latest[0] is not statement:
            octets = self.octets[statement.start : statement.end]
            text = octets.decode("utf-8", "replace")
            found = [_Found(statement, text, entry) for entry in read_entries(text)]
            self._latest = (statement, found)
        return self._latest[1]

    def _spot(self, found: _Found, index: int | None) -> Spot:
        statement, text, entry = found
        is_item = index is not None and index < len(entry.items)
        part = entry.items[index or 0] if is_item else entry.key
        shown = text[part.start : part.end]
        above = text.count("\n", 0, part.start)
        column = part.start - text.rfind("\n", 0, part.start)
        if not above:
            column += self._indent(statement)
        end = column + len(shown.partition("\n")[0].rstrip("\r"))
        return Spot(statement.line + above, column, end, shown if is_item else "")

    def _indent(self, statement: _Statement) -> int:
        """How many characters stand before it on its line."""
        start = self.octets.rfind(b"\n", 0, statement.start) + 1
        before = self.octets[start : statement.start].removeprefix(BOM)
        return len(before.decode("utf-8", "replace"))


class _Found(NamedTuple):
    """A key of a statement, and the statement's text."""

    statement: _Statement
    text: str
    entry: Entry


_BRANCH = 2  # names that tell branches of the tree apart: w3svc, 1


class LineIndex:
    """Where everything of a document stands."""

    def __init__(
        self, octets: bytes, paths: Collection[tuple[str, ...]] | None = None
    ) -> None:
        """Index the tables; lines are counted from 1.

        Args:
            octets: The document.
            paths: The only keys that will be looked up, below /LM, in any letter case:
                of many tables few are then indexed. ``None`` for every key.
        """
        # Those of one key in the order in which the tree reads them.
        self._tables: dict[tuple[str, ...], list[_Table]] = {}
        self._headers: dict[tuple[str, ...], _Table] = {}
        self._first: dict[tuple[str, ...], _Table] = {}
        line = 1
        branches = _branches(paths)
        names = {branch[-1] for branch in branches or ()}
        for path, piece, is_array in cut_tables(octets):
            if (
                branches is None
                or len(path) < _BRANCH
                or (path[_BRANCH - 1].lower() in names and _branch(path) in branches)
            ):
                self._enter(path, _Table(piece, line), is_array=is_array)
            line += piece.count(b"\n")

    def find(self, path: tuple[str, ...], name: str | None) -> int | None:
        """The line of a property, or of its key's header; ``None`` when unknown.

        Args:
            path: The key, below /LM, in any letter case.
            name: A property, or a key below in the letter case of the file.
        """
        spot = self.locate(path, name)
        return None if spot is None else spot.line

    def locate(
        self, path: tuple[str, ...], name: str | None, index: int | None = None
    ) -> Spot | None:
        """The place of a property, of an item of its list, or of its key's header.

        Args:
            path: The key, below /LM, in any letter case.
            name: A property, or a key below in the letter case of the file.
            index: Item of the list, from 0.
        """
        folded = tuple([part.lower() for part in path])
        tables = self._tables.get(folded)
        if tables is None:
            return self._locate_implied(folded, name, index)
        if name is None:
            return tables[0].header()
        for table in tables:
            statement = table.find(name)
            if statement is not None:
                return table.spot(statement, index)
        header = self._headers.get((*folded, name))
        if header is not None:
            return header.header()
        found = tables[0].find_below((name,))
        return found or tables[0].header()._replace(is_key=True)

    def locate_repeat(self, path: tuple[str, ...], name: str | None) -> Spot | None:
        """The place of the last statement that spells a property in that very way."""
        folded = tuple([part.lower() for part in path])
        for table in reversed(self._tables.get(folded, ())):
            for statement in reversed(table.statements()):
                if statement.name == name:
                    return table.spot(statement, None)
        return self.locate(path, name)

    def _enter(self, path: tuple[str, ...], table: _Table, *, is_array: bool) -> None:
        folded = tuple([part.lower() for part in path])
        if not is_array:
            tables = self._tables.setdefault(folded, [])
            table.path = path
            tables.append(table)
            if len(tables) > 1:
                tables.sort(key=lambda item: spelling_rank(item.path))
        for length in range(1, len(path) + 1):
            self._first.setdefault(folded[:length], table)
            name = path[length - 1]
            # Asked for as a property: another spelling, or an array, is not a key.
            if name != folded[length - 1] or (is_array and length == len(path)):
                self._headers.setdefault((*folded[: length - 1], name), table)

    def _locate_implied(
        self, folded: tuple[str, ...], name: str | None, index: int | None
    ) -> Spot | None:
        """The place of a key without a table: inline, dotted, or of one below it."""
        header = None if name is None else self._headers.get((*folded, name))
        if header is not None:
            return header.header()
        first = self._first.get(folded)
        for length in range(len(folded) - 1, -1, -1):
            names = folded[length:]
            tables = self._tables.get(folded[:length], ())
            for table in tables:
                if name is not None:
                    found = table.find_inside((*names, name), index)
                    if found is not None:
                        return found
                implied = table.find_implied(names)
                if implied is not None:
                    return implied._replace(is_key=name is not None)
            if tables:
                break
        return (
            None if first is None else first.header()._replace(is_key=name is not None)
        )


def _branches(
    paths: Collection[tuple[str, ...]] | None,
) -> set[tuple[str, ...]] | None:
    """Branches of the tree that those keys are on; ``None`` for every branch.

    A key above all branches stands where the first table below it does, on any.
    """
    if paths is None or any(len(path) < _BRANCH for path in paths):
        return None
    return {_branch(path) for path in paths}


def _branch(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([name.lower() for name in path[:_BRANCH]])


def _read_statements(octets: bytes, line: int) -> Iterator[_Statement]:
    """Each statement of a table that begins at `line`."""
    body = 0
    if octets.lstrip(b" \t").startswith(b"["):
        body = octets.find(b"\n") + 1 or len(octets)
    position = 0
    for start, end in statements(octets, Span((), 0, body, len(octets))):
        line += octets.count(b"\n", position, start)
        position = start
        if octets.startswith(BOM, start):
            start += len(BOM)  # noqa: PLW2901 - it is not a character of the line
        key = octets[start:end].split(b"=", 1)[0].strip(b" \t\"'")
        yield _Statement(key.decode("utf-8", "replace"), line, start, end)
