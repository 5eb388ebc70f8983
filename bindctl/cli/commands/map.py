"""The command map."""

from __future__ import annotations

import os
from enum import Enum
from io import StringIO
from typing import TYPE_CHECKING, Final

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
    from bindctl.storage.workspace import Workspace


class MapFormat(Enum):
    """How the map is written."""

    TREE = "tree"
    MERMAID = "mermaid"
    DOT = "dot"
    HTML = "html"
    JSON = "json"


# What the name of a file says of what is in it.
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
    """A slip of the hand must not put a picture in the metabase's place."""
    if os.path.realpath(target) == os.path.realpath(metabase):
        message = f"--output: {output} is the metabase itself"
        raise BindctlError("CLI004", message, "name another file")


def _write_map(
    terminal: Terminal, written: MapFormat, result: MapResult, file: str, output: str
) -> None:
    text = StringIO()
    page = Terminal(
        text,
        terminal.stderr,
        terminal.environment,
        terminal.directory,
        terminal.clock,
    )
    _print_map(page, written, result, file)
    target = os.path.join(terminal.directory, output)
    write_atomically(target, text.getvalue().encode())
    from bindctl.cli.map.words import summary  # noqa: PLC0415 - as above

    terminal.complain(f"{output}: {summary(result.topology)}")


def _print_map(
    terminal: Terminal, written: MapFormat, result: MapResult, file: str
) -> None:
    """Print the map in a format, each with what only it needs."""
    topology = result.topology
    if written is MapFormat.TREE:
        from bindctl.cli.map.tree import print_tree  # noqa: PLC0415 - this branch only

        print_tree(terminal, topology)
    elif written is MapFormat.JSON:
        from bindctl.cli.map.data import map_data  # noqa: PLC0415 - as above

        print_envelope(terminal, "map", map_data(result))
    elif written is MapFormat.MERMAID:
        from bindctl.cli.map.mermaid import (  # noqa: PLC0415 - as above
            is_too_large,
            render_mermaid,
        )

        drawn = render_mermaid(topology)
        terminal.stdout.write(drawn)
        if is_too_large(topology, drawn):
            terminal.complain(_TOO_LARGE)
    elif written is MapFormat.DOT:
        from bindctl.cli.map.graphviz import (  # noqa: PLC0415 - as above
            render_graphviz,
        )

        terminal.stdout.write(render_graphviz(topology))
    else:
        from bindctl.cli.map.page import render_page  # noqa: PLC0415 - as above

        name = os.path.relpath(file, terminal.directory)
        terminal.stdout.write(render_page(result, name))
