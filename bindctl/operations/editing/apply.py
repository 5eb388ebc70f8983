"""apply: make a metabase as a document states it, in one transaction."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.metabase import schema
from bindctl.metabase.tree import Key, make_tree, require_row, web_sites
from bindctl.metabase.values import (
    STARS,
    expected_type,
    shown_value,
    toml_value,
    typed_value,
)
from bindctl.model.path import format_path
from bindctl.operations.editing.properties import require_allowed, require_property
from bindctl.operations.editing.transaction import edit_metabase
from bindctl.operations.load.sources import read_source, reason_changes
from bindctl.toml.location import find_stored
from bindctl.toml.reader import parse_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    from bindctl.metabase.schema import Property
    from bindctl.metabase.values import Value
    from bindctl.operations.load.sources import ReasonedChange
    from bindctl.storage.workspace import Workspace
    from bindctl.toml.editor import Editor

    # A property, its value, and the plain value as it was stated.
    Wanted: TypeAlias = tuple[Property, Value, object]


def apply(
    workspace: Workspace, document: Mapping[str, object], *, is_pruning: bool = False
) -> Edits:
    """Make everything as it is stated; what is not stated stays as it is.

    Args:
        workspace: The metabase.
        document: The desired state, as `parse_desired` gives it.
        is_pruning: Whether sites that are not stated are deleted.

    Raises:
        BindctlError: MET102, MET103, MET105, MET107 or MET109, the state is not valid;
            or the file cannot be written. Nothing is changed then.
    """

    def change(editor: Editor) -> tuple[Change, ...]:
        root = make_tree(parse_document(editor.octets()))
        desired = number_sites(document, root)
        if is_pruning and not desired.sites:
            message = "the desired state names no site: pruning would delete them all"
            raise BindctlError("MET109", message, "apply without --prune")
        changes = list(_apply_key(editor, desired.root, root, root.key_type))
        if is_pruning:
            changes += _prune(editor, desired, root)
        return tuple(changes)

    return make_edits(workspace, change)


def diff_edits(edits: Edits, before_name: str, after_name: str) -> str:
    """The edits of the file, as a unified diff; empty for none."""
    from bindctl.operations.versions.history import diff_texts  # noqa: PLC0415 - not always

    before, after = (
        octets.decode("utf-8", "replace") for octets in (edits.before, edits.after)
    )
    return diff_texts(before, after, before_name, after_name)


def answer_changes(workspace: Workspace, edits: Edits) -> tuple[ReasonedChange, ...]:
    """The requests that get a different answer after the edits than before."""
    if not edits.is_changed:
        return ()
    before, after = (
        read_source("", workspace, octets).reading
        for octets in (edits.before, edits.after)
    )
    return reason_changes(before, after)


def _apply_key(
    editor: Editor, desired: Key, actual: Key | None, key_type: str
) -> Iterator[Change]:
    """Make one key, and the keys below it, as stated.

    Args:
        editor: The metabase, open for edits.
        desired: The key as stated.
        actual: The key as it is; ``None`` when there is none.
        key_type: Its type, unless another is stated.
    """
    path = desired.path if actual is None else actual.path
    if desired.duplicates:
        message = f"{format_path(path)} states {desired.duplicates[0]!r} twice"
        raise BindctlError("MET109", message, "names compare in any letter case")
    stated_type = _stated_type(desired, path) or key_type
    wanted = list(_wanted(desired, path, stated_type))
    if stated_type != key_type:
        wanted.insert(0, (require_row("KeyType"), stated_type, stated_type))
    if actual is None:
        editor.create_key(path, {row.name: raw for row, _value, raw in wanted})
        yield Change(CREATE, format_path(path))
        yield from (set_change(path, row, value) for row, value, _raw in wanted)
    else:
        yield from _set_all(editor, actual, wanted)
    for child in desired.children():
        yield from _apply_child(editor, child, actual, stated_type)


def _set_all(editor: Editor, actual: Key, wanted: list[Wanted]) -> Iterator[Change]:
    for row, value, raw in wanted:
        if actual.own(row) != value:
            editor.set_property(actual.path, row.name, raw)
            yield set_change(actual.path, row, value)


def _apply_child(
    editor: Editor, child: Key, above: Key | None, above_type: str
) -> Iterator[Change]:
    name = child.path[-1]
    actual = None if above is None else above.child(name)
    if actual is not None:
        key_type = actual.key_type
    else:
        key_type = schema.deduce_key_type(above_type, name)
    yield from _apply_key(editor, child, actual, key_type)


def _stated_type(desired: Key, path: tuple[str, ...]) -> str | None:
    stated = desired.stored("KeyType")
    if stated is None:
        return None
    known = schema.find_class(stated) if isinstance(stated, str) else None
    if known is None:
        message = f"{format_path(path)}: the schema has no key type {stated!r}"
        raise BindctlError("MET102", message, "docs/reference/properties.md")
    return known


def _wanted(desired: Key, path: tuple[str, ...], key_type: str) -> Iterator[Wanted]:
    """The properties stated of one key, but for its type.

    Raises:
        BindctlError: MET102, MET103, MET105 or MET107.
    """
    for name, raw in desired.raw.items():
        try:
            row = require_property(name)
        except BindctlError as error:
            message = f"{format_path(path)}: {error.message}"
            raise BindctlError(error.code, message, error.hint) from error
        if row.name == "KeyType":
            continue
        place = f"{format_path(path)}/{row.name}"
        if row.is_volatile:
            message = f"{place} belongs to the running service and is not stored"
            raise BindctlError("MET107", message, "leave it out")
        require_allowed(row, path, key_type)
        value = typed_value(row, raw)
        if value is None:
            message = f"{place} is {shown_value(row, raw)}, not {expected_type(row)}"
            raise BindctlError("MET105", message, f"{row.name} is {row.data_type}")
        yield row, value, raw


def _prune(editor: Editor, desired: Desired, root: Key) -> Iterator[Change]:
    """Delete the sites that are not stated."""
    for number, key in web_sites(root):
        if number not in desired.sites:
            editor.delete_key(key.path)
            yield Change(DELETE, format_path(key.path))


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


SET, CREATE, DELETE = "set", "create", "delete"


class Change(NamedTuple):
    """One property or key that was changed.

    Attributes:
        verb: ``set``, ``create`` or ``delete``.
        path: The key, as IIS writes it.
        property: The property, or ``None`` for the key itself.
        syntax: The property's ADSI syntax; empty for a key.
        value: What was set, as JSON has it; secure values are ten stars.
        line: The line of the script that asked for it; ``None`` without a script.
    """

    verb: str
    path: str
    property: str | None = None
    syntax: str = ""
    value: object = None
    line: int | None = None


class Edits(NamedTuple):
    """The edits of a transaction that was made, or would be made.

    Attributes:
        changes: In the order they were made.
        before: The document's octets.
        after: The octets after the edits.
    """

    changes: tuple[Change, ...]
    before: bytes
    after: bytes

    @property
    def is_changed(self) -> bool:
        """Whether the document was changed."""
        return self.before != self.after


def make_edits(
    workspace: Workspace, change: Callable[[Editor], tuple[Change, ...]]
) -> Edits:
    """Let `change` edit the metabase: all is written, or nothing.

    Args:
        workspace: The metabase.
        change: Edits through the editor; whatever it raises, nothing is written.

    Raises:
        BindctlError: The file cannot be read, locked or written, or the write is
            refused; what `change` raises.
    """

    def edit(editor: Editor) -> Edits:
        before = editor.octets()
        changes = change(editor)
        return Edits(changes, before, editor.octets())

    return edit_metabase(workspace, edit)[0]


def set_change(
    path: tuple[str, ...], row: Property, value: Value, line: int | None = None
) -> Change:
    """A property set at a key; without the value of one that is secret."""
    shown = STARS if row.is_secure else toml_value(value)
    return Change(SET, format_path(path), row.name, row.syntax, shown, line)
