"""From a path below a virtual directory to an open file, and never out of it.

1. The opened file is judged, not its name: a path is walked once, and the descriptor
   shows where it led (`own_path`). Exchanging a link or folder meanwhile changes
   nothing.
2. Only regular files are opened for reading; a device or a pipe is never touched.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from enum import Enum
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.model.site import VirtualDirectory

Fingerprint: TypeAlias = tuple[int, int, int, int, int]

# Values that differ between two states of a file or folder.
fingerprint_of: Final[Callable[[os.stat_result], Fingerprint]] = attrgetter(
    "st_mtime_ns", "st_size", "st_ino", "st_dev", "st_ctime_ns"
)

_HAS_PATH_DESCRIPTORS: Final = hasattr(os, "O_PATH")
# `explain` imports this where the server cannot run: not every system has all flags.
_READ: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_LOOK: Final = getattr(os, "O_PATH", _READ) | getattr(os, "O_CLOEXEC", 0)
_FOLDER: Final = _LOOK | getattr(os, "O_DIRECTORY", 0)
_MAX_PATH: Final = 1024  # macOS: PATH_MAX
# The file is missing, or cannot exist: a bad name, not a folder, a loop of links.
_ABSENT: Final = frozenset(
    {
        errno.ENOENT,
        errno.ENOTDIR,
        errno.ELOOP,
        errno.ENAMETOOLONG,
        errno.EINVAL,
        errno.ENXIO,
        errno.EOPNOTSUPP,
    }
)


class FoundFile(NamedTuple):
    """A regular file within its virtual directory, open for reading.

    Attributes:
        path: The path of the request, with symbolic links unresolved.
        descriptor: The file; the caller closes it.
        status: Its `os.fstat`.
        name: Its last segment, which decides the media type.
        folder: Set when a default document was chosen after others that do not exist:
            the folder whose state alone decides that, and its fingerprint.
        is_certain: Only a change of the file, of `folder`, or of folders on the way to
            the file can change what is found.
    """

    path: str
    descriptor: int
    status: os.stat_result
    name: str
    folder: tuple[str, Fingerprint] | None = None
    is_certain: bool = True


class NotFound(Enum):
    """Why a path leads to no file."""

    MISSING = 404
    FOLDER_WITHOUT_SLASH = 301
    FOLDER_WITHOUT_DOCUMENT = 403
    DENIED = 401


Located: TypeAlias = FoundFile | NotFound


def locate_file(
    directory: VirtualDirectory, segments: tuple[str, ...], *, is_folder: bool
) -> Located:
    """The file for a path below `directory`.

    Args:
        directory: Where to look.
        segments: Of `RequestPath`: none can climb.
        is_folder: The path ended with a slash.

    Raises:
        OSError: The system cannot open it, for instance for want of descriptors.
    """
    try:
        # A missing file need not be judged, and this is the quickest way to find out.
        os.stat("/".join((directory.physical_path, *segments)))
        root = os.open(directory.physical_path, _FOLDER)
        try:
            return _locate(directory, root, segments, is_folder=is_folder)
        finally:
            os.close(root)
    except PermissionError:
        return NotFound.DENIED
    except ValueError:  # a NUL, or no name on this system
        return NotFound.MISSING
    except OSError as error:
        if error.errno in _ABSENT:
            return NotFound.MISSING
        raise


def _locate(
    directory: VirtualDirectory,
    root: int,
    segments: tuple[str, ...],
    *,
    is_folder: bool,
) -> Located:
    place = os.open("/".join(segments) or ".", _LOOK, dir_fd=root)
    try:
        status = os.fstat(place)
        if not _is_public(directory, root, place):
            return NotFound.MISSING
        path = os.path.join(directory.physical_path, *segments)
        if stat.S_ISDIR(status.st_mode):
            if not is_folder:
                return NotFound.FOLDER_WITHOUT_SLASH
            return _locate_document(directory, root, place, path)
        if is_folder or not stat.S_ISREG(status.st_mode):
            return NotFound.MISSING
        return FoundFile(path, _open_for_reading(place), status, segments[-1])
    finally:
        os.close(place)


def _locate_document(
    directory: VirtualDirectory, root: int, folder: int, folder_path: str
) -> Located:
    before = fingerprint_of(os.fstat(folder))
    is_first = is_certain = True
    for name in directory.default_documents:
        try:
            document = os.open(name, _LOOK, dir_fd=folder)
        except OSError as error:
            if error.errno not in _ABSENT and not isinstance(error, PermissionError):
                raise
            # A link that leads nowhere today may lead somewhere tomorrow, and a folder
            # below may get the file: neither changes this folder.
            is_below = "/" in name
            is_certain = is_certain and not is_below and not _is_name(folder, name)
            is_first = False
            continue
        try:
            status = os.fstat(document)
            if stat.S_ISREG(status.st_mode):
                if not _is_public(directory, root, document):
                    return NotFound.MISSING
                return FoundFile(
                    os.path.join(folder_path, name),
                    _open_for_reading(document),
                    status,
                    os.path.basename(name),
                    None if is_first else (folder_path, before),
                    is_certain,
                )
        finally:
            os.close(document)
        is_first = is_certain = False
    return NotFound.FOLDER_WITHOUT_DOCUMENT


def own_path(descriptor: int) -> str:
    """The real path of an open file or folder, without any link.

    Raises:
        OSError: The system does not tell.
    """
    if sys.platform == "darwin":
        import fcntl  # noqa: PLC0415 - needed there alone

        octets = fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(_MAX_PATH))
        return os.fsdecode(octets.rstrip(b"\0"))
    return os.readlink(f"/proc/self/fd/{descriptor}")


def _is_public(directory: VirtualDirectory, root: int, place: int) -> bool:
    """Whether the opened file lies below the root, and not below a hidden path."""
    path = own_path(place)
    if not _is_inside(own_path(root), path):
        return False
    return not any(_is_inside(_real(hidden), path) for hidden in directory.hidden_paths)


def _real(path: str) -> str:
    try:
        descriptor = os.open(path, _LOOK)
    except OSError as error:
        # This process cannot even look at it, so it cannot serve it.
        if error.errno in _ABSENT or isinstance(error, PermissionError):
            return path
        raise
    try:
        return own_path(descriptor)
    finally:
        os.close(descriptor)


def _is_inside(folder: str, path: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _is_name(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        return error.errno not in _ABSENT
    return True


def _open_for_reading(descriptor: int) -> int:
    if _HAS_PATH_DESCRIPTORS:
        return os.open(f"/proc/self/fd/{descriptor}", _READ)
    return os.dup(descriptor)
