"""enum, create and delete of keys, by the path a person types."""

from bindctl.findings.errors import BindctlError
from bindctl.metabase import document, schema
from bindctl.metabase.path import (
    clean_path,
    format_path,
    parse_path,
    split_property,
    without_root,
)
from bindctl.metabase.reader import parse_document
from bindctl.metabase.scanner import scan_tables
from bindctl.metabase.tree import Key, make_tree
from bindctl.metabase.values import toml_value
from bindctl.storage.metabase_file import read_octets, update_octets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bindctl.metabase.schema import Property
    from bindctl.metabase.values import Value

# Octets up to which scanning for headers is quicker than importing the full parser.
_SCAN_LIMIT = 128 * 1024


class Listing:
    """What enum shows of one key.

    Attributes:
        path: The key, below /LM, in the file's letter case.
        properties: Stored properties in enumeration order.
        children: Names of the keys below, in listing order.
    """

    __slots__ = ("children", "path", "properties")

    def __init__(self, key: Key) -> None:
        """Read them from the key."""
        self.path = key.path
        self.properties: list[tuple[Property, Value]] = list(key.own_properties())
        self.children = [child.path[-1] for child in key.children()]


def enum_key(metabase: str, text: str) -> Listing:
    """The properties stored at a key and the names of the keys below it.

    Raises:
        BindctlError: MET101; or the file cannot be read.
    """
    path = without_root(parse_path(text))
    return Listing(require_key(read_octets(metabase), path))


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

    The first spelling of a name stands, as it does in the tree.
    """
    folded = [name.lower() for name in path]
    depth = len(path)
    found: dict[str, str] = {}
    for span in scan_tables(octets):
        names = span.path
        if span.is_array or len(names) <= depth:
            continue
        if [name.lower() for name in names[:depth]] == folded:
            found.setdefault(names[depth].lower(), names[depth])
    return {name: {} for name in found.values()}


def create_key(metabase: str, text: str, key_type: str | None = None) -> str:
    """Make an empty key; keys above it that are missing come with it.

    Returns:
        The path as it was cleaned, in the letter case typed.

    Raises:
        BindctlError: MET106, it exists; MET102, no such key type.
    """
    path = without_root(parse_path(text))
    stored: dict[str, object] = {}
    if key_type is not None:
        known = schema.find_class(key_type)
        if known is None:
            message = f"the schema has no key type {key_type!r}"
            raise BindctlError("MET102", message, "docs/reference/properties.md")
        if known != schema.key_type_at(path):
            stored["KeyType"] = known

    def change(octets: bytes) -> bytes:
        return document.create_key(octets, path, stored)

    update_octets(metabase, change)
    return clean_path(text)


class Deletion:
    """What delete removed: a property's name, or a key's path."""

    __slots__ = ("key", "property_name")

    def __init__(self, key: str | None, property_name: str | None) -> None:
        """Keep the one that was removed."""
        self.key = key
        self.property_name = property_name


def delete(metabase: str, text: str) -> Deletion:
    """Remove a property, or else the key of that name with all below it.

    A trailing slash means the key.

    Raises:
        BindctlError: MET101, there is neither.
    """
    removed: list[Deletion] = []

    def change(octets: bytes) -> bytes:
        node, name = split_property(text)
        node = without_root(node)
        if not text.endswith("/"):
            shorter = _delete_property(octets, node, name)
            if shorter is not None:
                removed.append(Deletion(None, name))
                return shorter
        path = without_root(parse_path(text))
        _require_deletable(octets, path, name)
        removed.append(Deletion(clean_path(text), None))
        return document.delete_key(octets, path)

    update_octets(metabase, change)
    return removed[-1]


def _require_deletable(octets: bytes, path: tuple[str, ...], name: str) -> None:
    """Say which of the two is missing, the key or the property.

    Raises:
        BindctlError: MET101 or MET104.
    """
    if path and document.read_key(octets, path) is not None:
        return
    above = path[:-1]
    is_property = schema.find_property(name) is not None
    if path and is_property and document.read_key(octets, above) is not None:
        message = f'the parameter "{name}" is not set at {format_path(above)}'
        raise BindctlError("MET104", message, "nothing was changed")
    raise document.path_not_found(path)


def _delete_property(octets: bytes, node: tuple[str, ...], name: str) -> bytes | None:
    if document.read_key(octets, node) is None:
        return None
    return document.delete_property(octets, node, name)


def store_values(
    octets: bytes, path: tuple[str, ...], values: "dict[str, Value]"
) -> bytes:
    """The document with several properties of one key stored, the key made if new."""
    if document.read_key(octets, path) is None:
        plain = {name: toml_value(value) for name, value in values.items()}
        return document.create_key(octets, path, plain)
    for name, value in values.items():
        octets = document.set_property(octets, path, name, toml_value(value))
    return octets
