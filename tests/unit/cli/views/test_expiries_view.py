"""When certificates run out, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest

from bindctl.cli.views.expiries_view import print_timeline, timeline_data
from bindctl.operations.certificates.expiries import Expiry, FailingHost
from bindctl.storage.workspace import system_clock
from bindctl.terminal.terminal import Terminal

AT = datetime(2027, 3, 15, 12, 30, tzinfo=UTC)


def printed(*expiries: Expiry) -> str:
    out = StringIO()
    print_timeline(Terminal(out, out, {}, "/", system_clock), expiries)
    return out.getvalue()


def expiry(left: timedelta, *hosts: str, name: str = "ab" * 20) -> Expiry:
    failing = tuple(FailingHost(1, host, 443) for host in hosts)
    return Expiry(AT, left, name, "*.example", failing)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=99, hours=5), "in 99 days"),
        (timedelta(days=1), "in 1 day"),
        (timedelta(hours=23), "within a day"),
        (timedelta(0), "within a day"),
        (timedelta(seconds=-1), "ended today"),
        (timedelta(days=-1, hours=-1), "ended 1 day ago"),
        (timedelta(days=-1200), "ended 1,199 days ago"),
    ],
)
def test_how_long_is_told_in_days(left: timedelta, words: str) -> None:
    """Nobody plans in seconds; what has ended has ended."""
    assert printed(expiry(left)) == (
        f"2027-03-15 12:30 UTC, {words}: certificate abababab… (*.example)\n"
    )


def test_hosts_are_listed_and_many_counted() -> None:
    """With the site whose visitors fail."""
    hosts = ["xn--bcher-kva.example", *(f"h{n}" for n in range(8))]
    found = printed(expiry(timedelta(days=2), *hosts, name="_.example.pfx"))
    assert found.splitlines()[:2] == [
        "2027-03-15 12:30 UTC, in 2 days: certificate _.example.pfx (*.example)",
        "  https://bücher.example:443/ of site 1",
    ]
    assert found.endswith("  and 4 more\n")
    assert printed() == "no visitor gets a certificate from the stores\n"


def test_data_counts_days() -> None:
    """A script sorts and alarms by them."""
    (data,) = timeline_data([expiry(timedelta(days=2, hours=3), "a")])
    assert data == {
        "at": AT,
        "days": 2,
        "certificate_hash": "ab" * 20,
        "names": "*.example",
        "through": None,
        "hosts": (FailingHost(1, "a", 443),),
    }


def test_who_ends_in_its_place_is_named() -> None:
    """The leaf's own date would send people to renew the wrong one."""
    item = expiry(timedelta(days=2), "a")._replace(through="CN=Intermediate")
    assert (
        "\n  because its chain goes through CN=Intermediate, which ends then\n"
        in printed(item)
    )
    assert timeline_data([item])[0]["through"] == "CN=Intermediate"
