"""The metabase as a tree of keys with inheritance, over a parsed document.

Keys are made when they are asked for, so that a tree of ten thousand sites costs
nothing until somebody walks it.
"""

from __future__ import annotations

from sys import intern

from bindctl.metabase.schema import (
    deduce_key_type,
    find_property,
    is_identifier,
    properties_of,
)
from bindctl.metabase.values import typed_value
from bindctl.model.path import format_path, is_reserved
from bindctl.toml.merging import MergedTable, SortedTable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from bindctl.metabase.schema import Property
    from bindctl.metabase.values import Value


# /LM, W3SVC and the sites keep the keys they make: every path leads through those.
_KEPT_LEVELS = 3
_NO_KEYS: "Mapping[str, tuple[str, Mapping[str, object]]]" = {}


class Key:
    """One key: its own values, the keys below it and the key above.

    Attributes:
        path: Names from below /LM, in the file's letter case.
        key_type: Its KeyType, stored or deduced.
        parent: The key above, ``None`` for /LM.
    """

    __slots__ = (
        "_all",
        "_inherited",
        "_is_simple",
        "_made",
        "_only",
        "_sorted",
        "_stored",
        "_table",
        "key_type",
        "parent",
        "path",
    )

    def __init__(
        self,
        path: tuple[str, ...],
        table: Mapping[str, object],
        parent: Key | None,
    ) -> None:
        """Read a table's values now, and its keys when they are first needed."""
        self.path = path
        self.parent = parent
        self._table = table
        self._sorted: SortedTable | None = None
        self._inherited: dict[str, Value | None] | None = None
        self._made: dict[str, Key] | None = None
        self._all: tuple[Key, ...] | None = None
        stored: dict[str, object] = {}
        keys = 0
        self._only: str | None = None
        for name, value in table.items():
            if isinstance(value, dict):
                keys += 1
                self._only = name
            else:
                # Few names in many keys: one text for all of a name.
                stored.setdefault(intern(name.lower()), value)
        # Each name once and at most one key: nearly every table ends here.
        is_plain = keys <= 1 and len(stored) + keys == len(table)
        is_whole = is_plain and type(table) is not MergedTable
        self._is_simple = is_whole and parent is not None
        if parent is None:
            self.key_type = "IIsComputer"
            for name in [name for name in stored if is_reserved((name,))]:
                del stored[name]
        else:
            own = stored.get("keytype")
            self.key_type = deduce_key_type(parent.key_type, path[-1], own)
        self._stored = stored

    @property
    def raw(self) -> dict[str, object]:
        """Its own values as the document has them, by the file's spelling."""
        return dict(self.values())

    def values(self) -> Iterable[tuple[str, object]]:
        """Names and values of `raw`."""
        if not self._is_simple:
            return self._sort().raw.items()
        if self._only is None:
            return self._table.items()
        only = self._only
        return [item for item in self._table.items() if item[0] != only]

    @property
    def duplicates(self) -> list[str]:
        """Properties that do not count: they are there already, in another spelling.

        The spelling of the property differs in letter case, or that of the key.
        """
        return [] if self._is_simple else self._sort().duplicates

    def _below(self) -> Mapping[str, tuple[str, Mapping[str, object]]]:
        """Keys below by their names in lower case: spelling and table."""
        if not self._is_simple:
            return self._sort().children
        name = self._only
        if name is None:
            return _NO_KEYS
        table: Any = self._table[name]  # a table, or it would be no key
        return {name.lower(): (name, table)}

    def _sort(self) -> SortedTable:
        if self._sorted is None:
            self._sorted = SortedTable(self._table, is_root=not self.path)
        return self._sorted

    def find(self, *names: str) -> Key | None:
        """The key at that path below this one, in any letter case."""
        key: Key | None = self
        for name in names:
            key = None if key is None else key.child(name)
        return key

    def child(self, name: str) -> Key | None:
        """The key of that name directly below."""
        folded = name.lower()
        found = self._below().get(folded)
        return None if found is None else self._make(folded, *found)

    def child_names(self) -> Iterator[str]:
        """Names of keys directly below, in no order."""
        for name, _table in self._below().values():
            yield name

    def children(self) -> Iterator[Key]:
        """Keys directly below, numbers by value and then names, as IIS lists them."""
        if self._all is not None:
            return iter(self._all)
        below = self._below().items()
        if len(below) > 1:
            order = [(_sort_key(folded), folded, found) for folded, found in below]
            below = [(folded, found) for _order, folded, found in sorted(order)]  # type: ignore[assignment]  # as good as the items
        keys = (self._make(folded, *found) for folded, found in below)
        if len(self.path) >= _KEPT_LEVELS:
            return keys
        self._all = tuple(keys)
        return iter(self._all)

    def _make(self, folded: str, name: str, table: Mapping[str, object]) -> Key:
        """The key below. For a site, and the keys above sites, it is made once."""
        if len(self.path) >= _KEPT_LEVELS:
            return Key((*self.path, name), table, self)
        made = self._made
        if made is None:
            made = self._made = {}
        key = made.get(folded)
        if key is None:
            key = made[folded] = Key((*self.path, name), table, self)
        return key

    def stored(self, name: str) -> object | None:
        """The raw value stored at this very key, ``None`` when there is none."""
        return self._stored.get(name.lower())

    def own(self, row: Property) -> Value | None:
        """The typed value stored at this very key; ``None`` if absent or mistyped."""
        if row.name == "KeyType":
            return self.key_type
        raw = self._stored.get(row.folded)
        return None if raw is None else typed_value(row, raw)

    def effective(self, row: Property) -> Value | None:
        """The value in force here: own, inherited, or the schema's default."""
        value = self.own(row)
        if value is not None:
            return value
        if row.is_inheritable and self.parent is not None:
            return self.parent.passed_down(row)
        return row.default()  # type: ignore[return-value]  # the table holds Values

    def passed_down(self, row: Property) -> Value | None:
        """What keys below inherit of an inheritable property; found once."""
        if self._inherited is None:
            self._inherited = {}
        name = row.name
        if name not in self._inherited:
            self._inherited[name] = self.effective(row)
        return self._inherited[name]

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
