"""Backups on disk: ``backups/NAME.VERSION.bak`` in a metabase's runtime directory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.errors import BindctlError, file_error
from bindctl.storage.backup_file import (
    MAX_HEADER_OCTETS,
    file_limit,
    read_header,
    require_file_size,
)
from bindctl.storage.file_locations import runtime_directory
from bindctl.storage.state_folder import open_runtime

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bindctl.storage.workspace import Workspace

FOLDER_NAME: Final = "backups"
LOCK_NAME: Final = "backups.lock"
MAX_VERSION: Final = 9999  # MD_BACKUP_MAX_VERSION of IIS 6
MAX_NAME: Final = 100  # MD_BACKUP_MAX_LEN of IIS 6
_END: Final = ".bak"
_NOT_IN_NAMES: Final = frozenset('/\\:*?"<>|')


class Backup(NamedTuple):
    """One backup.

    Attributes:
        name: As it was given.
        version: From 0.
        created: ISO 8601 in UTC; empty when its first lines are damaged.
        has_password: Whether it needs one.
        has_certificates: Whether certificates and private keys are in it.
    """

    name: str
    version: int
    created: str
    has_password: bool
    has_certificates: bool


def require_name(name: str) -> None:
    """Refuse a name that cannot be a file's on every system.

    Raises:
        BindctlError: MET011.
    """
    is_plain = name.isprintable() and _NOT_IN_NAMES.isdisjoint(name)
    if is_plain and 0 < len(name) <= MAX_NAME and name[0] not in ". -":
        return
    raise BindctlError(
        "MET011",
        f"{name!r} is not a valid name for a backup",
        f"up to {MAX_NAME} characters, none of {' '.join(sorted(_NOT_IN_NAMES))}, and "
        "no dot, space or dash at the start",
    )


def backups_directory(metabase: str) -> str:
    """The folder of a metabase's backups."""
    return os.path.join(runtime_directory(metabase), FOLDER_NAME)


def list_backups(workspace: Workspace) -> tuple[Backup, ...]:
    """All backups by name, and by version.

    Raises:
        BindctlError: MET005 or MET006, the folder cannot be read.
    """
    kept = _find_kept(workspace)
    found = [
        _read_backup(key, octets)
        for key in _keys(kept)
        if (octets := kept[_file(*key)]) is not None
    ]
    metabase = workspace.path
    try:
        with open_runtime(metabase) as runtime, runtime.folder(FOLDER_NAME) as folder:
            found += [
                _read_backup(key, folder.read(_file(*key), MAX_HEADER_OCTETS))
                for key in _keys(folder.names())
                if _file(*key) not in kept
            ]
    except FileNotFoundError:
        pass
    except OSError as error:
        path = error.filename or backups_directory(metabase)
        raise file_error(path, error) from error
    return tuple(sorted(found))


def find_backup(workspace: Workspace, name: str, version: int | None) -> Backup:
    """A backup by name and version; the highest version by default.

    Raises:
        BindctlError: MET009, there is none.
    """
    found = [item for item in list_backups(workspace) if item.name == name]
    for item in reversed(found):
        if version is None or item.version == version:
            return item
    words = "" if version is None else f" of version {version}"
    raise BindctlError(
        "MET009", f"there is no backup {name!r}{words}", "bindctl backup list"
    )


def next_version(workspace: Workspace, name: str) -> int:
    """The version after the highest, 0 for a new name.

    Raises:
        BindctlError: MET011, there is none left.
    """
    versions = [item.version for item in list_backups(workspace) if item.name == name]
    version = max(versions, default=-1) + 1
    if version > MAX_VERSION:
        message = f"backup {name!r} has version {MAX_VERSION}, the last one"
        raise BindctlError("MET011", message, "name a version, with --overwrite")
    return version


def lock_backups(workspace: Workspace) -> int:
    """Wait for the lock of the backups, whose folder is made when it is missing.

    Returns:
        A descriptor; closing it releases the lock.

    Raises:
        BindctlError: MET004, MET005 or MET006.
    """
    return workspace.lock_state(FOLDER_NAME, LOCK_NAME)


def write_backup(workspace: Workspace, name: str, version: int, octets: bytes) -> None:
    """Write a backup's file, readable by its owner alone.

    Raises:
        BindctlError: MET005 or MET006.
    """
    workspace.write_state(FOLDER_NAME, _file(name, version), octets)


def read_backup(workspace: Workspace, backup: Backup) -> bytes:
    """A backup's file.

    Raises:
        BindctlError: MET005 or MET006; MET010, it is too large for one.
    """
    name = _file(backup.name, backup.version)
    metabase = workspace.path
    kept = _find_kept(workspace).get(name)
    if kept is not None:
        return kept
    try:
        with open_runtime(metabase) as runtime, runtime.folder(FOLDER_NAME) as folder:
            limit = file_limit(folder.read(name, MAX_HEADER_OCTETS))
            octets = folder.read(name, limit + 1)
    except OSError as error:
        path = os.path.join(backups_directory(metabase), name)
        raise file_error(path, error) from error
    require_file_size(len(octets), limit)
    return octets


def remove_backup(workspace: Workspace, backup: Backup) -> None:
    """Remove a backup's file.

    Raises:
        BindctlError: MET005 or MET006.
    """
    workspace.write_state(FOLDER_NAME, _file(backup.name, backup.version), None)


def _find_kept(workspace: Workspace) -> dict[str, bytes | None]:
    """Files of the folder that read otherwise than the disk has them."""
    top = backups_directory(workspace.path)
    return {
        os.path.basename(path): octets
        for path, octets in workspace.kept.items()
        if os.path.dirname(path) == top
    }


def _keys(names: Iterable[str]) -> Iterator[tuple[str, int]]:
    for file in names:
        stem, _dot, version = file.removesuffix(_END).rpartition(".")
        is_version = version.isascii() and version.isdecimal() and len(version) == 4  # noqa: PLR2004
        if file.endswith(_END) and stem and is_version:
            yield stem, int(version)


def _read_backup(key: tuple[str, int], octets: bytes) -> Backup:
    name, version = key
    header = read_header(octets)
    if header is None:
        return Backup(name, version, "", False, False)  # noqa: FBT003
    has_password = header.seal is not None
    has_certificates = header.has_certificates
    return Backup(name, version, header.created, has_password, has_certificates)


def _file(name: str, version: int) -> str:
    return f"{name}.{version:04}{_END}"
