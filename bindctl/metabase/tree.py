"""The metabase as a tree of keys with inheritance, over a parsed document.

Keys are made when they are asked for, so that a tree of ten thousand sites costs
nothing until somebody walks it.
"""

from __future__ import annotations

from bindctl.metabase.path import format_path, is_reserved
from bindctl.metabase.schema import (
    deduce_key_type,
    find_property,
    is_identifier,
    properties_of,
)
from bindctl.metabase.values import typed_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bindctl.metabase.schema import Property
    from bindctl.metabase.values import Value


class Key:
    """One key: its own values, the keys below it and the key above.

    Attributes:
        path: Names from below /LM, in the file's letter case.
        key_type: Its KeyType, stored or deduced.
        parent: The key above, ``None`` for /LM.
        raw: Its own values as the document has them, by the file's spelling.
        duplicates: Names that differ from another one only in letter case and do not
            count: of keys the one in lower case does, or else the first.
    """

    __slots__ = (
        "_children",
        "_stored",
        "duplicates",
        "key_type",
        "parent",
        "path",
        "raw",
    )

    def __init__(
        self,
        path: tuple[str, ...],
        table: Mapping[str, object],
        parent: Key | None,
    ) -> None:
        """Sort a table's entries into values and keys."""
        self.path = path
        self.parent = parent
        self.raw: dict[str, object] = {}
        self._children: dict[str, tuple[str, Mapping[str, object]]] = {}
        self._stored: dict[str, object] = {}
        self.duplicates: list[str] = []
        for name, value in table.items():
            self._sort_in(name, value)
        if parent is None:
            self.key_type = "IIsComputer"
        else:
            own = self._stored.get("keytype")
            self.key_type = deduce_key_type(parent.key_type, path[-1], own)

    def _sort_in(self, name: str, value: object) -> None:
        folded = name.lower()
        if not self.path and is_reserved((folded,)):
            return
        if isinstance(value, dict):
            self._sort_in_key(folded, name, value)
        elif folded in self._stored:
            self.duplicates.append(name)
        else:
            self._stored[folded] = value
            self.raw[name] = value

    def _sort_in_key(self, folded: str, name: str, table: Mapping[str, object]) -> None:
        """Of several spellings the one in lower case counts, or else the first.

        It is the one `scanner.find_table` looks for.
        """
        taken = self._children.get(folded)
        if taken is None:
            self._children[folded] = (name, table)
        elif name == folded:
            self._children[folded] = (name, table)
            self.duplicates.append(taken[0])
        else:
            self.duplicates.append(name)

    def find(self, *names: str) -> Key | None:
        """The key at that path below this one, in any letter case."""
        key: Key | None = self
        for name in names:
            key = None if key is None else key.child(name)
        return key

    def child(self, name: str) -> Key | None:
        """The key of that name directly below."""
        found = self._children.get(name.lower())
        if found is None:
            return None
        return Key((*self.path, found[0]), found[1], self)

    def children(self) -> Iterator[Key]:
        """Keys directly below, numbers by value and then names, as IIS lists them."""
        for _order, name, table in sorted(
            (_sort_key(folded), name, table)
            for folded, (name, table) in self._children.items()
        ):
            yield Key((*self.path, name), table, self)

    def stored(self, name: str) -> object | None:
        """The raw value stored at this very key, ``None`` when there is none."""
        return self._stored.get(name.lower())

    def own(self, row: Property) -> Value | None:
        """The typed value stored at this very key; ``None`` if absent or mistyped."""
        if row.name == "KeyType":
            return self.key_type
        raw = self._stored.get(row.name.lower())
        return None if raw is None else typed_value(row, raw)

    def effective(self, row: Property) -> Value | None:
        """The value in force here: own, inherited, or the schema's default."""
        key: Key | None = self
        while key is not None:
            value = key.own(row)
            if value is not None:
                return value
            key = key.parent if row.is_inheritable else None
        return row.default()  # type: ignore[return-value]  # the table holds Values

    def text(self, name: str) -> str:
        """The value in force of a text property; empty when there is none."""
        value = self.effective(require_row(name))
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """The value in force of an integer property; 0 when there is none."""
        value = self.effective(require_row(name))
        return value if isinstance(value, int) else 0

    def is_true(self, name: str) -> bool:
        """Whether a boolean property is in force and true."""
        return self.effective(require_row(name)) is True

    def items(self, name: str) -> tuple[str, ...]:
        """The items in force of a list property."""
        value = self.effective(require_row(name))
        return value if isinstance(value, tuple) else ()

    def own_properties(self) -> Iterator[tuple[Property, Value]]:
        """Stored properties in the schema's enumeration order, KeyType first."""
        keytype = require_row("KeyType")
        yield keytype, self.key_type
        for name in properties_of(self.key_type):
            if name != "KeyType":
                row = require_row(name)
                value = self.own(row)
                if value is not None:
                    yield row, value

    def location(self) -> str:
        """``/LM/W3SVC/1``."""
        return format_path(self.path)


def require_row(name: str) -> Property:
    """The schema's row of a property bindctl itself names."""
    row = find_property(name)
    if row is None:
        message = f"the schema has no property {name}"
        raise LookupError(message)
    return row


def make_tree(document: Mapping[str, object]) -> Key:
    """The key /LM of a parsed document."""
    return Key((), document, None)


def web_sites(root: Key) -> Iterator[tuple[int, Key]]:
    """Every site with its identifier, ascending."""
    service = root.child("w3svc")
    if service is None:
        return
    for key in service.children():
        if key.key_type == "IIsWebServer" and is_identifier(key.path[-1]):
            yield int(key.path[-1]), key


def _sort_key(name: str) -> tuple[int, int, str]:
    # W3SVC lists 1, 2, 10 in the order of numbers, then AppPools, Filters, Info.
    return (0, int(name), "") if is_identifier(name) else (1, 0, name)
