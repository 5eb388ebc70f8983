"""The commands history list, show, diff and restore, and undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.cli.views.tables import print_patch, print_table
from bindctl.operations.versions import history
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from bindctl.operations.versions.history import Restored
    from bindctl.storage.versions import Version
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

HEADERS = ("Version", "Time", "User", "Octets", "Command")


def list_history(
    terminal: Terminal,
    workspace: Workspace,
    *,
    json: bool,
) -> int:
    """Run `bindctl history list`."""
    found = history.list_history(workspace)
    if json:
        print_envelope(terminal, "history list", {"versions": found})
        return 0
    if not found:
        terminal.print("no versions; the next write makes one")
        return 0
    print_table(terminal, HEADERS, [_row(item) for item in found])
    return 0


def show(
    terminal: Terminal,
    workspace: Workspace,
    *,
    number: int,
    json: bool,
) -> int:
    """Run `bindctl history show`."""
    text = history.show_version(workspace, number)
    if json:
        data = {"number": number, "text": text}
        print_envelope(terminal, "history show", data)
    else:
        terminal.print_document(text)
    return 0


def diff(
    terminal: Terminal,
    workspace: Workspace,
    *,
    number: int,
    other: int | None,
    json: bool,
) -> int:
    """Run `bindctl history diff`."""
    found = history.diff_versions(workspace, number, other)
    if json:
        data = {"from": number, "to": other, "diff": found}
        print_envelope(terminal, "history diff", data)
    elif found:
        print_patch(terminal, found)
    else:
        terminal.print("no difference")
    return 0


def restore(
    terminal: Terminal,
    workspace: Workspace,
    *,
    number: int,
    json: bool,
) -> int:
    """Run `bindctl history restore`."""
    done = history.restore_version(workspace, number)
    if json:
        data = {"number": done.number, "changed": done.is_changed}
        print_envelope(terminal, "history restore", data)
    elif done.is_changed:
        terminal.print(f"restored version {number}")
    else:
        terminal.print(f"the metabase is as in version {number} already")
    return 0


def _row(item: Version) -> tuple[str, ...]:
    command = item.command
    if item.undone_to is not None:
        command += f" (to version {item.undone_to})"
    return str(item.number), item.time, item.user, str(item.size_octets), command


def undo(
    terminal: Terminal,
    workspace: Workspace,
    *,
    json: bool,
) -> int:
    """Run `bindctl undo`."""
    done = history.undo(workspace)
    if json:
        data = {"number": done.number, "undone": done.undone, "changed": True}
        print_envelope(terminal, "undo", data)
    else:
        terminal.print(f"undid {_describe_undone(done)}")
        terminal.print(f"the metabase is as in version {done.number} again")
    return 0


def _describe_undone(done: Restored) -> str:
    undone = done.undone
    if undone is None:
        return "what was changed outside bindctl"
    who = f" by {undone.user}" if undone.user else ""
    return f"version {undone.number}, {undone.time}{who}: {undone.command}"
