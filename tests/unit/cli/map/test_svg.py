"""The map as SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from bindctl.cli.map.layout import make_drawing, make_layout
from bindctl.cli.map.svg import render_heads, render_svg
from tests.unit.bindings.tables import site, table
from tests.unit.routing.pictures import many, picture, sample

if TYPE_CHECKING:
    from bindctl.routing.topology import Topology

SVG = "{http://www.w3.org/2000/svg}"


def _parse(topology: Topology) -> ET.Element:
    drawing = make_drawing(topology)
    return ET.fromstring(  # noqa: S314 - rendered just now
        render_svg(drawing, make_layout(drawing))
    )


def _boxes(root: ET.Element) -> dict[str, ET.Element]:
    """By the first line of their titles; the last of several."""
    return {
        (box.findtext(f"{SVG}title") or "").partition("\n")[0]: box
        for box in root.iter(f"{SVG}g")
        if "box" in (box.get("class") or "").split()
    }


def _texts(box: ET.Element) -> list[str | None]:
    return [item.text for item in box.iter(f"{SVG}text")]


def test_every_box_has_its_words_as_text() -> None:
    """Text can be searched, copied, translated and read aloud."""
    boxes = _boxes(_parse(sample()))
    assert _texts(boxes["*:443 https"]) == ["*:443", "https"]
    assert _texts(boxes["münchen.example"]) == ["münchen.example", "✕", "not covered"]
    assert _texts(boxes["site 3 S3"]) == ["3 S3", "○", "stopped"]
    assert _texts(boxes["*.example.com +1"]) == [
        "*.example.com +1",
        "2027-06-09",
        "▲",
        "expires soon",
    ]


def test_what_is_wrong_has_a_class_a_sign_and_words() -> None:
    """Nobody needs to tell red from green."""
    boxes = _boxes(_parse(sample()))
    assert boxes["münchen.example"].get("class") == "box host error"
    assert boxes["site 2 S2"].get("class") == "box site error dead"
    title = boxes["münchen.example"].findtext(f"{SVG}title") or ""
    assert "CRT201 error: not covered at all" in title


def test_curves_begin_and_end_at_their_boxes() -> None:
    """A joint that ends in the void leads nowhere."""
    root = _parse(sample())
    rects = {
        box.get("data-box"): box.find(f"{SVG}rect") for box in _boxes(root).values()
    }
    for path in root.iter(f"{SVG}path"):
        left, right = (
            rects.get(path.get("data-left")),
            rects.get(path.get("data-right")),
        )
        if left is None or right is None:
            continue  # of two hosts of one name the helper knows the last
        numbers = (path.get("d") or "").replace("M", "").replace("C", " ").split()
        x, y, *_middle, end_x, end_y = map(int, numbers)
        assert x == int(left.get("x", 0)) + int(left.get("width", 0))
        assert y == int(left.get("y", 0)) + int(left.get("height", 0)) // 2
        assert end_x == int(right.get("x", 0))
        assert end_y == int(right.get("y", 0)) + int(right.get("height", 0)) // 2


def test_thicker_curves_stand_for_more_bindings() -> None:
    """One binding is thin, a thousand are not much thicker than a letter."""
    widths = {
        float(path.get("stroke-width", 0))
        for path in _parse(many(600)).iter(f"{SVG}path")
    }
    assert min(widths) > 1
    assert max(widths) < 6


def test_a_group_looks_like_a_pile() -> None:
    """Three sheets, and how many it holds."""
    root = _parse(many(90, domains=3))
    groups = [box for box in _boxes(root).values() if "group" in box.get("class", "")]
    assert len(groups) == 6
    assert all(len(box.findall(f"{SVG}rect")) == 3 for box in groups)
    assert ["d0.example", "30 hosts"] in map(_texts, groups)


def test_a_hostile_name_is_text() -> None:
    """A description cannot add an element."""
    made = site(1, ":80:a", '80:"/><script>')._replace(
        comment="</text><script>alert(1)</script>\x00"
    )
    root = _parse(picture(table(made)))
    assert not list(root.iter(f"{SVG}script"))
    assert "site 1 </text><script>alert(1)</script>\\u0000" in _boxes(root)


def test_heads_say_how_many_there_are() -> None:
    """As wide as the drawing, so that they stand above their columns."""
    topology = sample()
    drawing = make_drawing(topology)
    heads = ET.fromstring(render_heads(drawing, topology))  # noqa: S314 - as above
    assert [text.text for text in heads] == [
        "4 endpoints",
        "5 hosts",
        "4 sites",
        "1 certificate",
    ]
    assert [int(text.get("x", 0)) for text in heads] == drawing.lefts()
    assert heads.get("width") == str(drawing.width())
