"""Classes of requests, and the member that stands for each."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest

from bindctl.bindings.listen_list import EVERYWHERE, ListenList
from bindctl.model.binding import Protocol
from bindctl.model.endpoint import ANY_ADDRESS
from bindctl.routing.classes import (
    ANY_OTHER_NAME,
    OTHER_ADDRESS,
    OTHER_IPV6,
    NameClass,
    Names,
    RequestClass,
    host_names,
    is_open,
    join_names,
    named_addresses,
    request_classes,
    server_names,
    sorted_classes,
    split_central_files,
)
from tests.unit.routing.readings import http, https, reading_of

TEN = IPv4Address("10.0.0.1")
SIX = IPv6Address("2001:db8::7")


def shown(names: Names) -> list[str]:
    return [item.shown for item in names.classes()]


@pytest.mark.parametrize(
    ("names", "suffixes", "depths", "expected"),
    [
        (set(), set(), {1}, ["*"]),
        ({"b", "a"}, set(), {1}, ["a", "b", "*"]),
        (set(), {"a"}, {1}, ["*.a", "*.*.a", "*"]),
        (set(), {"a"}, {0}, ["*.a", "*"]),
        (set(), {"a"}, {2}, ["*.a", "*.*.a", "*.*.*.a", "*"]),
        (set(), {"a"}, {0, 1}, ["*.a", "*.*.a", "*"]),
        # names of two labels below b.a are three below a, where a depth of 3 ends
        (set(), {"b.a"}, {3}, ["*.b.a", "*.*.b.a", "*.*.*.b.a", "*.*.*.*.b.a", "*"]),
    ],
)
def test_names_fall_into_few_classes(
    names: set[str], suffixes: set[str], depths: set[int], expected: list[str]
) -> None:
    """Each name, each number of labels that some wildcard ends at, and all others."""
    assert shown(Names(names, suffixes, depths)) == expected


def test_a_member_is_no_name_anybody_has() -> None:
    """A class of names below a suffix must not be answered by one of them."""
    wildcard = next(Names(set(), {"a"}, {1}).classes())
    assert wildcard == NameClass("*.a", "/.a")
    assert wildcard.is_wildcard
    assert not ANY_OTHER_NAME.is_wildcard
    assert ANY_OTHER_NAME.name is None


def test_hosts_are_those_of_bindings_and_server_names_those_of_records() -> None:
    """A site without SNI has a host, and no server name."""
    plan = reading_of(
        https(":443:a", ":443:*.b", flags=1), https(":443:c"), https(":443:")
    ).plan.ports[443]
    assert host_names([plan]) == Names({"a", "c"}, {"b"}, {1})
    assert server_names([plan]) == Names({"a"}, {"b"}, {1})
    assert join_names(host_names([plan]), server_names([plan])).names == {"a", "c"}


def test_files_of_the_central_store_are_server_names() -> None:
    """``_`` is the asterisk of a file's name, and one label whatever the depth."""
    files = frozenset({"a.example.pfx", "_.b.example.pfx"})
    assert split_central_files(files) == ({"a.example"}, {"b.example"})
    plan = reading_of(
        https(":443:h.example", flags=2),
        head="[w3svc]\nWildcardHostDepth = 3",
        files=files,
    ).plan.ports[443]
    assert server_names([plan]) == Names({"a.example"}, {"b.example"}, {1, 3})


def test_files_count_only_where_the_central_store_is_asked() -> None:
    """A port without it must not be told apart by them."""
    reading = reading_of(https(":443:h", flags=1), files=frozenset({"a.pfx"}))
    assert server_names([reading.plan.ports[443]]).names == {"h"}


def test_addresses_are_those_of_bindings_and_records() -> None:
    """Of records alone as well: they choose certificates."""
    reading = reading_of(
        https("10.0.0.1:443:"),
        head="[http.sslcert.'[2001:db8::7]:443']\nCertHash = 'ab'",
    )
    assert named_addresses(reading.plan.ports[443]) == {TEN, SIX}
    assert sorted_classes({TEN, ANY_ADDRESS, SIX}) == (
        OTHER_ADDRESS,
        TEN,
        OTHER_IPV6,
        SIX,
    )


@pytest.mark.parametrize(
    ("address", "bound", "listen", "expected"),
    [
        (TEN, {ANY_ADDRESS}, EVERYWHERE, True),
        (SIX, {ANY_ADDRESS}, EVERYWHERE, True),
        (TEN, {TEN}, EVERYWHERE, True),
        (OTHER_ADDRESS, {TEN}, EVERYWHERE, False),
        (SIX, {OTHER_IPV6}, EVERYWHERE, True),
        (TEN, {OTHER_IPV6}, EVERYWHERE, False),
        (TEN, {ANY_ADDRESS}, ListenList((TEN,), is_limited=True), True),
        (OTHER_ADDRESS, {ANY_ADDRESS}, ListenList((TEN,), is_limited=True), False),
        (TEN, {ANY_ADDRESS}, ListenList((OTHER_ADDRESS,), is_limited=True), True),
        (SIX, {ANY_ADDRESS}, ListenList((OTHER_ADDRESS,), is_limited=True), False),
        (TEN, {ANY_ADDRESS}, ListenList((), is_limited=True), False),
        (TEN, set(), EVERYWHERE, False),
    ],
)
def test_a_connection_needs_a_listener(
    address: IPv4Address | IPv6Address,
    bound: set[object],
    listen: ListenList,
    expected: bool,
) -> None:
    """A binding says where, and a listen list where at most."""
    assert is_open(address, bound, listen) is expected  # type: ignore[arg-type]  # a table of cases


def test_one_request_stands_for_each_class() -> None:
    """What `probe` asks: every host, the wildcard's, and one that nothing has."""
    reading = reading_of(http(":80:a"), https("10.0.0.1:443:b", flags=1))
    assert list(request_classes(reading.plan)) == [
        RequestClass(Protocol.HTTP, 80, OTHER_ADDRESS, None, "a"),
        RequestClass(Protocol.HTTP, 80, OTHER_ADDRESS, None, None),
        RequestClass(Protocol.HTTPS, 443, TEN, "b", "b"),
        RequestClass(Protocol.HTTPS, 443, TEN, None, None),
    ]


def test_an_address_that_is_not_listened_on_is_not_asked() -> None:
    """A probe of it would fail, and say nothing."""
    listen = ListenList((TEN,), is_limited=True)
    found = request_classes(reading_of(http(":80:", "10.0.0.2:80:")).plan, listen)
    assert {item.address for item in found} == {TEN}


def test_ipv6_is_asked_apart_only_where_it_differs() -> None:
    """Without a binding to [::] it is answered as IPv4 is."""
    plan = reading_of(http(":80:", "[::]:80:a")).plan
    assert {item.address for item in request_classes(plan)} == {
        OTHER_ADDRESS,
        OTHER_IPV6,
    }


def test_what_others_tell_apart_is_asked_on_the_plan_s_own_ports() -> None:
    """A host that only the running service has would be served on, unseen."""
    plan = reading_of(http(":80:a")).plan
    other = reading_of(http(":80:b", "10.0.0.2:80:", ":81:c")).plan
    found = list(request_classes(plan, others=(other,)))
    assert {item.host for item in found} == {"a", "b", None}
    assert IPv4Address("10.0.0.2") in {item.address for item in found}
    assert {item.port for item in found} == {80}
