"""Reads the state that `apply` is to make, and gives its sites their numbers."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.metabase import schema
from bindctl.metabase.tree import Key, make_tree, require_row, web_sites
from bindctl.toml.location import find_stored
from bindctl.toml.reader import parse_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SERVICE = "w3svc"
_COMMENT = "ServerComment"
_SITE = "IIsWebServer"


class Desired(NamedTuple):
    """A desired state whose sites have numbers.

    Attributes:
        root: Its keys, from /LM.
        sites: Numbers of the sites it names.
    """

    root: Key
    sites: frozenset[int]


def parse_desired(octets: bytes) -> dict[str, object]:
    """The document of a desired state, TOML or JSON.

    Raises:
        BindctlError: MET002, it is not TOML; CLI002, it is not JSON.
    """
    # No TOML document begins with a brace.
    if not octets.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return parse_document(octets)
    import json  # noqa: PLC0415 - slow to import, and rare

    try:
        text = octets.decode("utf-8-sig")
        document = json.loads(text, object_pairs_hook=_object)
        json.dumps(document, ensure_ascii=False).encode()  # half a surrogate pair
    except (ValueError, RecursionError) as error:
        raise BindctlError(
            "CLI002", f"the desired state is not JSON: {error}"
        ) from error
    if not isinstance(document, dict):
        message = "the desired state is JSON, but not an object"
        raise BindctlError("CLI002", message)
    return document


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object; refuses a name that occurs twice: the last would silently win."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        message = f"an object has the name {twice!r} twice"
        raise ValueError(message)
    return found


def number_sites(document: Mapping[str, object], root: Key) -> Desired:
    """The desired state with a number for every site that it names.

    A table of ``w3svc`` is a site when its name is a number, or when it is neither a
    key that W3SVC has nor one that has a fixed meaning; such a name is that of a site
    by its ServerComment, or of a new one.

    Args:
        document: As `parse_desired` gives it.
        root: The metabase as it is.

    Raises:
        BindctlError: MET109, a name fits two sites, or two names one.
    """
    service = next((name for name in document if name.lower() == _SERVICE), None)
    tables = document.get(service) if service is not None else None
    if service is None or not isinstance(tables, dict):
        return Desired(make_tree(document), frozenset())
    numbers: dict[str, str] = {}
    renamed: dict[str, object] = {}
    namer = _Namer(tables, root)
    for name, table in tables.items():
        number = namer.number_of(name, table) if isinstance(table, dict) else None
        if number is None:
            renamed[name] = table
            continue
        if number in numbers:
            message = f"{numbers[number]!r} and {name!r} are both site {number}"
            raise _unclear(message, "state each site once")
        numbers[number] = name
        renamed[number] = _named(name, table)
    desired = make_tree({**document, service: renamed})
    return Desired(desired, frozenset(map(int, numbers)))


class _Namer:
    """Gives tables of ``w3svc`` the numbers of sites, and new sites free ones."""

    def __init__(self, tables: Mapping[str, object], root: Key) -> None:
        """Take both; the sites are read when one is first named."""
        self._tables = tables
        self._root = root

    @cached_property
    def _by_comment(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        row = require_row(_COMMENT)
        for number, key in web_sites(self._root):
            comment = key.own(row)
            if isinstance(comment, str):
                found.setdefault(comment, []).append(number)
        return found

    @cached_property
    def _free(self) -> Iterator[int]:
        taken = {number for number, _key in web_sites(self._root)}
        taken |= {int(name) for name in self._tables if schema.is_identifier(name)}
        return _free_numbers(taken)

    def number_of(self, name: str, table: Mapping[str, object]) -> str | None:
        """The site's number; ``None`` for a table that is not a site.

        Raises:
            BindctlError: MET109.
        """
        key_type = find_stored(table, "KeyType")
        is_other = isinstance(key_type, str) and key_type.lower() != _SITE.lower()
        if is_other:
            return None
        if schema.is_identifier(name):
            return name
        if schema.deduce_key_type("IIsWebService", name) != "IIsObject":
            return None
        if self._root.find(_SERVICE, name) is not None:
            return None
        if not name.strip():
            raise _unclear("a site is stated without a name")
        if find_stored(table, _COMMENT) not in (None, name):
            message = f"site {name!r} states another ServerComment"
            raise _unclear(message, "name the site by its identifier to rename it")
        found = self._by_comment.get(name, [])
        if len(found) > 1:
            shown = ", ".join(map(str, found))
            raise _unclear(f"{name!r} is the ServerComment of sites {shown}")
        return str(found[0] if found else next(self._free))


def _free_numbers(taken: set[int]) -> Iterator[int]:
    number = 1
    while True:
        if number not in taken:
            yield number
        number += 1


def _named(name: str, table: dict[str, object]) -> dict[str, object]:
    """The table of a site; one that is named states its name."""
    if schema.is_identifier(name) or find_stored(table, _COMMENT) is not None:
        return table
    return {_COMMENT: name, **table}


def _unclear(
    message: str, hint: str = "name the site by its identifier"
) -> BindctlError:
    return BindctlError("MET109", message, hint)
