"""bindctl map."""

from __future__ import annotations

import os
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bindctl.cli.run.datetime_option import AsOfOption, judged_at
from bindctl.cli.run.option_values import host_pattern
from bindctl.cli.run.options import JsonOption, MetabaseOption, run
from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from bindctl.operations.views.map import MapResult
    from bindctl.terminal.terminal import Terminal


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
    "note: this is more than Mermaid draws by itself: 500 joints, 50,000 characters; "
    "narrow it with --host or --site, raise its maxEdges and maxTextSize, or take "
    "--format html"
)

FormatOption = Annotated[
    MapFormat | None,
    typer.Option(
        "--format",
        help="tree, mermaid (for Markdown), dot (Graphviz), html (one page that needs "
        "nothing else) or json. Default: what FILE's name says, else tree.",
    ),
]
OutputOption = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write it there instead of printing it.",
    ),
]
HostOption = Annotated[
    list[str] | None,
    typer.Option(
        "--host",
        metavar="PATTERN",
        parser=host_pattern,
        help="Only hosts like that: shop.example.com, '*.example.com'. May be "
        "repeated.",
    ),
]
SiteOption = Annotated[
    list[int] | None,
    typer.Option(
        "--site",
        metavar="N",
        min=1,
        help="Only the site of that identifier. May be repeated.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("map")(map_)


def map_(
    context: typer.Context,
    format: FormatOption = None,
    output: OutputOption = None,
    host: HostOption = None,
    site: SiteOption = None,
    as_of: AsOfOption = None,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Draw which endpoints lead to which hosts, sites and certificates."""
    is_json = json or format is MapFormat.JSON

    def call(terminal: Terminal, file: str) -> int:
        written = MapFormat.JSON if is_json else format or _format_of(output)
        if output is not None:
            _refuse_metabase(output, os.path.join(terminal.directory, output), file)
        from bindctl.operations.views.map import make_map  # noqa: PLC0415 - after the usage

        now = judged_at(terminal, as_of)
        result = make_map(file, now, host or (), site or ())
        if output is None:
            _print_map(terminal, written, result, file)
        else:
            _write_map(terminal, written, result, file, output)
        return ExitStatus.OK

    run(context, "map", metabase, call, as_json=is_json)


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
    from io import StringIO  # noqa: PLC0415 - this branch only

    from bindctl.storage.atomic import write_atomically  # noqa: PLC0415 - as above
    from bindctl.terminal.terminal import Terminal as World  # noqa: PLC0415 - as above

    text = StringIO()
    page = World(
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
