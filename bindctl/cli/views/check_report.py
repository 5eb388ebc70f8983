"""What `check` answers, in each of its formats; when certificates run out."""

from __future__ import annotations

import os
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.codes import RULES_BY_CODE
from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.findings.finding import Finding, Place, Severity
from bindctl.model.host import to_unicode
from bindctl.terminal.boundary import print_envelope
from bindctl.terminal.findings_view import FindingsView

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, timedelta

    from bindctl.operations.certificates.expiries import Expiry, FailingHost
    from bindctl.operations.check.check import CheckResult
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

# Annotations of a GitHub workflow: one command a line. GitHub docs, "Workflow commands
# for GitHub Actions"; the escapes are those of actions/toolkit, core/src/command.ts.
_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}
_DATA_ESCAPES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY_ESCAPES = str.maketrans(
    {"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"}
)


class OutputFormat(Enum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


class CheckedDocument(NamedTuple):
    """The document that is judged.

    Attributes:
        workspace: The metabase whose stores and folders count.
        octets: What is judged.
        name: As a person names it.
        file: Absolute path of the file a machine is told of.
    """

    workspace: Workspace
    octets: bytes
    name: str
    file: str


def print_report(
    terminal: Terminal,
    output_format: OutputFormat,
    source: CheckedDocument,
    result: CheckResult,
    *,
    is_verbose: bool = False,
) -> None:
    """Write the whole answer."""
    if output_format is OutputFormat.JSON:
        _print_json(terminal, result)
    elif output_format is OutputFormat.SARIF:
        found = [(finding, None) for finding in result.report.findings]
        left_out = [(item.finding, item.reason) for item in result.suppressed]
        _print_sarif(
            terminal,
            [*found, *left_out],
            os.path.relpath(source.file, terminal.directory),
            source.octets,
            result.report.exit_status,
            result.emulated_version,
        )
    elif output_format is OutputFormat.GITHUB:
        _print_annotations(terminal, source, result)
    else:
        _print_text(terminal, source, result, is_verbose=is_verbose)


def print_error_report(
    terminal: Terminal, output_format: OutputFormat, file: str, error: BindctlError
) -> None:
    """The report about a document that is not a metabase, in the formats for programs.

    Args:
        terminal: Where to.
        output_format: SARIF and annotations name the file; other formats say nothing.
        file: Absolute path of the document.
        error: Why the document could not be judged.
    """
    if error.code != "MET002":
        return  # it is not about the document
    name = os.path.relpath(file, terminal.directory)
    line, column = _place_of(error)
    if output_format is OutputFormat.GITHUB:
        text = format_error_annotation(error.code, error.message, name, line, column)
        terminal.print_command(text)
    elif output_format is OutputFormat.SARIF:
        place = Place("/LM", None, None, line, column)
        finding = Finding(error.code, Severity.ERROR, place, error.message, error.hint)
        _print_sarif(terminal, [(finding, None)], name, b"", error.exit_status)


def _print_text(
    terminal: Terminal,
    source: CheckedDocument,
    result: CheckResult,
    *,
    is_verbose: bool,
) -> None:
    if result.report.findings:
        view = FindingsView(
            terminal,
            source.name,
            source.octets,
            is_verbose=is_verbose,
            version=result.emulated_version,
        )
        for finding in result.report.findings:
            view.print(finding)
    terminal.print(summarise(result))


def _print_json(terminal: Terminal, result: CheckResult) -> None:
    data = {
        "sites": result.sites,
        "bindings": result.bindings,
        "certificates": result.certificates,
        "suppressed": len(result.suppressed),
    }
    version = result.emulated_version
    findings = [
        {**finding._asdict(), "on_iis": RULES_BY_CODE[finding.code].on_iis_of(version)}
        for finding in result.report.findings
    ]
    status = result.report.exit_status
    print_envelope(terminal, "check", data, status, findings)


def _print_sarif(
    terminal: Terminal,
    results: Iterable[tuple[Finding, str | None]],
    file: str,
    octets: bytes,
    exit_code: int,
    version: int = 10,
) -> None:
    from bindctl.cli.views.sarif import SarifResult, make_sarif  # noqa: PLC0415 - this format only

    found = [SarifResult(*result) for result in results]
    log = make_sarif(found, file, octets, exit_code=exit_code, version=version)
    _print_data(terminal, log)


def _print_data(terminal: Terminal, data: object) -> None:
    import json  # noqa: PLC0415 - slow to import

    terminal.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def _print_annotations(
    terminal: Terminal, source: CheckedDocument, result: CheckResult
) -> None:
    file = os.path.relpath(source.file, terminal.directory)
    for finding in result.report.findings:
        terminal.print_command(format_annotation(finding, file))
    terminal.print(summarise(result))


def summarise(result: CheckResult) -> str:
    """``1 error, 2 warnings in 3 sites, 4 bindings, 1 certificate``."""
    report = result.report
    looked = (
        f"{_count(result.sites, 'site')}, {_count(result.bindings, 'binding')}, "
        f"{_count(result.certificates, 'certificate')}"
    )
    if result.suppressed:
        looked += f"; {len(result.suppressed)} suppressed"
    if not report.findings:
        return f"nothing to report: {looked}"
    counts = (
        _count(report.count(severity), word)
        for severity, word in (
            (Severity.ERROR, "error"),
            (Severity.WARNING, "warning"),
            (Severity.INFO, "info"),
        )
        if report.count(severity)
    )
    return f"{', '.join(counts)} in {looked}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _place_of(error: BindctlError) -> tuple[int | None, int | None]:
    """Line and column of a syntax error, which its message begins with."""
    import re  # noqa: PLC0415 - rare

    found = re.match(r"line (\d+)(?:, column (\d+))?", error.message)
    if found is None:
        return (error.line or None), None
    return int(found[1]), int(found[2]) if found[2] else None


def format_annotation(finding: Finding, file: str) -> str:
    """``::error file=…,line=…,col=…,title=BND201::…``.

    Args:
        finding: What to say.
        file: The document, relative to the root of the repository.
    """
    message = finding.message
    if finding.hint:
        message += f"\nnext: {finding.hint}"
    return _format_annotation(
        finding.severity.value, file, finding.place, finding.code, message
    )


def format_error_annotation(
    code: str, message: str, file: str, line: int | None, column: int | None
) -> str:
    """The same for an error that ends the command."""
    place = Place("", line=line, column=column)
    return _format_annotation("error", file, place, code, message)


def _format_annotation(
    severity: str, file: str, place: Place, title: str, message: str
) -> str:
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


_MAX_HOSTS: Final = 5  # of one certificate, by name
_HASH_SHOWN: Final = 8


def print_expiries(
    terminal: Terminal, source: CheckedDocument, now: datetime, *, as_json: bool
) -> int:
    """Print when certificates run out; 1 when one has."""
    from bindctl.operations.certificates.expiries import list_expiries  # noqa: PLC0415 - when asked

    expiries = list_expiries(source.workspace, source.octets, now)
    has_ended = any(item.at < now for item in expiries)
    status = ExitStatus.FINDINGS if has_ended else ExitStatus.OK
    if as_json:
        data = {"expiries": timeline_data(expiries)}
        print_envelope(terminal, "check", data, status)
    else:
        print_timeline(terminal, expiries)
    return status


def print_timeline(terminal: Terminal, expiries: Sequence[Expiry]) -> None:
    """One block for each certificate, the earliest end first."""
    if not expiries:
        terminal.print("no visitor gets a certificate from the stores")
    for item in expiries:
        name = item.certificate_hash
        shown = name if name.endswith(".pfx") else f"{name[:_HASH_SHOWN]}…"
        terminal.print(
            f"{item.at:%Y-%m-%d %H:%M} UTC, {_format_left(item.left)}: "
            f"certificate {shown} ({item.names})"
        )
        if item.through:
            terminal.print(
                f"  because its chain goes through {item.through}, which ends then"
            )
        for line in _lines(item.hosts):
            terminal.print(f"  {line}")


def timeline_data(expiries: Sequence[Expiry]) -> list[dict[str, object]]:
    """The same for JSON."""
    return [
        {
            "at": item.at,
            "days": item.left.days,
            "certificate_hash": item.certificate_hash,
            "names": item.names,
            "through": item.through or None,
            "hosts": item.hosts,
        }
        for item in expiries
    ]


def _lines(hosts: Sequence[FailingHost]) -> Iterator[str]:
    for host in hosts[:_MAX_HOSTS]:
        yield f"https://{to_unicode(host.host)}:{host.port}/ of site {host.site}"
    more = len(hosts) - _MAX_HOSTS
    if more > 0:
        yield f"and {more:,} more"


def _format_left(left: timedelta) -> str:
    """``in 99 days``, ``today``, ``3 days ago``; whole days, rounded down."""
    if left.total_seconds() < 0:
        days = -left.days - 1
        if not days:
            return "ended today"
        return "ended 1 day ago" if days == 1 else f"ended {days:,} days ago"
    if not left.days:
        return "within a day"
    return "in 1 day" if left.days == 1 else f"in {left.days:,} days"


class FixOptions(NamedTuple):
    """The options of mending.

    Attributes:
        is_wanted: ``--fix``.
        is_agreed: ``--yes``: nothing is asked.
        is_dry_run: ``--dry-run``: nothing is written.
        is_verbose: ``--verbose``.
    """

    is_wanted: bool = False
    is_agreed: bool = False
    is_dry_run: bool = False
    is_verbose: bool = False


def require_fixable(
    options: FixOptions,
    output_format: OutputFormat,
    file: str | None,
    metabase: str | None,
    as_of: datetime | None,
) -> None:
    """Refuse options that cannot go together.

    Raises:
        BindctlError: CLI004.
    """
    if not options.is_wanted:
        if options.is_agreed or options.is_dry_run:
            name = "--yes" if options.is_agreed else "--dry-run"
            raise BindctlError("CLI004", f"{name} goes with --fix only")
        return
    if options.is_agreed and options.is_dry_run:
        raise BindctlError("CLI004", "--yes and --dry-run contradict each other")
    if output_format in (OutputFormat.SARIF, OutputFormat.GITHUB):
        message = f"--fix answers in text or json, not in {output_format.value}"
        raise BindctlError("CLI004", message)
    if file is not None and (file == "-" or metabase is not None):
        message = "--fix writes the metabase itself, beside its own stores"
        raise BindctlError("CLI004", message, "name it by --metabase alone")
    if as_of is not None and not options.is_dry_run:
        message = "--as-of with --fix needs --dry-run: certificates are made today"
        raise BindctlError("CLI004", message)
