"""Which sites start, and why the others do not."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from bindctl.bindings.listen_list import ALL_IPV4, ALL_IPV6, EVERYWHERE, ListenList
from bindctl.bindings.start import Refusal, start_sites
from bindctl.model.endpoint import Endpoint, parse_ip_address
from bindctl.model.site import Win32Error
from tests.unit.bindings.tables import site, table

if TYPE_CHECKING:
    from bindctl.bindings.table import SiteRow

TAKEN = Win32Error.ALREADY_EXISTS


@pytest.mark.parametrize(
    ("sites", "refusals"),
    [
        ([site(1, ":80:a"), site(2, ":80:b")], {}),
        ([site(1, ":80:"), site(2, "10.0.0.1:80:"), site(3, ":80:a")], {}),
        ([site(1, "[::]:80:"), site(2, ":80:")], {}),
        ([site(1, ":80:a"), site(2, "*:80:A.")], {2: Refusal(TAKEN, "http://a:80/", 1)}),
        ([site(1, "[::1]:80:"), site(2, "[0::1]:80:")],
         {2: Refusal(TAKEN, "http://[::1]:80/", 1)}),
        ([site(1, ":80:"), site(2, secure=(":80:a",))],
         {2: Refusal(TAKEN, "https://a:80/", 1,
                     "https://a:80/ cannot be, port 80 is http for site 1")}),
        ([site(1, ":80:a", ":80:A")],
         {1: Refusal(TAKEN, "http://a:80/",
                     reason="http://a:80/ is registered by this site already")}),
        ([site(1, ":80:a", secure=(":80:b",))],
         {1: Refusal(TAKEN, "https://b:80/",
                     reason="https://b:80/ cannot be, port 80 is http for this site "
                     "itself")}),
        ([site(1, ":80:a", "oops")], {1: Refusal(Win32Error.INVALID_PARAMETER, "oops")}),
        ([site(1, ":80:a", auto_start=False), site(2, ":80:a")], {}),
        ([site(1)], {}),
    ],
    ids=str,
)  # fmt: skip
def test_a_site_is_refused_for_what_another_holds(
    sites: list[SiteRow], refusals: dict[int, Refusal]
) -> None:
    """Two sites never answer for one prefix; all others still start."""
    result = start_sites(table(*sites))
    assert result.refusals == refusals
    starting = {item.identifier for item in sites if item.auto_start}
    assert result.started == starting - set(refusals)


def test_a_refused_site_holds_nothing() -> None:
    """Its free bindings go to the next site that asks, as on IIS."""
    result = start_sites(
        table(site(1, ":80:a"), site(2, ":80:a", ":80:b"), site(3, ":80:b"))
    )
    assert result.started == {1, 3}


V4, V6 = ip_address("127.0.0.1"), ip_address("::1")
BOTH = ListenList((V4, V6), is_limited=True)
IN_USE, MISSING = Win32Error.SHARING_VIOLATION, Win32Error.INVALID_NETNAME


def closed(*endpoints: str, error: Win32Error = IN_USE) -> dict[Endpoint, Win32Error]:
    """Those addresses and ports cannot be opened."""
    pairs = (text.rsplit(":", 1) for text in endpoints)
    return {Endpoint(parse_ip_address(a), int(port)): error for a, port in pairs}


def test_a_site_on_a_port_that_cannot_be_opened_is_refused_with_its_error() -> None:
    """Port 81 is another program's: only its sites stay down, and hold nothing."""
    made = table(site(1, ":80:a", ":81:a"), site(2, ":80:a"))
    result = start_sites(made, {Endpoint(ALL_IPV4, 81): IN_USE})
    assert result.started == {2}
    refusal = result.refusals[1]
    assert (refusal.error, refusal.prefix) == (IN_USE, "http://a:81/")
    assert refusal.reason == "http://a:81/ at 0.0.0.0:81"


@pytest.mark.parametrize(
    ("failures", "listen", "started"),
    [
        (closed("10.9.9.9:80", error=MISSING), EVERYWHERE, {1, 3}),
        (closed("127.0.0.1:80"), BOTH, {1}),
        (closed("[::1]:80", error=MISSING), BOTH, {1, 3}),
        (closed("[::1]:80", "127.0.0.1:80"), BOTH, set()),
        ({Endpoint(ALL_IPV6, 80): MISSING}, EVERYWHERE, {1, 2, 3}),
        ({Endpoint(ALL_IPV6, 80): IN_USE}, EVERYWHERE, {2, 3}),
        ({Endpoint(ALL_IPV4, 80): IN_USE}, EVERYWHERE, {2, 3}),
        (
            {Endpoint(ALL_IPV4, 80): IN_USE, Endpoint(ALL_IPV6, 80): MISSING},
            EVERYWHERE,
            {2, 3},
        ),
        (closed("127.0.0.1:81"), BOTH, {1, 3}),
    ],
)
def test_only_sites_that_need_an_address_are_refused(
    failures: dict[Endpoint, Win32Error], listen: ListenList, started: set[int]
) -> None:
    """One wrong address, or IPv6 switched off, would stop every site of a port."""
    made = table(site(1, ":80:a"), site(2, "10.9.9.9:80:b"), site(3, "127.0.0.1:80:c"))
    assert start_sites(made, failures, listen).started == started


def test_what_may_not_be_listened_on_is_refused_with_the_reason() -> None:
    """A site that nobody can reach would be called started."""
    made = table(site(1, ":80:a"), site(2, "10.9.9.9:80:b"))
    result = start_sites(made, listen=BOTH)
    assert result.started == {1}
    refusal = result.refusals[2]
    assert refusal.error is MISSING
    assert refusal.reason == "10.9.9.9:80 is not among ListenAddresses"
    nowhere = start_sites(made, listen=ListenList(is_limited=True))
    assert nowhere.started == frozenset()
    assert nowhere.refusals[1].reason == "no item of ListenAddresses is an address"


def test_an_order_decides_who_comes_first() -> None:
    """A site started by hand must not push out one that runs."""
    made = table(site(1, ":80:a", auto_start=False), site(2, ":80:a"), site(3, ":81:"))
    result = start_sites(made, order=(2, 1, 9))
    assert result.started == {2}
    assert result.refusals == {1: Refusal(TAKEN, "http://a:80/", 2)}
