"""Names as people read them, and never as names they are not."""

from __future__ import annotations

import pytest

from bindctl.model.host import parse_host_name
from bindctl.model.unicode_host import to_unicode


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("www.example.com", "www.example.com"),
        ("xn--bcher-kva.example", "bücher.example"),
        ("*.xn--bcher-kva.example", "*.bücher.example"),
        ("www.xn--r8jz45g.xn--zckzah", "www.例え.テスト"),
        ("xn--strae-oqa.example", "straße.example"),
        ("xn--.example", "xn--.example"),
        ("xn--zzzzzzzz.example", "xn--zzzzzzzz.example"),
        ("xn--n3h.example", "xn--n3h.example"),  # a snowman, which IDNA 2008 has not
    ],
)
def test_a_labels_are_shown_as_they_are_read(name: str, shown: str) -> None:
    """Nobody recognises their own shop in xn--bcher-kva."""
    assert to_unicode(name) == shown


@pytest.mark.parametrize(
    "text", ["Bücher.Example", "例え。テスト", "stra\u00dfe.example"]
)
def test_what_is_shown_can_be_typed_back(text: str) -> None:
    """A host copied from a message is the same host."""
    name = parse_host_name(text)
    assert parse_host_name(to_unicode(name.name)) == name
