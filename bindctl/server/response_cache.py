"""Small files in memory, as http.sys keeps them; every use is validated by `stat`.

1. Octets are used only while device, inode, size and both times are those of the file.
2. A file changed in the last instant is not kept: its next change could carry the
   same time (the "racy" rule of git's index).
"""

from __future__ import annotations

import os
import stat
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from bindctl.server.http_date import format_http_date

if TYPE_CHECKING:
    from bindctl.server.clock import Clock

MAX_FILE_OCTETS: Final = 256 * 1024  # http.sys: UriMaxUriBytes, 262144
MAX_CACHE_OCTETS: Final = 64 * 1024 * 1024
# Kernels stamp files by the timer tick: 10 ms at the slowest configuration.
_RACY_NS: Final = 50_000_000
_ENTRY_OVERHEAD: Final = 1024
_OPEN_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)

Fingerprint: TypeAlias = tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One state of one file.

    Attributes:
        path: Its real path, no symbolic link left.
        fingerprint: Of `os.stat`.
        size: In octets.
        etag: Strong entity tag, quoted.
        modified_s: Whole seconds since 1970.
        body: Its octets, or ``None`` when it is to be streamed.
        is_settled: The fingerprint would change with the file.
        validator_lines: Last-Modified, Accept-Ranges and ETag, ready to be sent.
    """

    path: str
    fingerprint: Fingerprint
    size: int
    etag: bytes
    modified_s: int
    body: bytes | None
    is_settled: bool
    validator_lines: bytes


def fingerprint_of(status: os.stat_result) -> Fingerprint:
    """What tells one state of a file from another."""
    return (
        status.st_mtime_ns,
        status.st_size,
        status.st_ino,
        status.st_dev,
        status.st_ctime_ns,
    )


class FileCache:
    """The file cache of one worker."""

    __slots__ = ("_clock", "_entries", "_max_octets", "_octets")

    def __init__(self, clock: Clock, max_octets: int = MAX_CACHE_OCTETS) -> None:
        """Keep at most `max_octets` of file contents."""
        self._clock = clock
        self._entries: OrderedDict[str, FileEntry] = OrderedDict()
        self._octets = 0
        self._max_octets = max_octets

    def load(self, path: str, status: os.stat_result) -> FileEntry:
        """The file at `path`, whose `os.stat` just gave `status`.

        Raises:
            OSError: It cannot be read, or is a symbolic link by now.
        """
        entry = self._entries.get(path)
        if entry is not None:
            if entry.fingerprint == fingerprint_of(status):
                self._entries.move_to_end(path)
                return entry
            self._drop(path)
        entry = self._read(path)
        if entry.is_settled and entry.body is not None:
            self._keep(entry)
        return entry

    def _read(self, path: str) -> FileEntry:
        descriptor = os.open(path, _OPEN_FLAGS)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                message = f"{path} is no regular file"
                raise OSError(message)
            body = None
            is_settled = self._is_settled(status)
            if status.st_size <= MAX_FILE_OCTETS:
                body = _read_all(descriptor)
                unchanged = fingerprint_of(os.fstat(descriptor)) == fingerprint_of(
                    status
                )
                is_settled = is_settled and unchanged and len(body) == status.st_size
            return _make_entry(path, status, body, is_settled=is_settled)
        finally:
            os.close(descriptor)

    def _is_settled(self, status: os.stat_result) -> bool:
        now_ns = int(self._clock.now() * 1e9)
        return now_ns - max(status.st_mtime_ns, status.st_ctime_ns) > _RACY_NS

    def _keep(self, entry: FileEntry) -> None:
        self._entries[entry.path] = entry
        self._octets += _cost(entry)
        while self._octets > self._max_octets:
            _path, oldest = self._entries.popitem(last=False)
            self._octets -= _cost(oldest)

    def _drop(self, path: str) -> None:
        self._octets -= _cost(self._entries.pop(path))


def open_entry(entry: FileEntry) -> int | None:
    """A descriptor of exactly that state of the file; ``None`` when it is not there."""
    try:
        descriptor = os.open(entry.path, _OPEN_FLAGS)
    except OSError:
        return None
    if fingerprint_of(os.fstat(descriptor)) == entry.fingerprint:
        return descriptor
    os.close(descriptor)
    return None


def _read_all(descriptor: int) -> bytes:
    parts = []
    left = MAX_FILE_OCTETS + 1
    while left > 0 and (part := os.read(descriptor, left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _make_entry(
    path: str, status: os.stat_result, body: bytes | None, *, is_settled: bool
) -> FileEntry:
    size = status.st_size if body is None else len(body)
    etag = b'"%x-%x"' % (status.st_mtime_ns, size)
    modified_s = status.st_mtime_ns // 1_000_000_000
    return FileEntry(
        path=path,
        fingerprint=fingerprint_of(status),
        size=size,
        etag=etag,
        modified_s=modified_s,
        body=body,
        is_settled=is_settled,
        validator_lines=b"Last-Modified: %s\r\nAccept-Ranges: bytes\r\nETag: %s\r\n"
        % (format_http_date(modified_s), etag),
    )


def _cost(entry: FileEntry) -> int:
    return _ENTRY_OVERHEAD + (len(entry.body) if entry.body is not None else 0)
