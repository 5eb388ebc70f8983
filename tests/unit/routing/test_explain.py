"""What happens to a request, phase by phase."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest

from bindctl.bindings.listen_list import ListenList
from bindctl.bindings.start import StartResult
from bindctl.model.binding import EmulatedVersion
from bindctl.routing.classes import OTHER_ADDRESS, OTHER_IPV6
from bindctl.routing.decision import Decision, Ending, decide, is_misdirected
from bindctl.routing.explain import (
    address_classes,
    group_addresses,
    reading_without,
)
from bindctl.routing.reading import Reading
from tests.unit.bindings.tables import A, B, site, table
from tests.unit.routing.questions import HTTP, HTTPS, Request, explained, http, https

ONE_ADDRESS = ListenList((IPv4Address("10.0.0.1"),), is_limited=True)


@pytest.mark.parametrize(
    ("request_", "is_listening", "is_scheme_right"),
    [
        (Request(HTTP, 81, "a", None), False, False),
        (Request(HTTP, 443, "a", None), True, False),
        (Request(HTTPS, 80, "a", "a"), True, False),
        (Request(HTTP, 80, "a", None), True, True),
    ],
)
def test_a_wrong_port_or_scheme_is_told(
    request_: Request, is_listening: bool, is_scheme_right: bool
) -> None:
    """A request that never reaches a site has another cure than one that does."""
    made = table(site(1, ":80:a", secure=(":443:a",), certificate_hash=A))
    found = explained(made, "10.0.0.1", request_)
    told = (found.is_listening, found.is_scheme_right)
    assert told == (is_listening, is_scheme_right)
    assert found.is_answered is is_scheme_right
    assert (found.match is None, found.record) == (not is_scheme_right, None)


def test_an_address_that_is_not_listened_on_takes_no_request() -> None:
    """A listen list, or bindings to other addresses alone, leaves nothing to match."""
    made = table(site(1, ":80:a", secure=("10.0.0.1:443:a",), certificate_hash=A))
    limited = explained(made, "10.0.0.2", http("a"), ONE_ADDRESS)
    assert (limited.is_open, limited.match, limited.is_connected) == (
        False,
        None,
        False,
    )
    elsewhere = explained(made, "10.0.0.2", https("a"))
    assert (elsewhere.is_open, elsewhere.match, elsewhere.record) == (False, None, None)
    assert explained(made, "10.0.0.1", https("a")).is_answered


def test_a_refused_handshake_still_says_who_would_answer() -> None:
    """The way to the site is known before its certificate is mended."""
    made = table(site(1, secure=(":443:a",), certificate_hash=A, flags=1))
    found = explained(made, "10.0.0.1", https("a", None))
    assert found.match is not None
    assert found.record is None
    assert not found.is_connected
    assert not found.is_answered


def test_a_host_of_another_certificate_is_misdirected() -> None:
    """A site with MisdirectedRequest answers 421 to exactly those."""
    made = table(
        site(1, secure=(":443:a",), certificate_hash=A, flags=1),
        site(2, secure=(":443:b",), certificate_hash=B, flags=1),
        site(3, secure=(":443:c",), certificate_hash="A" * 40, flags=1),
    )
    reading = Reading(made)
    address = ip_address("10.0.0.1")
    assert not is_misdirected(reading, https("a"), address)
    assert is_misdirected(reading, https("b", "a"), address)
    assert is_misdirected(reading, https("nobody", "a"), address)
    assert not is_misdirected(reading, https("nobody", None), address)
    assert explained(made, "10.0.0.1", https("b", "a")).is_misdirected


@pytest.mark.parametrize(
    ("version", "flags", "is_told"), [(7, 1, True), (7, 0, False), (8, 1, False)]
)
def test_what_an_old_version_leaves_out_is_told(
    version: int, flags: int, is_told: bool
) -> None:
    """Without a word, nobody knows why SNI has no effect in the rehearsal."""
    made = table(site(1, secure=(":443:a",), certificate_hash=A, flags=flags))
    made = made._replace(emulated_version=EmulatedVersion(version))
    found = explained(made, "10.0.0.1", https("a"))
    assert str(found.emulation).startswith("IIS 7 knows no server names") is is_told
    assert (found.emulation is None) is not is_told


def test_the_runner_up_answers_without_the_winner() -> None:
    """Before a site is stopped, its administrator sees where its visitors go."""
    made = table(
        site(1, ":80:", "10.0.0.2:81:"),
        site(2, ":80:a", secure=(":443:a",), certificate_hash=A, flags=1),
        site(3, ":80:a", secure=(":443:",), certificate_hash=B),
    )
    reading = Reading(made)
    assert reading.start.started == {1, 2}
    address = ip_address("10.0.0.1")
    found = decide(reading_without(reading, 2, 80), http("a"), address)
    assert found.match is not None
    assert (found.match.route.site, found.match.row) == (1, 5)
    assert (found.record, found.is_open) == (None, True)
    secure = decide(reading_without(reading, 2, 443), https("a"), address)
    assert secure == Decision(Ending.UNBOUND)
    rest = reading_without(reading, 2, 81)
    assert not decide(rest, http("a", port=81), address).is_open
    every = Reading(made, given_start=StartResult(frozenset({1, 2, 3}), {}))
    with_third = decide(reading_without(every, 2, 443), https("a"), address)
    assert with_third.record is not None
    assert with_third.record.certificate_hash == B


def test_one_answer_for_each_address_that_can_differ() -> None:
    """Bindings to concrete addresses answer otherwise than the rest."""
    made = table(
        site(1, ":80:", "10.0.0.9:81:"),
        site(2, "[::1]:80:"),
        site(3, "10.0.0.2:80:"),
        site(4, "10.0.0.1:80:"),
        site(5, "[::]:83:"),
    )
    reading = Reading(made)
    *named, other = address_classes(reading, 80)
    assert list(map(str, named)) == ["10.0.0.1", "10.0.0.2", "::1"]
    assert other == OTHER_ADDRESS
    assert address_classes(reading, 81) == (IPv4Address("10.0.0.9"),)
    assert address_classes(reading, 82) == (OTHER_ADDRESS,)
    assert address_classes(reading, 83) == (OTHER_IPV6,)
    assert address_classes(Reading(made, given_listen=ONE_ADDRESS), 80) == (
        IPv4Address("10.0.0.1"),
    )


def test_a_record_alone_tells_addresses_apart() -> None:
    """A certificate for every IPv6 address is met by IPv6 clients alone."""
    made = table(site(1, secure=(":443:",)), records={"0.0.0.0:443": A, "[::]:443": B})
    reading = Reading(made)
    classes = address_classes(reading, 443)
    assert classes == (OTHER_ADDRESS, OTHER_IPV6)
    groups = group_addresses(reading, classes, https("a"))
    assert groups == ((OTHER_ADDRESS,), (OTHER_IPV6,))
    assert group_addresses(reading, classes, http("a", port=443)) == (classes,)


def test_addresses_with_one_answer_are_told_together() -> None:
    """Twenty addresses with one site would be twenty times the same page."""
    made = table(
        site(1, ":80:a"), site(2, "10.0.0.1:80:"), site(3, "10.0.0.2:80:b", "[::1]:80:")
    )
    reading = Reading(made)
    classes = address_classes(reading, 80)
    assert group_addresses(reading, classes, http("a")) == (classes,)
    shown = [list(map(str, g)) for g in group_addresses(reading, classes, http("b"))]
    assert shown == [["10.0.0.1"], ["10.0.0.2"], ["::1"], [str(OTHER_ADDRESS)]]


def test_any_other_ipv6_address_is_no_concrete_one() -> None:
    """The record of every IPv6 address hides no certificate by server name."""
    made = table(
        site(1, secure=(":443:a",), certificate_hash=A, flags=1),
        records={"[::]:443": B},
    )
    for address in ("::", "2001:db8::9"):
        found = explained(made, address, https("a"))
        assert found.record is not None
        assert found.record.certificate_hash == A
    assert str(explained(made, "::", https("b")).record_reason) == (
        "[::]:443, for every IPv6 address: no nearer record matches"
    )
    assert IPv6Address("::") == OTHER_IPV6
