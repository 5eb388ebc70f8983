"""Findings in words: code, severity, place, cause; then the next step."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bindctl.cli.terminal import Terminal
    from bindctl.findings.finding import Finding


def print_finding(terminal: Terminal, file: str, finding: Finding) -> None:
    """Two lines of the answer.

    Args:
        terminal: Where to.
        file: The metabase as a person names it, for the line of the file.
        finding: What to print.
    """
    for line in format_finding(finding, file):
        terminal.print(line)


def format_finding(finding: Finding, file: str = "") -> tuple[str, str]:
    """The finding on two lines; with a line number when it has one and a file."""
    place = finding.place
    where = place.path
    if place.property_name:
        where += f"/{place.property_name}"
    line = f" ({file}:{place.line})" if place.line and file else ""
    severity = finding.severity.value
    return (
        f"{finding.code} {severity} {where}{line}: {finding.message}",
        f"  next: {finding.hint}",
    )
