"""The map as data."""

from __future__ import annotations

from datetime import UTC, datetime

from bindctl.cli.map.data import map_data
from bindctl.operations.views.map import MapResult
from bindctl.terminal.envelope import plain
from tests.unit.routing.pictures import sample


def test_nodes_and_ways_refer_to_each_other() -> None:
    """A program can draw its own picture."""
    topology = sample()
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    data = plain(map_data(MapResult(topology, 9, now)))
    assert isinstance(data, dict)
    assert (data["as_of"], data["bindings"]) == ("2026-11-22T12:00:00Z", 9)
    ids = {node["id"]: node for node in data["nodes"]}
    assert ids["s3"]["status"] == "off"
    assert ids["h4"] == {
        "id": "h4",
        "column": "host",
        "label": "münchen.example",
        "name": "xn--mnchen-3ya.example",
        "note": "",
        "status": "error",
        "problems": [
            {
                "code": "CRT201",
                "severity": "error",
                "words": "not covered",
                "message": "not covered at all",
            }
        ],
    }
    assert len(data["ways"]) == 6
    for way in data["ways"]:
        assert {way["endpoint"], way["host"], way["site"]} <= set(ids)
