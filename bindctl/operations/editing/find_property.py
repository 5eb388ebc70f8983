"""find: the keys that store a property themselves, at and below a key."""

from bindctl.metabase import schema
from bindctl.model.path import parse_path, without_root
from bindctl.operations.editing.keys import require_key
from bindctl.operations.editing.properties import flag_row, require_property, value_here

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.metabase.schema import Property
    from bindctl.metabase.tree import Key
    from bindctl.metabase.values import Value
    from bindctl.storage.workspace import Workspace


class FoundProperty:
    """Where a property is stored.

    Attributes:
        start: The key searched from, below /LM, in the file's letter case.
        row: The schema's row; of a flag, its BOOLEAN pseudo-property.
        keys: Each key with the value it stores, in the order of a listing.
    """

    __slots__ = ("keys", "row", "start")

    def __init__(
        self,
        start: tuple[str, ...],
        row: "Property",
        keys: "list[tuple[tuple[str, ...], Value]]",
    ) -> None:
        """Keep the parts."""
        self.start = start
        self.row = row
        self.keys = keys


def find_property(workspace: "Workspace", name: str, start: str = "") -> FoundProperty:
    """The keys at and below `start` that hold a property, not those that inherit it.

    Args:
        workspace: The metabase.
        name: A property, or a flag of one; in any letter case.
        start: The key to search from; the root by default.

    Raises:
        BindctlError: MET101, there is no such key; MET102, no such property.
    """
    return find_in(workspace.read(), workspace, name, start)


def find_in(
    octets: bytes, workspace: "Workspace", name: str, start: str = ""
) -> FoundProperty:
    """The same of a document that need not be in the file.

    Args:
        octets: The document.
        workspace: The file beside which the service's states are.
        name: As `find_property`.
        start: As `find_property`.

    Raises:
        BindctlError: As `find_property`.
    """
    key = require_key(octets, without_root(parse_path(start)))
    flag = schema.find_flag(name)
    row = flag[1] if flag else require_property(name)
    bit = flag[2] if flag else 0
    found = [
        (each.path, _shown(value, bit))
        for each in _keys(key)
        if (value := _own(workspace, each, row)) is not None
    ]
    return FoundProperty(key.path, flag_row(flag[0]) if flag else row, found)


def _own(workspace: "Workspace", key: "Key", row: "Property") -> "Value | None":
    if row.name == "KeyType":  # a key without a type stores none
        return None if key.key_type == "IIsObject" else key.key_type
    if not row.is_volatile:
        return key.own(row)
    # Only sites have a state.
    if key.key_type != "IIsWebServer":
        return None
    return value_here(workspace, key.path, row, key.raw, key.key_type)


def _shown(value: "Value", bit: int) -> "Value":
    return bool(value & bit) if bit and isinstance(value, int) else value


def _keys(key: "Key") -> "Iterator[Key]":
    """The key and all below it, each before the keys below it."""
    waiting = [key]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += reversed(list(each.children()))
