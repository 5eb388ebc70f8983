"""The metabase's file: read whole, changed under a lock, replaced atomically.

Each write makes a version of history, after whoever watches has let it pass. On the
quickest path: imports only `os`, `stat` and the errors.
"""

import os
import stat

from bindctl.findings.errors import BindctlError
from bindctl.storage.write_watch import held_back, judge_write
from bindctl.toml.version import require_known_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.storage.author import Author
    from bindctl.storage.state_folder import StateFolder

LOCK_NAME = "write.lock"
MAX_METABASE_OCTETS = 256 << 20  # a hundred thousand sites: about 20 MiB
# Opening a FIFO waits for its other end unless told not to.
_READ_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_octets(path: str) -> bytes:
    """The file's octets.

    Raises:
        BindctlError: MET001, MET005, MET008, or MET002 when it is no file that can be
            read.
    """
    octets = _find(path)
    if octets is None:
        raise _not_found(path)
    require_known_version(octets)
    return octets


def _not_found(path: str) -> BindctlError:
    return BindctlError("MET001", f"{path} does not exist", "bindctl init makes one")


def _find(path: str) -> bytes | None:
    """The octets, of whatever version; ``None`` when the file is gone."""
    held = held_back()
    if held is not None and path in held:
        return held[path]
    try:
        descriptor = os.open(path, _READ_FLAGS)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                message = f"{path} is {_kind(status.st_mode)}, not a file"
                raise BindctlError("MET002", message, "name a TOML file")
            octets = _read_all(descriptor, status.st_size)
            if octets is None:
                message = f"{path} is larger than {MAX_METABASE_OCTETS >> 20} MiB"
                raise BindctlError("MET002", message, "name a TOML file")
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
        raise BindctlError("MET002", message) from error


def update_octets(
    path: str, change: "Callable[[bytes], bytes]", author: "Author | None" = None
) -> bool:
    """Replace the file's octets by what `change` makes of them.

    The whole of it happens under the metabase's lock, so that no update of another
    process is lost; whatever fails, the file keeps its old octets. They are replaced
    by what every command can read, and by nothing else.

    Args:
        path: The metabase.
        change: Gets the octets, gives the new ones; whatever it raises, nothing is
            written.
        author: Who writes, for history; ``None`` is this process.

    Returns:
        Whether anything was written.

    Raises:
        BindctlError: MET004, MET005 or MET006; MET002 or MET108, the file could not be
            read afterwards; or what `change` raises.
    """

    def change_known(before: bytes | None) -> tuple[bytes, int | None]:
        if before is None:
            raise _not_found(path)
        require_known_version(before)
        after = change(before)
        # Imported here: most commands only read.
        from bindctl.toml.vouching import require_readable  # noqa: PLC0415

        require_readable(before, after)
        return after, None

    return _rewrite(path, change_known, author)


def replace_octets(
    path: str, seen: bytes, octets: bytes, author: "Author | None" = None
) -> bool:
    """Replace the file's octets if they still are those the caller has `seen`.

    Returns:
        Whether anything was written.

    Raises:
        BindctlError: MET007, somebody else wrote in between; or as `update_octets`.
    """

    def change(before: bytes) -> bytes:
        if before != seen:
            name = os.path.basename(path)
            raise BindctlError(
                "MET007",
                f"{name} has changed since you read it; nothing was written",
                "read it again, and make the change anew",
            )
        return octets

    return update_octets(path, change, author)


def restore_octets(path: str, octets: bytes, author: "Author | None" = None) -> bool:
    """Give the file that content, also when the file is gone or of another version.

    A file made anew is readable by its owner alone: nobody knows what it was.

    Returns:
        Whether anything was written.

    Raises:
        BindctlError: MET008, the content is of another version; or as
            `update_octets`.
    """
    require_known_version(octets)
    return _rewrite(path, lambda _before: (octets, None), author)


def rewrite_octets(
    path: str,
    change: "Callable[[bytes], tuple[bytes, int | None]]",
    author: "Author | None" = None,
) -> bool:
    """As `update_octets`, for a change that may be an undo.

    Args:
        path: The metabase; what is in it may be of another version.
        change: Gives the new octets, and the version they are an undo to.
        author: As `update_octets`.

    Raises:
        BindctlError: MET008, the new octets are of another version; or as
            `update_octets`.
    """

    def change_known(before: bytes | None) -> tuple[bytes, int | None]:
        if before is None:
            raise _not_found(path)
        after, undone_to = change(before)
        require_known_version(after)
        return after, undone_to

    return _rewrite(path, change_known, author)


def _rewrite(
    path: str,
    change: "Callable[[bytes | None], tuple[bytes, int | None]]",
    author: "Author | None",
) -> bool:
    """Change the file under its lock; `change` gets ``None`` when it is gone."""
    held = held_back()
    if held is not None:
        before = _find(path)
        held[path] = change(before)[0]
        return held[path] != before
    # Imported here: most commands only read.
    from bindctl.storage.file_locations import runtime_directory  # noqa: PLC0415
    from bindctl.storage.file_lock import release_lock, take_lock  # noqa: PLC0415
    from bindctl.storage.state_folder import open_runtime  # noqa: PLC0415

    if not os.path.isdir(runtime_directory(path)):
        _require_own(path)
    with open_runtime(path, make=True) as folder:
        lock = take_lock(folder.where(LOCK_NAME), folder=folder)
        try:
            before = _find(path)
            after, undone_to = change(before)
            if after == before:
                return False
            judge_write(path, before, after)
            _write(path, folder, (before, after), author, undone_to)
            return True
        finally:
            release_lock(lock)


def _require_own(path: str) -> None:
    """Make no private folder where it would lock the metabase's owner out.

    Raises:
        BindctlError: MET005, as writing the file would say after that.
    """
    try:
        owner = os.stat(path).st_uid
    except OSError:
        return  # reading the file says it better
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
    """The rest of an open file whose size was that a moment ago; not if too large."""
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
