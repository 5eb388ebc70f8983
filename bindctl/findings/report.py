"""A report: many findings, sorted, and what they mean for the exit status."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from bindctl.findings.errors import ExitStatus
from bindctl.findings.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bindctl.findings.finding import Finding


class Report:
    """Findings in the order of the metabase."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """`findings` are in that order already."""
        self.findings: Final = findings

    @property
    def exit_status(self) -> int:
        """1 when any finding is an error, else 0: warnings and infos do not count."""
        errors = any(item.severity is Severity.ERROR for item in self.findings)
        return ExitStatus.FINDINGS if errors else ExitStatus.OK

    def count(self, severity: Severity) -> int:
        """How many findings have that severity."""
        return sum(item.severity is severity for item in self.findings)


def new_findings(
    after: Iterable[Finding], before: Iterable[Finding]
) -> tuple[Finding, ...]:
    """Findings of `after` that `before` lacks, or has fewer of."""
    known = Counter(item.identity for item in before)
    found = []
    for item in after:
        known[item.identity] -= 1
        if known[item.identity] < 0:
            found.append(item)
    return tuple(found)


def make_report(findings: Iterable[Finding]) -> Report:
    """A report, sorted by place and then by code."""
    return Report(tuple(sorted(findings, key=_order)))


def _order(finding: Finding) -> tuple[int, str, int, str]:
    place = finding.place
    return (place.line or 0, place.path, place.index or 0, finding.code)
