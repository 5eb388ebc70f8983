"""The tests of a metabase, tried on its plan."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.model.certificate import Certificate, KeyStatus
from bindctl.operations.answers.plan_answer import PlanAnswer
from bindctl.operations.check.check import check
from bindctl.operations.tests.metabase_tests import (
    Difference,
    ObservedAnswer,
    compare,
    format_difference,
    run_tests,
    try_tests,
)
from bindctl.storage.workspace import DiskWorkspace
from tests.unit.bindings.tables import A

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DOCUMENT = """\
[w3svc.1]
ServerBindings = [":80:a.example"]

[w3svc.2]
ServerBindings = ["10.0.0.1:80:a.example"]
{more}
[[test]]
name = "everywhere"
url = "http://a.example/"
site = 1

[[test]]
name = "there"
url = "http://a.example/"
ip = "10.0.0.1"
site = 2
"""


@pytest.fixture
def metabase(tmp_path: Path) -> str:
    """A host that is answered by another site at one address."""
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT.format(more=""))
    return str(path)


def test_a_test_holds_at_every_address_or_not_at_all(metabase: str) -> None:
    """A binding to one address takes a host away there, and nowhere else."""
    run = run_tests(DiskWorkspace(metabase), NOW)
    assert (run.passed, run.failed, run.invalid) == (1, 1, 0)
    everywhere, there = run.tests
    assert there.is_passed
    (difference,) = everywhere.differences
    assert (difference.expected, difference.got) == ("site 1", "site 2")
    assert (difference.address, difference.line) == ("10.0.0.1", 10)


def test_a_document_is_tried_before_it_is_written(metabase: str) -> None:
    """`set` would write what a test forbids."""
    broken = DOCUMENT.format(more="ServerAutoStart = false\n").encode()
    run = try_tests(broken, DiskWorkspace(metabase), NOW)
    assert [test.name for test in run.tests if not test.is_passed] == ["there"]
    with pytest.raises(BindctlError):
        try_tests(b"[", DiskWorkspace(metabase), NOW)


def test_check_reports_them(metabase: str) -> None:
    """CI that runs `check` alone would miss them."""
    findings = check(DiskWorkspace(metabase), NOW).report.findings
    failed = [item for item in findings if item.code == "RTE101"]
    words = "everywhere: site: expected site 1, got site 2 at 10.0.0.1"
    assert [(item.place.line, item.message) for item in failed] == [(10, words)]
    assert failed[0].hint == "bindctl explain http://a.example/"


def test_any_other_address_has_a_name(tmp_path: Path) -> None:
    """All zeros would be taken for an address."""
    path = tmp_path / "metabase.toml"
    text = DOCUMENT.format(more="").replace('ip = "10.0.0.1"\n', "")
    path.write_text(text)
    there = run_tests(DiskWorkspace(str(path)), NOW).tests[1]
    assert [item.address for item in there.differences] == ["any other address"]


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
