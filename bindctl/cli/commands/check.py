"""The command check."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bindctl.cli.run.option_values import checked, judged_at
from bindctl.cli.views.check_report import (
    CheckedDocument,
    FixOptions,
    OutputFormat,
    print_error_report,
    print_expiries,
    print_report,
    require_fixable,
)
from bindctl.findings.errors import BindctlError
from bindctl.operations.check.check import check_octets
from bindctl.operations.check.check_options import CommandLine, check_value
from bindctl.storage.file_locations import METABASE_NAME, find_metabase
from bindctl.storage.file_reading import read_octets
from bindctl.storage.workspace import DiskWorkspace
from bindctl.terminal.boundary import about_file
from bindctl.terminal.input_file import STANDARD_INPUT, read_input

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from bindctl.findings.finding import Finding
    from bindctl.routing.reading import Reading
    from bindctl.terminal.terminal import Terminal

STANDARD_INPUT_NAME = "<stdin>"


def check(
    terminal: Terminal,
    *,
    file: str | None,
    metabase: str | None,
    as_of: datetime | None,
    expiring: str | None,
    select: str | None,
    ignore: str | None,
    severity: Sequence[str],
    live: bool,
    against: str | None,
    timeline: bool,
    verbose: bool,
    output_format: str,
    fix: bool,
    yes: bool,
    dry_run: bool,
    allow_impact: bool,
    json: bool,
) -> int:
    """Run `bindctl check`."""
    written = OutputFormat("json" if json else output_format)
    typed = CommandLine(select, ignore, severity, expiring)
    fixing = FixOptions(fix, yes, dry_run, verbose)

    def mend(document: str) -> int:
        from bindctl.cli.run.write_guard import guard  # noqa: PLC0415 - when asked
        from bindctl.cli.views.fix_view import run_fix  # noqa: PLC0415 - when asked

        now = judged_at(terminal, as_of)
        return guard(
            terminal,
            document,
            lambda workspace: run_fix(terminal, workspace, now, typed, fixing, written),
            allows_impact=allow_impact,
        )

    def judge(document: str) -> int:
        source = _read_source(terminal, file, metabase, document)
        now = judged_at(terminal, as_of)
        if timeline:
            as_json = written is OutputFormat.JSON
            return print_expiries(terminal, source, now, as_json=as_json)
        more = _compare_with(terminal, source, against)
        result = check_octets(
            source.workspace, source.octets, now, typed, is_live=live, more=more
        )
        print_report(terminal, written, source, result, is_verbose=verbose)
        return result.report.exit_status

    others = {"--fix": fix, "--against": against is not None, "--live": live}
    _require_timeline(written, others, is_wanted=timeline)
    _require_one_reading(file, against)
    _require_one_format(OutputFormat(output_format), as_json=json)
    require_fixable(fixing, written, file, metabase, as_of)
    document = _find_document(terminal, file, metabase)
    try:
        return about_file(document, lambda: (mend if fix else judge)(document))
    except BindctlError as error:
        print_error_report(terminal, written, document, error)
        raise


# Values of options, as they are typed.
expiring, select, ignore, severity = (
    checked(check_value(name)) for name in ("expiring", "select", "ignore", "severity")
)


def _compare_with(
    terminal: Terminal, source: CheckedDocument, against: str | None
) -> Callable[[Reading], Iterator[Finding]] | None:
    """Finds the requests that get a different answer, if ``--against`` is given."""
    if against is None:
        return None
    from bindctl.operations.answers.answer_findings import Against  # noqa: PLC0415 - when asked

    def read() -> bytes:
        return read_input(terminal, STANDARD_INPUT)

    return Against(source.workspace, against, terminal.directory, read).findings


def _require_one_format(output_format: OutputFormat, *, as_json: bool) -> None:
    """Refuse --json beside another format.

    Raises:
        BindctlError: CLI004.
    """
    if as_json and output_format not in (OutputFormat.TEXT, OutputFormat.JSON):
        message = f"--json and --output-format {output_format.value} exclude each other"
        raise BindctlError("CLI004", message)


def _require_timeline(
    written: OutputFormat, others: Mapping[str, bool], *, is_wanted: bool
) -> None:
    """Refuse options that cannot go together with --timeline.

    Raises:
        BindctlError: CLI004.
    """
    for name, is_given in others.items():
        if is_wanted and is_given:
            raise BindctlError("CLI004", f"--timeline and {name} exclude each other")
    if is_wanted and written in (OutputFormat.SARIF, OutputFormat.GITHUB):
        message = f"--timeline answers in text or json, not in {written.value}"
        raise BindctlError("CLI004", message)


def _require_one_reading(file: str | None, against: str | None) -> None:
    """Refuse two uses of the standard input, which can be read only once.

    Raises:
        BindctlError: CLI004.
    """
    if file == against == STANDARD_INPUT:
        message = "FILE and --against cannot both be the standard input"
        raise BindctlError("CLI004", message, "name a file for one of the two")


def _find_document(terminal: Terminal, file: str | None, metabase: str | None) -> str:
    """The absolute path of the file to judge."""
    if file == STANDARD_INPUT:
        return os.path.join(terminal.directory, STANDARD_INPUT_NAME)
    if file is not None and not file:  # a variable that was never set
        raise BindctlError(
            "CLI004", "the name of FILE is empty", "leave it out, or name a file"
        )
    named = metabase if file is None else file
    return find_metabase(named, terminal.environment, terminal.directory)


def _read_source(
    terminal: Terminal, file: str | None, metabase: str | None, document: str
) -> CheckedDocument:
    """The file to judge, and the metabase whose stores and folders count."""
    place = document
    if file is not None and metabase is not None:
        place = os.path.join(terminal.directory, metabase)
    elif file == STANDARD_INPUT:
        place = os.path.join(terminal.directory, METABASE_NAME)
    workspace = DiskWorkspace(place, terminal.clock)
    if file == STANDARD_INPUT:
        octets = read_input(terminal, STANDARD_INPUT)
        return CheckedDocument(workspace, octets, STANDARD_INPUT_NAME, place)
    name = os.path.relpath(document, terminal.directory)
    return CheckedDocument(workspace, read_octets(document), name, document)
