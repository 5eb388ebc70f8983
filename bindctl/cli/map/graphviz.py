"""The map as a graph in the DOT language of Graphviz."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.cli.map.words import (
    Status,
    full_lines,
    is_telling,
    problem_words,
    short_name,
    status_of,
    way_status,
)
from bindctl.rules.topology import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.rules.topology import Node, Topology, Way

_SHAPES: Final = {
    Column.ENDPOINT: "box",
    Column.HOST: "plaintext",
    Column.SITE: "box",
    Column.CERTIFICATE: "note",
}
_STYLES: Final = {
    Status.GOOD: "",
    Status.OFF: 'style="dashed" color="#777777" fontcolor="#555555"',
    Status.WARNING: (
        'style="filled,bold" fillcolor="#fff4d6" color="#b07d00" fontcolor="#5c4100"'
    ),
    Status.ERROR: (
        'style="filled,bold" fillcolor="#ffe3e0" color="#c62828" fontcolor="#7f1d1d"'
    ),
}
_EDGE_STYLES: Final = {
    Status.WARNING: 'color="#b07d00"',
    Status.ERROR: 'color="#c62828" penwidth=2',
}
_HEAD: Final = """\
digraph bindings {
  graph [rankdir=LR ranksep=1.2 nodesep=0.12 charset="UTF-8"]
  node [fontname="Helvetica,Arial,sans-serif" fontsize=11 height=0.3 margin="0.12,0.05"]
  edge [color="#8a94a6" arrowsize=0.6]"""


def render_graphviz(topology: Topology) -> str:
    """The graph, one rank a column."""
    return "\n".join((_HEAD, *_lines(topology), "}")) + "\n"


def _lines(topology: Topology) -> Iterator[str]:
    for column in Column:
        nodes = topology.column(column)
        if nodes:
            yield f"  // {column.value}"
            yield "  {"
            yield "    rank=same"
            for node in nodes:
                yield f"    {_node(node)}"
            yield "  }"
    for (left, right), ways in topology.edges().items():
        yield f"  {left} -> {right}{_edge(ways)}"


def _edge(ways: list[Way]) -> str:
    parts = []
    if len(ways) > 1:
        parts.append(f'weight={len(ways)} tooltip="{len(ways)} bindings"')
    status = way_status(ways)
    if status != Status.GOOD:
        parts.append(_EDGE_STYLES[status])
    return f" [{' '.join(parts)}]" if parts else ""


def _node(node: Node) -> str:
    status = status_of(node)
    shape = _SHAPES[node.column]
    if shape == "plaintext" and status != Status.GOOD:
        shape = "box"  # a shape without an outline could show no mark
    parts = (
        f'label="{_label(node)}"',
        f"shape={shape}",
        _STYLES[status],
        f'tooltip="{_lines_of(full_lines(node))}"',
    )
    return f"{node.id} [{' '.join(filter(None, parts))}]"


def _label(node: Node) -> str:
    words = [node.label]
    if node.column is Column.SITE:
        words[0] = f"site {node.label}"
    if is_telling(node):
        words.append(f"({short_name(node)})")
    if node.note:
        until = "until " if node.column is Column.CERTIFICATE else ""
        words.append(until + node.note)
    lines = [" ".join(words)]
    if wrong := problem_words(node):
        lines.append(wrong)
    return _lines_of(lines)


def _lines_of(lines: list[str]) -> str:
    return "\\n".join(map(escape_dot, lines))


def escape_dot(text: str) -> str:
    """`text` on one line between quotes of DOT, where it is nothing but itself.

    Source:
        Graphviz, "The DOT Language" and "escString"; ``&amp;`` is read as in HTML.
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return "".join(char if char.isprintable() else " " for char in escaped)
