"""Requests whose answer changes, as text and as JSON."""

from __future__ import annotations

from ipaddress import IPv4Address

from bindctl.cli.views.answers_view import answers_data, print_sites
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
