"""map: what a metabase binds, as endpoints, hosts, sites and certificates.

It marks the findings of `check`, under the options and comments of the metabase.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.operations.check.check import check_octets
from bindctl.operations.load.configuration import compile_configuration
from bindctl.operations.load.known_certificates import load_known_certificates
from bindctl.rules.topology import Topology, make_topology, narrow_topology

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from bindctl.rules.topology import Node, Way
    from bindctl.storage.workspace import Workspace


class MapResult(NamedTuple):
    """The picture, and the values it was made from.

    Attributes:
        topology: What is to be drawn.
        whole: How many bindings the metabase has.
        as_of: The instant certificates were judged at.
    """

    topology: Topology
    whole: int
    as_of: datetime


def make_map(
    workspace: Workspace,
    now: datetime,
    hosts: Collection[str] = (),
    sites: Collection[int] = (),
) -> MapResult:
    """The picture of a metabase, or of a part of it.

    Args:
        workspace: The metabase.
        now: Aware UTC: the instant certificates are judged at.
        hosts: Patterns, ``*.example.com`` or ``shop*``; a host that any of them
            matches, in U-labels or A-labels, is shown. Without any, all are.
        sites: Identifiers; without any, all are shown.

    Raises:
        BindctlError: RTE006, no binding matches those hosts and sites; or the metabase
            cannot be read.
    """
    octets = workspace.read()
    configuration = compile_configuration(octets, workspace)
    known = load_known_certificates(workspace, configuration.table)
    topology = make_topology(
        configuration,
        {**known.certificates, **known.central},
        check_octets(workspace, octets, now).report.findings,
    )
    whole = len(topology.ways)
    if hosts or sites:
        topology = _narrow(topology, hosts, sites)
    return MapResult(topology, whole, now)


def _narrow(
    topology: Topology, hosts: Collection[str], sites: Collection[int]
) -> Topology:
    patterns = [item.lower() for item in hosts]
    wanted = {f"s{identifier}" for identifier in sites}

    def keeps(way: Way) -> bool:
        is_wanted = not wanted or way.site in wanted
        return is_wanted and (
            not patterns or _matches(topology.nodes[way.host], patterns)
        )

    lonely = wanted & set(topology.nodes) if not patterns else set()
    narrowed = narrow_topology(topology, keeps, lonely)
    if not narrowed.nodes:
        asked = (*(f"host {item!r}" for item in hosts), *(f"site {i}" for i in sites))
        message = f"no binding matches {', '.join(asked)}"
        raise BindctlError("RTE006", message, "bindctl map shows all of them")
    return narrowed


def _matches(node: Node, patterns: list[str]) -> bool:
    names = {node.name, node.label}
    return any(fnmatchcase(name, item) for name in names for item in patterns)
