"""The gate of ``--strict``: a change may bring no error that `check` does not find now."""

from __future__ import annotations

from bindctl.findings.errors import BindctlError
from bindctl.findings.finding import Severity
from bindctl.findings.report import new_findings
from bindctl.operations.check.check import check_octets
from bindctl.operations.gate.impact import ACCESS_DENIED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from bindctl.findings.finding import Finding
    from bindctl.storage.workspace import Workspace


def refuse_new_errors(
    workspace: Workspace, before: bytes, after: bytes, now: datetime
) -> None:
    """Raise unless every error of `after` is one of `before`, wherever it stands now.

    Raises:
        BindctlError: BND002, with the findings that are new.
    """
    if before == after:
        return
    found = _errors(workspace, after, now)
    if not found:  # finding the old errors costs as much
        return
    new = new_findings(found, _errors(workspace, before, now))
    if not new:
        return
    words = "1 error" if len(new) == 1 else f"{len(new)} errors"
    error = BindctlError(
        "BND002",
        f"refused: check would find {words} that it does not find now; nothing was "
        "written",
        "mend what the findings name, or write without the gate",
        hresult=ACCESS_DENIED,
    )
    error.findings = tuple(map(_without_line, new))
    raise error


def _errors(workspace: Workspace, octets: bytes, now: datetime) -> list[Finding]:
    report = check_octets(workspace, octets, now).report
    return [item for item in report.findings if item.severity is Severity.ERROR]


def _without_line(finding: Finding) -> Finding:
    # Line numbers of a text that was not written would mislead.
    place = finding.place._replace(line=None, column=None, end_column=None)
    return finding._replace(place=place)
