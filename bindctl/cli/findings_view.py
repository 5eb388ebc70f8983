"""Findings in words: code, severity, place, cause; then the next step."""

from __future__ import annotations

from bindctl.metabase.excerpt import find_column, show_place
from bindctl.metabase.starring import star_secrets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.cli.terminal import Terminal
    from bindctl.findings.finding import Finding


def print_finding(
    terminal: Terminal, file: str, finding: Finding, lines: Sequence[bytes] = ()
) -> None:
    """Two lines of the answer; between them the place in the file where it is known.

    Args:
        terminal: Where to.
        file: The metabase as a person names it, for the line of the file.
        finding: What to print.
        lines: Of the document.
    """
    cause, hint = format_finding(finding, file)
    terminal.print(cause)
    for line in _show_line(finding, lines):
        terminal.print(f"    {line}")
    terminal.print(hint)


def _show_line(finding: Finding, lines: Sequence[bytes]) -> list[str]:
    """The line and a caret; none when the property is not on that line."""
    place = finding.place
    if not place.line or not place.property_name or place.line > len(lines):
        return []
    line = star_secrets(lines[place.line - 1].decode("utf-8", "replace"))
    indent = len(line) - len(line.lstrip())
    line = line[indent:]
    column = find_column(line, place.property_name, place.index)
    return show_place(line, column).split("\n") if column else []


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
