"""Small files in memory, as http.sys keeps them; every use is validated by `stat`.

1. Octets are used only while device, inode, size and both times are those of the file.
2. A file changed in the last instant is not kept: its next change could carry the
   same time (the "racy" rule of git's index).
3. An entry is valid under one plan: the next plan may make other files public, or give
   a folder another document (`forget`).
4. Folders on the way to a file are not checked again. If one is moved out of the site
   and replaced by a link to its new place, it stays public until the next plan, but
   only with the octets that were public before.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from bindctl.server.http.conditions import format_http_date
from bindctl.server.http.static_files import (
    FoundFile,
    NotFound,
    fingerprint_of,
    locate_file,
)

if TYPE_CHECKING:
    from bindctl.model.site import VirtualDirectory
    from bindctl.server.service.service_log import Clock

MAX_FILE_OCTETS: Final = 256 * 1024  # http.sys: UriMaxUriBytes, 262144
MAX_CACHE_OCTETS: Final = 128 * 1024 * 1024  # http.sys: a part of the memory
# Kernels stamp files by the timer tick: 10 ms at the slowest configuration.
_RACY_NS: Final = 50_000_000
_ENTRY_OVERHEAD: Final = 1024  # measured: 950 with paths of 60 characters
_OPEN_FLAGS: Final = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
)


class FileEntry:
    """One state of one file.

    Attributes:
        path: The path that requests lead to.
        fingerprint: Of `os.stat`.
        folder: Path and fingerprint of a folder that must be unchanged as well.
        name: Its last segment.
        size: In octets.
        etag: Strong entity tag, quoted.
        modified_s: Whole seconds since 1970, never in the future.
        body: Its octets; ``None`` when it is to be streamed, or no longer kept.
        spellings: For the table of ready answers: a generation, and how many keys this
            file has in it.
        is_settled: Anything that can change the answer also changes a fingerprint.
        validator_lines: Last-Modified, Accept-Ranges and ETag, ready to be sent.
    """

    __slots__ = (
        "body",
        "etag",
        "fingerprint",
        "folder",
        "is_settled",
        "modified_s",
        "name",
        "path",
        "size",
        "spellings",
        "validator_lines",
    )

    def __init__(
        self, found: FoundFile, body: bytes | None, now_s: int, *, is_settled: bool
    ) -> None:
        """The state of `found`, of which `body` has been read at `now_s`."""
        status = found.status
        self.path = found.path
        self.fingerprint = fingerprint_of(status)
        self.folder = found.folder
        self.name = found.name
        self.size = size = status.st_size if body is None else len(body)
        self.etag = etag = b'"%x-%x"' % (status.st_mtime_ns, size)
        # RFC 9110 §8.8.2.1: a date in the future is replaced by that of the answer.
        self.modified_s = min(status.st_mtime_ns // 1_000_000_000, now_s)
        self.body = body
        self.spellings = (0, 0)
        self.is_settled = is_settled
        self.validator_lines = (
            b"Last-Modified: %s\r\nAccept-Ranges: bytes\r\nETag: %s\r\n"
            % (format_http_date(self.modified_s), etag)
        )

    def is_current(self) -> bool:
        """Whether the file, and the folder if one matters, are as they were."""
        try:
            if fingerprint_of(os.stat(self.path)) != self.fingerprint:
                return False
            folder = self.folder
            return folder is None or fingerprint_of(os.stat(folder[0])) == folder[1]
        except OSError:
            return False


class FileCache:
    """The file cache of one worker."""

    __slots__ = ("_clock", "_entries", "_max_octets", "_octets")

    def __init__(self, clock: Clock, max_octets: int = MAX_CACHE_OCTETS) -> None:
        """Keep at most `max_octets` of file contents."""
        self._clock = clock
        self._entries: OrderedDict[tuple[str, str], FileEntry] = OrderedDict()
        self._octets = 0
        self._max_octets = max_octets

    def find(
        self, directory: VirtualDirectory, segments: tuple[str, ...], *, is_folder: bool
    ) -> FileEntry | NotFound:
        """The file for a path below `directory`, as `locate_file` finds it.

        Raises:
            OSError: The system cannot open it, for instance for want of descriptors.
        """
        below = "/".join(segments)
        key = (directory.physical_path, below + "/" if is_folder else below)
        entry = self._entries.get(key)
        if entry is not None:
            if entry.is_current():
                self._entries.move_to_end(key)
                return entry
            self._drop(key)
        found = locate_file(directory, segments, is_folder=is_folder)
        if isinstance(found, NotFound):
            return found
        try:
            entry = self._read(found)
        finally:
            os.close(found.descriptor)
        if entry.is_settled:
            self._keep(key, entry)
        return entry

    def forget(self) -> None:
        """Drop everything: the plan has changed."""
        while self._entries:
            self._drop(next(iter(self._entries)))

    def _read(self, found: FoundFile) -> FileEntry:
        status = found.status
        now = self._clock.now()
        marks = [fingerprint_of(status)]
        if found.folder is not None:
            marks.append(found.folder[1])
        newest = max(max(mark[0], mark[4]) for mark in marks)
        is_settled = found.is_certain and int(now * 1e9) - newest > _RACY_NS
        body = None
        if status.st_size <= MAX_FILE_OCTETS:
            body = _read_all(found.descriptor)
            after = fingerprint_of(os.fstat(found.descriptor))
            is_settled &= after == marks[0] and len(body) == status.st_size
        return FileEntry(found, body, int(now), is_settled=is_settled)

    def _keep(self, key: tuple[str, str], entry: FileEntry) -> None:
        self._entries[key] = entry
        self._octets += _cost(entry)
        while self._octets > self._max_octets:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: tuple[str, str]) -> None:
        entry = self._entries.pop(key)
        self._octets -= _cost(entry)
        entry.body = None  # the hot table may refer to it still


def open_entry(entry: FileEntry) -> int | None:
    """A descriptor of exactly that state of the file; ``None`` when it is not there.

    Raises:
        OSError: The system cannot open it, for instance for want of descriptors.
    """
    try:
        descriptor = os.open(entry.path, _OPEN_FLAGS)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
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


def _cost(entry: FileEntry) -> int:
    return _ENTRY_OVERHEAD + (len(entry.body) if entry.body is not None else 0)
