"""The compiled plan: rows of the order, wildcards, records."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest

from bindctl.bindings.start import start_sites
from bindctl.model.endpoint import ANY_ADDRESS
from bindctl.routing.plan import RoutingPlan, compile_plan, suffixes_of
from tests.oracle import route_naive, select_certificate_naive
from tests.unit.bindings.tables import A, B, C, site, table

SITES = table(
    site(1, ":80:"),
    site(2, "10.0.0.1:80:"),
    site(3, ":80:www.x.com"),
    site(4, "10.0.0.1:80:www.x.com"),
    site(5, ":80:*.x.com"),
    site(6, "10.0.0.1:80:*.x.com"),
    site(7, ":80:*.b.x.com"),
    site(8, "[::]:80:"),
    site(9, "[::1]:80:"),
    site(10, "[::]:80:www.x.com"),
    site(11, "10.0.0.9:81:", secure=()),
)


def _plan(made: object = SITES) -> RoutingPlan:
    return compile_plan(made, start_sites(made).started)  # type: ignore[arg-type]  # a table


@pytest.mark.parametrize(
    ("address", "host", "answer"),
    [
        ("10.0.0.1", "www.x.com", (4, 1)),
        ("10.0.0.2", "www.x.com", (3, 2)),
        ("10.0.0.1", "a.x.com", (6, 3)),
        ("10.0.0.2", "a.x.com", (5, 3)),
        ("10.0.0.1", "a.b.x.com", (7, 3)),  # the longer suffix before the address
        ("10.0.0.1", "a.b.c.x.com", (2, 4)),  # one label only
        ("10.0.0.1", "x.com", (2, 4)),  # a wildcard never matches its own suffix
        ("10.0.0.1", None, (2, 4)),
        ("10.0.0.2", "elsewhere.org", (1, 5)),
        ("10.0.0.2", None, (1, 5)),
        ("::1", "elsewhere.org", (9, 4)),
        ("::2", "elsewhere.org", (8, 4)),
        ("::1", "www.x.com", (10, 1)),
        ("10.0.0.2", "www.x.com.", (1, 5)),  # the caller drops the dot
    ],
)
def test_the_first_row_that_matches_wins(
    address: str, host: str | None, answer: tuple[int, int]
) -> None:
    """Host before address: `*:80:www.x.com` beats `10.0.0.1:80:`, as on IIS."""
    match = _plan().match_site(ip_address(address), 80, host)
    assert match is not None
    assert (match.route.site, match.row) == answer
    started = start_sites(SITES).started
    assert route_naive(SITES, started, ip_address(address), 80, host) == answer


@pytest.mark.parametrize(
    ("address", "port", "host"),
    [("10.0.0.1", 82, None), ("10.0.0.8", 81, "www.x.com"), ("::1", 81, None)],
)
def test_nothing_matches_is_no_site(address: str, port: int, host: str | None) -> None:
    """The server answers 400 Invalid Hostname, never somebody else's pages."""
    assert _plan().match_site(ip_address(address), port, host) is None


@pytest.mark.parametrize(
    ("depth", "hosts"),
    [
        (1, ["a.x.com"]),
        (2, ["a.x.com", "b.a.x.com"]),
        (0, ["a.x.com", "b.a.x.com", "c.b.a.x.com"]),
    ],
)
def test_a_wildcard_matches_as_many_labels_as_allowed(
    depth: int, hosts: list[str]
) -> None:
    """WildcardHostDepth 0 is any number, as nginx matches."""
    plan = _plan(table(site(1, ":80:*.x.com"), depth=depth))
    asked = ["a.x.com", "b.a.x.com", "c.b.a.x.com", "x.com", "yx.com", "a.y.com"]
    address = IPv4Address("10.0.0.1")
    assert [host for host in asked if plan.match_site(address, 80, host)] == hosts


def test_a_stopped_site_takes_no_request() -> None:
    """Its hosts fall to the next row, as if it were not there."""
    made = table(site(1, ":80:a", auto_start=False), site(2, ":80:"))
    match = _plan(made).match_site(IPv4Address("10.0.0.1"), 80, "a")
    assert match is not None
    assert match.route.site == 2


CERTIFICATES = table(
    site(1, secure=("10.0.0.1:443:",), certificate_hash=A),
    site(2, secure=(":443:www.x.com", ":443:*.x.com"), certificate_hash=B, flags=1),
    records={"0.0.0.0:443": C, "[::]:443": "d" * 40, "*.y.com:443": "e" * 40,
             "0.0.0.0:444": A},
)  # fmt: skip


@pytest.mark.parametrize(
    ("address", "server_name", "certificate_hash"),
    [
        ("10.0.0.1", "www.x.com", A),  # a concrete address hides every name
        ("10.0.0.2", "www.x.com", B),
        ("10.0.0.2", "a.x.com", B),
        ("10.0.0.2", "a.y.com", "e" * 40),
        ("10.0.0.2", "b.a.x.com", C),
        ("10.0.0.2", "x.com", C),
        ("10.0.0.2", None, C),
        ("::1", "www.x.com", B),
        ("::1", "elsewhere.org", "d" * 40),
        ("::1", None, "d" * 40),
    ],
)
def test_records_are_tried_in_the_order_of_http_sys(
    address: str, server_name: str | None, certificate_hash: str
) -> None:
    """The wrong certificate is a browser's full-page warning."""
    record = _plan(CERTIFICATES).select_certificate(
        ip_address(address), 443, server_name
    )
    assert record is not None
    assert record.certificate_hash == certificate_hash
    started = start_sites(CERTIFICATES).started
    found = select_certificate_naive(
        CERTIFICATES, started, ip_address(address), 443, server_name
    )
    assert found == certificate_hash


def test_no_record_refuses_the_handshake() -> None:
    """A name that nobody certifies must not get a neighbour's certificate."""
    made = table(site(1, secure=(":443:a",), certificate_hash=A, flags=1))
    plan = _plan(made)
    address = IPv4Address("10.0.0.1")
    assert plan.select_certificate(address, 443, "b") is None
    assert plan.select_certificate(address, 443, None) is None
    assert plan.select_certificate(address, 444, "a") is None


def test_a_record_without_a_binding_opens_no_port() -> None:
    """Netsh lists records of ports that nothing is bound to."""
    assert sorted(_plan(CERTIFICATES).ports) == [443]


def test_says_which_addresses_a_port_listens_on() -> None:
    """`explain` shows one answer for each that can differ."""
    plan = _plan()
    assert plan.listening_addresses(81) == {IPv4Address("10.0.0.9")}
    assert plan.listening_addresses(80) == {
        ANY_ADDRESS,
        IPv4Address("10.0.0.1"),
        IPv6Address("::"),
        IPv6Address("::1"),
    }


@pytest.mark.parametrize(
    ("host", "depth", "suffixes"),
    [
        ("a.b.c", 1, ["b.c"]),
        ("a.b.c", 2, ["b.c", "c"]),
        ("a.b.c", 0, ["b.c", "c"]),
        ("a", 0, []),
        ("", 0, []),
    ],
)
def test_suffixes_come_longest_first(
    host: str, depth: int, suffixes: list[str]
) -> None:
    """`*.b.c` is nearer to a.b.c than `*.c`."""
    assert list(suffixes_of(host, depth)) == suffixes
