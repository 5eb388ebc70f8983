"""What the script of the page draws: boxes, rows and ways, in numbers.

No sizes and no places: `drawing.js` lays the map out.

A cluster is what hangs together besides what many hosts share: a host, its site, an
address that only this site has. When a map has more hosts than one looks at, clusters
that differ in name alone become a group, closed until somebody opens it. What is wrong
is a difference: a host that is not covered is never hidden among those that are.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from bindctl.cli.map.words import (
    SIGNS,
    Status,
    count_words,
    full_lines,
    problem_words,
    status_of,
    worst_status,
)
from bindctl.model.harmless_text import one_line
from bindctl.rules.topology import Column, host_order

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

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


MAX_OPEN: Final = 40  # hosts that are shown one by one, whatever they are
MIN_GROUP: Final = 4  # alike clusters that are worth a group
MAX_GROUP: Final = 200  # clusters of a group; more are several groups
HUB_HOSTS: Final = 6  # what more hosts have is shared by them, not part of each
_COUNTRY: Final = 2  # letters of a country's domain
_SECOND_LEVEL: Final = 3  # letters at most of `co`, `com`, `org` below one

# Node ids of each column, in the order of `Column`.
Columns: TypeAlias = tuple[tuple[str, ...], ...]


class Cluster(NamedTuple):
    """Nodes that belong together.

    Attributes:
        members: By column.
        shared: What it shares with other clusters.
    """

    members: Columns
    shared: frozenset[str]


class Block(NamedTuple):
    """Rows of the map: a cluster of its own, or a group of clusters.

    Attributes:
        clusters: The cluster, or those of the group.
        label: The domain of a group, or its first and last; empty for a cluster.
    """

    clusters: tuple[Cluster, ...]
    label: str = ""


def make_blocks(topology: Topology) -> list[Block]:
    """The rows of the map from top to bottom."""
    clusters = find_clusters(topology)
    if len(topology.column(Column.HOST)) <= MAX_OPEN:
        return [Block((cluster,)) for cluster in clusters]
    parts = _gather(clusters, lambda item: _likeness(topology, item, by_domain=True))
    loose = [item for part in parts if len(part) < MIN_GROUP for item in part]
    parts = [part for part in parts if len(part) >= MIN_GROUP]
    parts += _gather(loose, lambda item: _likeness(topology, item, by_domain=False))
    blocks = [block for part in parts for block in _blocks(topology, part)]
    blocks.sort(key=lambda block: _order(topology, block.clusters[0]))
    return blocks


def find_clusters(topology: Topology) -> list[Cluster]:
    """The clusters of a map, by the names of their hosts; sites without any last."""
    hubs = _hubs(topology)
    root = _join(topology, hubs)
    members: dict[str, list[str]] = {}
    for key in topology.nodes:
        if key not in hubs:
            members.setdefault(root[key], []).append(key)
    shared: dict[str, set[str]] = {}
    for way in topology.ways:
        parts = {way.endpoint, way.site, way.certificate or way.site}
        shared.setdefault(root[way.host], set()).update(parts & hubs)
    clusters = [
        Cluster(_by_column(topology, keys), frozenset(shared.get(key, ())))
        for key, keys in members.items()
    ]
    clusters.sort(key=lambda cluster: _order(topology, cluster))
    return clusters


def domain_of(name: str) -> str:
    """The domain a host is of, as far as its name tells: two labels, or three.

    Without a list of the world's registries ``example.co.uk`` is told from
    ``www.example.com`` by its short labels; a mistake costs a less apt group.
    """
    labels = name.removeprefix("*.").split(".")
    is_country = len(labels[-1]) == _COUNTRY
    is_deep = is_country and len(labels[-2:][0]) <= _SECOND_LEVEL
    return ".".join(labels[-3 if is_deep else -2 :])


def _hubs(topology: Topology) -> frozenset[str]:
    """Nodes of more hosts than one cluster may have."""
    hosts: dict[str, set[str]] = {}
    for way in topology.ways:
        for key in (way.endpoint, way.site, way.certificate):
            if key is not None:
                hosts.setdefault(key, set()).add(way.host)
    return frozenset(key for key, found in hosts.items() if len(found) > HUB_HOSTS)


def _join(topology: Topology, hubs: frozenset[str]) -> dict[str, str]:
    """For each node one that stands for its cluster: Tarjan's disjoint sets."""
    parent = {key: key for key in topology.nodes}

    def find(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for way in topology.ways:
        for key in (way.endpoint, way.site, way.certificate):
            if key is not None and key not in hubs:
                parent[find(key)] = find(way.host)
    return {key: find(key) for key in topology.nodes}


def _by_column(topology: Topology, keys: Iterable[str]) -> Columns:
    found: dict[Column, list[str]] = {column: [] for column in Column}
    for key in keys:
        found[topology.nodes[key].column].append(key)
    return tuple(tuple(part) for part in found.values())


def _order(topology: Topology, cluster: Cluster) -> tuple[bool, object, int]:
    hosts, sites = cluster.members[1], cluster.members[2]
    first = host_order(topology.nodes[hosts[0]].name) if hosts else (True, [])
    number = int(topology.nodes[sites[0]].name) if sites else 0
    return (not hosts, first, number)


def _likeness(
    topology: Topology, cluster: Cluster, *, by_domain: bool
) -> tuple[object, ...]:
    """Clusters of the same are alike."""
    nodes = [topology.nodes[key] for part in cluster.members for key in part]
    marks = frozenset((status_of(node), problem_words(node)) for node in nodes)
    sizes = tuple(bool(part) for part in cluster.members)
    domain = _domain(topology, cluster) if by_domain else None
    return (cluster.shared, marks, sizes, domain)


def _domain(topology: Topology, cluster: Cluster) -> str:
    hosts = cluster.members[1]
    return domain_of(topology.nodes[hosts[0]].name) if hosts else ""


def _gather(
    clusters: Iterable[Cluster], likeness: Callable[[Cluster], Hashable]
) -> list[list[Cluster]]:
    found: dict[Hashable, list[Cluster]] = {}
    for cluster in clusters:
        found.setdefault(likeness(cluster), []).append(cluster)
    return list(found.values())


def _blocks(topology: Topology, part: list[Cluster]) -> Iterable[Block]:
    if len(part) < MIN_GROUP:
        for cluster in part:
            yield Block((cluster,))
        return
    for start in range(0, len(part), MAX_GROUP):
        chunk = tuple(part[start : start + MAX_GROUP])
        yield Block(chunk, _label(topology, chunk, is_whole=len(part) <= MAX_GROUP))


def _label(topology: Topology, chunk: tuple[Cluster, ...], *, is_whole: bool) -> str:
    domains = {_domain(topology, cluster) for cluster in chunk}
    hosts = [key for cluster in chunk for key in cluster.members[1]]
    if len(domains) == 1 and (is_whole or not hosts):
        return domains.pop() or "any host"
    first, last = (topology.nodes[key].label for key in (hosts[0], hosts[-1]))
    return f"{first} … {last}"


_NO_XML = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
_NO_XML |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def clean_line(text: str) -> str:
    """`text` on one line, without what markup cannot hold or would obey.

    Control characters and marks that turn the direction of writing are spelt out; what
    XML has no characters for is replaced.

    Source:
        XML 1.0 (fifth edition) §2.2, Char.
    """
    return text if text.isprintable() else one_line(text).translate(_NO_XML)


def escape_text(text: str) -> str:
    """Cleaned lines between tags or in quotes."""
    return escape("\n".join(map(clean_line, text.split("\n"))))


def element(
    name: str, attributes: Mapping[str, object], *content: str, text: str = ""
) -> str:
    """An element.

    Args:
        name: Its tag.
        attributes: Their values are escaped; one that is ``None`` is left out.
        content: Markup within it.
        text: Escaped, before the content.
    """
    written = "".join(
        f' {key}="{escape_text(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{escape_text(text)}{''.join(content)}</{name}>"
