"""Where a request goes, so that it arrives at an address the plan tells apart."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.live.live_place import (
    Closed,
    GivenTarget,
    GivenTargetText,
    NoTarget,
    Target,
    choose_port,
    parse_given_target,
    place_at_service,
    place_at_target,
)
from bindctl.operations.load.running import OpenListener
from bindctl.routing.reason import Reason, Why

ANY4, ANY6 = ip_address("0.0.0.0"), ip_address("::")  # noqa: S104 - never bound
ONE, TWO, SIX = map(ip_address, ("127.0.0.1", "127.0.0.2", "::1"))
FAR = ip_address("192.0.2.1")


def is_here(address: object) -> bool:
    """A machine that has the loopback alone."""
    return address in {ONE, TWO, SIX}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a.example", GivenTargetText("a.example", None, None)),
        ("10.0.0.1:8443", GivenTargetText("10.0.0.1", 8443, None)),
        ("a.example:8443=443", GivenTargetText("a.example", 8443, 443)),
        ("[::1]", GivenTargetText("::1", None, None)),
        ("[::1]:8443=443", GivenTargetText("::1", 8443, 443)),
    ],
)
def test_a_target_is_read(text: str, parts: GivenTargetText) -> None:
    """Another server would be asked than the one that was named."""
    assert parse_given_target(text) == parts


@pytest.mark.parametrize(
    "text", ["", ":80", "a:", "a:x", "a:0", "a:80=", "a:80=x", "::1", "[::1", "[::1]80"]
)
def test_what_is_no_target_is_refused(text: str) -> None:
    """A slip must not end in a request to somewhere else."""
    with pytest.raises(ValueError, match=r"port|brackets|part"):
        parse_given_target(text)


@pytest.mark.parametrize(
    ("text", "ports", "chosen"),
    [
        ("a", {80, 443}, None),
        ("a:443", {80, 443}, 443),
        ("a:8443=443", {80, 443}, 443),
        ("a:8443", {443}, 443),
    ],
)
def test_a_target_stands_for_a_port(text: str, ports: set[int], chosen: int) -> None:
    """A server on another port than the bindings' could not be asked."""
    assert choose_port(parse_given_target(text), ports) == chosen


@pytest.mark.parametrize(
    ("text", "ports"), [("a:8443", {80, 443}), ("a:8443=444", {443}), ("a:80", set())]
)
def test_a_port_that_could_be_several_is_asked_back(text: str, ports: set[int]) -> None:
    """A guess would compare HTTP with HTTPS."""
    with pytest.raises(BindctlError, match="no binding has port"):
        choose_port(parse_given_target(text), ports)


@pytest.mark.parametrize(
    ("address", "named", "expected"),
    [
        (ANY4, set(), Target(ONE, 443)),
        (ANY4, {TWO}, Target(ONE, 443)),
        (ANY4, {ONE}, NoTarget(Reason(Why.TOLD_APART, address=ONE))),
        (ONE, {ONE}, Target(ONE, 443)),
        (TWO, {TWO}, NoTarget(Reason(Why.ONLY_AT, address=TWO))),
        (ANY6, {ANY6}, NoTarget(Reason(Why.TOLD_APART, address=ONE))),
    ],
)
def test_one_address_takes_what_arrives_there(
    address: object, named: set[object], expected: object
) -> None:
    """A request for another address would be compared with the wrong promise."""
    place = place_at_target(GivenTarget(ONE), address, 443, named)  # type: ignore[arg-type]  # addresses
    assert place == expected


def test_a_target_has_its_own_port_or_an_offset() -> None:
    """Engines in tests listen on free ports."""
    assert place_at_target(GivenTarget(ONE, 8443), ANY4, 443, ()) == Target(ONE, 8443)
    assert place_at_target(GivenTarget(ONE, None, 8000), ANY4, 443, ()) == Target(
        ONE, 8443
    )


ALL = (OpenListener(ANY4, 443, 8443), OpenListener(ANY6, 443, 8443))


@pytest.mark.parametrize(
    ("listeners", "address", "named", "expected"),
    [
        (ALL, ANY4, set(), Target(ONE, 8443)),
        (ALL, ANY4, {ONE}, Target(TWO, 8443)),
        (ALL, ANY6, {ANY6}, Target(SIX, 8443)),
        (ALL, ONE, {ONE}, Target(ONE, 8443)),
        (ALL, FAR, {FAR}, NoTarget(Reason(Why.NOT_LOCAL, address=FAR))),
        (ALL[1:], ANY4, set(), Target(SIX, 8443)),
        (
            ALL[:1],
            ANY6,
            {ANY6},
            NoTarget(Reason(Why.ALL_TOLD_APART)),
        ),
        (
            (OpenListener(TWO, 443, 443),),
            ONE,
            {ONE},
            Closed(Reason(Why.ADDRESS_NOT_SERVED, address=ONE, port=443)),
        ),
        (
            (OpenListener(ANY4, 80, 80),),
            ANY4,
            set(),
            Closed(Reason(Why.PORT_NOT_SERVED, port=443)),
        ),
        ((OpenListener(TWO, 443, 443),), ANY4, set(), Target(TWO, 443)),
    ],
)
def test_the_service_is_asked_where_it_listens(
    listeners: tuple[OpenListener, ...],
    address: object,
    named: set[object],
    expected: object,
) -> None:
    """A closed port is the service's fault, a missing address this machine's."""
    place = place_at_service(listeners, address, 443, named, is_here)  # type: ignore[arg-type]  # addresses
    assert place == expected
