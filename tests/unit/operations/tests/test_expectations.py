"""What a test wants of an answer, compared with what came."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address

import pytest

from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.operations.answers.plan_answer import PlanAnswer
from bindctl.operations.tests.expectations import (
    Difference,
    ObservedAnswer,
    compare,
    format_difference,
)
from tests.unit.bindings.tables import A

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
CERTIFICATE = Certificate(
    A,
    "MY",
    "CN=x",
    "CN=y",
    ("*.a.example", "xn--bcher-kva.example"),
    (ip_address("10.0.0.1"),),
    WHEN,
    WHEN,
    KeyStatus.MATCHES,
    1,
)
ANSWER = PlanAnswer("", CERTIFICATE, 1, 301, "/x/")
OUTCOME = ObservedAnswer(ANSWER, is_accepted=True)
REFUSED = ObservedAnswer(PlanAnswer("no record"), None)


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("site", 1),
        ("status", 301),
        ("redirect", "/x/"),
        ("browser", True),
        ("certificate", "*.A.example"),
        ("certificate", "b\u00fccher.example"),
        ("certificate", "10.0.0.1"),
        ("certificate", "aaaaaa"),
        ("certificate", "AA:AA:AA:AA"),
    ],
)
def test_what_came_is_what_was_wanted(what: str, value: int | str | bool) -> None:
    """A test that fails for no reason is removed, and guards nothing."""
    assert compare({what: value}, OUTCOME) == []


@pytest.mark.parametrize(
    ("what", "value", "expected", "got"),
    [
        ("site", 2, "site 2", "site 1"),
        ("site", False, "no site", "site 1"),
        ("status", 200, "200", "301"),
        ("redirect", "/y/", "/y/", "/x/"),
        ("browser", False, "refused", "accepted"),
        (
            "certificate",
            "a.example",
            "a.example",
            "*.a.example, xn--bcher-kva.example, 10.0.0.1 (aaaaaaaa)",
        ),
        (
            "certificate",
            False,
            "a refused handshake",
            "*.a.example, xn--bcher-kva.example, 10.0.0.1 (aaaaaaaa)",
        ),
        ("certificate", "aaaaa", "aaaaa", "*.a.example, xn--bcher"),
    ],
)
def test_what_came_instead_is_told(
    what: str,
    value: int | str | bool,
    expected: str,
    got: str,
) -> None:
    """Who reads it mends the one or the other."""
    (difference,) = compare({what: value}, OUTCOME)
    assert (difference.what, difference.expected) == (what, expected)
    assert difference.got.startswith(got)


def test_a_refusal_has_none_of_all_this() -> None:
    """The cause is what helps, whatever was wanted."""
    wanted = {"site": 1, "certificate": "a", "status": 200, "redirect": "/"}
    wanted |= {"browser": True}
    found = compare(wanted, REFUSED)
    assert [item.got for item in found] == ["no record"] * 5
    assert compare({"site": False, "certificate": False}, REFUSED) == []


def test_a_difference_is_one_line() -> None:
    """`check` shows it as a finding."""
    plain = Difference("status", "200", "404")
    assert format_difference(plain) == "status: expected 200, got 404"
    there = plain._replace(address="10.0.0.1")
    assert format_difference(there) == "status: expected 200, got 404 at 10.0.0.1"
