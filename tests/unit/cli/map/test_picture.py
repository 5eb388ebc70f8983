"""What the script of the page draws, before anything has a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.cli.map.picture import Box, Picture, make_picture
from tests.unit.bindings.tables import site, table
from tests.unit.rules.pictures import many, picture, sample

if TYPE_CHECKING:
    from bindctl.rules.topology import Topology


def _box(topology: Topology, key: str) -> Box:
    return make_picture(topology).boxes[list(topology.nodes).index(key)]


def _groups(made: Picture) -> list[Box]:
    return [box for box in made.boxes if box.group]


@pytest.mark.parametrize("topology", [sample(), many(5), many(40), many(500)])
def test_nothing_is_drawn_twice_and_nothing_is_lost(topology: Topology) -> None:
    """Every node has one box; it is in one row, or bindings lead to it."""
    made = make_picture(topology)
    assert len(made.boxes) == len(topology.nodes) + len(_groups(made))
    stacked = [
        index
        for row in made.rows
        for columns in row.clusters
        for part in columns
        for index in part
    ]
    assert len(stacked) == len(set(stacked))
    reached = {index for way in made.ways for index in way[:4]}
    assert {*stacked, *reached, -1} == {*range(len(topology.nodes)), -1}


def test_every_binding_is_a_way_and_says_how_bad_it_is() -> None:
    """A red line is never drawn as a grey one."""
    topology = sample()
    made = make_picture(topology)
    keys = list(topology.nodes)
    assert [
        tuple(keys[index] if index >= 0 else None for index in way[:4])
        for way in made.ways
    ] == [(way.endpoint, way.host, way.site, way.certificate) for way in topology.ways]
    assert {made.levels[way[4]] for way in made.ways} == {"good", "error"}


def test_ways_lead_from_column_to_column() -> None:
    """Otherwise curves would run backwards."""
    made = make_picture(many(90))
    for way in made.ways:
        columns = [made.boxes[index].column for index in way[:4] if index >= 0]
        assert columns == list(range(len(columns)))


def test_groups_stand_for_their_members() -> None:
    """Five hundred hosts are a handful of boxes, which say how many they are."""
    made = make_picture(many(500, domains=5))
    groups = _groups(made)
    assert len(groups) == 2 * 5
    assert {box.second for box in groups} == {"100 hosts", "100 sites"}
    assert {box.group for box in groups} == set(range(1, 6))
    for row in made.rows:
        cells = [
            None if cell is None else made.boxes[cell].column for cell in row.cells
        ]
        assert cells in ([], [None, 1, 2, None])


def test_a_box_says_what_is_wrong() -> None:
    """In words and by a class; good ones have neither."""
    box = _box(sample(), "h4")
    assert (box.label, box.second, box.status) == (
        "münchen.example",
        "not covered",
        "error",
    )
    assert "CRT201 error: not covered at all" in box.tip
    box = _box(sample(), "h2")
    assert (box.second, box.status) == ("", "good")
    box = _box(sample(), "c1")
    assert (box.label, box.note) == ("*.example.com +1", "2027-06-09")


def test_a_group_says_what_is_wrong_with_its_members() -> None:
    """Closed groups must not look better than they are."""
    rows = [
        site(number, f":80:h{number}.example", auto_start=number % 2 == 0)
        for number in range(1, 91)
    ]
    shown = {
        (box.second, box.status, box.is_dead)
        for box in _groups(make_picture(picture(table(*rows))))
    }
    assert shown == {
        ("45 hosts", "good", False),
        ("45 sites", "good", False),
        ("45 sites · stopped", "off", True),
    }


def test_a_site_that_does_not_run_is_dead() -> None:
    """Stopped or refused: no request gets through."""
    topology = sample()
    boxes = make_picture(topology).boxes
    dead = [key for key, box in zip(topology.nodes, boxes, strict=True) if box.is_dead]
    assert dead == ["s2", "s3"]


def test_what_a_terminal_or_page_would_obey_is_spelt_out() -> None:
    """Before the script measures it."""
    made = site(1, ":80:a")._replace(comment="\x1b[2J\n\u202e")
    box = _box(picture(table(made)), "s1")
    assert box.label == "1 \\u001b[2J\\n\\u202e"
    assert "\n" not in box.tip


def test_heads_say_how_many_there_are() -> None:
    """One a column."""
    assert make_picture(sample()).heads == [
        "4 endpoints",
        "5 hosts",
        "4 sites",
        "1 certificate",
    ]


def test_an_empty_map_is_a_picture_too() -> None:
    """A new metabase is drawn without a mistake."""
    made = make_picture(picture(table()))
    assert (made.boxes, made.rows, made.ways) == ([], [], [])
