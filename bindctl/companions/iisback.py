"""iisback: backups of the metabase by name and version.

Source:
    iisback.vbs of Windows Server 2003: messages and columns.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bindctl.companions.errors import (
    E_FILE_EXISTS,
    E_FILE_NOT_FOUND,
    E_INVALID_PASSWORD,
    ScriptError,
    error_line,
)
from bindctl.companions.script import Operation, Script, cell
from bindctl.findings.errors import BindctlError
from bindctl.operations.versions.backup import (
    BackupOptions,
    create_backup,
    delete_backup,
    list_backups,
    restore_backup,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.companions.script import Call
    from bindctl.storage.workspace import Workspace

DEFAULT_NAME = "SampleBackup"
HIGHEST, NEXT = "HIGHEST_VERSION", "NEXT_VERSION"
_MAX_VERSION = 9999
_NAME_WIDTH, _VERSION_WIDTH = 35, 15
_RULE = "=" * 72
_NOT_IN_NAMES = frozenset(map(chr, (*range(33, 48), *range(58, 65))))
_NOON = 12
_TAKEN = ("Backup already exists. Please specify another name", "or use /overwrite.")


def backup(call: Call) -> int:
    """/backup: keep the metabase as it is now."""
    name, word = _require_name(call, DEFAULT_NAME), call.switch("v", NEXT)
    version = _parse_version(word, HIGHEST, NEXT)
    if word.upper() == HIGHEST:
        version = _highest(call, name)
    options = BackupOptions(
        password=call.switch("e") or None,
        version=version,
        is_overwriting="overwrite" in call.switches,
    )
    if version is not None and not options.is_overwriting:
        _require_free(call, name, version)
    now = call.terminal.clock()
    _try(call, lambda: create_backup(call.workspace, name, now, options))
    call.print(f"Backup {name} version {word} has been CREATED.")
    return 0


def restore(call: Call) -> int:
    """/restore: give the metabase, and a running service, a backup's content."""
    name, word = _require_name(call), call.switch("v", HIGHEST)
    version, password = _parse_version(word, HIGHEST), call.switch("e") or None
    _try(call, lambda: restore_backup(call.workspace, name, version, password))
    _reset(call.workspace)
    call.print(f"Backup {name} version {word} has been RESTORED.")
    return 0


def delete(call: Call) -> int:
    """/delete: remove one version of a backup."""
    name, word = _require_name(call), call.switch("v", HIGHEST)
    version = _parse_version(word, HIGHEST)
    _try(call, lambda: delete_backup(call.workspace, name, version))
    call.print(f"Backup {name} version {word} has been DELETED.")
    return 0


def list_(call: Call) -> int:
    """/list: every backup."""
    found = list_backups(call.workspace)
    if not found:
        call.print("No backups exist.")
        return 0
    header = f"{'Backup Name':<{_NAME_WIDTH}}{'Version #':<{_VERSION_WIDTH}}Date/Time"
    call.print(header)
    call.print(_RULE)
    for item in found:
        name, created = cell(item.name, _NAME_WIDTH), format_time(item.created)
        call.print(f"{name}{item.version:<{_VERSION_WIDTH}}{created}".rstrip())
    return 0


def format_time(text: str) -> str:
    """An ISO 8601 time as Windows writes it in English: ``11/22/2026 1:05:00 PM``."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    hour = moment.hour % _NOON or _NOON
    half = "AM" if moment.hour < _NOON else "PM"
    day = f"{moment.month}/{moment.day}/{moment.year}"
    return f"{day} {hour}:{moment.minute:02}:{moment.second:02} {half}"


def _require_name(call: Call, otherwise: str = "") -> str:
    name = call.switch("b", otherwise)
    if "b" not in call.switches and not otherwise:
        line = f"Type IIsBack /{call.operation} /? for help."
        raise ScriptError("Not enough parameters.", line)
    if not name or not _NOT_IN_NAMES.isdisjoint(name):
        raise ScriptError("Invalid backup name.")
    return name


def _parse_version(word: str, *known: str) -> int | None:
    """A version; ``None`` for a word that the operation interprets.

    Raises:
        ScriptError: It is neither.
    """
    if word.upper() in known:
        return None
    if not (word.isascii() and word.isdigit()):
        raise ScriptError("Invalid version number.")
    if int(word) > _MAX_VERSION:
        raise ScriptError("Version number is too big.")
    return int(word)


def _highest(call: Call, name: str) -> int | None:
    found = [item.version for item in list_backups(call.workspace) if item.name == name]
    return max(found, default=None)


def _require_free(call: Call, name: str, version: int) -> None:
    taken = {(item.name, item.version) for item in list_backups(call.workspace)}
    if (name, version) in taken:
        raise ScriptError(*_TAKEN, number=E_FILE_EXISTS)


def _try(call: Call, function: Callable[[], object]) -> None:
    """Call an operation; its refusals are printed in the script's words.

    Raises:
        ScriptError: There is no such backup, its name is not allowed, or the password
            is wrong.
    """
    try:
        function()
    except BindctlError as error:
        if error.code == "MET009":
            line, number = "Backup doesn't exist.", E_FILE_NOT_FOUND
        elif error.code == "MET010":
            number = E_INVALID_PASSWORD
            words = "The specified network password is not correct."
            line = error_line(number, words)
            call.terminal.stderr.write(f"{error.message}\n")
        elif error.code == "MET011":
            call.terminal.stderr.write(f"{error.message}\n")
            raise ScriptError("Invalid backup name.") from error
        else:
            raise
        raise ScriptError(line, number=number) from error


def _reset(workspace: Workspace) -> None:
    """Give a running service the metabase as it is now, because IIS restarts then."""
    from bindctl.operations.service.service import (  # noqa: PLC0415
        reset_service,
        service_status,
    )

    if service_status(workspace.path).is_running:
        reset_service(workspace.path, hard=False)


_NAME = "    /b <name>       name of the backup"
_VERSION = "    /v <version>    0 to 9999, HIGHEST_VERSION"
_PASSWORD = "    /e <password>   the password it is sealed with"  # noqa: S105 - its help

SCRIPT = Script(
    "IIsBack",
    "Back up, restore, delete or list backups of the metabase.",
    {
        "backup": Operation(
            backup,
            0,
            "b v e overwrite",
            "/backup [/b <name>] [/v <version>] [/e <password>] [/overwrite]",
            f"{_NAME} [Default: {DEFAULT_NAME}]",
            f"{_VERSION} or NEXT_VERSION [Default: NEXT_VERSION]",
            "    /e <password>   seals it",
            "    /overwrite      replaces a backup of that version",
        ),
        "restore": Operation(
            restore,
            0,
            "b v e",
            "/restore /b <name> [/v <version>] [/e <password>]",
            _NAME,
            f"{_VERSION} [Default: HIGHEST_VERSION]",
            _PASSWORD,
        ),
        "delete": Operation(
            delete,
            0,
            "b v",
            "/delete /b <name> [/v <version>]",
            _NAME,
            f"{_VERSION} [Default: HIGHEST_VERSION]",
        ),
        "list": Operation(list_, 0, "", "/list"),
    },
    {"b": 1, "v": 1, "e": 1, "overwrite": 0},
    {},
)
