"""Folders for private keys: closed to others, and kept out of version control."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from bindctl.storage.atomic import write_atomically, write_private
from bindctl.storage.file_error import file_error
from bindctl.storage.file_lock import take_lock
from bindctl.storage.state_folder import open_runtime

if TYPE_CHECKING:
    from bindctl.storage.state_folder import StateFolder

_IGNORE_NAME: Final = ".gitignore"
_IGNORE_ALL: Final = b"# private keys: nothing here may be committed\n*\n"


def create_private_directory(path: str) -> None:
    """Make the folder and missing folders above it, each of mode 0700.

    A new or empty folder gets a ``.gitignore`` that covers all of it; a folder that is
    not empty stays as it is.

    Raises:
        BindctlError: MET005 or MET006, it cannot be made.
    """
    try:
        _make(os.path.abspath(path))
        is_empty = not os.listdir(path)
    except OSError as error:
        raise file_error(path, error) from error
    if is_empty:
        write_atomically(os.path.join(path, _IGNORE_NAME), _IGNORE_ALL)


def write_state(metabase: str, name: str, file: str, octets: bytes | None) -> None:
    """Write a private file of a folder in a metabase's runtime directory.

    Args:
        metabase: Absolute path of the file.
        name: The folder.
        file: Its name.
        octets: The whole of it; ``None`` removes it.

    Raises:
        BindctlError: MET005 or MET006.
    """
    with (
        open_runtime(metabase, make=octets is not None) as runtime,
        _open_state(runtime, name) as folder,
    ):
        if octets is not None:
            write_private(folder, file, octets)
            return
        try:
            folder.unlink(file)
        except OSError as error:
            raise file_error(folder.where(file), error) from error


def lock_state(metabase: str, name: str, lock: str) -> int:
    """Wait for a lock of the runtime directory; makes a folder in it, too.

    An empty folder is kept out of version control, whole.

    Returns:
        A descriptor; closing it releases the lock.

    Raises:
        BindctlError: MET004, MET005 or MET006.
    """
    with open_runtime(metabase, make=True) as runtime:
        with _open_state(runtime, name) as folder:
            if not folder.names():
                write_private(folder, _IGNORE_NAME, _IGNORE_ALL)
        return take_lock(runtime.where(lock), folder=runtime)


def _open_state(runtime: StateFolder, name: str) -> StateFolder:
    try:
        return runtime.folder(name, make=True)
    except OSError as error:
        raise file_error(runtime.where(name), error) from error


def _make(path: str) -> None:
    if os.path.isdir(path):
        return
    _make(os.path.dirname(path))
    mask = os.umask(0o077)  # the mode holds whatever the umask
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        if not os.path.isdir(path):  # else another process was quicker
            raise
    finally:
        os.umask(mask)
