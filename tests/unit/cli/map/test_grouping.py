"""Which parts of a map are shown as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.cli.map.grouping import (
    MAX_GROUP,
    MAX_OPEN,
    Block,
    domain_of,
    find_clusters,
    make_blocks,
)
from tests.unit.bindings.tables import A, B, site, table
from tests.unit.rules.pictures import at, many, picture, sample

if TYPE_CHECKING:
    from bindctl.rules.topology import Topology


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
