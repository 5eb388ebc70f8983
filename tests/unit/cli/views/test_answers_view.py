"""Requests whose answer changes, as text and as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Address, ip_address

from bindctl.cli.views.answers_view import (
    answers_data,
    print_refusals,
    print_sites,
    refusals_data,
)
from bindctl.operations.certificates.coverage import Gap
from bindctl.operations.gate.what_if import Refusals
from bindctl.operations.load.sources import ReasonedChange
from bindctl.routing.classes import OTHER_ADDRESS
from bindctl.routing.reason import Reason, Why
from tests.unit.operations.answer_changes import (
    BAD,
    HTTP,
    HTTPS,
    ONE,
    OTHER,
    TWO,
    change_of,
)

WHY = (Reason(Why.SITE_GONE, site=1),)


def test_sites_are_named_below() -> None:
    """Numbers say little; a site without a name has nothing to add."""
    item = ReasonedChange(change_of(HTTP, "a", 80, None, ONE, TWO), (), OTHER_ADDRESS)
    lines: list[str] = []
    print_sites(lines.append, [item], {1: "One", 2: "", 3: "Three"})
    assert lines == ['site 1 is "One"']
    many = [
        item._replace(change=change_of(HTTP, "a", 80, None, ONE._replace(site=n), BAD))
        for n in range(1, 31)
    ]
    lines.clear()
    print_sites(lines.append, many, dict.fromkeys(range(1, 31), "x"))
    assert lines[-1] == "and 10 more sites"


def test_data_has_what_the_text_has() -> None:
    """A script needs no parser of sentences."""
    change = change_of(HTTPS, "a", 443, IPv4Address("10.0.0.1"), BAD, OTHER)
    (data,) = answers_data([ReasonedChange(change, WHY, IPv4Address("10.0.0.1"))], 1)
    assert data == {
        "url": "https://a:443/",
        "protocol": "https",
        "host": "a",
        "port": 443,
        "server_name": None,
        "address": "10.0.0.1",
        "addresses": ["10.0.0.1"],
        "is_everywhere": False,
        "before": {
            "is_listening": True,
            "site": None,
            "certificate_hash": None,
            "refusal": "handshake refused",
        },
        "after": {
            "is_listening": True,
            "site": 2,
            "certificate_hash": "bb",
            "refusal": None,
        },
        "reason": "site 1 is gone",
        "witness": "openssl s_client -connect 10.0.0.1:444 -servername a </dev/null",
    }


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
