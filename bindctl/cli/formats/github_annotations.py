"""Findings as annotations of a GitHub workflow: one command a line.

Source:
    GitHub docs, "Workflow commands for GitHub Actions", setting an error message; the
    escapes are those of actions/toolkit, packages/core/src/command.ts.
"""

from __future__ import annotations

from bindctl.findings.finding import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bindctl.findings.finding import Finding

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}
_DATA_ESCAPES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY_ESCAPES = str.maketrans(
    {"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"}
)


def format_annotation(finding: Finding, file: str) -> str:
    """``::error file=…,line=…,col=…,title=BND201::…``.

    Args:
        finding: What to say.
        file: The document, relative to the root of the repository.
    """
    message = finding.message
    if finding.hint:
        message += f"\nnext: {finding.hint}"
    return _format(finding.severity.value, file, finding.place, finding.code, message)


def format_error_annotation(
    code: str, message: str, file: str, line: int | None, column: int | None
) -> str:
    """The same for an error that ends the command."""
    place = Place("", line=line, column=column)
    return _format("error", file, place, code, message)


def _format(severity: str, file: str, place: Place, title: str, message: str) -> str:
    properties: dict[str, object] = {"file": file.replace("\\", "/")}
    if place.line:
        properties["line"] = place.line
    if place.column:
        properties["col"] = place.column
    if place.end_column and place.column:
        properties["endColumn"] = place.end_column - 1  # it counts the last one in
    properties["title"] = title
    listed = ",".join(
        f"{name}={str(value).translate(_PROPERTY_ESCAPES)}"
        for name, value in properties.items()
    )
    return f"::{_LEVELS[severity]} {listed}::{message.translate(_DATA_ESCAPES)}"
