"""What one side answers on one port."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest

from bindctl.model.binding import Protocol
from bindctl.routing.answers import (
    CLOSED,
    NO_HANDSHAKE,
    Answer,
    AnswerChange,
    PortSide,
    address_classes_of,
)
from bindctl.routing.classes import OTHER_ADDRESS, OTHER_IPV6
from tests.unit.routing.readings import http, https, reading_of

TEN, ELEVEN = IPv4Address("10.0.0.1"), IPv4Address("10.0.0.2")
HTTP, HTTPS = Protocol.HTTP, Protocol.HTTPS
A, B = "a" * 40, "b" * 40


STRICT = "MisdirectedRequest = true"


def test_a_port_that_nothing_is_bound_to_is_closed() -> None:
    """A client cannot even connect: that is no 400."""
    side = PortSide(reading_of(http(":80:a")), 81)
    assert side.answer(HTTP, TEN, None, "a") == CLOSED
    assert side.find_record(TEN, "a") is None


@pytest.mark.parametrize(
    ("protocol", "address", "host", "expected"),
    [
        (HTTP, TEN, "a", Answer(True, 1, None)),
        (HTTP, TEN, "b", Answer(True, None, None)),
        (HTTP, ELEVEN, "a", CLOSED),  # nothing listens there
        (HTTPS, TEN, "a", CLOSED),  # the port speaks HTTP
    ],
)
def test_http_is_answered_by_address_and_host(
    protocol: Protocol, address: IPv4Address, host: str, expected: Answer
) -> None:
    """The scheme and the address count before any host."""
    side = PortSide(reading_of(http("10.0.0.1:80:a")), 80)
    assert side.answer(protocol, address, None, host) == expected


@pytest.mark.parametrize(
    ("server_name", "host", "expected"),
    [
        ("a", "a", Answer(True, 1, A)),
        ("a", "b", Answer(True, 2, A)),
        ("b", "c", Answer(True, None, B)),
        ("c", "a", NO_HANDSHAKE),
        (None, "a", NO_HANDSHAKE),
    ],
)
def test_the_server_name_chooses_the_certificate_and_the_host_the_site(
    server_name: str | None, host: str, expected: Answer
) -> None:
    """The two are independent: a pair of different names is a request like any other."""
    side = PortSide(
        reading_of(https(":443:a", flags=1), https(":443:b", digit="b", flags=1)), 443
    )
    assert side.answer(HTTPS, TEN, server_name, host) == expected


def test_a_connection_of_another_certificate_is_misdirected() -> None:
    """421 where the site wants it, and only there."""
    reading = reading_of(
        https(":443:a", flags=1),
        https(":443:b", digit="b", flags=1, more=STRICT),
        https(":443:c", digit="b", flags=1),
    )
    side = PortSide(reading, 443)
    assert side.answer(HTTPS, TEN, "a", "b").refusal == 421
    assert side.answer(HTTPS, TEN, "c", "b").refusal is None  # the same certificate
    assert side.answer(HTTPS, TEN, "b", "a").refusal is None  # site 1 does not mind


def test_a_paused_site_is_unavailable_before_it_is_misdirected() -> None:
    """The server looks at the pause first."""
    reading = reading_of(
        https(":443:a", flags=1),
        https(":443:b", digit="b", flags=1, more=STRICT),
        paused=frozenset({2}),
    )
    side = PortSide(reading, 443)
    assert side.answer(HTTPS, TEN, "a", "b") == Answer(True, 2, A, 503)
    assert side.answer(HTTPS, TEN, "b", "b") == Answer(True, 2, B, 503)


def test_a_file_of_the_central_store_is_told_with_its_folder() -> None:
    """Two stores may have a file of one name, and not of one content."""
    reading = reading_of(
        https(":443:a.example", flags=3),
        head="[w3svc]\nCentralCertStorePath = 'other'",
        files=frozenset({"a.example.pfx"}),
    )
    for folder, shown in (("", "a.example.pfx"), ("other", "other/a.example.pfx")):
        side = PortSide(reading, 443, names_folder=bool(folder))
        answer = side.answer(HTTPS, TEN, "a.example", "a.example")
        assert answer.certificate_hash == shown


def test_a_name_falls_through_when_neither_phase_knows_it() -> None:
    """Only then is it one of "any other"."""
    side = PortSide(reading_of(https(":443:*.a", flags=1), https(":443:")), 443)
    assert side.falls_through(TEN, "b")
    assert side.falls_through(TEN, "/./.a")  # a wildcard stands for one label
    assert not side.falls_through(TEN, "/.a")
    assert PortSide(reading_of(), 443).falls_through(TEN, "b")


def test_addresses_of_either_side_are_told_apart() -> None:
    """And one of each family stands for all others."""
    old = PortSide(reading_of(http("10.0.0.1:80:")), 80)
    new = PortSide(
        reading_of(http(":80:"), head="[http]\nListenAddresses = ['10.0.0.2']"), 80
    )
    assert address_classes_of((old, new)) == (OTHER_ADDRESS, TEN, ELEVEN, OTHER_IPV6)


def test_the_certificate_of_another_name_s_connection_is_not_the_host_s() -> None:
    """It has a line of its own; this one is about the page."""
    change = AnswerChange(
        HTTPS, "a", 443, (TEN,), False, Answer(True, 1, A), Answer(True, 2, B)
    )
    assert change.is_other_certificate
    assert not change._replace(server_name="b").is_other_certificate


def test_an_ipv6_address_that_nothing_names_asks_for_names_first() -> None:
    """[::] is looked at last, although it is what stands for those addresses."""
    reading = reading_of(https("[::]:443:"), https(":443:a", digit="b", flags=1))
    side = PortSide(reading, 443)
    for address in (OTHER_IPV6, IPv6Address("2001:db8::1")):
        assert side.answer(HTTPS, address, "a", "a").certificate_hash == B
        assert side.answer(HTTPS, address, None, "a").certificate_hash == A


def test_a_certificate_of_another_store_is_another() -> None:
    """It may be missing there, or lack its key: "equivalent" would be a lie."""
    for store, shown in (("MY", A), ("my", A), ("WebHosting", f"WEBHOSTING/{A}")):
        reading = reading_of(https(":443:a", more=f"SSLStoreName = '{store}'"))
        answer = PortSide(reading, 443).answer(HTTPS, TEN, "a", "a")
        assert answer.certificate_hash == shown
