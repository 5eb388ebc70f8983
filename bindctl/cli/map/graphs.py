"""The map as a graph in the DOT language of Graphviz, and as a Mermaid flowchart.

Many forges show Mermaid in Markdown pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.cli.map.words import (
    Status,
    full_lines,
    label_parts,
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
    label, name, note, wrong = label_parts(node)
    words = " ".join(filter(None, (label, name and f"({name})", note)))
    return _lines_of([words, wrong] if wrong else [words])


def _lines_of(lines: list[str]) -> str:
    return "\\n".join(map(escape_dot, lines))


def escape_dot(text: str) -> str:
    """`text` on one line between quotes of DOT, where it is nothing but itself.

    Source:
        Graphviz, "The DOT Language" and "escString"; ``&amp;`` is read as in HTML.
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return "".join(char if char.isprintable() else " " for char in escaped)


# What Mermaid draws at most unless its page allows more: maxEdges and maxTextSize of
# its configuration, which a drawing itself cannot set.
_MAX_EDGES: Final = 500
_MAX_CHARACTERS: Final = 50_000
# The shape of each column: stadium, rectangle, rounded, cylinder.
_FLOW_SHAPES: Final = {
    Column.ENDPOINT: ("([", "])"),
    Column.HOST: ("[", "]"),
    Column.SITE: ("(", ")"),
    Column.CERTIFICATE: ("[(", ")]"),
}
# Readable on light and on dark pages: every class says both of its colours.
_CLASSES: Final = {
    Status.OFF: "fill:#eeeeee,stroke:#777777,color:#444444,stroke-dasharray:4 3",
    Status.WARNING: "fill:#fff4d6,stroke:#b07d00,color:#5c4100,stroke-width:2px",
    Status.ERROR: "fill:#ffe3e0,stroke:#c62828,color:#7f1d1d,stroke-width:3px",
}
_EDGES: Final = {
    Status.WARNING: "stroke:#b07d00,stroke-width:2px",
    Status.ERROR: "stroke:#c62828,stroke-width:3px",
}
# Characters that mean themselves in a label between quotes; every other ASCII
# character is written by its number.
_PLAIN: Final = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -.:,/+"
)


def render_mermaid(topology: Topology) -> str:
    """The flowchart, from left to right; one line a node and a joint."""
    return "\n".join(_flow_lines(topology)) + "\n"


def _flow_lines(topology: Topology) -> Iterator[str]:
    yield "flowchart LR"
    styled: dict[str, list[str]] = {}
    for node in topology.nodes.values():
        opening, closing = _FLOW_SHAPES[node.column]
        yield f'  {node.id}{opening}"{_flow_label(node)}"{closing}'
        styled.setdefault(status_of(node), []).append(node.id)
    bad: dict[str, list[str]] = {}
    for number, ((left, right), ways) in enumerate(topology.edges().items()):
        yield f"  {left} --> {right}"
        bad.setdefault(way_status(ways), []).append(str(number))
    for status, style in _CLASSES.items():
        if status in styled:
            yield f"  classDef {status} {style}"
            yield f"  class {','.join(styled[status])} {status}"
    for status, style in _EDGES.items():
        if status in bad:
            yield f"  linkStyle {','.join(bad[status])} {style}"


def _flow_label(node: Node) -> str:
    return "<br/>".join(map(escape_mermaid, filter(None, label_parts(node))))


def escape_mermaid(text: str) -> str:
    """`text` so that a quoted label shows it and nothing in it is syntax.

    Source:
        Mermaid, "Flowcharts", Entity codes to escape characters: ``#35;`` is ``#``.
    """
    return "".join(map(_escape, text))


def _escape(char: str) -> str:
    if char in _PLAIN or (char.isalpha() and not char.isascii()):
        return char
    return f"#{ord(char)};" if char.isprintable() else " "


def is_too_large(topology: Topology, text: str) -> bool:
    """Whether a page that shows it needs other limits than Mermaid's own."""
    return len(topology.edges()) > _MAX_EDGES or len(text) > _MAX_CHARACTERS
