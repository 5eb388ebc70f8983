"""What the script of the page draws, before anything has a place."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from bindctl.cli.map.picture import (
    MAX_GROUP,
    MAX_OPEN,
    Block,
    Box,
    Picture,
    clean_line,
    domain_of,
    element,
    escape_text,
    find_clusters,
    make_blocks,
    make_picture,
)
from tests.unit.bindings.tables import A, B, site, table
from tests.unit.rules.pictures import at, many, picture, sample

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


def _hosts(topology: Topology, block: Block) -> list[str]:
    return [
        topology.nodes[key].name
        for cluster in block.clusters
        for key in cluster.members[1]
    ]


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("www.example.com", "example.com"),
        ("example.com", "example.com"),
        ("*.shop.example.com", "example.com"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("www.example.de", "example.de"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_the_domain_of_a_name(name: str, domain: str) -> None:
    """Hosts are grouped as people speak of them."""
    assert domain_of(name) == domain


def test_what_hangs_together_is_a_cluster() -> None:
    """A site with its hosts; what many share belongs to none of them."""
    topology = many(8)
    clusters = find_clusters(topology)
    assert len(clusters) == 8
    alone = [item for item in clusters if item.members[1]]
    assert all(item.shared == {"e1", "e2", "c1"} for item in alone)
    assert all(len(item.members[2]) == 1 for item in alone)


def test_a_small_map_is_shown_whole() -> None:
    """Nobody wants to open groups to see five bindings."""
    for topology in (sample(), many(MAX_OPEN)):
        assert not any(block.label for block in make_blocks(topology))


def test_a_large_map_groups_what_is_alike_by_domain() -> None:
    """Five hundred rows become a few."""
    topology = many(90, domains=3)
    blocks = make_blocks(topology)
    groups = [block for block in blocks if block.label]
    assert [block.label for block in groups] == [
        "d0.example",
        "d1.example",
        "d2.example",
    ]
    assert [len(block.clusters) for block in groups] == [30, 30, 30]


def test_what_is_wrong_is_never_hidden_among_the_good() -> None:
    """A host that is not covered stands alone among ninety that are."""
    rows = [
        site(
            number,
            f":80:h{number}.example.com",
            secure=(f":443:h{number}.example.com",),
            certificate_hash=A,
        )
        for number in range(1, 91)
    ]
    topology = picture(table(*rows), at("CRT201", 17, "SecureBindings", 0), A="*.x")
    blocks = make_blocks(topology)
    wrong = next(
        block for block in blocks if "h17.example.com" in _hosts(topology, block)
    )
    assert _hosts(topology, wrong) == ["h17.example.com"]
    assert not wrong.label


def test_few_of_each_domain_are_grouped_across_domains() -> None:
    """Fifty customers with a domain each are one group, named by the first and last."""
    topology = many(60, domains=60)
    groups = [block for block in make_blocks(topology) if block.label]
    assert len(groups) == 1
    assert groups[0].label == "www60.d0.example … www9.d9.example"
    assert len(groups[0].clusters) == 60


def test_a_group_has_an_end() -> None:
    """Ten thousand hosts of one domain are groups that a screen can show."""
    topology = many(MAX_GROUP + 50, domains=1)
    groups = [block for block in make_blocks(topology) if block.label]
    assert [len(block.clusters) for block in groups] == [MAX_GROUP, 50]
    assert all(" … " in block.label for block in groups)


def test_every_node_is_in_one_block() -> None:
    """Nothing is drawn twice, nothing is lost."""
    for topology in (sample(), many(70), many(300, domains=40)):
        found = [
            key
            for block in make_blocks(topology)
            for cluster in block.clusters
            for part in cluster.members
            for key in part
        ]
        shared = set(topology.nodes) - set(found)
        assert len(found) == len(set(found))
        assert shared <= {"e1", "e2", "c1"}


def test_different_certificates_are_a_difference() -> None:
    """Hosts with their own certificates are not grouped with those that share one."""
    rows = [
        site(
            number,
            secure=(f":443:h{number}.example.com",),
            certificate_hash=A if number < 31 else B,
            flags=1,
        )
        for number in range(1, 61)
    ]
    topology = picture(table(*rows), A="*.example.com", B="*.example.com")
    groups = [block for block in make_blocks(topology) if block.label]
    assert [len(block.clusters) for block in groups] == [30, 30]


HOSTILE = (
    "</text><script>alert(1)</script>",
    "\" onload='x' &amp; &",
    "\x00\x07\x1b[2J\x7f\x85",
    "\u202egnp.exe\u2066",
    "\ufffe\uffff\ud800",
    "two\nlines\r\n",
    "]]>",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(text: str) -> None:
    """A comment of a site could run as a script in whoever looks at the page."""
    written = element("text", {"title": text}, text=text)
    parsed = ET.fromstring(written)  # noqa: S314 - written just now
    assert len(parsed) == 0
    assert parsed.text == "\n".join(map(clean_line, text.split("\n")))
    assert list(parsed.attrib) == ["title"]


def test_what_turns_the_direction_of_writing_is_spelt_out() -> None:
    """A name must not be shown as another."""
    assert clean_line("a\u202eb\x1b") == "a\\u202eb\\u001b"
    assert clean_line("two\nlines") == "two\\nlines"
    assert escape_text("two\nlines") == "two\nlines"


def test_an_attribute_without_a_value_is_left_out() -> None:
    """Elements are written in one way only."""
    assert element("a", {"x": 1, "y": None}, "<b></b>", text="&") == (
        '<a x="1">&amp;<b></b></a>'
    )
