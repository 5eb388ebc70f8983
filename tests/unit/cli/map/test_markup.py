"""Whatever a metabase holds is text in the page."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from bindctl.cli.map.markup import clean_line, element, escape_text

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
