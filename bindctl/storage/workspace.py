"""What an operation may touch: one metabase, the files beside it, and the clock.

On the quickest path: imports the file of the metabase and nothing else.
"""

import os
from abc import abstractmethod

from bindctl.findings.errors import BindctlError, file_error
from bindctl.storage.file_locations import runtime_directory
from bindctl.storage.file_reading import find_octets, read_small_file, require_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from bindctl.storage.author import Author
    from bindctl.storage.disk_writing import Change

    # Gets the workspace, the metabase's octets (``None`` when it is gone), those that
    # are to replace them, and the sites that the command means; whatever it raises,
    # nothing is written.
    Judge = Callable[["Workspace", bytes | None, bytes, frozenset[int]], None]

_NO_SITES: frozenset[int] = frozenset()


def system_clock() -> "datetime":
    """The present: the one place that asks the system for it."""
    from datetime import UTC, datetime  # noqa: PLC0415 - slow to import

    return datetime.now(UTC)  # noqa: TID251 - the clock itself


class Workspace:
    """A metabase, the files beside it and the clock: all that an operation touches.

    Attributes:
        path: Absolute path of the metabase's file.
        clock: Gives the present, aware UTC.
        kept: Files that read otherwise than the disk has them, by path; ``None`` is
            one that is gone.
    """

    __slots__ = ("clock", "kept", "path")

    def __init__(
        self,
        path: str,
        clock: "Callable[[], datetime]",
        kept: "Mapping[str, bytes | None]",
    ) -> None:
        """Nothing is read yet."""
        self.path = path
        self.clock = clock
        self.kept = kept

    @abstractmethod
    def find(self) -> bytes | None:
        """The metabase's octets, of whatever version; ``None`` when it is gone.

        Raises:
            BindctlError: MET002 or MET005.
        """

    @abstractmethod
    def rewrite(
        self,
        change: "Change",
        author: "Author | None" = None,
        sites: frozenset[int] = _NO_SITES,
    ) -> bool:
        """Replace the metabase by what `change` makes of it; whether it changed.

        The whole of it happens under the metabase's lock, so that no write of another
        process is lost; whatever fails, the file keeps its old octets.

        Args:
            change: Gets the octets, ``None`` when the file is gone; gives the new ones
                and the version of history they go back to, if it is an undo.
            author: Who writes, for history; ``None`` is this process.
            sites: Identifiers that the command means, whether or not it edits them.

        Raises:
            BindctlError: MET004, MET005 or MET006; the write is refused; or what
                `change` raises.
        """

    @abstractmethod
    def write_file(self, path: str, octets: bytes, mode: int) -> None:
        """Write a file whole.

        Raises:
            BindctlError: MET005 or MET006.
        """

    @abstractmethod
    def remove_file(self, path: str) -> bool:
        """Remove a file; whether it was there.

        Raises:
            BindctlError: MET005 or MET006.
        """

    @abstractmethod
    def make_folder(self, path: str, *, is_private: bool = False) -> tuple[str, ...]:
        """Make a folder, and those above it; the ones that were missing, upwards.

        Args:
            path: The folder.
            is_private: Whether it is for private keys: closed to others, and kept out
                of version control.

        Raises:
            BindctlError: MET005 or MET006.
        """

    @abstractmethod
    def lock_file(self, path: str) -> int:
        """Wait for a lock; closing the descriptor releases it.

        Raises:
            BindctlError: MET004, MET005 or MET006.
        """

    @abstractmethod
    def write_state(self, folder: str, name: str, octets: bytes | None) -> None:
        """Write a private file of a folder in the runtime directory; ``None`` removes it.

        Raises:
            BindctlError: MET005 or MET006.
        """

    @abstractmethod
    def lock_state(self, folder: str, name: str) -> int:
        """As `lock_file`, of the runtime directory; makes a folder in it, too."""

    @abstractmethod
    def captured(self) -> "Workspace":
        """The same without any write: what would be written is kept, and judged."""

    def find_file(self, path: str) -> bytes | None:
        """A file of a store, up to 1 MiB; ``None`` when there is none.

        Raises:
            BindctlError: MET005 or MET006.
        """
        if path in self.kept:
            return self.kept[path]
        try:
            return read_small_file(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise file_error(path, error) from error

    def read(self) -> bytes:
        """The metabase's octets.

        Raises:
            BindctlError: MET001, MET005, MET008, or MET002 when it is not a file that
                can be read.
        """
        return require_known(self.path, self.find())

    def update(
        self,
        change: "Callable[[bytes], bytes]",
        author: "Author | None" = None,
        sites: "Iterable[int]" = (),
    ) -> bool:
        """As `rewrite`, by what every command can read, and by nothing else.

        Raises:
            BindctlError: As `rewrite`; MET002 or MET108, the file could not be read
                afterwards.
        """

        def change_known(before: bytes | None) -> tuple[bytes, int | None]:
            known = require_known(self.path, before)
            after = change(known)
            # Imported here: most commands only read.
            from bindctl.toml.vouching import require_readable  # noqa: PLC0415

            require_readable(known, after)
            return after, None

        return self.rewrite(change_known, author, frozenset(sites))

    def replace(
        self, seen: bytes, octets: bytes, author: "Author | None" = None
    ) -> bool:
        """As `update`, if the metabase still is what the caller has `seen`.

        Raises:
            BindctlError: MET007, somebody else wrote in between; or as `update`.
        """

        def change(before: bytes) -> bytes:
            if before != seen:
                name = os.path.basename(self.path)
                raise BindctlError(
                    "MET007",
                    f"{name} has changed since you read it; nothing was written",
                    "read it again, and make the change anew",
                )
            return octets

        return self.update(change, author)

    def restore(self, octets: bytes, author: "Author | None" = None) -> bool:
        """As `rewrite`, also when the file is gone or of another version.

        A file made anew is readable by its owner alone: nobody knows what it was.

        Raises:
            BindctlError: MET008, the content is of another version; or as `rewrite`.
        """
        require_known(self.path, octets)
        return self.rewrite(lambda _before: (octets, None), author)


class DiskWorkspace(Workspace):
    """The real one: every write is made at once."""

    __slots__ = ()

    def __init__(
        self, path: str, clock: "Callable[[], datetime]" = system_clock
    ) -> None:
        """The metabase in that file."""
        super().__init__(path, clock, {})

    def find(self) -> bytes | None:
        """As the disk has it."""
        return find_octets(self.path)

    def rewrite(
        self,
        change: "Change",
        author: "Author | None" = None,
        sites: frozenset[int] = _NO_SITES,  # noqa: ARG002 - for who judges
    ) -> bool:
        """Change the file under its lock."""
        # Imported here, as below: most commands only read.
        from bindctl.storage.disk_writing import rewrite_file  # noqa: PLC0415

        return rewrite_file(self.path, change, author)

    def write_file(self, path: str, octets: bytes, mode: int) -> None:
        """Replace the file whole."""
        # Imported here: most commands write no such file.
        from bindctl.storage.atomic import write_atomically  # noqa: PLC0415

        write_atomically(path, octets, mode)

    def remove_file(self, path: str) -> bool:
        """Take it off the disk."""
        try:
            os.unlink(path)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise file_error(path, error) from error
        return True

    def make_folder(self, path: str, *, is_private: bool = False) -> tuple[str, ...]:
        """Make it on the disk."""
        if is_private:
            # Imported here: most commands make no such folder.
            from bindctl.storage.disk_writing import (  # noqa: PLC0415
                create_private_directory,
            )

            create_private_directory(path)
        if os.path.isdir(path):
            return ()
        made = [path.rstrip(os.sep)]
        while not os.path.lexists(above := os.path.dirname(made[-1])):
            made.append(above)
        try:
            os.makedirs(path, exist_ok=True)
        except OSError as error:
            raise file_error(path, error) from error
        return tuple(made)

    def lock_file(self, path: str) -> int:
        """Other processes wait for it, too."""
        # Imported here: most commands lock no such file.
        from bindctl.storage.file_lock import take_lock  # noqa: PLC0415

        return take_lock(path)

    def write_state(self, folder: str, name: str, octets: bytes | None) -> None:
        """In a folder that nobody else leads anywhere."""
        from bindctl.storage.disk_writing import (  # noqa: PLC0415 - as above
            write_state,
        )

        write_state(self.path, folder, name, octets)

    def lock_state(self, folder: str, name: str) -> int:
        """Other processes wait for it, too."""
        from bindctl.storage.disk_writing import (  # noqa: PLC0415 - as above
            lock_state,
        )

        return lock_state(self.path, folder, name)

    def captured(self) -> "Captured":
        """One that writes nothing."""
        return Captured(self)


def may_be_gated(octets: bytes | None) -> bool:
    """Whether a metabase may say ``gate = true``; most surely do not."""
    if octets is None:
        return False
    lower = octets.lower()
    return b"gate" in lower or b"\\u" in lower  # an escape may spell the name


class Gated(Workspace):
    """Asks before the metabase is written, under its lock.

    Folders that were made for a write which is refused are removed.
    """

    __slots__ = ("_inner", "_judge", "_made")

    def __init__(self, inner: Workspace, judge: "Judge") -> None:
        """Writes go to `inner` once the judge has let them pass."""
        super().__init__(inner.path, inner.clock, inner.kept)
        self._inner = inner
        self._judge = judge
        self._made: tuple[str, ...] = ()

    def find(self) -> bytes | None:
        """As `inner` has it."""
        return self._inner.find()

    def rewrite(
        self,
        change: "Change",
        author: "Author | None" = None,
        sites: frozenset[int] = _NO_SITES,
    ) -> bool:
        """The judge is not asked when nothing changes."""

        def judged(before: bytes | None) -> tuple[bytes, int | None]:
            after, undone_to = change(before)
            if after != before:
                try:
                    self._judge(self._inner, before, after, sites)
                except BindctlError:
                    remove_folders(self._made)
                    raise
            self._made = ()
            return after, undone_to

        return self._inner.rewrite(judged, author, sites)

    def write_file(self, path: str, octets: bytes, mode: int) -> None:
        """As `inner` does: a certificate alone changes nothing that is served."""
        self._inner.write_file(path, octets, mode)

    def remove_file(self, path: str) -> bool:
        """As `inner` does."""
        return self._inner.remove_file(path)

    def make_folder(self, path: str, *, is_private: bool = False) -> tuple[str, ...]:
        """As `inner` does."""
        made = self._inner.make_folder(path, is_private=is_private)
        self._made = (*made, *self._made)
        return made

    def lock_file(self, path: str) -> int:
        """As `inner` does."""
        return self._inner.lock_file(path)

    def write_state(self, folder: str, name: str, octets: bytes | None) -> None:
        """As `inner` does."""
        self._inner.write_state(folder, name, octets)

    def lock_state(self, folder: str, name: str) -> int:
        """As `inner` does."""
        return self._inner.lock_state(folder, name)

    def captured(self) -> "Gated":
        """The same judge is asked about what would be written."""
        return Gated(self._inner.captured(), self._judge)


class Captured(Workspace):
    """Keeps what would be written, and reads it back; the disk stays as it is.

    Attributes:
        inner: What is read where nothing is kept.
        octets: What the metabase would hold; ``None`` when nothing would be written.
        sites: Identifiers that the writes mean, whether or not they edit them.
    """

    __slots__ = ("_files", "inner", "octets", "sites")

    def __init__(self, inner: Workspace) -> None:
        """Nothing would be written yet."""
        self._files = dict(inner.kept)
        super().__init__(inner.path, inner.clock, self._files)
        self.inner = inner
        self.octets: bytes | None = None
        self.sites = _NO_SITES

    def find(self) -> bytes | None:
        """What would be there."""
        return self.inner.find() if self.octets is None else self.octets

    def rewrite(
        self,
        change: "Change",
        author: "Author | None" = None,  # noqa: ARG002 - no version is made
        sites: frozenset[int] = _NO_SITES,
    ) -> bool:
        """Nobody else sees it: no lock is needed."""
        before = self.find()
        self.octets, _undone_to = change(before)
        self.sites |= sites
        return self.octets != before

    def write_file(self, path: str, octets: bytes, mode: int) -> None:  # noqa: ARG002
        """Keep it."""
        self._files[path] = octets

    def remove_file(self, path: str) -> bool:
        """Keep that it is gone."""
        was_there = self.find_file(path) is not None
        self._files[path] = None
        return was_there

    def make_folder(
        self,
        path: str,  # noqa: ARG002
        *,
        is_private: bool = False,  # noqa: ARG002
    ) -> tuple[str, ...]:
        """None is made."""
        return ()

    def lock_file(self, path: str) -> int:  # noqa: ARG002
        """Nobody else sees what is kept here."""
        return os.open(os.devnull, os.O_RDONLY)

    def write_state(self, folder: str, name: str, octets: bytes | None) -> None:
        """Keep it."""
        self._files[os.path.join(runtime_directory(self.path), folder, name)] = octets

    def lock_state(self, folder: str, name: str) -> int:  # noqa: ARG002
        """As `lock_file`."""
        return self.lock_file(name)

    def captured(self) -> "Captured":
        """It writes nothing already."""
        return self


def remove_folders(paths: "Iterable[str]") -> None:
    """Remove folders that are empty, each before the one that it is in."""
    for path in paths:
        try:  # noqa: SIM105 - contextlib is not imported here
            os.rmdir(path)
        except OSError:
            pass  # somebody else has put a file there
