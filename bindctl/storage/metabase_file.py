"""The metabase's file: read whole, changed under a lock, replaced atomically.

Each write makes a version of history. Operations come here through a `Workspace`. On
the quickest path: imports only `os`, `stat` and the errors.
"""

import os
import stat

from bindctl.findings.errors import BindctlError
from bindctl.toml.reader import require_known_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.storage.author import Author
    from bindctl.storage.state_folder import StateFolder

    Change = Callable[[bytes | None], tuple[bytes, int | None]]

LOCK_NAME = "write.lock"
MAX_METABASE_OCTETS = 256 << 20  # a hundred thousand sites: about 20 MiB
# Opening a FIFO waits for its other end unless told not to.
_READ_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_octets(path: str) -> bytes:
    """The octets of a file, read as a metabase is read.

    Raises:
        BindctlError: MET001, MET005, MET008, or MET002 when it is not a file that can
            be read.
    """
    return require_known(path, find_octets(path))


def require_known(path: str, octets: bytes | None) -> bytes:
    """The octets of a file that must be there, and of a version that is known.

    Raises:
        BindctlError: MET001 or MET008.
    """
    octets = require_there(path, octets)
    require_known_version(octets)
    return octets


def require_there(path: str, octets: bytes | None) -> bytes:
    """The octets of a file that must be there.

    Raises:
        BindctlError: MET001.
    """
    if octets is None:
        message = f"{path} does not exist"
        raise BindctlError("MET001", message, "bindctl init makes one")
    return octets


def find_octets(path: str) -> bytes | None:
    """The octets, of whatever version; ``None`` when the file is gone.

    Raises:
        BindctlError: MET002 or MET005.
    """
    try:
        descriptor = os.open(path, _READ_FLAGS)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                message = f"{path} is {_kind(status.st_mode)}, not a file"
                raise _no_metabase(message, "name a TOML file")
            octets = _read_all(descriptor, status.st_size)
            if octets is None:
                message = f"{path} is larger than {MAX_METABASE_OCTETS >> 20} MiB"
                raise _no_metabase(message, "name a TOML file")
            return octets
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        return None
    except PermissionError as error:
        message = f"{path} may not be read: {error.strerror}"
        raise BindctlError("MET005", message) from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise _no_metabase(message) from error


def _no_metabase(message: str, hint: str = "") -> BindctlError:
    error = BindctlError("MET002", message, hint)
    error.names_file = True
    return error


def rewrite_file(path: str, change: "Change", author: "Author | None") -> bool:
    """Change the file under its lock; whether it changed.

    Args:
        path: The metabase.
        change: Gets the octets, ``None`` when the file is gone; gives the new ones and
            the version of history they go back to. If it raises, nothing is written.
        author: Who writes, for history; ``None`` is this process.

    Raises:
        BindctlError: MET004, MET005 or MET006; or what `change` raises.
    """
    # Imported here: most commands only read.
    from bindctl.storage.file_locations import runtime_directory  # noqa: PLC0415
    from bindctl.storage.file_lock import release_lock, take_lock  # noqa: PLC0415
    from bindctl.storage.state_folder import open_runtime  # noqa: PLC0415

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
        from bindctl.storage.state_folder import account_name  # noqa: PLC0415 - rare

        hint = f"run the command as its owner, {account_name(owner)}"
        raise BindctlError("MET005", f"{path}: its owner cannot be kept", hint)


def _write(
    path: str,
    folder: "StateFolder",
    contents: "tuple[bytes | None, bytes]",
    author: "Author | None",
    undone_to: int | None,
) -> None:
    """Write the second of two contents over the first, and both into history."""
    from bindctl.storage.atomic import write_atomically  # noqa: PLC0415
    from bindctl.storage.author import process_author  # noqa: PLC0415
    from bindctl.storage.history import open_history, tell  # noqa: PLC0415

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


def _read_all(descriptor: int, size: int) -> bytes | None:
    """The rest of an open file of about that size; ``None`` when it is too large."""
    if size > MAX_METABASE_OCTETS:
        return None
    pieces, left = [], MAX_METABASE_OCTETS
    while left >= 0 and (piece := os.read(descriptor, size + 1)):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces) if left >= 0 else None


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    if stat.S_ISFIFO(mode):
        return "a FIFO"
    return "a device" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else "a socket"
