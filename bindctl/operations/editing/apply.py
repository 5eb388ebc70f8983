"""apply: make a metabase as a document states it, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.findings.errors import BindctlError
from bindctl.metabase import schema
from bindctl.metabase.tree import make_tree, require_row, web_sites
from bindctl.metabase.values import expected_type, shown_value, typed_value
from bindctl.model.path import format_path
from bindctl.operations.editing.changes import (
    CREATE,
    DELETE,
    Change,
    Edits,
    make_edits,
    set_change,
)
from bindctl.operations.editing.desired import number_sites
from bindctl.operations.editing.properties import require_allowed, require_property
from bindctl.operations.load.sources import read_source, reason_changes
from bindctl.toml.reader import parse_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    from bindctl.metabase.schema import Property
    from bindctl.metabase.tree import Key
    from bindctl.metabase.values import Value
    from bindctl.operations.editing.desired import Desired
    from bindctl.operations.load.sources import ReasonedChange
    from bindctl.storage.workspace import Workspace
    from bindctl.toml.editor import Editor

    # A property, its value, and the plain value as it was stated.
    Wanted: TypeAlias = tuple[Property, Value, object]


def apply(
    workspace: Workspace,
    document: Mapping[str, object],
    *,
    is_pruning: bool = False,
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
