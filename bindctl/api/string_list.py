"""A list property as a Python list; each change of it is an edit of the metabase."""

from __future__ import annotations

from collections.abc import Iterable, MutableSequence
from typing import TYPE_CHECKING, TypeAlias, overload

from bindctl.findings.errors import BindctlError

if TYPE_CHECKING:
    from bindctl.api.session import Session


class StringList(MutableSequence[str]):
    r"""Items of one list property, such as the bindings of a site.

    It reads the metabase each time, so two lists of one property always agree. A
    property that is not stored is an empty list, or the list it inherits; the first
    change stores it.

    >>> import bindctl
    >>> from bindctl.api.session import Session
    >>> octets = b'[w3svc.1]\nServerBindings = [":80:a"]\n'
    >>> mb = bindctl.Metabase(Session("metabase.toml", octets, is_writable=True))
    >>> bindings = mb.sites[1].server_bindings
    >>> bindings.append(":80:b")
    >>> bindings
    StringList([':80:a', ':80:b'])
    >>> bindings == [":80:a", ":80:b"], len(bindings), ":80:b" in bindings
    (True, 2, True)
    """

    def __init__(self, session: Session, path: str) -> None:
        """Stand for the property of that path."""
        self._session = session
        self._path = path

    def _items(self) -> list[str]:
        try:
            value = self._session.read(self._path, is_inherited=True).value
        except BindctlError as error:
            if error.code == "MET104":
                return []
            raise
        return list(value) if isinstance(value, tuple) else []

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        """An item, or several as a plain list."""
        return self._items()[index]

    @overload
    def __setitem__(self, index: int, value: str) -> None: ...

    @overload
    def __setitem__(self, index: slice, value: Iterable[str]) -> None: ...

    def __setitem__(self, index: int | slice, value: str | Iterable[str]) -> None:
        """Replace an item or several."""
        items = self._items()
        items[index] = value  # type: ignore[index,assignment]  # the overloads pair them
        self._session.store(self._path, items)

    def __delitem__(self, index: int | slice) -> None:
        """Remove an item or several."""
        items = self._items()
        del items[index]
        self._session.store(self._path, items)

    def __len__(self) -> int:
        """How many items there are."""
        return len(self._items())

    def insert(self, index: int, value: str) -> None:
        """Put an item before that position, as `list.insert` does."""
        items = self._items()
        items.insert(index, value)
        self._session.store(self._path, items)

    def extend(self, values: Iterable[str]) -> None:
        """Put several items at the end, in one edit."""
        self._session.store(self._path, [*self._items(), *values])

    def clear(self) -> None:
        """Store an empty list."""
        self._session.store(self._path, [])

    def __eq__(self, other: object) -> bool:
        """Whether another list, tuple or `StringList` has the same items."""
        if isinstance(other, StringList | list | tuple):
            return self._items() == list(other)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # as lists have none

    def __repr__(self) -> str:
        """The items, by the name of the type."""
        return f"StringList({self._items()!r})"


# What a property may hold: by the schema's type, text, a number, true or false, a list.
Value: TypeAlias = str | int | bool | StringList
