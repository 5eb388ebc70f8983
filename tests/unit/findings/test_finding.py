"""Findings and reports: order and exit status."""

from __future__ import annotations

import pytest

from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Finding, Place, Severity
from bindctl.findings.report import make_report

HERE = Place("/LM/W3SVC/1", "ServerBindings", 0, 7)


def _finding(code: str, place: Place = HERE) -> Finding:
    return make_finding(code, place, "cause")


@pytest.mark.parametrize(
    ("codes", "status"),
    [((), 0), (("BND305",), 0), (("BND102", "BND305"), 0), (("BND102", "BND101"), 1)],
)
def test_only_an_error_fails_the_command(codes: tuple[str, ...], status: int) -> None:
    """A warning must not break a pipeline; an error must."""
    assert make_report(map(_finding, codes)).exit_status == status


def test_findings_stand_in_the_order_of_the_file() -> None:
    """A reader walks the file once, from top to bottom."""
    third = _finding("BND101", Place("/LM/W3SVC/2", line=9))
    second = _finding("BND103", Place("/LM/W3SVC/1", "ServerBindings", 1, line=7))
    first = _finding("BND201", Place("/LM/W3SVC/1", "ServerBindings", 0, line=7))
    nowhere = _finding("MET203", Place("/LM"))
    report = make_report([third, second, first, nowhere])
    assert report.findings == (nowhere, first, second, third)


def test_counts_by_severity() -> None:
    """The last line of `check` says how many of each there are."""
    report = make_report([_finding("BND101"), _finding("BND102"), _finding("BND103")])
    counts = [report.count(severity) for severity in Severity]
    assert counts == [1, 2, 0]
