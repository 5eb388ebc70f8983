"""enum, create, delete, copy and move of keys, by the path a person types."""

from bindctl.findings.errors import BindctlError
from bindctl.metabase import schema
from bindctl.metabase.tree import Key, make_tree, require_row
from bindctl.model.path import (
    clean_path,
    format_path,
    parse_path,
    split_property,
    without_root,
)
from bindctl.operations.editing.transaction import edit_metabase
from bindctl.toml import document, subtree
from bindctl.toml.limits import is_text, require_text
from bindctl.toml.reader import parse_document
from bindctl.toml.scanner import scan_tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bindctl.metabase.schema import Property
    from bindctl.metabase.values import Value
    from bindctl.storage.workspace import Workspace
    from bindctl.toml.editor import Editor

    Copy = Callable[[Editor, tuple[str, ...], tuple[str, ...]], None]

# Octets up to which scanning for headers is quicker than importing the full parser.
_SCAN_LIMIT = 128 * 1024


class Listing:
    """The properties and keys that enum shows for one key.

    Attributes:
        path: The key, below /LM, in the file's letter case.
        properties: Properties in enumeration order.
        sources: For each of them, the key that holds it.
        children: Names of the keys below, in listing order.
    """

    __slots__ = ("children", "path", "properties", "sources")

    def __init__(self, key: Key, *, is_inherited: bool = False) -> None:
        """Read them from the key.

        Args:
            key: The key.
            is_inherited: Whether to list what keys above hand down as well.
        """
        self.path = key.path
        self.properties: list[tuple[Property, Value]] = []
        self.sources: list[tuple[str, ...]] = []
        for row, value, source in _listed(key, is_inherited=is_inherited):
            self.properties.append((row, value))
            self.sources.append(source)
        self.children = [child.path[-1] for child in key.children()]


def _listed(
    key: Key, *, is_inherited: bool
) -> "Iterator[tuple[Property, Value, tuple[str, ...]]]":
    """Properties stored at a key, or in force there without the schema's defaults."""
    if not is_inherited:
        for row, own in key.own_properties():
            yield row, own, key.path
        return
    yield require_row("KeyType"), key.key_type, key.path
    for name in schema.properties_of(key.key_type):
        row = require_row(name)
        holder: Key | None = None if name == "KeyType" else key
        while holder is not None:
            value = holder.own(row)
            if value is not None:
                yield row, value, holder.path
                break
            holder = holder.parent if row.is_inheritable else None


def enum_key(
    workspace: "Workspace", text: str, *, is_inherited: bool = False
) -> Listing:
    """The properties stored at a key and the names of the keys below it.

    Args:
        workspace: The metabase.
        text: The key; empty for /LM.
        is_inherited: Whether to list what keys above hand down as well.

    Raises:
        BindctlError: MET101; or the file cannot be read.
    """
    path = without_root(parse_path(text))
    key = require_key(workspace.read(), path)
    return Listing(key, is_inherited=is_inherited)


def enum_tree(
    workspace: "Workspace", text: str, *, is_inherited: bool = False
) -> "Iterator[Listing]":
    """The same of a key and, after it, of every key below, parents first.

    Raises:
        BindctlError: MET101; or the file cannot be read.
    """
    path = without_root(parse_path(text))
    waiting = [require_key(workspace.read(), path)]
    while waiting:
        key = waiting.pop()
        yield Listing(key, is_inherited=is_inherited)
        waiting.extend(reversed(list(key.children())))


def require_key(octets: bytes, path: tuple[str, ...]) -> Key:
    """The key of that path in a document.

    Raises:
        BindctlError: MET101.
    """
    key = make_tree(parse_document(octets)).find(*path)
    if key is None:
        raise document.path_not_found(path)
    return key


def find_key(octets: bytes, path: tuple[str, ...]) -> Key | None:
    """The key of that path with the names of the keys below it; `None` without one.

    The keys below are empty, and nothing beside the path is read: a listing of a
    small document comes without the full parser, whose import costs more than that.
    A property test holds it equal to `require_key`.
    """
    if len(octets) > _SCAN_LIMIT:
        return make_tree(parse_document(octets)).find(*path)
    table = document.read_key(octets, path)
    if table is None:
        return None
    table = {**_child_tables(octets, path), **table}
    for length in range(len(path) - 1, -1, -1):
        above = document.read_key(octets, path[:length]) or {}
        own = {
            name: value for name, value in above.items() if not isinstance(value, dict)
        }
        table = {**own, path[length]: table}
    return make_tree(table).find(*path)


def _child_tables(octets: bytes, path: tuple[str, ...]) -> dict[str, object]:
    """Names directly below a key that have tables with a header.

    If one is spelt in several ways, the spelling that counts for the tree.
    """
    spans = scan_tables(octets)
    depth = len(path)
    found: dict[str, str] = {}
    for spelling in document.spell_in_all_ways(spans, path):
        for span in spans:
            names = span.path
            if span.is_array or len(names) <= depth or names[:depth] != spelling:
                continue
            name, folded = names[depth], names[depth].lower()
            if name == folded or folded not in found:
                found[folded] = name
    return {name: {} for name in found.values()}


def create_key(workspace: "Workspace", text: str, key_type: str | None = None) -> str:
    """Make an empty key; keys above it that are missing come with it.

    Returns:
        The path as it was cleaned, in the letter case typed.

    Raises:
        BindctlError: MET106, it exists; MET102, no such key type.
    """
    path, stored = plan_key(text, key_type)
    edit_metabase(workspace, lambda editor: editor.create_key(path, stored))
    return clean_path(text)


def plan_key(
    text: str, key_type: str | None
) -> tuple[tuple[str, ...], dict[str, object]]:
    """A new key's path and what it stores: its type, where the path decides another.

    Raises:
        BindctlError: MET102, no such key type.
    """
    path = without_root(parse_path(text))
    require_text(path, {})
    if key_type is None:
        return path, {}
    known = schema.find_class(key_type)
    if known is None:
        message = f"the schema has no key type {key_type!r}"
        raise BindctlError("MET102", message, "docs/reference/properties.md")
    return path, {} if known == schema.key_type_at(path) else {"KeyType": known}


class Deletion:
    """The property's name, or the key's path, that delete removed."""

    __slots__ = ("key", "property_name")

    def __init__(self, key: str | None, property_name: str | None) -> None:
        """Keep the one that was removed."""
        self.key = key
        self.property_name = property_name


def delete(workspace: "Workspace", text: str) -> Deletion:
    """Remove a property, or else the key of that name with all below it.

    A trailing slash means the key.

    Raises:
        BindctlError: MET101, there is neither.
    """
    return edit_metabase(workspace, lambda editor: delete_in(editor, text))[0]


def delete_in(editor: "Editor", text: str) -> Deletion:
    """The same in a metabase that is open for edits.

    Raises:
        BindctlError: MET101 or MET104.
    """
    node, name = split_property(text)
    node = without_root(node)
    if not is_text(text):
        raise document.path_not_found((*node, name))
    is_key = text.endswith("/") or editor.read_key(node) is None
    if not is_key and editor.delete_property(node, name):
        return Deletion(None, name)
    path = without_root(parse_path(text))
    _require_deletable(editor, path, name)
    editor.delete_key(path)
    return Deletion(clean_path(text), None)


def _require_deletable(editor: "Editor", path: tuple[str, ...], name: str) -> None:
    """Raise the error for the one that is missing, the key or the property.

    Raises:
        BindctlError: MET101 or MET104.
    """
    if path and editor.read_key(path) is not None:
        return
    above = path[:-1]
    is_property = schema.find_property(name) is not None
    if path and is_property and editor.read_key(above) is not None:
        message = f'the parameter "{name}" is not set at {format_path(above)}'
        raise BindctlError("MET104", message, "nothing was changed")
    raise document.path_not_found(path)


class CopiedKey:
    """What copy or move did.

    Attributes:
        source: The path as it was cleaned, in the letter case typed.
        destination: Likewise.
    """

    __slots__ = ("destination", "source")

    def __init__(self, source: str, destination: str) -> None:
        """Keep the parts."""
        self.source = source
        self.destination = destination


def copy_key(workspace: "Workspace", source: str, destination: str) -> CopiedKey:
    """Copy a key with its properties and all below it; keys above come with it.

    Args:
        workspace: The metabase.
        source: The key.
        destination: Where the copy is to be; nothing may be there yet.

    Raises:
        BindctlError: MET101, there is no source; MET106, the destination exists;
            MET120, it lies below the source; MET108, there is no room for it.
            Nothing is changed then.
    """
    return _edit(workspace, source, destination, subtree.copy_in)


def move_key(workspace: "Workspace", source: str, destination: str) -> CopiedKey:
    """Give a key another place or name, with its properties and all below it.

    Raises:
        BindctlError: As `copy_key`.
    """
    return _edit(workspace, source, destination, subtree.move_in)


def copy_in(editor: "Editor", source: str, destination: str) -> None:
    """`copy_key` in a metabase that is open for edits.

    Raises:
        BindctlError: As `copy_key`.
    """
    subtree.copy_in(editor, *_paths(source, destination))


def move_in(editor: "Editor", source: str, destination: str) -> None:
    """`move_key` in a metabase that is open for edits.

    Raises:
        BindctlError: As `copy_key`.
    """
    subtree.move_in(editor, *_paths(source, destination))


def _edit(
    workspace: "Workspace", source: str, destination: str, copy: "Copy"
) -> CopiedKey:
    paths = _paths(source, destination)
    edit_metabase(workspace, lambda editor: copy(editor, *paths))
    return CopiedKey(clean_path(source), clean_path(destination))


def _paths(source: str, destination: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return without_root(parse_path(source)), without_root(parse_path(destination))
