"""The commands enum, create, delete, copy and move. On the quickest path."""

from bindctl.metabase.values import STARS, format_line, toml_value
from bindctl.model.path import format_path, parse_path, without_root
from bindctl.operations.editing import keys
from bindctl.terminal.boundary import print_envelope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.operations.editing.keys import Listing
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal


def enum(
    terminal: "Terminal",
    workspace: "Workspace",
    *,
    path: str,
    inherited: bool,
    recursive: bool,
    json: bool,
) -> int:
    """Print a key: a line a property, a line a key below; or a key and all below it."""
    listings: Iterator[Listing]
    if recursive:
        listings = keys.enum_tree(workspace, path, is_inherited=inherited)
    else:
        listings = iter([keys.enum_key(workspace, path, is_inherited=inherited)])
    first = next(listings)
    if json:
        data = _data(first, with_sources=inherited)
        if recursive:
            below = [_data(item, with_sources=inherited) for item in listings]
            data["descendants"] = below
        print_envelope(terminal, "enum", data)
        return 0
    _print_properties(terminal, first)
    for name in () if recursive else first.children:
        terminal.print(_bracketed((*first.path, name)))
    for listing in listings:
        terminal.print(_bracketed(listing.path))
        _print_properties(terminal, listing)
    return 0


def _print_properties(terminal: "Terminal", listing: "Listing") -> None:
    for row, value in listing.properties:
        terminal.print(format_line(row, value))


def _bracketed(path: tuple[str, ...]) -> str:
    return f"[/{'/'.join(path)}]"


def _data(listing: "Listing", *, with_sources: bool) -> dict[str, object]:
    values = {
        row.name: STARS if row.is_secure else toml_value(value)
        for row, value in listing.properties
    }
    data: dict[str, object] = {
        "path": format_path(listing.path),
        "properties": values,
        "keys": [format_path((*listing.path, name)) for name in listing.children],
    }
    if with_sources:
        sources = zip(values, listing.sources, strict=True)
        data["sources"] = {name: format_path(path) for name, path in sources}
    return data


def create(
    terminal: "Terminal",
    workspace: "Workspace",
    *,
    path: str,
    key_type: str | None,
    json: bool,
) -> int:
    """Make a key."""
    made = keys.create_key(workspace, path, key_type)
    if json:
        print_envelope(terminal, "create", {"path": made, "changed": True})
    else:
        terminal.print(f'created "{made}"')
    return 0


def delete(
    terminal: "Terminal", workspace: "Workspace", *, path: str, json: bool
) -> int:
    """Remove a property or a key."""
    deletion = keys.delete(workspace, path)
    if json:
        data = {"path": deletion.key, "property": deletion.property_name}
        print_envelope(terminal, "delete", {**data, "changed": True})
    elif deletion.key is not None:
        terminal.print(f'deleted path "{deletion.key}"')
    else:
        terminal.print(f'deleted property "{deletion.property_name}"')
    return 0


def copy(
    terminal: "Terminal",
    workspace: "Workspace",
    *,
    source: str,
    destination: str,
    json: bool,
) -> int:
    """Copy a key."""
    return _copy(terminal, workspace, "copy", source, destination, as_json=json)


def move(
    terminal: "Terminal",
    workspace: "Workspace",
    *,
    source: str,
    destination: str,
    json: bool,
) -> int:
    """Move a key."""
    return _copy(terminal, workspace, "move", source, destination, as_json=json)


def _copy(
    terminal: "Terminal",
    workspace: "Workspace",
    verb: str,
    source: str,
    destination: str,
    *,
    as_json: bool,
) -> int:
    done = (keys.copy_key if verb == "copy" else keys.move_key)(
        workspace, source, destination
    )
    if as_json:
        data = {
            "source": format_path(without_root(parse_path(done.source))),
            "destination": format_path(without_root(parse_path(done.destination))),
            "changed": True,
        }
        print_envelope(terminal, verb, data)
    else:
        word = "copied" if verb == "copy" else "moved"
        terminal.print(f'{word} "{done.source}" to "{done.destination}"')
    return 0
