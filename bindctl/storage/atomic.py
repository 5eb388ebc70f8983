"""Write a file whole or not at all.

On the fast path of ``bindctl set``: imports nothing at run time but `os`, `errno` and
the errors.

1. The target's name always leads to the old octets or to the new ones, whenever the
   process or the machine stops.
2. The octets are on the disk before the name leads to them.
3. Nobody can read a private file for an instant: its mode is set while it is empty.

A killed process may leave ``.bindctl-*.tmp`` behind; any that no process holds open
may be removed. Access control lists and extended attributes are not carried over.
"""

import errno
import os

from bindctl.findings.errors import file_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bindctl.storage.state_folder import StateFolder

_PRIVATE = 0o600
_SET_GROUP = 0o2000  # S_ISGID; `stat` is not imported here
# Flags that Windows lacks, and the one that it needs, because it would translate line
# ends.
_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
# File systems that cannot sync a directory say so in one of these ways.
_CANNOT_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EBADF})


def write_atomically(
    path: str | os.PathLike[str], octets: bytes, mode: int | None = None
) -> None:
    """Replace or create the file at `path`.

    Args:
        path: The folder must exist. If it is a symbolic link, the file behind it is
            replaced and the link stays.
        octets: The whole new content.
        mode: Permission bits, whatever the umask; ``None`` keeps mode, owner and group
            of an existing file, and leaves those of a new one to the umask.

    Raises:
        BindctlError: MET005, the system forbids it, or the owner cannot be kept;
            MET006, it failed. The old file is untouched unless only syncing its
            folder failed.
    """
    name = os.fspath(path)
    try:
        _write(os.path.realpath(name), octets, mode)
    except OSError as error:
        raise file_error(name, error) from error


def write_private(folder: "StateFolder", name: str, octets: bytes) -> None:
    """The same for a file of bindctl's own state, readable only by its owner.

    Raises:
        BindctlError: MET005 or MET006.
    """
    path = folder.where(name)
    try:
        if folder.descriptor is None:
            _write(path, octets, _PRIVATE)
        else:
            _write_in(folder.descriptor, name, octets)
    except OSError as error:
        raise file_error(path, error) from error


def _write(target: str, octets: bytes, mode: int | None) -> None:
    directory = os.path.dirname(target)
    old = _find_old(target)
    # The kernel applies the umask only to files without an explicit mode.
    first_mode = 0o666 if mode is None and old is None else _PRIVATE
    temporary, descriptor = _create_temporary(directory, first_mode)
    try:
        try:
            _set_mode(descriptor, old, mode)
            _write_all(descriptor, octets)
            _sync(descriptor)
        finally:
            os.close(descriptor)
        _replace(temporary, target)
    except BaseException:  # an interrupt, too, leaves nothing behind
        _remove(temporary)
        raise
    _sync_directory(directory)


def _write_in(directory: int, name: str, octets: bytes) -> None:
    """Write a private file in a folder that is open."""
    temporary, descriptor = _create_temporary("", _PRIVATE, directory)
    try:
        try:
            _set_mode(descriptor, None, _PRIVATE)
            _write_all(descriptor, octets)
            _sync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        _remove(temporary, directory)
        raise
    _sync(directory)


def _find_old(target: str) -> os.stat_result | None:
    try:
        old = os.stat(target)
    except FileNotFoundError:
        return None
    if not os.path.isfile(target):  # a rename would put a file in /dev/null's place
        raise OSError(errno.EINVAL, "not a regular file")
    return old


def _create_temporary(
    directory: str, mode: int, descriptor: int | None = None
) -> tuple[str, int]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN
    while True:
        # Not derived from the target's name, which may have the greatest length
        # already.
        temporary = os.path.join(directory, f".bindctl-{os.urandom(8).hex()}.tmp")
        try:
            return temporary, os.open(temporary, flags, mode, dir_fd=descriptor)
        except FileExistsError:
            continue


def _set_mode(descriptor: int, old: os.stat_result | None, mode: int | None) -> None:
    if os.name == "nt":  # a file's rights come from its folder
        return
    if mode is not None:
        os.fchmod(descriptor, mode)
    elif old is not None:
        _keep_owner(descriptor, old)
        os.fchmod(descriptor, old.st_mode & 0o7777)


def _keep_owner(descriptor: int, old: os.stat_result) -> None:
    """Give the new file to the owner and group of the old one.

    Raises:
        PermissionError: It is not possible: only root gives files to other users, and
            other users only to groups of their own. A group without rights of its own
            may be lost.
    """
    try:
        os.fchown(descriptor, old.st_uid, old.st_gid)
    except OSError as error:
        new = os.fstat(descriptor)
        if new.st_uid != old.st_uid:
            raise PermissionError(errno.EPERM, "its owner cannot be kept") from error
        if new.st_gid != old.st_gid and _has_group_rights(old.st_mode):
            raise PermissionError(errno.EPERM, "its group cannot be kept") from error


def _has_group_rights(mode: int) -> bool:
    """Whether the group may do what others may not."""
    return bool(mode >> 3 & ~mode & 0o7 or mode & _SET_GROUP)


def _write_all(descriptor: int, octets: bytes) -> None:
    rest = memoryview(octets)
    while rest:  # a write may be short; Python repeats one that a signal interrupts
        rest = rest[os.write(descriptor, rest) :]


def _sync(descriptor: int) -> None:
    os.fsync(descriptor)


def _replace(temporary: str, target: str) -> None:
    os.replace(temporary, target)


def _sync_directory(directory: str) -> None:
    try:
        descriptor = os.open(directory, os.O_RDONLY)
    except OSError:
        return  # the folder may be written but not read; the octets are in place
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
    finally:
        os.close(descriptor)


def _remove(temporary: str, directory: int | None = None) -> None:
    try:  # noqa: SIM105 - contextlib is not imported here
        os.unlink(temporary, dir_fd=directory)
    except OSError:
        pass  # the failure that led here is the one to report
