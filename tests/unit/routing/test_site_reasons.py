"""Why the other bindings of a port do not answer."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address

import pytest

from bindctl.bindings.listen_list import ListenList
from bindctl.bindings.start import start_sites
from bindctl.model.binding import Protocol, parse_binding
from bindctl.routing.classes import OTHER_ADDRESS
from bindctl.routing.site_reasons import address_matches, row_of, stopped_reason
from tests.unit.bindings.tables import A, site, table
from tests.unit.routing.questions import explained, http, https

LOSERS = table(
    site(1, ":80:www.x.com"),
    site(2, ":80:"),
    site(3, "10.0.0.1:80:"),
    site(4, ":80:*.x.com"),
    site(5, ":80:www.x.com", auto_start=False),
    site(6, ":80:www.x.com"),
    site(7, "10.0.0.2:80:www.x.com"),
    site(8, ":8080:www.x.com"),
    site(9, ":80:other.org", ":80:*.com"),
    site(10, secure=(":443:www.x.com",)),
    site(11, ":80:", ":80:oops oops"),
    site(12, "[::]:80:"),
)


def test_every_binding_that_could_be_expected_to_win_says_why_it_did_not() -> None:
    """It answers the question "why do I see the other site?"."""
    found = explained(LOSERS, "10.0.0.1", http("www.x.com"))
    assert found.match is not None
    assert (found.match.route.site, found.match.row) == (1, 2)
    reasons = {loser.site: str(loser.reason) for loser in found.losers}
    after = "comes after row 2 (any address, this host)"
    assert reasons == {
        2: f"row 5 (any address, any host) {after}",
        3: f"row 4 (this address, any host) {after}",
        4: f"row 3 (a wildcard host) {after}",
        5: "the site is stopped (ServerAutoStart is false)",
        6: "the site cannot start: http://www.x.com:80/ collides with a binding of "
        "site 1",
        7: "it is bound to 10.0.0.2, not to 10.0.0.1",
        8: "it is bound to port 8080",
        9: "*.com stands for one label (WildcardHostDepth is 1)",
        11: 'the site cannot start: ":80:oops oops" is not a binding',
        12: "it is bound to [::], and the connection is not IPv6",
    }
    assert found.other_hosts == 1


def test_the_nearest_losers_come_first() -> None:
    """Of many, the first few are read: those that nearly won."""
    found = explained(LOSERS, "10.0.0.1", http("www.x.com"))
    assert [(loser.site, loser.row) for loser in found.losers] == [
        (5, 2), (6, 2), (4, 3), (3, 4), (2, 5), (11, 5), (9, None),
        (7, 1), (12, 4), (8, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("a.b.x.com", "row 3 too, but *.b.x.com is longer"),
        ("c.d.com", "row 3 too, but 10.0.0.1 is nearer"),
    ],
)
def test_what_wins_within_a_row_is_told(host: str, reason: str) -> None:
    """Both match; the longer suffix, or else the nearer address, is why."""
    made = table(
        site(1, ":80:*.x.com", ":80:*.d.com"),
        site(2, ":80:*.b.x.com", "10.0.0.1:80:*.d.com"),
        depth=0,
    )
    found = explained(made, "10.0.0.1", http(host))
    assert found.match is not None
    assert found.match.route.site == 2
    assert [str(loser.reason) for loser in found.losers] == [reason]


def test_a_concrete_ipv6_address_is_nearer_than_all_of_them() -> None:
    """`[::]` stands between one IPv6 address and any address."""
    made = table(site(1, ":80:a"), site(2, "[::]:80:a"), site(3, "[::1]:80:a"))
    found = explained(made, "::1", http("a"))
    assert [(loser.site, str(loser.reason)) for loser in found.losers] == [
        (2, "row 1 too, but [::1] is nearer"),
        (
            1,
            "row 2 (any address, this host) comes after row 1 (this address, this host)",
        ),
    ]
    other = explained(made, "2001:db8::1", http("a"))
    assert other.match is not None
    assert other.match.route.site == 2


def test_a_request_without_a_host_passes_named_bindings_by() -> None:
    """They are nobody's losers: the client named nobody."""
    made = table(site(1, ":80:a"), site(2, ":80:"))
    found = explained(made, "10.0.0.1", http(None))
    assert found.losers == ()
    assert found.other_hosts == 1


def test_bindings_of_the_other_scheme_say_so() -> None:
    """A mistyped scheme is no matter of rows."""
    made = table(site(1, secure=(":443:a", ":443:"), certificate_hash=A))
    found = explained(made, "10.0.0.1", http("a", port=443))
    assert {str(loser.reason) for loser in found.losers} == {"it is for HTTPS"}
    back = explained(table(site(1, ":80:a")), "10.0.0.1", https("a", port=80))
    assert [str(loser.reason) for loser in back.losers] == ["it is for HTTP"]


def test_a_closed_address_is_what_ends_its_bindings() -> None:
    """The listen list leaves it out: no rule about hosts is to blame."""
    listen = ListenList((IPv4Address("10.0.0.1"),), is_limited=True)
    found = explained(table(site(1, ":80:a")), "10.0.0.2", http("a"), listen)
    assert [str(loser.reason) for loser in found.losers] == ["nothing listens there"]
    made = table(site(1, "10.0.0.1:80:a"))
    bound = explained(made, str(OTHER_ADDRESS), http("a"))
    assert [str(loser.reason) for loser in bound.losers] == [
        "it is bound to 10.0.0.1, not to any other address"
    ]


@pytest.mark.parametrize(
    ("binding", "host", "depth", "row", "reason"),
    [
        (":80:", "a", 1, 5, None),
        ("10.0.0.1:80:", None, 1, 4, None),
        (":80:a", "a", 1, 2, None),
        ("10.0.0.1:80:a", "a", 1, 1, None),
        (":80:a", "b", 1, None, None),
        (":80:a", None, 1, None, None),
        (":80:*.x.com", "a.x.com", 1, 3, None),
        (":80:*.x.com", "x.com", 0, None, None),
        (":80:*.x.com", "ax.com", 0, None, None),
        (":80:*.x.com", "b.a.x.com", 2, 3, None),
        (":80:*.x.com", "c.b.a.x.com", 2, None,
         "*.x.com stands for 2 labels at most (WildcardHostDepth is 2)"),
        (":80:*.x.com", "c.b.a.x.com", 0, 3, None),
    ],
)  # fmt: skip
def test_the_row_of_a_binding(
    binding: str, host: str | None, depth: int, row: int | None, reason: str | None
) -> None:
    """The one home of "would it answer this host, and how well?"."""
    parsed = parse_binding(binding, Protocol.HTTP)
    found, why_not = row_of(parsed, host, depth)
    assert (found, why_not and str(why_not)) == (row, reason)


@pytest.mark.parametrize(
    ("bound", "address", "is_matched"),
    [
        ("*", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("[::]", "::1", True),
        ("[::]", "10.0.0.1", False),
        ("[::1]", "::2", False),
    ],
)
def test_which_addresses_a_binding_takes(
    bound: str, address: str, is_matched: bool
) -> None:
    """`[::]` is every IPv6 address, and no IPv4 one."""
    endpoint = parse_binding(f"{bound}:80:", Protocol.HTTP).endpoint
    assert address_matches(endpoint.address, ip_address(address)) is is_matched


def test_why_a_site_does_not_run() -> None:
    """Stopped on purpose, or refused: the cure is another one."""
    made = table(
        site(1, ":80:a", auto_start=False),
        site(2, ":80:b", "*:80:b"),
        site(3, ":80:c"),
        site(4, ":80:c"),
        site(5, "no"),
        site(6, "10.0.0.9:80:"),
    )
    listen = ListenList((IPv4Address("10.0.0.1"),), is_limited=True)
    start = start_sites(made, listen=listen)
    assert [str(stopped_reason(number, start)) for number in (1, 2, 4, 5, 6)] == [
        "the site is stopped (ServerAutoStart is false)",
        "the site cannot start: http://b:80/ is registered by this site already",
        "the site cannot start: http://c:80/ collides with a binding of site 3",
        'the site cannot start: "no" is not a binding',
        "the site cannot start: 10.0.0.9:80 is not among ListenAddresses",
    ]
