"""check --fix: offers fixes, asks, and prints the results."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from bindctl.cli.views.check_report import (
    CheckedDocument,
    FixOptions,
    OutputFormat,
    print_report,
)
from bindctl.findings.errors import ExitStatus
from bindctl.metabase.redaction import star_secrets
from bindctl.model.fix import ReplaceText
from bindctl.operations.check.fix import FixSession, mend_all
from bindctl.terminal.boundary import print_envelope
from bindctl.terminal.findings_view import FindingsView

if TYPE_CHECKING:
    from datetime import datetime

    from bindctl.findings.finding import Finding
    from bindctl.model.fix import Edit
    from bindctl.operations.check.check_options import CommandLine
    from bindctl.operations.check.fix import Candidate, Mended
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

_MAX_OFFERED: Final = 9  # that a digit can choose
_MAX_OTHERS: Final = 3  # that a dry run names besides the first
_QUESTION: Final = "mend it? [y]es, a number, [n]o, [a]ll, [q]uit: "
_HELP: Final = (
    "y takes the first fix, a number takes that one; n leaves the finding; a takes "
    "the first fix of this and of all that follow; q stops"
)
_YES, _NO, _ALL, _QUIT = "y", "n", "a", "q"


def run_fix(
    terminal: Terminal,
    workspace: Workspace,
    now: datetime,
    typed: CommandLine,
    options: FixOptions,
    output_format: OutputFormat,
) -> int:
    """Mend the findings as far as the user agrees; the exit status.

    Raises:
        BindctlError: As `FixSession`.
    """
    is_asked = sys.stdin.isatty() and output_format is OutputFormat.TEXT
    is_told = options.is_dry_run or not (options.is_agreed or is_asked)
    mender = FixSession(workspace, now, terminal.environment, typed)
    if output_format is OutputFormat.JSON:
        return _answer_in_json(terminal, mender, is_dry_run=is_told)
    view = _FixView(terminal, workspace, options, mender)
    if is_told or options.is_agreed:
        view.take_all(is_dry_run=is_told)
    else:
        view.ask()
    view.conclude(is_dry_run=is_told)
    return _status(mender, is_dry_run=is_told)


def describe(candidate: Candidate) -> str:
    """A fix in words, with its effects."""
    parts = [_impact_words(candidate.impact)]
    new = list(dict.fromkeys(item.code for item in candidate.new))
    if new:
        parts.append(f"brings {', '.join(new)}")
    return f"{candidate.fix.words} ({'; '.join(parts)})"


def _impact_words(impact: int) -> str:
    if not impact:
        return "no request gets a different answer"
    if impact == 1:
        return "1 kind of request gets a different answer"
    return f"{impact:,} kinds of requests get a different answer"


class _FixView:
    """Talks about findings and their fixes on a terminal."""

    def __init__(
        self,
        terminal: Terminal,
        workspace: Workspace,
        options: FixOptions,
        mender: FixSession,
    ) -> None:
        self._terminal = terminal
        self._workspace = workspace
        self._options = options
        self._mender = mender
        self._name = os.path.relpath(workspace.path, terminal.directory)

    def ask(self) -> None:
        """Offer each finding's fixes until the user quits."""
        mender = self._mender
        while (found := mender.next()) is not None:
            finding, candidates = found
            self._print_finding(finding)
            offered = candidates[:_MAX_OFFERED]
            for number, candidate in enumerate(offered, 1):
                self._terminal.print(f"  {number}  {describe(candidate)}")
            answer = self._answer(len(offered))
            if answer == _QUIT:
                return
            if answer == _NO:
                mender.decline(finding)
                continue
            chosen = int(answer) - 1 if answer.isdigit() else 0
            mender.take(finding, offered[chosen])
            if answer == _ALL:
                self._terminal.print(f"  fix: {describe(offered[chosen])}")
                self.take_all(is_dry_run=False)
                return
            mender.write()
            self._terminal.print(f"  mended: {offered[chosen].fix.words}")

    def take_all(self, *, is_dry_run: bool) -> None:
        """Take the best fix of each finding, print them, and write them all at once."""
        octets = self._mender.octets
        for mended in mend_all(self._mender):
            self._print_finding(mended.finding, octets)
            self._terminal.print(f"  fix: {describe(mended.candidate)}")
            for candidate in mended.others[:_MAX_OTHERS] if is_dry_run else ():
                self._terminal.print(f"   or: {describe(candidate)}")
            octets = self._mender.octets
        if not is_dry_run:
            self._mender.write()

    def conclude(self, *, is_dry_run: bool) -> None:
        """How many were mended, and what is left."""
        number = len(self._mender.mended)
        verb = "would be mended" if is_dry_run else "mended"
        findings = "1 finding" if number == 1 else f"{number} findings"
        words = f"{findings} {verb}" if number else f"nothing {verb}"
        left = len(self._mender.result.report.findings)
        self._terminal.print(f"{words}; {left} left" + (":" if left else ""))
        source = CheckedDocument(
            self._workspace, self._mender.octets, self._name, self._workspace.path
        )
        print_report(
            self._terminal,
            OutputFormat.TEXT,
            source,
            self._mender.result,
            is_verbose=self._options.is_verbose,
        )

    def _print_finding(self, finding: Finding, octets: bytes | None = None) -> None:
        view = FindingsView(
            self._terminal,
            self._name,
            self._mender.octets if octets is None else octets,
            is_verbose=self._options.is_verbose,
            version=self._mender.result.emulated_version,
        )
        view.print(finding._replace(hint=""))

    def _answer(self, offered: int) -> str:
        """One of the letters, or a number that was offered; the end of input quits."""
        numbers = {str(number) for number in range(1, offered + 1)}
        while True:
            self._terminal.stderr.write(_QUESTION)
            self._terminal.stderr.flush()
            line = sys.stdin.readline()
            answer = line.strip().lower()
            if not line:
                self._terminal.complain("")
                return _QUIT
            if answer in numbers:
                return answer
            if answer[:1] in (_YES, _NO, _ALL, _QUIT):
                return answer[:1]
            self._terminal.complain(f'  "{answer}" is not an answer: {_HELP}')


def _answer_in_json(terminal: Terminal, mender: FixSession, *, is_dry_run: bool) -> int:
    before = mender.octets
    fixes = [_fix_data(mended) for mended in mend_all(mender)]
    if not is_dry_run:
        mender.write()
    result = mender.result
    status = _status(mender, is_dry_run=is_dry_run)
    data = {
        "sites": result.sites,
        "bindings": result.bindings,
        "certificates": result.certificates,
        "suppressed": len(result.suppressed),
        "fixes": fixes,
        "changed": before != mender.octets and not is_dry_run,
        "would_change": before != mender.octets,
    }
    print_envelope(terminal, "check", data, status, result.report.findings)
    return status


def _fix_data(mended: Mended) -> dict[str, object]:
    fix = mended.candidate.fix
    return {
        "finding": mended.finding,
        "fix": fix.words,
        "kind": fix.kind,
        "edits": [_without_secret(edit) for edit in fix.edits],
        "certificate_names": fix.names,
        "impact": mended.candidate.impact,
        "new_findings": mended.candidate.new,
    }


def _without_secret(edit: Edit) -> Edit:
    """An edit as people may see it: a line it takes out may hold a password."""
    if isinstance(edit, ReplaceText):
        return edit._replace(old=star_secrets(edit.old))
    return edit


def _status(mender: FixSession, *, is_dry_run: bool) -> int:
    """1 when an error is left, or when a dry run has found something to do."""
    if is_dry_run and mender.mended:
        return ExitStatus.FINDINGS
    return mender.result.report.exit_status
