"""Laws of the map: nothing is lost, whatever is drawn.

What holds for the places of a drawn map is in `tests/e2e/test_map_page.py`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import given

from bindctl.cli.map.graphs import render_graphviz, render_mermaid
from bindctl.cli.map.page import render_page
from bindctl.cli.map.picture import clean_line, make_picture
from bindctl.operations.views.map import MapResult
from tests.property.strategies import described_tables, topology_of

if TYPE_CHECKING:
    from bindctl.bindings.table import BindingTable

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@given(described_tables)
def test_the_ways_through_the_picture_are_the_bindings(table: BindingTable) -> None:
    """Walking from an endpoint to a site never leads where no binding does."""
    topology = topology_of(table)
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


@given(described_tables)
def test_every_node_and_binding_is_in_the_page(table: BindingTable) -> None:
    """In a row of the drawing, or where a way leads; and each once."""
    topology = topology_of(table)
    made = make_picture(topology)
    rows = [part for row in made.rows for columns in row.clusters for part in columns]
    stacked = [index for part in rows for index in part]
    assert len(stacked) == len(set(stacked))
    reached = {index for way in made.ways for index in way[:4] if index >= 0}
    assert reached | set(stacked) == set(range(len(topology.nodes)))
    assert len(made.ways) == len(topology.ways)


@given(described_tables)
def test_every_name_is_text(table: BindingTable) -> None:
    """No name makes a drawing that cannot be read, or adds anything to it."""
    topology = topology_of(table)
    page = render_page(MapResult(topology, len(topology.ways), NOW), "metabase.toml")
    assert page.lower().count("</script>") == page.count("</script>\n") == 3
    texts = [text for box in make_picture(topology).boxes for text in box[1:6]]
    assert all(clean_line(line) == line for text in texts for line in text.split("\n"))
    mermaid = render_mermaid(topology)
    assert mermaid.count(" --> ") == len(topology.edges())
    dot = render_graphviz(topology).splitlines()
    assert sum(" -> " in line for line in dot if "label=" not in line) == len(
        topology.edges()
    )
