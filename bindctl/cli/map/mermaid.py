"""The map as a Mermaid flowchart, as Markdown pages of many forges show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.cli.map.words import (
    Status,
    is_telling,
    problem_words,
    short_name,
    status_of,
    way_status,
)
from bindctl.rules.topology import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.rules.topology import Node, Topology

# What Mermaid draws at most unless its page allows more: maxEdges and maxTextSize of
# its configuration, which a drawing itself cannot set.
_MAX_EDGES: Final = 500
_MAX_CHARACTERS: Final = 50_000
# The shape of each column: stadium, rectangle, rounded, cylinder.
_SHAPES: Final = {
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
    return "\n".join(_lines(topology)) + "\n"


def _lines(topology: Topology) -> Iterator[str]:
    yield "flowchart LR"
    styled: dict[str, list[str]] = {}
    for node in topology.nodes.values():
        opening, closing = _SHAPES[node.column]
        yield f'  {node.id}{opening}"{_label(node)}"{closing}'
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


def _label(node: Node) -> str:
    words = [escape_mermaid(node.label)]
    if node.column is Column.SITE:
        words[0] = f"site {words[0]}"
    if is_telling(node):
        words.append(escape_mermaid(short_name(node)))
    if node.note:
        until = "until " if node.column is Column.CERTIFICATE else ""
        words.append(escape_mermaid(until + node.note))
    if wrong := problem_words(node):
        words.append(f"{escape_mermaid(wrong)}")
    return "<br/>".join(words)


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
