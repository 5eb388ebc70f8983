"""The commands history list, show, diff and restore, undo, and those of backup.

The password of a backup comes from a file or is typed unseen; it is never on a command
line.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from bindctl.cli.views.tables import print_patch, print_table
from bindctl.findings.errors import BindctlError
from bindctl.operations.versions import history
from bindctl.operations.versions.backup import (
    BackupOptions,
    create_backup,
    delete_backup,
    list_backups,
    restore_backup,
)
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from bindctl.operations.versions.history import Restored
    from bindctl.storage.backup_store import Backup
    from bindctl.storage.versions import Version
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

HEADERS = ("Version", "Time", "User", "Octets", "Command")


def list_history(terminal: Terminal, workspace: Workspace, *, json: bool) -> int:
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


def show(terminal: Terminal, workspace: Workspace, *, number: int, json: bool) -> int:
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
    terminal: Terminal, workspace: Workspace, *, number: int, json: bool
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


def undo(terminal: Terminal, workspace: Workspace, *, json: bool) -> int:
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


_BACKUP_HEADERS = ("Name", "Version", "Created", "Password", "Certificates")
_MAX_PASSWORD = 4096  # characters


def create(
    terminal: Terminal,
    workspace: Workspace,
    *,
    name: str,
    password: bool,
    password_file: str | None,
    certificates: bool,
    version: int | None,
    overwrite: bool,
    json: bool,
) -> int:
    """Run `bindctl backup create`."""
    options = BackupOptions(
        read_password(terminal, password_file, is_asked=password, is_new=True),
        certificates,
        version,
        overwrite,
    )
    made = create_backup(workspace, name, terminal.clock(), options)
    if json:
        print_envelope(terminal, "backup create", made)
    else:
        terminal.print(f"created {_describe(made)}")
    return 0


def list_all(terminal: Terminal, workspace: Workspace, *, json: bool) -> int:
    """Run `bindctl backup list`."""
    found = list_backups(workspace)
    if json:
        print_envelope(terminal, "backup list", {"backups": found})
    elif not found:
        terminal.print("no backups; bindctl backup create makes one")
    else:
        print_table(terminal, _BACKUP_HEADERS, [_backup_row(item) for item in found])
    return 0


def restore_named(
    terminal: Terminal,
    workspace: Workspace,
    *,
    name: str,
    version: int | None,
    password: bool,
    password_file: str | None,
    json: bool,
) -> int:
    """Run `bindctl backup restore`."""
    word = read_password(terminal, password_file, is_asked=password, is_new=False)
    done = restore_backup(workspace, name, version, word)
    if json:
        data = {
            "backup": done.backup,
            "changed": done.is_changed,
            "certificates": done.certificates,
        }
        print_envelope(terminal, "backup restore", data)
        return 0
    words = "restored" if done.is_changed else "the metabase is as in"
    terminal.print(f"{words} {_describe(done.backup)}")
    if done.certificates:
        terminal.print(f"certificates written: {done.certificates}")
    return 0


def delete(
    terminal: Terminal,
    workspace: Workspace,
    *,
    name: str,
    version: int | None,
    all: bool,
    json: bool,
) -> int:
    """Run `bindctl backup delete`."""
    gone = delete_backup(workspace, name, version, all_versions=all)
    if json:
        print_envelope(terminal, "backup delete", {"backups": gone})
        return 0
    for item in gone:
        terminal.print(f"deleted {_describe(item)}")
    return 0


def _describe(item: Backup) -> str:
    return f'backup "{item.name}" version {item.version}'


def _backup_row(item: Backup) -> tuple[str, ...]:
    return (
        item.name,
        str(item.version),
        item.created or "damaged",
        "yes" if item.has_password else "no",
        "yes" if item.has_certificates else "no",
    )


def read_password(
    terminal: Terminal, file: str | None, *, is_asked: bool, is_new: bool
) -> str | None:
    """The password that the options give; ``None`` without one.

    Args:
        terminal: Whose directory a file's name starts from.
        file: Value of ``--password-file``.
        is_asked: Whether ``--password`` stands.
        is_new: A new password is typed twice.

    Raises:
        BindctlError: MET010, there is none, or the two differ; MET005 or MET001, the
            file cannot be read.
    """
    if file is not None:
        password = _read_file(os.path.join(terminal.directory, file), file)
    elif is_asked:
        password = _ask(is_new=is_new)
    else:
        return None
    if not password:
        raise BindctlError("MET010", "the password is empty", "nothing was changed")
    return password


def _read_file(path: str, name: str) -> str:
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.readline(_MAX_PASSWORD).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        cause = getattr(error, "strerror", None) or "is not UTF-8"
        message = f"{name}: {cause.lower()}"
        raise BindctlError("CLI002", message, "nothing was changed") from error


def _ask(*, is_new: bool) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline(_MAX_PASSWORD).rstrip("\r\n")
    from getpass import getpass  # noqa: PLC0415 - rarely needed

    password = getpass("Password: ")
    if is_new and getpass("Password again: ") != password:
        message = "the two passwords differ"
        raise BindctlError("MET010", message, "nothing was changed")
    return password
