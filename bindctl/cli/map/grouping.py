"""Which parts of a map are shown as one: clusters, and groups of alike clusters.

A cluster is what hangs together besides what many hosts share: a host, its site, an
address that only this site has. When a map has more hosts than one looks at, clusters
that differ in name alone become a group, closed until somebody opens it. What is wrong
is a difference: a host that is not covered is never hidden among those that are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from bindctl.cli.map.words import problem_words, status_of
from bindctl.rules.topology import Column, host_order

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from bindctl.rules.topology import Topology

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
