"""History: every content the metabase has had, as numbered files and an index.

``history/NNNNNNNNNN.toml`` beside the lock holds a version's octets; ``index.tsv`` one
line for each: number, time, user, size, the version an undo went back to, command.
Written here, under the metabase's lock; read in `versions`. On the quick path of
writers: imports only `os` and what a write has imported already.

1. Nothing here stops a write: a failure is reported to the author, and the version is
   left out.
2. A version's line is written after its file, and both before the next write.
3. Nothing is synced: after a power failure the newest versions may be missing, and one
   that is shorter than its line says does not count.
"""

import os

from bindctl.findings.errors import BindctlError
from bindctl.storage.author import Author, format_time
from bindctl.storage.state_folder import StateFolder
from bindctl.toml.reader import read_table
from bindctl.toml.scanner import BOM, Span

FOLDER_NAME = "history"
INDEX_NAME = "index.tsv"
OLD_INDEX_NAME = "index.old.tsv"
VERSION_END = ".toml"
DEFAULT_LIMIT = 10  # MaxHistoryFiles of IIS 6
FOUND = "as it was found"
OUTSIDE = "changed outside bindctl"
NO_UNDO = "-"
_IGNORE_ALL = b"# versions of the metabase: they may hold passwords\n*\n"
_DIGITS = 10
_TAIL_OCTETS = 16 * 1024  # more than two of the longest lines
MAX_INDEX_OCTETS = 1 << 20  # about ten thousand writes; then the older half goes
_MAX_CUTS = 16  # lines that begin with a bracket inside /LM's own values


class History:
    """The history of one metabase, open for a write; the caller holds the lock."""

    __slots__ = ("_author", "_folder", "_limit", "_newest", "_size")

    def __init__(self, runtime: StateFolder, author: Author, limit: int) -> None:
        """Find the newest version.

        Args:
            runtime: The metabase's runtime directory, open.
            author: Of the write.
            limit: How many versions are kept; at least one.

        Raises:
            OSError: The folder cannot be made or read.
        """
        self._author = author
        self._limit = limit
        self._folder = runtime.folder(FOLDER_NAME, make=True)
        try:
            names = self._folder.names()
            if not names:
                _write(self._folder, ".gitignore", _IGNORE_ALL, os.O_EXCL)
            self._newest, self._size = _read_newest(self._folder, names)
        except BaseException:
            self._folder.close()
            raise

    def close(self) -> None:
        """Close the folder."""
        self._folder.close()

    def keep_outside(self, octets: bytes, metabase: str) -> None:
        """Keep the file's content if no version has it: somebody wrote by hand.

        Raises:
            OSError: It cannot be kept.
        """
        if self._size == len(octets) and self._has(octets):
            return
        words = OUTSIDE if self._newest else FOUND
        when = format_time(os.stat(metabase).st_mtime)
        self._add(octets, Author("", words, when), None)

    def keep(self, octets: bytes, undone_to: int | None) -> None:
        """Keep what was just written, and no more versions than the limit.

        Args:
            octets: The metabase's content.
            undone_to: The version an undo went back to.

        Raises:
            OSError: It cannot be kept.
        """
        self._add(octets, self._author, undone_to)
        for number in version_numbers(self._folder.names())[: -self._limit]:
            self._folder.unlink(version_name(number))

    def _has(self, octets: bytes) -> bool:
        try:
            limit = len(octets) + 1
            return self._folder.read(version_name(self._newest), limit) == octets
        except OSError:
            return False

    def _add(self, octets: bytes, author: Author, undone_to: int | None) -> None:
        number = self._newest + 1
        name = version_name(number)
        try:
            _write(self._folder, name, octets, os.O_EXCL)
        except OSError:
            _remove(self._folder, name)  # a part of a version does not count
            raise
        self._newest, self._size = number, len(octets)
        fields = (
            f"{number:0{_DIGITS}}",
            author.time,
            author.user,
            str(len(octets)),
            NO_UNDO if undone_to is None else str(undone_to),
            author.command,
        )
        line = "\t".join(fields).encode("utf-8", "replace") + b"\n"
        _append_line(self._folder, line)


def open_history(
    runtime: StateFolder, octets: bytes, author: Author
) -> "History | None":
    """The history that keeps a write; ``None`` when it is off or cannot be opened.

    Args:
        runtime: The metabase's runtime directory.
        octets: The document about to be written, whose /LM says what is kept.
        author: Of the write.
    """
    limit = read_limit(octets)
    if limit == 0:
        return None
    try:
        return History(runtime, author, limit)
    except OSError as error:
        tell(author, error)
        return None


def tell(author: Author, error: OSError) -> None:
    """Report that a version is not kept, or that an old one is not removed."""
    if author.tell is not None:
        cause = (error.strerror or str(error)).lower()
        place = f"{error.filename}: " if error.filename else ""
        author.tell(f"warning: history is not complete: {place}{cause}\n")


def version_name(number: int) -> str:
    """The file of a version."""
    return f"{number:0{_DIGITS}}{VERSION_END}"


def version_numbers(names: list[str]) -> list[int]:
    """Numbers of the versions among names of files, ascending."""
    stems = (name[: -len(VERSION_END)] for name in names if name.endswith(VERSION_END))
    return sorted(int(s) for s in stems if len(s) == _DIGITS and s.isdecimal())


def read_limit(octets: bytes) -> int:
    """How many versions the document wants kept: MaxHistoryFiles; 0 for none."""
    limit: object = DEFAULT_LIMIT
    for name, value in _read_own_values(octets).items():
        folded = name.lower()
        if folded == "enablehistory" and value in (0, False):
            return 0
        if folded == "maxhistoryfiles":
            limit = value
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
        return DEFAULT_LIMIT  # `check` reports it
    return limit


def _read_own_values(octets: bytes) -> dict[str, object]:
    """The text before the first table; what follows is not read."""
    start = len(BOM) if octets.startswith(BOM) else 0
    if octets.startswith(b"[", start):
        return {}
    end = start
    for _attempt in range(_MAX_CUTS):
        end = octets.find(b"\n[", end) + 1
        if end == 0:
            end = len(octets)
        try:
            return read_table(octets[:end], Span((), 0, start, end))
        except BindctlError:  # cut within a value: a row of it began with a bracket
            if end == len(octets):
                break
    return {}


def _read_newest(folder: StateFolder, names: list[str]) -> tuple[int, int]:
    """Number and size of the newest version; (0, -1) when there is none.

    A file without a line is what a killed process left: its number is taken.
    """
    number, size = 0, -1
    for line in reversed(_read_tail(folder)):
        fields = line.split(b"\t", 4)
        try:
            number, size = int(fields[0]), int(fields[3])
        except (ValueError, IndexError):
            continue
        break
    highest = max(version_numbers(names), default=0)
    return (highest, -1) if highest > number else (number, size)


def _read_tail(folder: StateFolder) -> list[bytes]:
    try:
        descriptor = folder.open(INDEX_NAME, os.O_RDONLY)
    except FileNotFoundError:
        return []
    try:
        size = os.fstat(descriptor).st_size
        os.lseek(descriptor, max(0, size - _TAIL_OCTETS), os.SEEK_SET)
        return os.read(descriptor, _TAIL_OCTETS).split(b"\n")
    finally:
        os.close(descriptor)


def _append_line(folder: StateFolder, line: bytes) -> None:
    try:
        if folder.size(INDEX_NAME) > MAX_INDEX_OCTETS:
            folder.replace(INDEX_NAME, OLD_INDEX_NAME)
    except FileNotFoundError:
        pass
    tail = _read_tail(folder)
    if tail and tail[-1]:  # a line that a killed process did not end
        line = b"\n" + line
    _write(folder, INDEX_NAME, line, os.O_APPEND)


def _write(folder: StateFolder, name: str, octets: bytes, flags: int) -> None:
    descriptor = folder.open(name, os.O_WRONLY | os.O_CREAT | flags)
    try:
        rest = memoryview(octets)
        while rest:  # a write may be short
            rest = rest[os.write(descriptor, rest) :]
    finally:
        os.close(descriptor)


def _remove(folder: StateFolder, name: str) -> None:
    try:  # noqa: SIM105 - contextlib is not imported here
        folder.unlink(name)
    except OSError:
        pass
