"""export: the state that `apply` takes; fmt: canonical order; tree: keys at a glance."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from bindctl.bindings.lowering import SECURE_BINDINGS, SERVER_BINDINGS
from bindctl.metabase import schema
from bindctl.metabase.canonical import canonical_octets
from bindctl.metabase.tree import require_row
from bindctl.metabase.values import typed_value
from bindctl.model.path import format_path, parse_path, without_root
from bindctl.operations.editing.keys import require_key
from bindctl.operations.versions.history import diff_texts
from bindctl.toml.document import format_name
from bindctl.toml.line_editor import format_plain
from bindctl.toml.reader import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.metabase.tree import Key
    from bindctl.storage.workspace import Workspace


class LeftOut(NamedTuple):
    """A part of the metabase that is not in the export, and why."""

    place: str
    reason: str


class Export(NamedTuple):
    """A metabase as plain data.

    Attributes:
        document: Keys as dictionaries within dictionaries, from /LM.
        left_out: What is not in it.
    """

    document: dict[str, object]
    left_out: tuple[LeftOut, ...]


def export(workspace: Workspace, text: str = "") -> Export:
    """What a key and the keys below it store.

    Args:
        workspace: The metabase.
        text: The key; empty for the whole metabase.

    Raises:
        BindctlError: MET101; or the file cannot be read.
    """
    path = without_root(parse_path(text))
    key = require_key(workspace.read(), path)
    left_out: list[LeftOut] = []
    document = _plain(key, left_out)
    for name in reversed(key.path):
        document = {name: document}
    return Export({"schema_version": SCHEMA_VERSION, **document}, tuple(left_out))


def format_toml(document: dict[str, object]) -> str:
    """The document as TOML: one table a key, parents first."""
    return "\n\n".join("\n".join(lines) for lines in _tables(document, ())) + "\n"


def _plain(key: Key, left_out: list[LeftOut]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, raw in key.raw.items():
        row = schema.find_property(name)
        reason = _reason_to_leave_out(key, name, raw)
        if row is None or reason:
            left_out.append(LeftOut(f"{key.location()}/{name}", reason))
        else:
            found[row.name] = raw
    for name in key.duplicates:
        reason = "it is there already in other letter case"
        left_out.append(LeftOut(f"{key.location()}/{name}", reason))
    if _would_be_taken_for_a_site(key):
        found = {"KeyType": key.key_type, **found}
    children = {child.path[-1]: _plain(child, left_out) for child in key.children()}
    for name in [name for name in children if name in found]:
        # In a metabase a key and a property may share a name; in a document they may
        # not.
        place = format_path((*key.path, name))
        left_out.append(LeftOut(place, "a property has its name"))
        del children[name]
    return {**found, **children}


def _reason_to_leave_out(key: Key, name: str, raw: object) -> str:
    """Why `apply` could not take it; empty when it can."""
    row = schema.find_property(name)
    if row is None:
        return "the schema has no such property"
    if row.name == "KeyType":
        known = isinstance(raw, str) and schema.find_class(raw)
        return "" if known else "the schema has no such key type"
    allowed = schema.properties_of(key.key_type)
    reasons = {
        "it is secret": row.is_secure,
        "it belongs to the running service": row.is_volatile,
        "it is not of the schema's type": typed_value(row, raw) is None,
        f"{key.key_type} may not hold it": key.key_type != "IIsObject"
        and row.name not in allowed,
    }
    return next((reason for reason, is_so in reasons.items() if is_so), "")


def _would_be_taken_for_a_site(key: Key) -> bool:
    """Whether `apply` would read the name of an untyped key of W3SVC as a site's."""
    above = key.parent
    return (
        above is not None
        and above.key_type == "IIsWebService"
        and key.key_type == "IIsObject"
        and key.stored("KeyType") is None
    )


def _tables(table: dict[str, object], path: tuple[str, ...]) -> Iterator[list[str]]:
    values = {name: item for name, item in table.items() if not isinstance(item, dict)}
    lines = [f"{name} = {_format_value(item)}" for name, item in values.items()]
    has_children = len(values) < len(table)
    if path and (lines or not has_children):
        yield [f"[{'.'.join(map(format_name, path))}]", *lines]
    elif lines:
        yield lines
    for name, item in table.items():
        if isinstance(item, dict):
            yield from _tables(item, (*path, name))


def _format_value(value: object) -> str:
    text = format_plain(value)
    if text is None:
        message = f"{value!r} is not a value of a property"
        raise TypeError(message)
    return text


class Formatting(NamedTuple):
    """What canonical order changes.

    Attributes:
        is_changed: Whether the file is not, or was not, in canonical order.
        diff: A unified diff; empty when nothing changes.
    """

    is_changed: bool
    diff: str


def preview_format(workspace: Workspace) -> Formatting:
    """What `format_metabase` would change; nothing is written.

    Args:
        workspace: The metabase.

    Raises:
        BindctlError: MET002, MET013; or the file cannot be read.
    """
    octets = workspace.read()
    return _compare(workspace, octets, canonical_octets(octets))


def format_metabase(workspace: Workspace) -> Formatting:
    """Put the metabase into canonical order; comments and data stay.

    Args:
        workspace: The metabase.

    Raises:
        BindctlError: MET002, MET013; or the file cannot be written.
    """
    seen: list[tuple[bytes, bytes]] = []

    def change(octets: bytes) -> bytes:
        ordered = canonical_octets(octets)
        seen.append((octets, ordered))
        return ordered

    workspace.update(change)
    return _compare(workspace, *seen[-1])


def _compare(workspace: Workspace, before: bytes, after: bytes) -> Formatting:
    name = os.path.basename(workspace.path)
    old, new = (octets.decode("utf-8", "replace") for octets in (before, after))
    diff = diff_texts(old, new, name, f"{name} in canonical order")
    return Formatting(before != after, diff)


# The properties that distinguish a key of that type from its neighbours.
_TELLING = {
    "IIsWebServer": ("ServerComment", SERVER_BINDINGS, SECURE_BINDINGS),
    "IIsWebVirtualDir": ("Path",),
    "IIsWebDirectory": ("Path",),
    "HttpService": ("ListenAddresses",),
    "HttpSslCertificate": ("CertHash",),
}


class TreeNode(NamedTuple):
    """One key.

    Attributes:
        name: Its name in the file's letter case; ``LM`` for the root.
        key_type: Its KeyType.
        telling: Values it stores that distinguish it from its neighbours.
        children: The keys below, in listing order.
    """

    name: str
    key_type: str
    telling: tuple[str, ...]
    children: tuple[TreeNode, ...]


def make_tree_view(workspace: Workspace, text: str = "") -> TreeNode:
    """A key and all keys below it.

    Raises:
        BindctlError: MET101; or the file cannot be read.
    """
    path = without_root(parse_path(text))
    return _node(require_key(workspace.read(), path))


def _node(key: Key) -> TreeNode:
    return TreeNode(
        name=key.path[-1] if key.path else "LM",
        key_type=key.key_type,
        telling=_telling(key),
        children=tuple(_node(child) for child in key.children()),
    )


def _telling(key: Key) -> tuple[str, ...]:
    found: list[str] = []
    for name in _TELLING.get(key.key_type, ()):
        value = key.own(require_row(name))
        if isinstance(value, tuple):
            found += value
        elif isinstance(value, str) and value:
            found.append(value)
    return tuple(found)
