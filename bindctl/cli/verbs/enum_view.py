"""What enum prints: a line a property, a line a key below; or JSON."""

from bindctl.metabase.values import STARS, format_line, toml_value
from bindctl.model.path import format_path
from bindctl.terminal.boundary import print_envelope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.cli.verbs.quick import Invocation
    from bindctl.operations.editing.keys import Listing
    from bindctl.terminal.terminal import Terminal


def print_listing(
    terminal: "Terminal", listing: "Listing", invocation: "Invocation"
) -> None:
    """One key: its properties, then the keys directly below it."""
    if invocation.as_json:
        print_envelope(terminal, "enum", _data(listing, invocation))
        return
    _print_properties(terminal, listing)
    for name in listing.children:
        terminal.print(_bracketed((*listing.path, name)))


def print_tree(
    terminal: "Terminal", listings: "Iterator[Listing]", invocation: "Invocation"
) -> None:
    """A key, and each key below it under its path in brackets."""
    if invocation.as_json:
        first = _data(next(listings), invocation)
        first["descendants"] = [_data(item, invocation) for item in listings]
        print_envelope(terminal, "enum", first)
        return
    _print_properties(terminal, next(listings))
    for listing in listings:
        terminal.print(_bracketed(listing.path))
        _print_properties(terminal, listing)


def _print_properties(terminal: "Terminal", listing: "Listing") -> None:
    for row, value in listing.properties:
        terminal.print(format_line(row, value))


def _bracketed(path: tuple[str, ...]) -> str:
    return f"[/{'/'.join(path)}]"


def _data(listing: "Listing", invocation: "Invocation") -> dict[str, object]:
    values = {
        row.name: STARS if row.is_secure else toml_value(value)
        for row, value in listing.properties
    }
    data: dict[str, object] = {
        "path": format_path(listing.path),
        "properties": values,
        "keys": [format_path((*listing.path, name)) for name in listing.children],
    }
    if "--inherited" in invocation.options:
        sources = zip(values, listing.sources, strict=True)
        data["sources"] = {name: format_path(path) for name, path in sources}
    return data
