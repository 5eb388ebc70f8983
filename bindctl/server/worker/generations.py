"""A bounded dictionary that forgets entries that were not used lately."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Generations(Generic[K, V]):
    """Two dictionaries: when the young one is full it becomes the old one.

    A peer that asks for ever new keys costs others one more look-up, but not their
    entries. ``None`` cannot be a value.
    """

    __slots__ = ("_limit", "_old", "_young")

    def __init__(self, limit: int) -> None:
        """Keep `limit` entries, and at most as many older ones."""
        self._limit = limit
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def __len__(self) -> int:
        """How many entries are kept; one that was put again may count twice."""
        return len(self._young) + len(self._old)

    def get(self, key: K) -> V | None:
        """The value, which becomes young again by this use; or ``None``."""
        value = self._young.get(key)
        if value is None:
            value = self._old.pop(key, None)
            if value is not None:
                self.put(key, value)
        return value

    def put(self, key: K, value: V) -> None:
        """Keep a value."""
        if len(self._young) >= self._limit:
            self.turn()
        self._young[key] = value

    def turn(self) -> None:
        """Let the young entries grow old, and forget the old ones."""
        self._old = self._young
        self._young = {}

    def clear(self) -> None:
        """Forget everything."""
        self._young.clear()
        self._old.clear()
