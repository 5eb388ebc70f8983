"""Names that differ only in letter case are one name: tables read as one key.

On the quick path: imports next to nothing.
"""

from __future__ import annotations

from bindctl.model.path import is_reserved, spelling_rank

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class MergedTable(dict[str, object]):
    """Tables of one key that the document spells in several ways, as one table.

    Attributes:
        clashes: Names that a later table says again.
    """

    __slots__ = ("clashes",)

    def __init__(
        self, first: Mapping[str, object], other: Mapping[str, object]
    ) -> None:
        """Take what the first says, and then what is new in the other."""
        super().__init__(first)
        self.clashes = [*_clashes(first), *_clashes(other)]
        for name, value in other.items():
            known = self.setdefault(name, value)
            if known is value:
                continue
            if isinstance(known, dict) and isinstance(value, dict):
                self[name] = MergedTable(known, value)
            else:
                self.clashes.append(name)


def _clashes(table: Mapping[str, object]) -> list[str]:
    return table.clashes if isinstance(table, MergedTable) else []


class SortedTable:
    """A table's entries: values and keys, and which names do not count."""

    __slots__ = ("children", "duplicates", "raw")

    def __init__(self, table: Mapping[str, object], *, is_root: bool) -> None:
        """Sort the entries; the root has names that the file keeps for itself."""
        self.raw: dict[str, object] = {}
        self.children: dict[str, tuple[str, Mapping[str, object]]] = {}
        self.duplicates = [*_clashes(table)]
        known: set[str] = set()
        again: dict[str, list[tuple[str, Mapping[str, object]]]] = {}
        for name, value in table.items():
            folded = name.lower()
            if is_root and is_reserved((folded,)):
                continue
            if isinstance(value, dict):
                taken = self.children.setdefault(folded, (name, value))
                if taken[1] is not value:
                    again.setdefault(folded, [taken]).append((name, value))
            elif folded in known:
                self.duplicates.append(name)
            else:
                known.add(folded)
                self.raw[name] = value
        for folded, found in again.items():
            (first, below), *others = sorted(
                found, key=lambda item: spelling_rank((item[0],))
            )
            for _name, other in others:
                below = MergedTable(below, other)
            self.children[folded] = (first, below)


def plain_table(table: Mapping[str, object]) -> tuple[dict[str, object], bool]:
    """A table with all below it in one spelling each, and whether that is all it says.

    It is not where one property has two values.
    """
    found = SortedTable(table, is_root=False)
    plain, is_all = found.raw, not found.duplicates
    for name, below in found.children.values():
        plain[name], is_whole = plain_table(below)
        is_all = is_all and is_whole
    return plain, is_all
