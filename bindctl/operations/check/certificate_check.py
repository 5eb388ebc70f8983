"""Reads the stores and judges the certificates that visitors get, for `check`.

With many sites another process does it meanwhile: it is half of the work, and
independent of the other half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bindctl.findings.finding import Finding, Place, Severity
from bindctl.operations.load.known_certificates import load_known_certificates
from bindctl.rules.certificates import certificate_findings
from bindctl.storage.shared_work import WorkBeside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Self

    from bindctl.model.certificate import Certificate
    from bindctl.routing.reading import Reading
    from bindctl.storage.workspace import Workspace

# Fewer are judged before a process has started; with more, two processes would take too
# much memory.
_MIN_SITES: Final = 2_000
_MAX_SITES: Final = 40_000


class CertificateReport(NamedTuple):
    """What was found.

    Attributes:
        findings: Without line and column.
        looked_at: How many certificates there are.
    """

    findings: list[Finding]
    looked_at: int


class CertificateCheck:
    """The search, as a context like `WorkBeside`."""

    def __init__(
        self,
        workspace: Workspace,
        reading: Reading,
        now: datetime,
        expiring_days: int,
        made: Mapping[str, Certificate],
    ) -> None:
        """Begin.

        Args:
            workspace: The metabase, beside which stores are.
            reading: Sites, bindings and records.
            now: Aware UTC: the instant certificates are judged at.
            expiring_days: One that ends within so many days is reported.
            made: Certificates that are about to be in the store MY, by thumbprint.
        """
        self._question = (workspace, reading, now, expiring_days, made)
        is_large = _MIN_SITES <= len(reading.table.sites) <= _MAX_SITES
        if is_large:
            _ = reading.plan  # both processes ask it
        self._beside = WorkBeside(self._plain_report, is_large=is_large)
        self._is_large = is_large

    def __enter__(self) -> Self:
        """The search itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Wait for the process."""
        self._beside.__exit__(*error)

    def report(self) -> CertificateReport:
        """What was found."""
        if not self._is_large:
            return _find(*self._question)
        looked_at, *rows = self._beside.result()
        return CertificateReport([_parse(row) for row in rows], looked_at)

    def _plain_report(self) -> list[object]:
        report = _find(*self._question)
        return [report.looked_at, *map(_plain, report.findings)]


def _find(
    workspace: Workspace,
    reading: Reading,
    now: datetime,
    expiring_days: int,
    made: Mapping[str, Certificate],
) -> CertificateReport:
    known = load_known_certificates(workspace, reading.table)
    known.certificates.update(made)
    findings = certificate_findings(
        reading,
        known.certificates,
        known.problems,
        now,
        expiring_days,
        known.anchors,
        known.central,
        known.unreadable,
    )
    looked_at = len(known.certificates) + len(known.central)
    return CertificateReport([*findings], looked_at)


def _plain(finding: Finding) -> list[object]:
    """As JSON holds it; rules leave line and column to others."""
    place = finding.place
    return [
        finding.code,
        finding.severity.value,
        place.path,
        place.property_name,
        place.index,
        finding.message,
        finding.hint,
        finding.witness,
    ]


def _parse(
    row: Sequence[Any],  # Any: a row of `_plain`
) -> Finding:
    code, severity, path, name, index, message, hint, witness = row
    place = Place(path, name, index)
    return Finding(code, Severity(severity), place, message, hint, witness)
