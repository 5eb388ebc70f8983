"""The map as JSON data: nodes, and the bindings that lead through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.cli.map.words import status_of

if TYPE_CHECKING:
    from bindctl.operations.views.map import MapResult
    from bindctl.routing.topology import Node


def map_data(result: MapResult) -> dict[str, object]:
    """What ``bindctl map --json`` answers (`docs/reference/json.md`)."""
    return {
        "as_of": result.as_of,
        "bindings": result.whole,
        "nodes": [_node(node) for node in result.topology.nodes.values()],
        "ways": list(result.topology.ways),
    }


def _node(node: Node) -> dict[str, object]:
    return {
        "id": node.id,
        "column": node.column,
        "label": node.label,
        "name": node.name,
        "note": node.note,
        "status": status_of(node),
        "problems": list(node.problems),
    }
