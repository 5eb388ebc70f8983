"""Where the caret goes below a text that is not a binding."""

from __future__ import annotations

import pytest

from bindctl.model.binding import Protocol, parse_binding
from bindctl.rules.binding_caret import find_wrong_part


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("www.example.com", "www.example.com"),
        ("", ""),
        ("80", "80"),
        ("x:80:", "x:80:"),
        ("10.0.0.256:80:", "10.0.0.256:80:"),
        (":0:", "0:"),
        (":65536:a", "65536:a"),
        (":http:a", "http:a"),
        ("::a", ":a"),
        (":80", None),
        ("::1:80:", "::1:80:"),
        ("2001:db8::1:80:a", "2001:db8::1:80:a"),
        ("[::1:80:", "[::1:80:"),
        ("[::1]80:", "80:"),
        ("[::1]", ""),
        ("[::g]:80:", "[::g]:80:"),
        ("[::1]:0:a", "0:a"),
        (":80:a b", " b"),
        (":80:a..b", ".b"),
        (":80:a_b.*.com", "*.com"),
        (":80:**.com", "*.com"),
        (":80:a:b", ":b"),
        ("10.0.0.1:80:b\u00fccher/x", "/x"),
        (":80:" + "a" * 64 + ".example", "a.example"),
    ],
)
def test_the_caret_is_below_the_first_wrong_character(
    text: str, wrong: str | None
) -> None:
    """Of thirty characters one is a slip, and eyes pass over it."""
    if wrong is None:
        parse_binding(text, Protocol.HTTP)  # IIS 5 wrote it so
        return
    with pytest.raises(ValueError, match=r"."):
        parse_binding(text, Protocol.HTTP)
    assert text[find_wrong_part(text) :] == wrong
