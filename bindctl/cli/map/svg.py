"""The map as SVG. `drawing.js` draws the same when groups open: a test compares them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.cli.map.fitting import MARK, PADDING
from bindctl.cli.map.layout import BLOCK_GAP, GAP, HEIGHT, LEVELS, TALL, TOP
from bindctl.cli.map.markup import element
from bindctl.cli.map.words import Status, count_words
from bindctl.routing.topology import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.cli.map.layout import Box, Drawing, Edge, Layout
    from bindctl.routing.topology import Topology

FIRST_LINE: Final = 17  # from the top of a box to the foot of its label
SECOND_LINE: Final = 34
STACK: Final = 2  # how far the sheets below a group's box stand out
HEAD_HEIGHT: Final = 28
_HEAD_LINE: Final = 19
# Roundest where a request comes in.
ROUNDINGS: Final = (13, 3, 6, 3)
SIGNS: Final = {
    Status.GOOD: "",
    Status.OFF: "○",
    Status.WARNING: "▲",
    Status.ERROR: "✕",
}


def render_svg(drawing: Drawing, layout: Layout) -> str:
    """The drawing, every group closed."""
    width = drawing.width()
    attributes = {
        "xmlns": "http://www.w3.org/2000/svg",
        "id": "map",
        "class": "map",
        "viewBox": f"0 0 {width} {layout.height}",
        "width": width,
        "height": layout.height,
        "role": "group",
        "aria-labelledby": "title",
        "aria-describedby": "summary",
    }
    edges = (_edge(drawing, layout, edge) for edge in layout.edges)
    boxes = (_box(drawing, index, top) for index, top in sorted(layout.tops.items()))
    return element(
        "svg",
        attributes,
        element("g", {"class": "edges", "aria-hidden": "true"}, *edges),
        element("g", {"class": "boxes"}, *boxes),
    )


def render_heads(drawing: Drawing, topology: Topology) -> str:
    """The heads of the columns, as wide as the drawing."""
    width = drawing.width()
    attributes = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {width} {HEAD_HEIGHT}",
        "width": width,
        "height": HEAD_HEIGHT,
    }
    heads = (
        element(
            "text",
            {"x": left, "y": _HEAD_LINE},
            text=count_words(len(topology.column(column)), column),
        )
        for left, column in zip(drawing.lefts(), Column, strict=True)
    )
    return element("svg", attributes, *heads)


def box_classes(box: Box, column: str) -> str:
    """``box host error``."""
    words = ["box", column, box.status]
    if box.group:
        words.append("group")
    if box.is_dead:
        words.append("dead")
    return " ".join(words)


def _box(drawing: Drawing, index: int, top: int) -> str:
    box = drawing.boxes[index]
    left, width = drawing.lefts()[box.column], drawing.widths[box.column]
    classes = box_classes(box, list(Column)[box.column].value)
    return element(
        "g",
        {"class": classes, "data-box": index},
        element("title", {}, text=box.tip),
        *_sheets(box, left, top, width),
        *_words(box, left, top, width),
    )


def _sheets(box: Box, left: int, top: int, width: int) -> Iterator[str]:
    """The box, and for a group the sheets below it."""
    for shift in (2 * STACK, STACK, 0) if box.group else (0,):
        yield element(
            "rect",
            {
                "x": left + shift,
                "y": top + shift,
                "width": width,
                "height": box.height,
                "rx": ROUNDINGS[box.column],
            },
        )


def _words(box: Box, left: int, top: int, width: int) -> Iterator[str]:
    first = {"class": "label", "x": left + PADDING, "y": top + FIRST_LINE}
    yield element("text", first, text=box.label)
    if box.note:
        note = {"class": "note", "x": left + width - PADDING, "y": top + FIRST_LINE}
        yield element("text", note, text=box.note)
    if box.second:
        y = top + SECOND_LINE
        sign = SIGNS[box.status]
        if sign:
            mark = {"class": "sign", "x": left + PADDING, "y": y}
            yield element("text", mark, text=sign)
        shift = PADDING + (MARK if sign else 0)
        second = {"class": "second", "x": left + shift, "y": y}
        yield element("text", second, text=box.second)


def _edge(drawing: Drawing, layout: Layout, edge: Edge) -> str:
    boxes, lefts = drawing.boxes, drawing.lefts()
    left, right = boxes[edge.left], boxes[edge.right]
    x1, x2 = lefts[left.column] + drawing.widths[left.column], lefts[right.column]
    y1 = layout.tops[edge.left] + left.height // 2
    y2 = layout.tops[edge.right] + right.height // 2
    middle = (x1 + x2) // 2
    words = ["edge", LEVELS[edge.level]]
    if left.is_dead or right.is_dead:
        words.append("dead")
    return element(
        "path",
        {
            "class": " ".join(words),
            "data-left": edge.left,
            "data-right": edge.right,
            "d": f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}",
            "stroke-width": f"{(1 + edge.bindings.bit_length()) / 2:g}",
        },
    )


# What `drawing.js` needs to know of all this.
SIZES: Final = {
    "top": TOP,
    "gap": GAP,
    "blockGap": BLOCK_GAP,
    "height": HEIGHT,
    "tall": TALL,
    "firstLine": FIRST_LINE,
    "secondLine": SECOND_LINE,
    "stack": STACK,
    "roundings": ROUNDINGS,
    "signs": SIGNS,
    "levels": LEVELS,
    "padding": PADDING,
    "mark": MARK,
    "columns": [column.value for column in Column],
}
