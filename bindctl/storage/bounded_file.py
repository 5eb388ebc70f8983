"""Files that are read whole, within a bound.

A file that was named by mistake, or put there by somebody else, must not fill the
memory.
"""

from __future__ import annotations

import errno
from typing import BinaryIO, Final

MEBIBYTE: Final = 1 << 20
MAX_INPUT_OCTETS: Final = 256 * MEBIBYTE  # as the metabase; ten times its XML of IIS


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


def read_stream(stream: BinaryIO, limit: int) -> bytes:
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
