"""Backups on disk: ``backups/NAME.VERSION.bak`` in a metabase's runtime directory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.storage.atomic import file_error, write_atomically
from bindctl.storage.backup_file import MAX_HEADER_OCTETS, read_header
from bindctl.storage.file_lock import take_lock
from bindctl.storage.places import runtime_directory
from bindctl.storage.private_directory import create_private_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        f"{name!r} is no name of a backup",
        f"up to {MAX_NAME} characters, none of {' '.join(sorted(_NOT_IN_NAMES))}, and "
        "no dot, space or dash at the start",
    )


def backups_directory(metabase: str) -> str:
    """The folder of a metabase's backups."""
    return os.path.join(runtime_directory(metabase), FOLDER_NAME)


def list_backups(metabase: str) -> tuple[Backup, ...]:
    """All backups by name, and by version.

    Raises:
        BindctlError: MET005 or MET006, the folder cannot be read.
    """
    directory = backups_directory(metabase)
    try:
        names = os.listdir(directory)
        found = [_read_backup(directory, *key) for key in _keys(names)]
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise file_error(directory, error) from error
    return tuple(sorted(found))


def find_backup(metabase: str, name: str, version: int | None) -> Backup:
    """A backup by name and version; the highest version by default.

    Raises:
        BindctlError: MET009, there is none.
    """
    found = [item for item in list_backups(metabase) if item.name == name]
    for item in reversed(found):
        if version is None or item.version == version:
            return item
    words = "" if version is None else f" of version {version}"
    raise BindctlError(
        "MET009", f"there is no backup {name!r}{words}", "bindctl backup list"
    )


def next_version(metabase: str, name: str) -> int:
    """The version after the highest, 0 for a new name.

    Raises:
        BindctlError: MET011, there is none left.
    """
    versions = [item.version for item in list_backups(metabase) if item.name == name]
    version = max(versions, default=-1) + 1
    if version > MAX_VERSION:
        message = f"backup {name!r} has version {MAX_VERSION}, the last one"
        raise BindctlError("MET011", message, "name a version, with --overwrite")
    return version


def lock_backups(metabase: str) -> int:
    """Wait for the lock of the backups, whose folder is made when it is missing.

    Returns:
        A descriptor; closing it releases the lock.

    Raises:
        BindctlError: MET004, MET005 or MET006.
    """
    directory = backups_directory(metabase)
    try:
        os.makedirs(os.path.dirname(directory), mode=0o700, exist_ok=True)
    except OSError as error:
        raise file_error(directory, error) from error
    create_private_directory(directory)
    return take_lock(os.path.join(os.path.dirname(directory), LOCK_NAME))


def write_backup(metabase: str, name: str, version: int, octets: bytes) -> None:
    """Write a backup's file, readable by its owner alone.

    Raises:
        BindctlError: MET005 or MET006.
    """
    directory = backups_directory(metabase)
    write_atomically(_path(directory, name, version), octets, 0o600)


def read_backup(metabase: str, backup: Backup) -> bytes:
    """A backup's file.

    Raises:
        BindctlError: MET005 or MET006.
    """
    path = _path(backups_directory(metabase), backup.name, backup.version)
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read()
    except OSError as error:
        raise file_error(path, error) from error


def remove_backup(metabase: str, backup: Backup) -> None:
    """Remove a backup's file.

    Raises:
        BindctlError: MET005 or MET006.
    """
    path = _path(backups_directory(metabase), backup.name, backup.version)
    try:
        os.unlink(path)
    except OSError as error:
        raise file_error(path, error) from error


def _keys(names: list[str]) -> Iterator[tuple[str, int]]:
    for file in names:
        stem, _dot, version = file.removesuffix(_END).rpartition(".")
        is_version = version.isascii() and version.isdecimal() and len(version) == 4  # noqa: PLR2004
        if file.endswith(_END) and stem and is_version:
            yield stem, int(version)


def _read_backup(directory: str, name: str, version: int) -> Backup:
    with open(_path(directory, name, version), "rb", buffering=0) as file:
        header = read_header(file.read(MAX_HEADER_OCTETS))
    if header is None:
        return Backup(name, version, "", False, False)  # noqa: FBT003
    has_password = header.seal is not None
    has_certificates = header.has_certificates
    return Backup(name, version, header.created, has_password, has_certificates)


def _path(directory: str, name: str, version: int) -> str:
    return os.path.join(directory, f"{name}.{version:04}{_END}")
