"""The map in the DOT language."""

from __future__ import annotations

import re

import pytest

from bindctl.cli.map.graphs import (
    escape_dot,
    escape_mermaid,
    is_too_large,
    render_graphviz,
    render_mermaid,
)
from bindctl.rules.topology import Column
from tests.unit.bindings.tables import site, table
from tests.unit.rules.pictures import many, picture, sample


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


# Every line that we write, as Mermaid's grammar of flowcharts has it: nothing between
# the quotes of a label is a quote, a bracket, a semicolon that ends no entity, or a
# hash that begins none.
_TEXT = r"(?:[^\x00-\x7f]|[A-Za-z0-9 .:,/+-]|#\d+;|<br/>)+"
_LINES = (
    r"flowchart LR",
    rf'  e\d+\(\["{_TEXT}"\]\)',
    rf'  h\d+\["{_TEXT}"\]',
    rf'  s\d+\("{_TEXT}"\)',
    rf'  c\d+\[\("{_TEXT}"\)\]',
    r"  [ehs]\d+ --> [hsc]\d+",
    r"  classDef (off|warning|error) [a-z]+[a-z0-9#:, -]+",
    r"  class [ehsc]\d+(,[ehsc]\d+)* (off|warning|error)",
    r"  linkStyle \d+(,\d+)* stroke:#[0-9a-f]{6},stroke-width:\dpx",
)
_GRAMMAR = re.compile("|".join(f"(?:{line})" for line in _LINES))


def _mistakes(text: str) -> list[str]:
    return [line for line in text.splitlines() if not _GRAMMAR.fullmatch(line)]


def test_every_line_is_of_the_grammar() -> None:
    """A forge shows an error box in place of a drawing it cannot read."""
    assert _mistakes(render_mermaid(sample())) == []
    assert _mistakes(render_mermaid(many(30))) == []


@pytest.mark.parametrize(
    "comment",
    [
        '"] --> x',
        "end",
        "a;b\nc --> d",
        "#quot; %%{init: {}}%%",
        "<script>alert(1)</script>",
        "`**bold**`",
        "\x1b[2J\u202e",
        "日本語 & ñ",
        "",
    ],
)
def test_nothing_in_a_name_is_syntax_of_mermaid(comment: str) -> None:
    """A description of a site cannot draw, style or link anything."""
    made = site(1, ":80:a.example", 'x"]; e1 --> h1')._replace(comment=comment)
    assert _mistakes(render_mermaid(picture(table(made)))) == []


def test_entities_are_characters_by_number() -> None:
    """What is escaped is shown as it was."""
    assert escape_mermaid("*.a:80 #1;") == "#42;.a:80 #35;1#59;"
    assert escape_mermaid("münchen 日本") == "münchen 日本"
    assert escape_mermaid("\x07\n") == "  "


def test_every_node_and_joint_is_in_the_flowchart() -> None:
    """One line each, and wrong ones have a class and a colour of their own."""
    topology = sample()
    lines = render_mermaid(topology).splitlines()
    assert sum(" --> " in line for line in lines) == len(topology.edges())
    assert '  h4["münchen.example<br/>xn--mnchen-3ya.example<br/>not covered"]' in lines
    assert "  class h1,h3,h4,s2 error" in lines
    assert "  class s3 off" in lines
    joints = [line.split() for line in lines if " --> " in line]
    red = next(line for line in lines if "linkStyle" in line)
    numbers = [int(item) for item in red.split()[1].split(",")]
    assert {(joints[n][0], joints[n][2]) for n in numbers} == {
        ("e1", "h3"),
        ("h3", "s2"),
        ("e3", "h4"),
        ("h4", "s2"),
        ("s2", "c1"),
        ("e4", "h1"),
        ("h1", "s3"),
    }


def test_a_drawing_beyond_mermaids_limits_is_known() -> None:
    """Mermaid draws 500 joints and 50,000 characters unless its page allows more."""
    small, large = many(100), many(130)
    assert not is_too_large(small, render_mermaid(small))
    assert is_too_large(large, render_mermaid(large))
    assert is_too_large(small, "x" * 50_001)
