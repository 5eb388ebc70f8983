"""Edits of one list property: append, remove, replace, insert.

adsutil could not do this: its SET replaces the whole list. Bindings compare by what
they mean, other items letter by letter. On the quickest path.
"""

from contextlib import suppress

from bindctl.findings.errors import BindctlError
from bindctl.metabase.schema import LIST_TYPES
from bindctl.metabase.values import E_TYPE_MISMATCH
from bindctl.model.path import format_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.metabase.schema import Property
    from bindctl.metabase.values import Value

    Items = tuple[str, ...]

_PROTOCOLS = {"ServerBindings": "HTTP", "SecureBindings": "HTTPS"}
APPEND, REMOVE, REPLACE, INSERT = "append", "remove", "replace", "at"


class ListEdit:
    """What to do to a list.

    Attributes:
        verb: ``append``, ``remove``, ``replace`` or ``at``.
        position: Where ``at`` puts the items, from 0.
    """

    __slots__ = ("position", "verb")

    def __init__(self, verb: str, position: int = 0) -> None:
        """Keep the parts."""
        self.verb = verb
        self.position = position


def require_list(row: "Property", edit: ListEdit) -> None:
    """Refuse to edit anything but a list.

    Raises:
        BindctlError: MET105.
    """
    if row.data_type not in LIST_TYPES:
        raise BindctlError(
            "MET105",
            f"{row.name} is {row.data_type} in the schema, not a list: "
            f"--{edit.verb} changes lists only",
            "set the whole value instead",
            hresult=E_TYPE_MISMATCH,
        )


def edit_list(
    place: tuple[tuple[str, ...], "Property"],
    value: "Value | None",
    edit: ListEdit,
    words: "Sequence[str]",
) -> "Items":
    """The list after the edit.

    Args:
        place: The key and the property, for messages.
        value: The list in force; ``None`` for none.
        edit: What to do.
        words: Items; for ``replace`` the old one and the new one.

    Raises:
        BindctlError: MET104, an item to remove or replace is not there; MET105, the
            position is beyond the list's end.
    """
    items = value if isinstance(value, tuple) else ()
    if edit.verb == APPEND:
        return _append(place[1], items, words)
    if edit.verb == INSERT:
        return _insert(place, items, edit.position, words)
    path, row = place
    found: set[str] = set()
    for word in words[:1] if edit.verb == REPLACE else words:
        same = find_same(row, items, word)
        if not same:
            raise BindctlError(
                "MET104",
                f'"{word}" is not in {row.name} of {format_path(path)}',
                "bindctl get shows the list",
            )
        found.update(same)
    if edit.verb == REMOVE:
        return tuple(item for item in items if item not in found)
    return tuple(words[1] if item in found else item for item in items)


def find_same(row: "Property", items: "Items", word: str) -> "Sequence[str]":
    """The items that mean what `word` means: itself, or else other spellings of it.

    ``*:80:A.example`` is ``:80:a.example``. What is not a binding is compared as text.
    """
    if word in items:
        return (word,)
    if row.name not in _PROTOCOLS:
        return ()
    host = _plain_host(word)
    near = [item for item in items if _plain_host(item) == host]
    if not near:
        return ()
    # Imported here: it costs more than the edit, which mostly compares plain text.
    from bindctl.model.binding import Protocol, parse_binding  # noqa: PLC0415

    protocol = Protocol[_PROTOCOLS[row.name]]
    try:
        meant = parse_binding(word, protocol)
    except ValueError:
        return ()
    same = []
    for item in near:
        with suppress(ValueError):
            if parse_binding(item, protocol) == meant:
                same.append(item)
    return same


def _plain_host(text: str) -> str:
    """A binding's host as all its spellings have it; empty where a parser has to say."""
    if text.count(":") == 1:
        return ""  # :443 is read as :443:
    host = text.rpartition(":")[2].lower().removesuffix(".")
    return host if host.isascii() and "xn--" not in host and host != "*" else ""


def _append(row: "Property", items: "Items", words: "Sequence[str]") -> "Items":
    """Add the items that are not in the list, so that a second run adds nothing."""
    for word in words:
        if not find_same(row, items, word):
            items = (*items, word)
    return items


def _count(items: int) -> str:
    return "1 item" if items == 1 else f"{items} items"


def _insert(
    place: tuple[tuple[str, ...], "Property"],
    items: "Items",
    position: int,
    words: "Sequence[str]",
) -> "Items":
    path, row = place
    if position > len(items):
        raise BindctlError(
            "MET105",
            f"{row.name} of {format_path(path)} has {_count(len(items))}: there is no "
            f"position {position}",
            f"--at takes 0 to {len(items)}; --append puts an item at the end",
        )
    return (*items[:position], *words, *items[position:])
