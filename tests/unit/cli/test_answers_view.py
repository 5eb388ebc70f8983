"""Requests whose answer changes, in words."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address

import pytest

from bindctl.cli.answers_view import format_answer_change
from bindctl.model.binding import Protocol
from bindctl.routing.compare import Answer, AnswerChange
from bindctl.routing.explain import OTHER_ADDRESS

NOBODY = Answer(is_listening=False, site=None, certificate_hash=None)
BAD = Answer(is_listening=True, site=None, certificate_hash=None)
ONE = Answer(is_listening=True, site=1, certificate_hash="aa")
TWO = Answer(is_listening=True, site=2, certificate_hash="aa")
OTHER = Answer(is_listening=True, site=2, certificate_hash="bb")
HTTP, HTTPS = Protocol.HTTP, Protocol.HTTPS


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ((HTTP, "a.example", 80, None, ONE, TWO), "http://a.example:80/ : site 1 -> site 2"),
        ((HTTP, "*", 80, None, BAD, NOBODY), "http://*:80/ : 400 -> no connection"),
        ((HTTP, "a", 80, ip_address("::1"), ONE, TWO),
         "http://a:80/ at [::1] : site 1 -> site 2"),
        ((HTTP, "a", 80, OTHER_ADDRESS, ONE, TWO),
         "http://a:80/ at any other address : site 1 -> site 2"),
        ((HTTPS, "a", 443, None, ONE, TWO), "https://a:443/ : site 1 -> site 2"),
        ((HTTPS, "a", 443, IPv4Address("10.0.0.1"), ONE, OTHER),
         "https://a:443/ at 10.0.0.1 : site 1, certificate aa -> site 2, certificate bb"),
        ((HTTPS, "a", 443, None, BAD, TWO),
         "https://a:443/ : 400, certificate none -> site 2, certificate aa"),
    ],
)  # fmt: skip
def test_one_line_says_it(change: tuple[object, ...], text: str) -> None:
    """The URL, where it arrives unless that is everywhere, and both answers."""
    assert format_answer_change(AnswerChange(*change)) == text  # type: ignore[arg-type]
