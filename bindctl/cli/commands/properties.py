"""The commands get, set and find. On the quickest path."""

from bindctl.findings.errors import BindctlError
from bindctl.metabase.values import STARS, format_line, toml_value
from bindctl.model.path import format_path, split_property
from bindctl.operations.editing.properties import get_property, set_property
from bindctl.terminal.boundary import print_envelope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.operations.editing.properties import PropertyValue
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal


def get(
    terminal: "Terminal",
    workspace: "Workspace",
    *,
    path: str,
    inherited: bool,
    json: bool,
) -> int:
    """Print a property as adsutil does."""
    found = get_property(workspace, path, is_inherited=inherited)
    if not json:
        terminal.print(format_line(found.row, found.value))
        return 0
    data = _data(found)
    if inherited:
        data["source"] = (
            "default" if found.source is None else format_path(found.source)
        )
    print_envelope(terminal, "get", data)
    return 0


def set_(
    terminal: "Terminal",
    workspace: "Workspace",
    *,
    path: str,
    values: "Sequence[str]",
    append: bool,
    remove: bool,
    replace: bool,
    at: int | None,
    json: bool,
) -> int:
    """Store a property, or edit a list, and print what is stored then."""
    given = {"append": append, "remove": remove, "replace": replace}
    edit = None
    if any(given.values()) or at is not None:
        from bindctl.operations.editing.lists import ListEdit  # noqa: PLC0415 - not always

        kind = next((name for name, is_given in given.items() if is_given), "at")
        edit = ListEdit(kind, at or 0)
    found = set_property(workspace, path, values, edit)
    if json:
        print_envelope(terminal, "set", {**_data(found), "changed": found.changed})
    else:
        terminal.print(format_line(found.row, found.value))
    if append and isinstance(found.value, tuple):
        for word in values:
            if word not in found.value:
                terminal.complain(f'"{word}" is there already, in another spelling')
    return 0


def _data(found: "PropertyValue") -> dict[str, object]:
    return {
        "path": format_path(found.path),
        "property": found.row.name,
        "type": found.row.data_type,
        "value": STARS if found.row.is_secure else toml_value(found.value),
    }


def find(terminal: "Terminal", workspace: "Workspace", *, path: str, json: bool) -> int:
    """Print the keys that hold a property: a path a line, as get and enum take it.

    Raises:
        BindctlError: MET104, no key holds it.
    """
    from bindctl.operations.editing.find_property import find_property  # noqa: PLC0415 - parses

    start, name = split_property(path)
    found = find_property(workspace, name, "/".join(start))
    if not found.keys:
        raise BindctlError(
            "MET104",
            f'the parameter "{name}" is set nowhere at or below '
            f"{format_path(found.start)}",
            "a key above may hold it, or all use the schema's default",
        )
    if not json:
        for key, _value in found.keys:
            terminal.print("/" + "/".join(key))
        return 0
    keys = [
        {
            "path": format_path(key),
            "value": STARS if found.row.is_secure else toml_value(value),
        }
        for key, value in found.keys
    ]
    data = {
        "path": format_path(found.start),
        "property": found.row.name,
        "type": found.row.data_type,
        "keys": keys,
    }
    print_envelope(terminal, "find", data)
    return 0
