"""The versions of history, as they are read: a list, and one version's octets.

Written in `history`. A version counts when its line and its file are both there and
agree on its size.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import BindctlError, file_error
from bindctl.storage.file_locations import runtime_directory
from bindctl.storage.history import (
    FOLDER_NAME,
    INDEX_NAME,
    MAX_INDEX_OCTETS,
    NO_UNDO,
    OLD_INDEX_NAME,
    version_name,
    version_numbers,
)
from bindctl.storage.state_folder import open_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.storage.state_folder import StateFolder

_FIELDS = 6


class Version(NamedTuple):
    """One content the metabase has had.

    Attributes:
        number: From 1, never used twice.
        time: When it was written, ISO 8601 in UTC.
        user: Who wrote it; empty for a change outside bindctl.
        command: How.
        size_octets: Of the file.
        undone_to: The version an undo went back to; ``None`` for any other write.
    """

    number: int
    time: str
    user: str
    command: str
    size_octets: int
    undone_to: int | None


def history_directory(metabase: str) -> str:
    """The folder of a metabase's versions."""
    return os.path.join(runtime_directory(metabase), FOLDER_NAME)


def list_versions(metabase: str) -> tuple[Version, ...]:
    """The versions that are kept, oldest first; empty without any.

    Raises:
        BindctlError: MET005 or MET006, the folder cannot be read.
    """
    try:
        with open_runtime(metabase) as runtime, runtime.folder(FOLDER_NAME) as folder:
            kept = set(version_numbers(folder.names()))
            found = {item.number: item for item in _read_lines(folder)}
            numbers = sorted(kept.intersection(found))
            return tuple(found[n] for n in numbers if _is_whole(folder, found[n]))
    except FileNotFoundError:
        return ()
    except OSError as error:
        path = error.filename or history_directory(metabase)
        raise file_error(path, error) from error


def read_version(metabase: str, number: int) -> bytes:
    """The octets of a version.

    Raises:
        BindctlError: MET014, it is not kept; MET005 or MET006.
    """
    for version in list_versions(metabase):
        if version.number == number:
            return load_version(metabase, version)
    raise _not_found(number)


def load_version(metabase: str, version: Version) -> bytes:
    """The octets of a version from the list.

    Raises:
        BindctlError: MET014, it has been removed since; MET005 or MET006.
    """
    name = version_name(version.number)
    try:
        with open_runtime(metabase) as runtime, runtime.folder(FOLDER_NAME) as folder:
            return folder.read(name, version.size_octets)
    except FileNotFoundError as error:
        raise _not_found(version.number) from error
    except OSError as error:
        path = os.path.join(history_directory(metabase), name)
        raise file_error(path, error) from error


def _not_found(number: int) -> BindctlError:
    return BindctlError(
        "MET014",
        f"version {number} is not in the history",
        "bindctl history list shows those that are",
    )


def _is_whole(folder: StateFolder, version: Version) -> bool:
    try:
        size_octets = folder.size(version_name(version.number))
    except FileNotFoundError:  # another process has just removed it
        return False
    return size_octets == version.size_octets


def _read_lines(folder: StateFolder) -> Iterator[Version]:
    for name in (OLD_INDEX_NAME, INDEX_NAME):
        try:
            octets = folder.read(name, 2 * MAX_INDEX_OCTETS)
        except FileNotFoundError:
            continue
        for line in octets.decode("utf-8", "replace").split("\n"):
            version = _parse_line(line)
            if version is not None:
                yield version


def _parse_line(line: str) -> Version | None:
    """A version; ``None`` for part of a line, which a killed process may leave."""
    fields = line.split("\t")
    if len(fields) != _FIELDS:
        return None
    number, time, user, size, undone_to, command = fields
    try:
        target = None if undone_to == NO_UNDO else int(undone_to)
        return Version(int(number), time, user, command, int(size), target)
    except ValueError:
        return None
