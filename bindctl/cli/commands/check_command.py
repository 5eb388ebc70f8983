"""bindctl check."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import typer

from bindctl.cli.boundary import print_envelope
from bindctl.cli.findings_view import print_finding
from bindctl.cli.options import JsonOption, MetabaseOption, run
from bindctl.findings.finding import Severity
from bindctl.operations.check import check_lines

if TYPE_CHECKING:
    from bindctl.cli.terminal import Terminal
    from bindctl.operations.check import CheckResult


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check_)


def check_(
    context: typer.Context,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Report what is wrong with the metabase; exit 1 when anything is an error."""

    def call(terminal: Terminal, file: str) -> int:
        result, lines = check_lines(file, terminal.clock())
        status = result.report.exit_status
        if json:
            data = {
                "sites": result.sites,
                "bindings": result.bindings,
                "certificates": result.certificates,
            }
            findings = result.report.findings
            print_envelope(terminal, "check", data, status, findings)
            return status
        name = os.path.relpath(file, terminal.directory)
        for finding in result.report.findings:
            print_finding(terminal, name, finding, lines)
        terminal.print(_summary(result))
        return status

    run(context, "check", metabase, call, as_json=json)


def _summary(result: CheckResult) -> str:
    report = result.report
    looked = (
        f"{_count(result.sites, 'site')}, {_count(result.bindings, 'binding')}, "
        f"{_count(result.certificates, 'certificate')}"
    )
    if not report.findings:
        return f"nothing to report: {looked}"
    counts = (
        _count(report.count(severity), word)
        for severity, word in (
            (Severity.ERROR, "error"),
            (Severity.WARNING, "warning"),
            (Severity.INFO, "note"),
        )
        if report.count(severity)
    )
    return f"{', '.join(counts)} in {looked}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
