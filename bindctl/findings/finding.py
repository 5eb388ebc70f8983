"""A finding: what is wrong, where, why and what to do next; and a report of many."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(Enum):
    """How bad a finding is; only an error changes the exit status."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in the metabase.

    Attributes:
        path: Metabase path as IIS writes it, ``/LM/W3SVC/2``.
        property_name: The property, or ``None`` for the key itself.
        index: Item of a list property, from 0, or ``None``.
        line: Line of the file, from 1, or ``None`` when it is not known: of the item,
            of the property where it has none, or of the key's header.
        column: Character of that line, from 1, where the fault is; or ``None``.
        end_column: The character after the last one of the fault; or ``None``.
    """

    path: str
    property_name: str | None = None
    index: int | None = None
    line: int | None = None
    column: int | None = None
    end_column: int | None = None


class Finding(NamedTuple):
    """One defect of a configuration.

    Attributes:
        code: Stable code from the table.
        severity: Error, warning or info.
        place: Where to look.
        message: The thing first, then the cause; lower case, no full stop.
        hint: The next step.
        witness: A command that shows the defect on a running server; or empty.
    """

    code: str
    severity: Severity
    place: Place
    message: str
    hint: str
    witness: str = ""

    @property
    def identity(self) -> tuple[object, ...]:
        """What it has in common with itself after an edit: only places may move."""
        place = self.place
        return self.code, place.path, place.property_name, self.message


@dataclass(frozen=True, slots=True)
class Report:
    """Findings in the order of the metabase."""

    findings: tuple[Finding, ...]

    @property
    def exit_status(self) -> int:
        """1 when any finding is an error, else 0: warnings and infos inform."""
        errors = any(item.severity is Severity.ERROR for item in self.findings)
        return ExitStatus.FINDINGS if errors else ExitStatus.OK

    def count(self, severity: Severity) -> int:
        """How many findings have that severity."""
        return sum(item.severity is severity for item in self.findings)


def new_findings(
    after: Iterable[Finding], before: Iterable[Finding]
) -> tuple[Finding, ...]:
    """Those of `after` that are one more of their identity than `before` has."""
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
