"""Where everything of a drawn map stands."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from bindctl.cli.map.layout import (
    GAP,
    HEIGHT,
    TALL,
    TOP,
    Drawing,
    Layout,
    make_drawing,
    make_layout,
    spread,
)
from tests.unit.bindings.tables import A, site, table
from tests.unit.routing.pictures import many, picture, sample

if TYPE_CHECKING:
    from bindctl.routing.topology import Topology


def _overlaps(drawing: Drawing, layout: Layout) -> list[tuple[int, int]]:
    """Pairs of boxes of one column that have a line in common."""
    found = []
    for column in range(4):
        spans = sorted(
            (top, top + drawing.boxes[index].height, index)
            for index, top in layout.tops.items()
            if drawing.boxes[index].column == column
        )
        for (_top, bottom, first), (top, _bottom, second) in itertools.pairwise(spans):
            if top < bottom + GAP:
                found.append((first, second))
    return found


@pytest.mark.parametrize("topology", [sample(), many(5), many(40), many(500)])
def test_no_two_boxes_overlap(topology: Topology) -> None:
    """What lies below another box cannot be read."""
    drawing = make_drawing(topology)
    layout = make_layout(drawing)
    assert _overlaps(drawing, layout) == []
    assert all(top >= TOP for top in layout.tops.values())
    lowest = max(top + drawing.boxes[i].height for i, top in layout.tops.items())
    assert layout.height == lowest + TOP


def test_a_small_map_has_every_node_and_joint() -> None:
    """Five bindings are drawn one by one."""
    topology = sample()
    drawing = make_drawing(topology)
    layout = make_layout(drawing)
    assert sorted(layout.tops) == list(range(len(topology.nodes)))
    edges = {
        (drawing.keys[edge.left], drawing.keys[edge.right]): edge.bindings
        for edge in layout.edges
    }
    assert edges == {key: len(ways) for key, ways in topology.edges().items()}


def test_joints_of_wrong_bindings_are_drawn_last() -> None:
    """A red line is never hidden below grey ones."""
    levels = [edge.level for edge in make_layout(make_drawing(sample())).edges]
    assert levels == sorted(levels)
    assert {0, 2} <= set(levels)


def test_groups_stand_for_their_members() -> None:
    """Five hundred hosts are a handful of boxes, which say how many they are."""
    drawing = make_drawing(many(500, domains=5))
    layout = make_layout(drawing)
    assert len(layout.tops) == 3 + 2 * 5
    shown = [drawing.boxes[index] for index in layout.tops]
    groups = [box for box in shown if box.group]
    assert {box.second for box in groups} == {"100 hosts", "100 sites"}
    assert sum(edge.bindings for edge in layout.edges if edge.left < 2) == 1000


def test_a_box_says_what_is_wrong_on_a_second_line() -> None:
    """And is as much higher."""
    drawing = make_drawing(sample())
    box = drawing.boxes[drawing.keys.index("h4")]
    assert (box.second, box.height) == ("not covered", TALL)
    assert drawing.boxes[drawing.keys.index("h2")].height == HEIGHT


def test_a_site_that_does_not_run_is_dead() -> None:
    """Stopped or refused: no request gets through."""
    drawing = make_drawing(sample())
    dead = [
        key for key, box in zip(drawing.keys, drawing.boxes, strict=True) if box.is_dead
    ]
    assert dead == ["s2", "s3"]


def test_an_address_is_never_cut() -> None:
    """Addresses differ anywhere, not only at their ends."""
    longest = "[2001:db8:1111:2222:3333:4444:5555:6666]:65535"
    drawing = make_drawing(picture(table(site(1, f"{longest}:"))))
    assert drawing.boxes[0].label == longest


def test_a_long_name_is_cut_and_told_in_full() -> None:
    """The label fits its box; the tooltip has all of it."""
    name = ".".join(["label" * 6] * 4)
    drawing = make_drawing(picture(table(site(1, f":80:{name}"))))
    box = drawing.boxes[drawing.keys.index("h1")]
    assert "…" in box.label
    assert box.tip == name


def test_what_a_terminal_or_page_would_obey_is_spelt_out() -> None:
    """Before it is measured: what is shown is what has a width."""
    made = site(1, ":80:a")._replace(comment="\x1b[2J\n\u202e")
    drawing = make_drawing(picture(table(made)))
    assert drawing.boxes[drawing.keys.index("s1")].label == "1 \\u001b[2J\\n\\u202e"
    assert "\n" not in drawing.boxes[drawing.keys.index("s1")].tip


def test_boxes_stand_as_near_as_they_can_to_where_they_are_wanted() -> None:
    """Alone where wanted; in a crowd around its middle; never above the top."""
    assert spread([(100, 20), (200, 20)]) == [90, 190]
    assert spread([(100, 20), (100, 20)]) == [100 - 10 - 13, 100 - 10 + 13]
    assert spread([(0, 20), (0, 20)]) == [TOP, TOP + 20 + GAP]
    assert spread([]) == []


def test_what_a_host_shares_stands_in_the_middle_of_its_hosts() -> None:
    """Curves are as short as they can be."""
    drawing = make_drawing(many(31, domains=1))
    layout = make_layout(drawing)
    hosts = [
        top + HEIGHT / 2
        for index, top in layout.tops.items()
        if drawing.boxes[index].column == 1
    ]
    certificate = layout.tops[drawing.keys.index("c1")] + HEIGHT / 2
    assert abs(certificate - sum(hosts) / len(hosts)) <= 1


def test_an_empty_map_has_a_place_too() -> None:
    """A new metabase is drawn without a mistake."""
    drawing = make_drawing(picture(table()))
    assert make_layout(drawing) == Layout({}, [], TOP)
    assert drawing.width() > 0
    lonely = make_drawing(picture(table(site(7, certificate_hash=A))))
    assert list(make_layout(lonely).tops) == [0]
