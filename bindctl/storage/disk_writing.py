"""Everything that is written to the disk: the metabase, its state, private folders.

The metabase is changed under a lock and replaced whole; each write of it makes a version
of history. Folders for private keys are closed to others, and kept out of version control. On the
quick path of writers: imports nothing slow.
"""

from __future__ import annotations

import os

from bindctl.findings.errors import BindctlError, file_error
from bindctl.storage.atomic import write_atomically, write_private
from bindctl.storage.author import process_author
from bindctl.storage.file_locations import runtime_directory
from bindctl.storage.file_lock import release_lock, take_lock
from bindctl.storage.file_reading import find_octets
from bindctl.storage.history import open_history, tell
from bindctl.storage.state_folder import (
    account_name,
    make_private_folder,
    open_runtime,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.storage.author import Author
    from bindctl.storage.state_folder import StateFolder

    Change = Callable[[bytes | None], tuple[bytes, int | None]]

LOCK_NAME = "write.lock"
_IGNORE_NAME = ".gitignore"
_IGNORE_ALL = b"# private keys: nothing here may be committed\n*\n"


def rewrite_file(path: str, change: Change, author: Author | None) -> bool:
    """Change the file under its lock; whether it changed.

    Args:
        path: The metabase.
        change: Gets the octets, ``None`` when the file is gone; gives the new ones and
            the version of history they go back to. If it raises, nothing is written.
        author: Who writes, for history; ``None`` is this process.

    Raises:
        BindctlError: MET004, MET005 or MET006; or what `change` raises.
    """
    if not os.path.isdir(runtime_directory(path)):
        _require_own(path)
    with open_runtime(path, make=True) as folder:
        lock = take_lock(folder.where(LOCK_NAME), folder=folder)
        try:
            before = find_octets(path)
            after, undone_to = change(before)
            if after == before:
                return False
            _write(path, folder, (before, after), author, undone_to)
            return True
        finally:
            release_lock(lock)


def _require_own(path: str) -> None:
    """Refuse to make a private folder that would lock out the metabase's owner.

    Raises:
        BindctlError: MET005, as writing the file would raise afterwards.
    """
    try:
        owner = os.stat(path).st_uid
    except OSError:
        return  # reading the file gives a better message
    if os.name != "nt" and os.geteuid() not in (0, owner):
        hint = f"run the command as its owner, {account_name(owner)}"
        raise BindctlError("MET005", f"{path}: its owner cannot be kept", hint)


def _write(
    path: str,
    folder: StateFolder,
    contents: tuple[bytes | None, bytes],
    author: Author | None,
    undone_to: int | None,
) -> None:
    """Write the second of two contents over the first, and both into history."""
    before, after = contents
    author = author or process_author()
    history = open_history(folder, after, author)
    is_whole = history is not None
    try:
        if history is not None and before is not None:
            try:
                history.keep_outside(before, path)
            except OSError as error:
                is_whole = False
                tell(author, error)
        write_atomically(path, after, 0o600 if before is None else None)
        if history is not None and is_whole:
            try:
                history.keep(after, undone_to)
            except OSError as error:
                tell(author, error)
    finally:
        if history is not None:
            history.close()


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
    try:
        make_private_folder(path)
    except FileExistsError:
        if not os.path.isdir(path):  # else another process was quicker
            raise
