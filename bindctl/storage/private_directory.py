"""Folders for private keys: closed to others, and kept out of version control."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from bindctl.storage.atomic import write_atomically, write_private
from bindctl.storage.file_error import file_error

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


def ignore_all(folder: StateFolder) -> None:
    """Keep an empty folder of bindctl's own state out of version control.

    Raises:
        BindctlError: MET005 or MET006.
    """
    if not folder.names():
        write_private(folder, _IGNORE_NAME, _IGNORE_ALL)


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
