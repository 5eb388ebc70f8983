"""Hosts whose certificates browsers refuse."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address

from bindctl.cli.views.uncovered_hosts_view import print_refusals, refusals_data
from bindctl.operations.certificates.coverage import Gap
from bindctl.operations.gate.what_if import Refusals

AT = datetime(2027, 3, 15, tzinfo=UTC)


def gap(host: str, words: str = "ended", address: str = "10.0.0.1") -> Gap:
    return Gap(1, host, 443, ip_address(address), "CRT301", words, f"try {host}")


def text(*gaps: Gap, known: frozenset[Gap] = frozenset()) -> list[str]:
    lines: list[str] = []
    print_refusals(lines.append, Refusals(AT, gaps, known))
    return lines


def test_hosts_that_fail_alike_are_one() -> None:
    """Whatever their addresses; names are read in Unicode."""
    gaps = [gap(name) for name in ("a", "b", "xn--bcher-kva.example", "d", "e")]
    assert text(*gaps, gap("a", address="::1"), gap("f", "not covered")) == [
        "at 2027-03-15 00:00 UTC browsers refuse 6 hosts",
        "  https://a:443/ https://b:443/ https://bücher.example:443/ and 2 more : ended",
        "      $ try a",
        "  https://f:443/ : not covered",
        "      $ try f",
    ]


def test_what_is_refused_today_is_told_apart() -> None:
    """It is no news, and still to be mended."""
    one = gap("a")
    assert text(one, known=frozenset({one})) == [
        "at 2027-03-15 00:00 UTC browsers refuse 1 host",
        "  https://a:443/ : ended",
        "      now as well",
        "      $ try a",
    ]
    assert text() == ["at 2027-03-15 00:00 UTC browsers refuse no hosts"]


def test_data_is_one_a_host_and_a_reason() -> None:
    """With all its addresses."""
    gaps = (gap("a"), gap("a", address="::1"), gap("a", "not covered"))
    found = refusals_data(Refusals(AT, gaps, frozenset(gaps[2:])))
    assert [(item["addresses"], item["is_refused_now"]) for item in found] == [
        (["10.0.0.1", "::1"], False),
        (["10.0.0.1"], True),
    ]
    assert found[0]["witness"] == "try a"
