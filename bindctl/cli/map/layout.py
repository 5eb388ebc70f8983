"""Where everything of a drawn map stands.

Rows are stacked from top to bottom by their hosts; endpoints, sites and certificates
stand as near as they can to the hosts they belong to. `drawing.js` does the same when
groups open and close, number for number: a test holds the two equal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from math import floor
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.cli.map.fitting import fit_label, fit_text, label_width
from bindctl.cli.map.grouping import make_blocks
from bindctl.cli.map.markup import clean_line
from bindctl.cli.map.words import (
    Status,
    count_words,
    full_lines,
    problem_words,
    status_of,
    worst_status,
)
from bindctl.routing.topology import Column

if TYPE_CHECKING:
    from bindctl.cli.map.grouping import Block
    from bindctl.routing.topology import Node, Topology

HEIGHT: Final = 26
TALL: Final = 42  # with a second line
GAP: Final = 6  # between nodes
BLOCK_GAP: Final = 6  # more than that between blocks
TOP: Final = 8
LEFT: Final = 16
BETWEEN: Final = 110  # room for curves between columns
_HOSTS: Final = 1  # number of their column
LEVELS: Final = (Status.GOOD, Status.WARNING, Status.ERROR)
# Least and most a column is wide; an IPv6 address with its port has 47 characters at
# most, and is never cut: addresses differ anywhere.
_WIDTHS: Final = ((112, 420), (150, 330), (130, 300), (150, 320))


class Box(NamedTuple):
    """A node as it is drawn.

    Attributes:
        column: 0 to 3.
        label: The label, cut to fit.
        note: What stands at the right; or empty.
        second: The second line, cut to fit; or empty.
        status: One of `Status`.
        tip: All there is to say.
        group: Number of the group that the box stands for, from 1; 0 for a node.
        is_dead: Whether no request gets through: a site that does not run.
    """

    column: int
    label: str
    note: str
    second: str
    status: str
    tip: str
    group: int = 0
    is_dead: bool = False

    @property
    def height(self) -> int:
        """How high it is."""
        return TALL if self.second else HEIGHT


class Edge(NamedTuple):
    """A curve between two boxes.

    Attributes:
        left: Box.
        right: Box.
        bindings: For how many bindings it stands.
        level: How bad the worst of them is: an index of `LEVELS`.
    """

    left: int
    right: int
    bindings: int
    level: int


class Row(NamedTuple):
    """A block in numbers of boxes.

    Attributes:
        cells: What a closed group shows, one a column or ``None``; empty for none.
        clusters: Members by column.
    """

    cells: tuple[int | None, ...]
    clusters: tuple[tuple[tuple[int, ...], ...], ...]


@dataclass(slots=True)
class Drawing:
    """Boxes, rows and ways in numbers: what is drawn, before it has a place.

    Attributes:
        boxes: Nodes in the order of the topology, then cells of groups.
        rows: From top to bottom.
        ways: Endpoint, host, site, certificate or -1, and an index of `LEVELS`.
        widths: Of the columns.
        keys: Id of each node by its number.
    """

    boxes: list[Box]
    rows: list[Row]
    ways: list[tuple[int, int, int, int, int]]
    widths: list[int]
    keys: list[str]

    def lefts(self) -> list[int]:
        """Where the columns begin."""
        found = [LEFT]
        for width in self.widths[:-1]:
            found.append(found[-1] + width + BETWEEN)
        return found

    def width(self) -> int:
        """How wide the drawing is."""
        return self.lefts()[-1] + self.widths[-1] + LEFT


class Layout(NamedTuple):
    """Where the boxes are while no group is open.

    Attributes:
        tops: By number of the box; one that is not shown is missing.
        edges: Curves between shown boxes.
        height: How high the drawing is.
    """

    tops: dict[int, int]
    edges: list[Edge]
    height: int


def make_drawing(topology: Topology) -> Drawing:
    """Everything in numbers, and the words that fit."""
    nodes = {
        key: node._replace(label=clean_line(node.label))
        for key, node in topology.nodes.items()
    }
    topology = topology._replace(nodes=nodes)
    keys = list(topology.nodes)
    number = {key: index for index, key in enumerate(keys)}
    blocks = make_blocks(topology)
    widths = _column_widths(topology, blocks)
    boxes = [_box(node, widths) for node in topology.nodes.values()]
    ways = [
        (
            number[way.endpoint],
            number[way.host],
            number[way.site],
            -1 if way.certificate is None else number[way.certificate],
            LEVELS.index(worst_status(way.problems)),
        )
        for way in topology.ways
    ]
    drawing = Drawing(boxes, [], ways, widths, keys)
    groups = 0
    for block in blocks:
        clusters = tuple(
            tuple(tuple(number[key] for key in part) for part in cluster.members)
            for cluster in block.clusters
        )
        row = Row((), clusters)
        if block.label:
            groups += 1
            cells = _add_cells(drawing, topology, block, row, groups)
            row = row._replace(cells=cells)
        drawing.rows.append(row)
    return drawing


def make_layout(drawing: Drawing) -> Layout:
    """The places of all boxes, every group closed."""
    shown = _shown(drawing)
    edges = _edges(drawing, shown)
    places = _Places(drawing)
    for row in drawing.rows:
        places.add_row(row)
    places.add_shared(shown, drawing.ways)
    for column in (0, 2, 3):
        places.settle(column)
    bottom = max(
        (top + drawing.boxes[index].height for index, top in places.tops.items()),
        default=0,
    )
    return Layout(places.tops, edges, bottom + TOP)


def spread(wanted: list[tuple[float, int]]) -> list[int]:
    """Tops of boxes that stand as near as they can to where they are wanted.

    Boxes that would overlap stand together, around the mean of what they want: the
    least sum of squares (pool adjacent violators).

    Args:
        wanted: Centre and height of each box, by centre.
    """
    runs: list[list[float]] = []  # sum of wanted tops, boxes, height, top
    for centre, height in wanted:
        runs.append([centre - height / 2, 1, height + GAP, 0])
        _place(runs[-1])
        while len(runs) > 1 and runs[-2][3] + runs[-2][2] > runs[-1][3]:
            total, count, high, _top = runs.pop()
            before = runs[-1]
            before[0] += total - count * before[2]
            before[1] += count
            before[2] += high
            _place(before)
    tops: list[int] = []
    position = 0
    for _total, count, _high, first in runs:
        top = first
        for _ in range(int(count)):
            tops.append(floor(top + 0.5))
            top += wanted[position][1] + GAP
            position += 1
    return tops


def _place(run: list[float]) -> None:
    run[3] = max(float(TOP), run[0] / run[1])


@dataclass(slots=True)
class _Places:
    """Boxes finding their places."""

    drawing: Drawing
    tops: dict[int, int] = field(default_factory=dict)
    wanted: dict[int, float] = field(default_factory=dict)
    bottom: int = TOP

    def add_row(self, row: Row) -> None:
        """Stack a block's hosts; keep room for what else it has."""
        parts = row.clusters
        if row.cells:
            parts = (tuple(() if cell is None else (cell,) for cell in row.cells),)
        for columns in parts:
            heights = [self._stack_height(part) for part in columns]
            middle = self.bottom + max(heights) / 2
            top = floor(middle - heights[1] / 2 + 0.5)
            for index in columns[1]:
                self.tops[index] = top
                top += self.drawing.boxes[index].height + GAP
            for column in (0, 2, 3):
                for index in columns[column]:
                    self.wanted[index] = middle
            self.bottom += max(heights) + GAP + BLOCK_GAP

    def add_shared(
        self, shown: list[int], ways: list[tuple[int, int, int, int, int]]
    ) -> None:
        """What belongs to hosts wants to stand in their middle."""
        sums: dict[int, list[float]] = {}
        for way in ways:
            host = shown[way[1]]
            centre = self.tops[host] + self.drawing.boxes[host].height / 2
            for index in (way[0], way[2], way[3]):
                if index >= 0:
                    found = sums.setdefault(shown[index], [0, 0])
                    found[0] += centre
                    found[1] += 1
        for index, (total, count) in sums.items():
            self.wanted[index] = total / count

    def settle(self, column: int) -> None:
        """Place a column's boxes."""
        boxes = self.drawing.boxes
        indices = [index for index in self.wanted if boxes[index].column == column]
        indices.sort(key=lambda index: (self.wanted[index], index))
        wanted = [(self.wanted[index], boxes[index].height) for index in indices]
        for index, top in zip(indices, spread(wanted), strict=True):
            self.tops[index] = top

    def _stack_height(self, part: tuple[int, ...]) -> int:
        return sum(self.drawing.boxes[index].height + GAP for index in part) - GAP


def _shown(drawing: Drawing) -> list[int]:
    """For each box the one that stands for it while every group is closed."""
    shown = list(range(len(drawing.boxes)))
    for row in drawing.rows:
        for columns in row.clusters if row.cells else ():
            for column, part in enumerate(columns):
                cell = row.cells[column]
                for index in part:
                    shown[index] = index if cell is None else cell
    return shown


def _edges(drawing: Drawing, shown: list[int]) -> list[Edge]:
    """Each joint once, the worst ones last so that they are drawn above the others."""
    levels: dict[tuple[int, int], list[int]] = {}
    for *way, level in drawing.ways:
        steps = [shown[index] for index in way if index >= 0]
        for edge in pairwise(steps):
            levels.setdefault(edge, []).append(level)
    edges = [Edge(*key, len(found), max(found)) for key, found in levels.items()]
    return sorted(edges, key=lambda edge: edge.level)


def _column_widths(topology: Topology, blocks: list[Block]) -> list[int]:
    widths = [least for least, _most in _WIDTHS]
    columns = list(Column)
    for node in topology.nodes.values():
        index = columns.index(node.column)
        wanted = label_width(node.label, node.note, problem_words(node))
        widths[index] = max(widths[index], wanted)
    for block in blocks:
        for index in range(len(columns)) if block.label else ():
            wanted = label_width(_cell_title(topology, block, index), "", "")
            widths[index] = max(widths[index], wanted)
    return [
        min(width, most) for width, (_least, most) in zip(widths, _WIDTHS, strict=True)
    ]


def _box(node: Node, widths: list[int]) -> Box:
    column = list(Column).index(node.column)
    is_dead = node.is_off or any(not problem.code for problem in node.problems)
    return Box(
        column=column,
        label=fit_label(node.label, node.note, widths[column]),
        note=node.note,
        second=fit_text(problem_words(node), widths[column]),
        status=status_of(node),
        tip="\n".join(map(clean_line, full_lines(node))),
        is_dead=is_dead,
    )


def _cell_title(topology: Topology, block: Block, column: int) -> str:
    """What a group is called in a column: its domain, or its first and last member."""
    if column == _HOSTS:
        return block.label
    keys = [key for cluster in block.clusters for key in cluster.members[column]]
    if not keys:
        return ""
    labels = [topology.nodes[key].label for key in (keys[0], keys[-1])]
    return labels[0] if len(keys) == 1 else f"{labels[0]} … {labels[-1]}"


def _add_cells(
    drawing: Drawing, topology: Topology, block: Block, row: Row, group: int
) -> tuple[int | None, ...]:
    """The boxes of a closed group, one a column it has members in."""
    boxes, cells = drawing.boxes, list[int | None]()
    for number, column in enumerate(Column):
        members = [boxes[i] for columns in row.clusters for i in columns[number]]
        if not members:
            cells.append(None)
            continue
        cells.append(len(boxes))
        count = count_words(len(members), column)
        wrong = next((item for item in members if item.status != Status.GOOD), None)
        words = [count] if wrong is None else [count, wrong.second]
        title = _cell_title(topology, block, number)
        boxes.append(
            Box(
                column=number,
                label=fit_label(title, "", drawing.widths[number]),
                note="",
                second=fit_text(" · ".join(words), drawing.widths[number]),
                status=wrong.status if wrong else Status.GOOD,
                tip=f"{title}\n{', '.join(words)}",
                group=group,
                is_dead=any(item.is_dead for item in members),
            )
        )
    return tuple(cells)
