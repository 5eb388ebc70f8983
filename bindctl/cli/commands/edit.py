"""The command edit, and the editor it runs."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.operations.editing.edit_file import (
    accept_draft,
    discard_draft,
    judge_draft,
    open_draft,
)
from bindctl.terminal.boundary import print_error
from bindctl.terminal.findings_view import format_finding

if TYPE_CHECKING:
    from bindctl.operations.editing.edit_file import Draft, Judgement
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

_VARIABLES: Final = ("VISUAL", "EDITOR")
_DEFAULT: Final = "vi"
_HINT: Final = "set VISUAL or EDITOR; nothing was changed"


def edit(
    terminal: Terminal, workspace: Workspace, *, yes: bool, editor: str | None
) -> int:
    """Run `bindctl edit`."""
    draft = open_draft(workspace)
    try:
        return _edit(terminal, draft, editor, is_agreed=yes)
    except BindctlError as error:
        if error.code == "MET002" and error.file == draft.path:
            error.hint = "correct the copy, or edit again; nothing was written"
        _tell_where(terminal, draft)
        raise
    except KeyboardInterrupt:  # at a question
        _tell_where(terminal, draft)
        raise
    except EOFError:
        _tell_where(terminal, draft)
        return ExitStatus.FINDINGS


def _tell_where(terminal: Terminal, draft: Draft) -> None:
    if os.path.exists(draft.path):
        where = os.path.relpath(draft.path, terminal.directory)
        terminal.complain(f"your copy is kept: {where}")


def _edit(
    terminal: Terminal, draft: Draft, editor: str | None, *, is_agreed: bool
) -> int:
    """Edit until the copy is taken or given up; the exit status."""
    name = os.path.relpath(draft.workspace.path, terminal.directory)
    while True:
        _run_editor_once(terminal, draft, editor)
        found = _judge(terminal, draft)
        if found is None:
            continue
        if not found.is_changed:
            discard_draft(draft)
            terminal.print("nothing was changed")
            return 0
        answer = _answer(terminal, found, is_agreed=is_agreed)
        if answer == "e":
            continue
        if answer == "n":
            discard_draft(draft)
            terminal.print(f"{name} is as it was")
            return 0
        accept_draft(draft, found.octets)
        terminal.print(f"replaced {name}")
        return 0


def _run_editor_once(terminal: Terminal, draft: Draft, editor: str | None) -> None:
    """Run the editor; when it fails, discard the copy.

    Raises:
        BindctlError: MET012.
    """
    try:
        run_editor(terminal, editor, draft.path)
    except BindctlError:
        discard_draft(draft)
        raise


def _judge(terminal: Terminal, draft: Draft) -> Judgement | None:
    """The verdict on the copy; ``None`` when it is to be edited again.

    Raises:
        BindctlError: MET002, and there is no terminal to mend it at.
    """
    try:
        return judge_draft(draft, terminal.clock())
    except BindctlError as error:
        if error.code != "MET002" or not sys.stdin.isatty():
            raise
        print_error(terminal, error)
        if _ask(terminal, "edit it again? [Y/n]: ") == "n":
            raise
        return None


def _answer(terminal: Terminal, found: Judgement, *, is_agreed: bool) -> str:
    """Show what is new and ask: ``y``, ``n``, or ``e`` to edit again.

    Raises:
        BindctlError: BND002, there are new errors and nobody to ask.
    """
    for finding in found.new_findings:
        for line in format_finding(finding):
            terminal.complain(line)
    if is_agreed:
        return "y"
    if not sys.stdin.isatty():
        if not found.has_new_errors:
            return "y"
        message = "the copy has errors that the metabase does not have"
        raise BindctlError("BND002", message, "correct it, or give --yes")
    default = "e" if found.has_new_errors else "y"
    question = f"replace the metabase? y/n/e(dit) [{default}]: "
    return _ask(terminal, question) or default


def _ask(terminal: Terminal, question: str) -> str:
    """The first letter of the answer, in lower case; empty for the default.

    Raises:
        EOFError: Nobody answers.
    """
    terminal.stderr.write(question)
    terminal.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        terminal.complain("")
        raise EOFError
    return line.strip().lower()[:1]


def run_editor(terminal: Terminal, command: str | None, path: str) -> None:
    """Run the editor and wait for its end.

    Args:
        terminal: Whose environment and directory it gets.
        command: As a shell takes it; ``None`` is that of VISUAL or EDITOR, else vi.
        path: The file.

    Raises:
        BindctlError: MET012, it cannot be run, or ended with another status than 0.
    """
    chosen = (terminal.environment.get(name) for name in _VARIABLES)
    command = command or next(filter(None, chosen), _DEFAULT)
    try:
        words = shlex.split(command)
        status = subprocess.run(  # noqa: S603 - the person's own choice
            [*words, path],
            cwd=terminal.directory,
            env=dict(terminal.environment),
            check=False,
        ).returncode
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        message = f"{command}: {cause.lower()}"
        raise BindctlError("MET012", message, _HINT) from error
    if status != 0:
        ended = (
            f"was killed by signal {-status}" if status < 0 else f"ended with {status}"
        )
        raise BindctlError("MET012", f"{command} {ended}", _HINT)
