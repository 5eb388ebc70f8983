"""Reads whole files, within a bound: the metabase, files of stores, input.

A file that was named by mistake, or put there by somebody else, must not fill the
memory. Operations read the metabase through a `Workspace`. On the quickest path: imports
only what Python has loaded, and the errors.
"""

import errno
import os
import stat

from bindctl.findings.errors import BindctlError, file_error
from bindctl.toml.reader import require_known_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

MEBIBYTE = 1 << 20
MAX_INPUT_OCTETS = (
    256 * MEBIBYTE
)  # a hundred thousand sites: about 20 MiB; ten times its XML of IIS
_SMALL_OCTETS = MEBIBYTE  # a chain of four is 8 KiB; more than this is a mistake
_FIRST_OCTETS = 1 << 14  # asking for a mebibyte costs as much as reading
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
                message = f"{path} is larger than {MAX_INPUT_OCTETS >> 20} MiB"
                raise _no_metabase(message, "name a TOML file")
            return octets
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise file_error(path, error) from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise _no_metabase(message) from error


def _no_metabase(message: str, hint: str = "") -> BindctlError:
    error = BindctlError("MET002", message, hint)
    error.names_file = True
    return error


def _read_all(descriptor: int, size: int) -> bytes | None:
    """The rest of an open file of about that size; ``None`` when it is too large."""
    if size > MAX_INPUT_OCTETS:
        return None
    pieces, left = [], MAX_INPUT_OCTETS
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


def read_file(path: str, limit: int) -> bytes:
    """The octets of a file.

    Args:
        path: Of the file; of a pipe, too.
        limit: How many there may be.

    Raises:
        OSError: It cannot be read, or is larger.
    """
    with open(path, "rb", buffering=0) as file:
        return read_stream(file, limit)


def read_stream(stream: "BinaryIO", limit: int) -> bytes:
    """The rest of a stream.

    Raises:
        OSError: It cannot be read, or is larger than the limit.
    """
    pieces = []
    left = limit
    while piece := stream.read(MEBIBYTE):
        pieces.append(piece)
        left -= len(piece)
        if left < 0:
            raise OSError(errno.EFBIG, f"it is larger than {limit // MEBIBYTE} MiB")
    return b"".join(pieces)


def read_small_file(path: str) -> bytes:
    """The file's octets. Twice as quick as `open`.

    Raises:
        OSError: It cannot be read, is not a file, or is larger than 1 MiB.
    """
    descriptor = open_file(path)
    try:
        octets = os.read(descriptor, _FIRST_OCTETS)
        if len(octets) == _FIRST_OCTETS:
            octets += os.read(descriptor, _SMALL_OCTETS)
    except OSError as error:
        error.filename = path
        raise
    finally:
        os.close(descriptor)
    if len(octets) > _SMALL_OCTETS:
        raise OSError(errno.EFBIG, "it is larger than 1 MiB", path)
    return octets


def open_file(path: str) -> int:
    """A descriptor to read from.

    Raises:
        OSError: The file is missing, or is a FIFO or the like, whose reader would wait.
    """
    descriptor = os.open(path, _READ_FLAGS)
    kind = os.fstat(descriptor).st_mode
    if stat.S_ISREG(kind) or stat.S_ISDIR(kind):  # reading a folder fails by itself
        return descriptor
    os.close(descriptor)
    raise OSError(errno.ENXIO, "not a regular file", path)
