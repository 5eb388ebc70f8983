"""The map in the DOT language."""

from __future__ import annotations

import pytest

from bindctl.cli.map.graphviz import escape_dot, render_graphviz
from bindctl.rules.topology import Column
from tests.unit.bindings.tables import site, table
from tests.unit.rules.pictures import picture, sample


def test_every_node_and_joint_is_there() -> None:
    """A rank a column, and what is wrong in colour and in words."""
    topology = sample()
    text = render_graphviz(topology)
    assert text.count("rank=same") == len(Column)
    assert text.count(" -> ") == len(topology.edges())
    assert 'h4 [label="münchen.example (xn--mnchen-3ya.example)\\nnot covered"' in text
    assert 's3 [label="site 3 S3\\nstopped" shape=box style="dashed"' in text
    assert 'e1 -> h3 [weight=2 tooltip="2 bindings" color="#c62828" penwidth=2]' in text
    assert "  s1 -> c1\n" in text
    assert text.endswith("}\n")


def test_a_column_without_nodes_is_left_out() -> None:
    """Graphviz would draw an empty rank."""
    text = render_graphviz(picture(table(site(1, ":80:a.example"))))
    assert "// certificate" not in text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('a"b', 'a\\"b'),
        ("\\N \\G \\", "\\\\N \\\\G \\\\"),
        ("&lt; &", "&amp;lt; &amp;"),
        ("<b>x</b>", "<b>x</b>"),
        ("two\nlines\x1b", "two lines "),
    ],
)
def test_nothing_in_a_name_is_syntax(text: str, written: str) -> None:
    r"""A quote would end the label, and \\N would be the node's own name."""
    assert escape_dot(text) == written
