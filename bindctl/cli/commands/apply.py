"""The commands apply and batch."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bindctl.cli.views.answers_view import answers_data, print_answers
from bindctl.cli.views.tables import print_patch
from bindctl.findings.errors import ExitStatus
from bindctl.metabase.schema import find_flag, find_property
from bindctl.metabase.values import STARS, format_value
from bindctl.operations.editing.apply import (
    CREATE,
    SET,
    answer_changes,
    apply,
    diff_edits,
    parse_desired,
)
from bindctl.operations.editing.batch import run_batch
from bindctl.operations.editing.properties import flag_row
from bindctl.terminal.boundary import about_file, print_envelope
from bindctl.terminal.input_file import STANDARD_INPUT, decode_input, read_input

if TYPE_CHECKING:
    from bindctl.metabase.schema import Property
    from bindctl.operations.editing.apply import Change, Edits
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal


def apply_(
    terminal: Terminal,
    workspace: Workspace,
    *,
    desired: str,
    dry_run: bool,
    diff: bool,
    prune: bool,
    changed_status: bool,
    quiet: bool,
    json: bool,
) -> int:
    """Run `bindctl apply`."""
    document = _parse(terminal, desired)
    target = workspace.captured() if dry_run else workspace
    edits = apply(target, document, is_pruning=prune)
    status = ExitStatus.OK
    if changed_status and edits.is_changed:
        status = ExitStatus.FINDINGS
    if json:
        diffed = workspace if diff else None
        _print_json(terminal, edits, status, is_dry_run=dry_run, diffed=diffed)
        return status
    if diff and edits.is_changed:
        _print_diff(terminal, workspace, edits)
    print_changes(terminal, edits, is_quiet=quiet, is_dry_run=dry_run)
    return status


def _parse(terminal: Terminal, name: str) -> dict[str, object]:
    """The desired state; a mistake in it is reported for its own file."""
    octets = read_input(terminal, name)
    shown = "stdin" if name == STANDARD_INPUT else name
    found: list[dict[str, object]] = []

    def parse() -> int:
        found.append(parse_desired(octets))
        return 0

    about_file(os.path.join(terminal.directory, shown), parse)
    return found[0]


def _print_diff(terminal: Terminal, workspace: Workspace, edits: Edits) -> None:
    name = os.path.relpath(workspace.path, terminal.directory)
    print_patch(terminal, diff_edits(edits, f"a/{name}", f"b/{name}"))
    print_answers(terminal, answer_changes(workspace, edits))


def _print_json(
    terminal: Terminal,
    edits: Edits,
    status: int,
    *,
    is_dry_run: bool,
    diffed: Workspace | None,
) -> None:
    data = changes_data(edits, is_dry_run=is_dry_run)
    if diffed is not None:
        data["diff"] = diff_edits(edits, "before", "after")
        data["answers"] = answers_data(answer_changes(diffed, edits))
    print_envelope(terminal, "apply", data, status)


def batch(
    terminal: Terminal,
    workspace: Workspace,
    *,
    file: str,
    dry_run: bool,
    quiet: bool,
    json: bool,
) -> int:
    """Run `bindctl batch`."""
    script = decode_input(file, read_input(terminal, file))
    result = run_batch(workspace.captured() if dry_run else workspace, script)
    if json:
        data = {
            "commands": result.commands,
            **changes_data(result.edits, is_dry_run=dry_run),
        }
        print_envelope(terminal, "batch", data)
    else:
        print_changes(terminal, result.edits, is_quiet=quiet, is_dry_run=dry_run)
    return 0


def print_changes(
    terminal: Terminal, edits: Edits, *, is_quiet: bool, is_dry_run: bool
) -> None:
    """A line a change unless `is_quiet`, and their number."""
    if not is_quiet:
        for change in edits.changes:
            terminal.print(format_change(change))
    if not edits.is_changed:
        terminal.print("nothing to change" if is_dry_run else "nothing changed")
        return
    count = len(edits.changes)
    words = "1 change" if count == 1 else f"{count} changes"
    terminal.print(f"{words}, not written" if is_dry_run else words)


def changes_data(edits: Edits, *, is_dry_run: bool) -> dict[str, object]:
    """The same for JSON."""
    return {
        "changed": edits.is_changed and not is_dry_run,
        "would_change": edits.is_changed,
        "changes": edits.changes,
    }


def format_change(change: Change) -> str:
    """``set /LM/W3SVC/1/ServerComment: <STRING> "x"``, ``created /LM/W3SVC/2``."""
    place = change.path
    if change.property:
        place += f"/{change.property}"
    if change.verb != SET:
        return f"{'created' if change.verb == CREATE else 'deleted'} {place}"
    value = change.value
    shown = f'"{STARS}"' if value == STARS else _format(change.property or "", value)
    return f"set {place}: <{change.syntax}> {shown}".rstrip()


def _format(name: str, value: object) -> str:
    row = _row_of(name)
    typed = tuple(value) if isinstance(value, list) else value
    return format_value(row, typed)  # type: ignore[arg-type]  # it was a value of `row`


def _row_of(name: str) -> Property:
    row = find_property(name)
    flag = find_flag(name)
    if row is None and flag is not None:
        return flag_row(flag[0])
    if row is None:
        message = f"the schema has no property {name}"
        raise LookupError(message)
    return row
