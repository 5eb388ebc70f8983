"""Laws of the map: nothing is lost, nothing overlaps, whatever is drawn."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from bindctl.bindings.start import start_sites
from bindctl.cli.map.graphviz import render_graphviz
from bindctl.cli.map.layout import GAP, make_drawing, make_layout
from bindctl.cli.map.mermaid import render_mermaid
from bindctl.cli.map.svg import render_svg
from bindctl.routing.plan import compile_plan
from bindctl.routing.topology import Topology, make_topology
from bindctl.rules.bindings import binding_findings
from tests.property.strategies import tables

if TYPE_CHECKING:
    from bindctl.bindings.table import BindingTable

_comments = st.lists(st.text(max_size=40), min_size=6, max_size=6)


def _picture(table: BindingTable, comments: list[str]) -> Topology:
    sites = tuple(
        site._replace(comment=comments[site.identifier % len(comments)])
        for site in table.sites
    )
    table = table._replace(sites=sites)
    start = start_sites(table)
    plan = compile_plan(table, start.started)
    return make_topology(table, start, plan, {}, binding_findings(table))


@given(tables, _comments)
def test_the_ways_through_the_picture_are_the_bindings(
    table: BindingTable, comments: list[str]
) -> None:
    """Walking from an endpoint to a site never leads where no binding does."""
    topology = _picture(table, comments)
    assert len(topology.ways) == sum(len(site.entries) for site in table.sites)
    ways = {(way.endpoint, way.host, way.site) for way in topology.ways}
    edges = topology.edges()
    walked = {
        (endpoint, host, site)
        for endpoint, host in edges
        for start, site in edges
        if start == host and endpoint.startswith("e")
    }
    assert walked == ways


@given(tables, _comments)
def test_no_two_boxes_overlap(table: BindingTable, comments: list[str]) -> None:
    """Whatever hangs together with whatever."""
    drawing = make_drawing(_picture(table, comments))
    layout = make_layout(drawing)
    for column in range(4):
        spans = sorted(
            (top, top + drawing.boxes[index].height)
            for index, top in layout.tops.items()
            if drawing.boxes[index].column == column
        )
        assert all(low[1] + GAP <= high[0] for low, high in pairwise(spans))


@given(tables, _comments)
def test_every_name_is_text(table: BindingTable, comments: list[str]) -> None:
    """No name makes a drawing that cannot be read, or adds anything to it."""
    topology = _picture(table, comments)
    drawing = make_drawing(topology)
    root = ET.fromstring(render_svg(drawing, make_layout(drawing)))  # noqa: S314 - rendered just now
    boxes = [item for item in root.iter() if item.get("data-box")]
    assert len(boxes) == len(topology.nodes)
    mermaid = render_mermaid(topology)
    assert mermaid.count(" --> ") == len(topology.edges())
    dot = render_graphviz(topology).splitlines()
    assert sum(" -> " in line for line in dot if "label=" not in line) == len(
        topology.edges()
    )
