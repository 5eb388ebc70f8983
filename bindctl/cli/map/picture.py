"""What the script of the page draws: boxes, rows and ways, in numbers.

No sizes and no places: `drawing.js` lays the map out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.cli.map.grouping import make_blocks
from bindctl.cli.map.markup import clean_line
from bindctl.cli.map.words import (
    SIGNS,
    Status,
    count_words,
    full_lines,
    problem_words,
    status_of,
    worst_status,
)
from bindctl.rules.topology import Column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.cli.map.grouping import Block
    from bindctl.rules.topology import Node, Topology

_COLUMNS: Final = tuple(Column)
_LEVELS: Final = (Status.GOOD, Status.WARNING, Status.ERROR)


class Box(NamedTuple):
    """A node or a closed group, as it is shown.

    Attributes:
        column: 0 to 3.
        label: The first line.
        note: What stands at its right; or empty.
        second: The second line; or empty.
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


class Row(NamedTuple):
    """A block in numbers of boxes.

    Attributes:
        cells: What a closed group shows, one a column or ``None``; empty if the row is
            no group.
        clusters: Members by column.
    """

    cells: tuple[int | None, ...]
    clusters: tuple[tuple[tuple[int, ...], ...], ...]


class Picture(NamedTuple):
    """All that is drawn. Its JSON is what `drawing.js` reads.

    Attributes:
        heads: One a column.
        signs: What stands before a second line, by `Status`.
        levels: How bad a way can be, from good to worst: of `Status`.
        boxes: Nodes in the order of the topology, then cells of groups.
        rows: From top to bottom.
        ways: Endpoint, host, site, certificate or -1, and an index of `levels`.
    """

    heads: list[str]
    signs: Mapping[str, str]
    levels: tuple[str, ...]
    boxes: list[Box]
    rows: list[Row]
    ways: list[tuple[int, int, int, int, int]]


def make_picture(topology: Topology) -> Picture:
    """Everything in numbers; every text is on one line."""
    nodes = {
        key: node._replace(label=clean_line(node.label))
        for key, node in topology.nodes.items()
    }
    topology = topology._replace(nodes=nodes)
    number = {key: index for index, key in enumerate(nodes)}
    boxes = [_box(node) for node in nodes.values()]
    rows: list[Row] = []
    groups = 0
    for block in make_blocks(topology):
        clusters = tuple(
            tuple(tuple(number[key] for key in part) for part in cluster.members)
            for cluster in block.clusters
        )
        cells: tuple[int | None, ...] = ()
        if block.label:
            groups += 1
            cells = _add_cells(boxes, topology, block, clusters, groups)
        rows.append(Row(cells, clusters))
    ways = [
        (
            number[way.endpoint],
            number[way.host],
            number[way.site],
            -1 if way.certificate is None else number[way.certificate],
            _LEVELS.index(worst_status(way.problems)),
        )
        for way in topology.ways
    ]
    heads = [count_words(len(topology.column(item)), item) for item in _COLUMNS]
    return Picture(heads, SIGNS, _LEVELS, boxes, rows, ways)


def _box(node: Node) -> Box:
    return Box(
        column=_COLUMNS.index(node.column),
        label=node.label,
        note=node.note,
        second=problem_words(node),
        status=status_of(node),
        tip="\n".join(map(clean_line, full_lines(node))),
        is_dead=node.is_off or any(not problem.code for problem in node.problems),
    )


def _add_cells(
    boxes: list[Box],
    topology: Topology,
    block: Block,
    clusters: tuple[tuple[tuple[int, ...], ...], ...],
    group: int,
) -> tuple[int | None, ...]:
    """Add the boxes of a closed group, one for each column it has members in."""
    cells = list[int | None]()
    for number, column in enumerate(_COLUMNS):
        members = [boxes[index] for columns in clusters for index in columns[number]]
        if not members:
            cells.append(None)
            continue
        cells.append(len(boxes))
        count = count_words(len(members), column)
        wrong = next((item for item in members if item.status != Status.GOOD), None)
        words = [count] if wrong is None else [count, wrong.second]
        title = _title(topology, block, column, number)
        boxes.append(
            Box(
                column=number,
                label=title,
                note="",
                second=" · ".join(words),
                status=wrong.status if wrong else Status.GOOD,
                tip=f"{title}\n{', '.join(words)}",
                group=group,
                is_dead=any(item.is_dead for item in members),
            )
        )
    return tuple(cells)


def _title(topology: Topology, block: Block, column: Column, number: int) -> str:
    """What a group is called in a column: its domain, or its first and last member."""
    if column is Column.HOST:
        return block.label
    keys = [key for cluster in block.clusters for key in cluster.members[number]]
    labels = [topology.nodes[key].label for key in (keys[0], keys[-1])]
    return labels[0] if len(keys) == 1 else f"{labels[0]} … {labels[-1]}"
