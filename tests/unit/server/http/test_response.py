"""Answers as values: pages, and which site would answer, told to who may know."""

from __future__ import annotations

import pytest

from bindctl.server.http.request import RequestHead, parse_head
from bindctl.server.http.response import is_probe, tell_site

SECRET = "0123456789abcdef"  # noqa: S105 - of a test


def head(*lines: str, method: str = "GET") -> RequestHead:
    """A request with those fields."""
    text = "\r\n".join([f"{method} / HTTP/1.1", "Host: a", *lines, "", ""])
    return parse_head(text.encode())


def test_who_knows_the_word_is_told() -> None:
    """`bindctl probe` could not tell two sites with one page apart."""
    assert is_probe(head(f"X-Bindctl-Probe: {SECRET}"), SECRET)
    assert is_probe(head(f"x-bindctl-probe: {SECRET}"), SECRET)


@pytest.mark.parametrize(
    ("lines", "secret"),
    [
        ((), SECRET),
        (("X-Bindctl-Probe: other",), SECRET),
        (("X-Bindctl-Probe:",), ""),
        (("X-Bindctl-Probe: x",), ""),
        ((f"X-Bindctl-Probe: {SECRET}", "Content-Length: 3"), SECRET),
        (("X-Bindctl-Probe: \u00e9",), SECRET),
    ],
)
def test_nobody_else_is(lines: tuple[str, ...], secret: str) -> None:
    """Identifiers of sites, and which of them share a name, are nobody's business.

    And without a word no word is the right one.
    """
    assert not is_probe(head(*lines), secret)


def test_the_answer_is_a_head_alone() -> None:
    """The next request on the connection would be read as its body."""
    response = tell_site(7)
    assert response.status == 200
    assert response.body == b""
    assert b"X-Bindctl-Site: 7\r\nContent-Length: 0\r\n" in response.headers
