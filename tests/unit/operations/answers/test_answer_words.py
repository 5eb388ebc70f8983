"""Requests whose answer changes, in words."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address

import pytest

from bindctl.operations.answers.answer_words import (
    format_addresses,
    format_count,
    format_group,
)
from bindctl.operations.load.sources import ReasonedChange
from bindctl.routing.classes import OTHER_ADDRESS, OTHER_IPV6
from tests.unit.operations.answer_changes import (
    BAD,
    HTTP,
    HTTPS,
    NOBODY,
    ONE,
    OTHER,
    TWO,
    change_of,
)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ((HTTP, "a.example", 80, None, ONE, TWO), "http://a.example:80/ : site 1 -> site 2"),
        ((HTTP, "*", 80, None, BAD, NOBODY), "http://*:80/ : 400 -> no connection"),
        ((HTTP, "a", 80, ip_address("::1"), ONE, TWO),
         "http://a:80/ at [::1] : site 1 -> site 2"),
        ((HTTP, "a", 80, (OTHER_ADDRESS, OTHER_IPV6), ONE, TWO),
         "http://a:80/ at any other address : site 1 -> site 2"),
        ((HTTP, "a", 80, OTHER_IPV6, ONE, TWO),
         "http://a:80/ at any other IPv6 address : site 1 -> site 2"),
        ((HTTP, "xn--bcher-kva.example", 80, None, ONE, TWO),
         "http://bücher.example:80/ : site 1 -> site 2"),
        ((HTTPS, "a", 443, None, ONE, TWO), "https://a:443/ : site 1 -> site 2"),
        ((HTTPS, "a", 443, IPv4Address("10.0.0.1"), ONE, OTHER),
         "https://a:443/ at 10.0.0.1 : site 1, certificate aa… -> site 2, certificate bb…"),
        ((HTTPS, "a", 443, None, BAD, TWO),
         "https://a:443/ : handshake refused -> site 2, certificate aa…"),
        ((HTTPS, "a", 443, None, TWO, OTHER), "https://a:443/ : certificate aa… -> bb…"),
        ((HTTP, "a", 80, None, ONE, ONE._replace(refusal=503)),
         "http://a:80/ : site 1 -> 503 by site 1"),
        ((HTTPS, "a", 443, None, TWO._replace(certificate_hash="a.pfx"),
          TWO._replace(certificate_hash="c/a.pfx")),
         "https://a:443/ : certificate a.pfx -> c/a.pfx"),
        ((HTTPS, "a", 443, None, TWO._replace(certificate_hash="ab" * 20),
          TWO._replace(certificate_hash="abababab" * 5 + "c")),
         f"https://a:443/ : certificate {'ab' * 20} -> {'abababab' * 5}c"),
    ],
)  # fmt: skip
def test_one_line_says_it(change: tuple[object, ...], text: str) -> None:
    """The URL, where it arrives unless that is everywhere, and both answers."""
    assert format_group([change_of(*change)]) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("server_name", "words"),
    [("b", "server name b"), ("*", "no server name")],
)
def test_a_server_name_that_is_not_the_host_is_told(
    server_name: str, words: str
) -> None:
    """And the certificate, which is that name's, is not."""
    change = change_of(HTTPS, "a", 443, None, ONE, OTHER, server_name=server_name)
    expected = f"https://a:443/ with {words} : site 1 -> site 2"
    assert format_group([change]) == expected


def test_many_hosts_are_counted() -> None:
    """A line has room for some, and each has its own site before."""
    changes = [
        change_of(
            HTTP, f"h{n}", 80, None, ONE._replace(site=n, certificate_hash=None), NOBODY
        )
        for n in range(1, 6)
    ]
    assert format_group(changes) == (
        "http://h1:80/ http://h2:80/ http://h3:80/ and 2 more "
        ": each its site -> no connection"
    )


@pytest.mark.parametrize(
    ("addresses", "text"),
    [
        (["10.0.0.1"], "10.0.0.1"),
        (["0.0.0.0"], "any other IPv4 address"),  # noqa: S104 - shown only
        (["0.0.0.0", "10.0.0.1", "::"], "10.0.0.1 and any other address"),  # noqa: S104 - as above
        ([f"10.0.0.{n}" for n in range(1, 6)], "10.0.0.1, 10.0.0.2, 10.0.0.3 and 2 more"),
    ],
)  # fmt: skip
def test_addresses_are_listed(addresses: list[str], text: str) -> None:
    """The named ones first, and those that nothing names as what they are."""
    assert format_addresses([ip_address(item) for item in addresses]) == text


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "no request gets a different answer"),
        (1, "1 class of requests gets a different answer"),
        (1200, "1,200 classes of requests get a different answer"),
    ],
)
def test_classes_are_counted(count: int, words: str) -> None:
    """The first line of every answer."""
    item = ReasonedChange(change_of(HTTP, "a", 80, None, ONE, TWO), (), OTHER_ADDRESS)
    assert format_count([item] * count) == words
