"""The command diff."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bindctl.cli.views.answers_view import answers_data, print_changes, print_sites
from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.operations.answers.answer_words import format_count
from bindctl.operations.answers.diff import diff as diff_answers
from bindctl.terminal.boundary import print_envelope
from bindctl.terminal.input_file import STANDARD_INPUT, read_input

if TYPE_CHECKING:
    from bindctl.operations.answers.diff import DiffResult
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

_WHAT = "A file, a version of history, running, or - for the standard input"


def diff(
    terminal: Terminal,
    workspace: Workspace,
    *,
    old: str,
    new: str | None,
    port_offset: int | None,
    json: bool,
) -> int:
    """Run `bindctl diff`."""
    if old == new == STANDARD_INPUT:
        message = "OLD and NEW cannot both be the standard input"
        hint = "name a file for one of the two"
        raise BindctlError("CLI004", message, hint)
    here = terminal.directory
    after = os.path.relpath(workspace.path, here) if new is None else new

    def read() -> bytes:
        return read_input(terminal, STANDARD_INPUT)

    found = diff_answers(workspace, old, after, here, read)
    if port_offset is not None:
        found = found._replace(port_offset=port_offset)
    status = ExitStatus.FINDINGS if found.changes else ExitStatus.OK
    if json:
        print_envelope(terminal, "diff", diff_data(found), status)
    else:
        _print_diff(terminal, found)
    return status


def diff_data(found: DiffResult) -> dict[str, object]:
    """What `diff` found, for JSON."""
    return {
        "before": found.before,
        "after": found.after,
        "changes": answers_data(found.changes, found.port_offset),
    }


def _print_diff(terminal: Terminal, found: DiffResult) -> None:
    count = format_count(found.changes)
    terminal.print(f"{found.before} -> {found.after}: {count}")
    print_changes(terminal.print, found.changes, found.port_offset)
    print_sites(terminal.print, found.changes, found.comments)
