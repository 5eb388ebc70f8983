"""The command map."""

from __future__ import annotations

import os
from enum import Enum
from io import StringIO
from typing import TYPE_CHECKING, Final

from bindctl.cli.map.graphs import is_too_large, render_graphviz, render_mermaid
from bindctl.cli.map.page import render_page
from bindctl.cli.map.tree import print_tree
from bindctl.cli.map.words import status_of, summary
from bindctl.cli.run.option_values import judged_at
from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.operations.views.map import make_map
from bindctl.storage.atomic import write_atomically
from bindctl.terminal.boundary import print_envelope
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bindctl.operations.views.map import MapResult
    from bindctl.rules.topology import Node
    from bindctl.storage.workspace import Workspace


class MapFormat(Enum):
    """How the map is written."""

    TREE = "tree"
    MERMAID = "mermaid"
    DOT = "dot"
    HTML = "html"
    JSON = "json"


# The format for the end of a file's name.
_SUFFIXES: Final = {
    ".html": MapFormat.HTML,
    ".htm": MapFormat.HTML,
    ".mmd": MapFormat.MERMAID,
    ".mermaid": MapFormat.MERMAID,
    ".dot": MapFormat.DOT,
    ".gv": MapFormat.DOT,
    ".json": MapFormat.JSON,
    ".txt": MapFormat.TREE,
}
_TOO_LARGE: Final = (
    "note: this is more than Mermaid draws by default: 500 joints, 50,000 characters; "
    "narrow it with --host or --site, raise its maxEdges and maxTextSize, or take "
    "--format html"
)


def map_(
    terminal: Terminal,
    workspace: Workspace,
    *,
    format: str | None,
    output: str | None,
    host: Sequence[str],
    site: Sequence[int],
    as_of: datetime | None,
    json: bool,
) -> int:
    """Run `bindctl map`."""
    asked = "json" if json else format
    written = MapFormat(asked) if asked else _format_of(output)
    if output is not None:
        _refuse_metabase(
            output, os.path.join(terminal.directory, output), workspace.path
        )
    now = judged_at(terminal, as_of)
    result = make_map(workspace, now, host, site)
    if output is None:
        _print_map(terminal, written, result, workspace.path)
    else:
        _write_map(terminal, written, result, workspace.path, output)
    return ExitStatus.OK


def _format_of(output: str | None) -> MapFormat:
    """The format that a file's name asks for."""
    if output is None:
        return MapFormat.TREE
    suffix = os.path.splitext(output)[1].lower()
    if suffix not in _SUFFIXES:
        known = ", ".join(sorted({item.value for item in MapFormat}))
        message = f"--output: the name {output!r} does not say what to write"
        hint = f"say --format: {known}; or end the name in {', '.join(_SUFFIXES)}"
        raise BindctlError("CLI004", message, hint)
    return _SUFFIXES[suffix]


def _refuse_metabase(output: str, target: str, metabase: str) -> None:
    """A mistake must not overwrite the metabase with a picture."""
    if os.path.realpath(target) == os.path.realpath(metabase):
        message = f"--output: {output} is the metabase itself"
        raise BindctlError("CLI004", message, "name another file")


def _write_map(
    terminal: Terminal, written: MapFormat, result: MapResult, file: str, output: str
) -> None:
    text = StringIO()
    page = Terminal(
        text, terminal.stderr, terminal.environment, terminal.directory, terminal.clock
    )
    _print_map(page, written, result, file)
    target = os.path.join(terminal.directory, output)
    write_atomically(target, text.getvalue().encode())
    terminal.complain(f"{output}: {summary(result.topology)}")


def _print_map(
    terminal: Terminal, written: MapFormat, result: MapResult, file: str
) -> None:
    """Print the map in a format."""
    topology = result.topology
    match written:
        case MapFormat.TREE:
            print_tree(terminal, topology)
        case MapFormat.JSON:
            print_envelope(terminal, "map", map_data(result))
        case MapFormat.DOT:
            terminal.stdout.write(render_graphviz(topology))
        case MapFormat.HTML:
            name = os.path.relpath(file, terminal.directory)
            terminal.stdout.write(render_page(result, name))
        case MapFormat.MERMAID:
            drawn = render_mermaid(topology)
            terminal.stdout.write(drawn)
            if is_too_large(topology, drawn):
                terminal.complain(_TOO_LARGE)


def map_data(result: MapResult) -> dict[str, object]:
    """The data of ``bindctl map --json`` (`docs/reference/json.md`)."""
    return {
        "as_of": result.as_of,
        "bindings": result.whole,
        "nodes": [_node_data(node) for node in result.topology.nodes.values()],
        "ways": list(result.topology.ways),
    }


def _node_data(node: Node) -> dict[str, object]:
    return {
        "id": node.id,
        "column": node.column,
        "label": node.label,
        "name": node.name,
        "note": node.note,
        "status": status_of(node),
        "problems": list(node.problems),
    }
