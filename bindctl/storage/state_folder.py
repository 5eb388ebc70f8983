"""Opens the folder of bindctl's own state so that no link can lead elsewhere.

``.bindctl`` beside the metabase, or the folder that BINDCTL_STATE names, holds history,
backups, locks and the files of a running service. A user who may write beside the
metabase could put a link there, and make root write to its target.

1. Everything is opened from the descriptor of its folder, never through a link.
2. Folders and files must belong to the user who runs the command, or, below
   BINDCTL_STATE, which that user named, to the owner of that folder.
3. Folders are 0700 and files 0600, whatever the umask.

On the quick path of writers: imports only `os`, `errno` and what a write needs anyway.
Windows opens nothing from a descriptor: there the rights of the folder above count.
"""

import errno
import os

from bindctl.findings.errors import file_error
from bindctl.storage.file_locations import STATE_NAME, runtime_directory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

HAS_DESCRIPTORS = os.open in os.supports_dir_fd
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
_KIND = 0o170000  # S_IFMT, S_IFREG; `stat` is not imported here
_REGULAR = 0o100000
_RIGHTS = 0o777
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
# Opening a FIFO waits for its other end unless told not to.
_FILE = _NO_LINK | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
# The first folder needs only the right to pass through, not to be read.
_ANCHOR = _FOLDER | getattr(os, "O_PATH", 0) | getattr(os, "O_CLOEXEC", 0)
_IS_LINK = frozenset({errno.ELOOP, errno.EMLINK, errno.ENOTDIR})
_ANYBODY: frozenset[int] = frozenset()
_ELSEWHERE = "BINDCTL_STATE names another folder"


class NotOurs(PermissionError):  # noqa: N818 - as the standard library names its own
    """A link, another user's file, or no access, in place of bindctl's own state.

    Attributes:
        hint: The command that mends it.
    """

    def __init__(self, path: str, cause: str, hint: str) -> None:
        """Keep the parts."""
        super().__init__(errno.EPERM, cause, path)
        self.hint = hint


class StateFolder:
    """A folder that is open; names are those of files right in it.

    Attributes:
        path: Where it is, for messages.
        descriptor: Of the folder; ``None`` on Windows.
    """

    __slots__ = ("_owners", "descriptor", "path")

    def __init__(
        self, path: str, descriptor: int | None, owners: frozenset[int]
    ) -> None:
        """Take over an open descriptor; no owners are any."""
        self.path = path
        self.descriptor = descriptor
        self._owners = owners

    def __enter__(self) -> "StateFolder":
        """Open until the end of the `with`."""
        return self

    def __exit__(
        self,
        kind: "type[BaseException] | None",
        error: "BaseException | None",
        trace: "TracebackType | None",
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the descriptor, also when closing fails."""
        descriptor, self.descriptor = self.descriptor, None
        try:
            if descriptor is not None:
                os.close(descriptor)
        except OSError:
            pass  # the descriptor is gone all the same

    def where(self, name: str) -> str:
        """The path of a file, for messages."""
        return os.path.join(self.path, name)

    def open(self, name: str, flags: int) -> int:
        """The descriptor of a regular file.

        Raises:
            NotOurs: It is a link, not a file, or another user's.
            OSError: It cannot be opened.
        """
        try:
            descriptor = os.open(
                self._at(name), flags | _FILE, PRIVATE_FILE, dir_fd=self.descriptor
            )
        except OSError as error:
            self._explain(name, error)
            raise
        try:
            self._require_file(name, os.fstat(descriptor))
            if flags & os.O_CREAT and self.descriptor is not None:
                _set_mode(descriptor, PRIVATE_FILE)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def read(self, name: str, limit: int) -> bytes:
        """A file's octets; if it has more than the limit, the first ones.

        Raises:
            NotOurs, OSError: As `open`.
        """
        descriptor = self.open(name, os.O_RDONLY)
        try:
            pieces = []
            while limit > 0 and (piece := os.read(descriptor, min(limit, _STEP))):
                pieces.append(piece)
                limit -= len(piece)
            return b"".join(pieces)
        finally:
            os.close(descriptor)

    def names(self) -> list[str]:
        """Everything in the folder."""
        return os.listdir(self.path if self.descriptor is None else self.descriptor)

    def size(self, name: str) -> int:
        """A file's octets; for a link, the link itself."""
        return os.lstat(self._at(name), dir_fd=self.descriptor).st_size

    def unlink(self, name: str) -> None:
        """Remove a file; of a link, the link."""
        os.unlink(self._at(name), dir_fd=self.descriptor)

    def replace(self, old: str, new: str) -> None:
        """Give a file another one's name."""
        at = self.descriptor
        os.replace(self._at(old), self._at(new), src_dir_fd=at, dst_dir_fd=at)

    def make_folder(self, name: str) -> None:
        """Make a folder in it, closed to others.

        Raises:
            FileExistsError: Something has that name.
            NotOurs: Nothing may be made there.
        """
        try:
            make_private_folder(self._at(name), self.descriptor)
        except PermissionError as error:
            raise NotOurs(self.where(name), "permission denied", _ELSEWHERE) from error

    def remove_folder(self, name: str) -> None:
        """Remove an empty folder in it."""
        os.rmdir(self._at(name), dir_fd=self.descriptor)

    def folder(self, name: str, *, make: bool = False) -> "StateFolder":
        """A folder in it.

        Args:
            name: Of the folder.
            make: Whether to make it when it is missing.

        Raises:
            NotOurs: It is a link, or another user's.
            OSError: It cannot be opened; FileNotFoundError, it is missing.
        """
        try:
            descriptor = self._open_folder(name)
        except FileNotFoundError:
            if not make:
                raise
            try:  # noqa: SIM105 - contextlib is not imported here
                self.make_folder(name)
            except FileExistsError:
                pass  # another process was quicker
            descriptor = self._open_folder(name)
        below = StateFolder(self.where(name), descriptor, self._owners)
        if descriptor is None:
            return below
        try:
            status = os.fstat(descriptor)
            self._require_owner(name, status)
            if status.st_uid == os.geteuid() and self._owners:
                _set_mode(descriptor, PRIVATE_FOLDER)
        except BaseException:
            below.close()
            raise
        return below

    def _open_folder(self, name: str) -> int | None:
        if self.descriptor is None:
            os.stat(self.where(name))
            return None
        try:
            return os.open(name, _FOLDER | _NO_LINK, dir_fd=self.descriptor)
        except OSError as error:
            self._explain(name, error)
            raise

    def _at(self, name: str) -> str:
        return name if self.descriptor is not None else self.where(name)

    def _explain(self, name: str, error: OSError) -> None:
        """Explain a failure that a link or another user has caused.

        Raises:
            NotOurs: It is.
        """
        if self.descriptor is None:
            return
        error.filename = self.where(name)  # it was opened by its name alone
        try:
            if error.errno == errno.EACCES:
                self._require_owner(name, os.lstat(name, dir_fd=self.descriptor))
            if error.errno not in _IS_LINK:
                return
            os.readlink(name, dir_fd=self.descriptor)
        except NotOurs:
            raise
        except OSError:
            return
        path = self.where(name)
        cause = "a symbolic link, which is never followed there"
        raise NotOurs(path, cause, f"rm {_quote(path)} removes the link") from error

    def _require_file(self, name: str, status: os.stat_result) -> None:
        if status.st_mode & _KIND != _REGULAR:
            raise OSError(errno.EINVAL, "not a regular file", self.where(name))
        self._require_owner(name, status)

    def _require_owner(self, name: str, status: os.stat_result) -> None:
        if not self._owners or status.st_uid in self._owners:
            return
        path, owner = self.where(name), account_name(status.st_uid)
        user = account_name(os.geteuid())
        sudo = "" if os.geteuid() == 0 else "sudo "
        hint = f"{sudo}chown -R {user} {_quote(path)} makes it yours; {_ELSEWHERE}"
        raise NotOurs(path, f"it belongs to {owner}, not to {user}", hint)


_STEP = 1 << 20  # octets of a file read at once


def open_runtime(metabase: str, *, make: bool = False) -> StateFolder:
    """The folder of a metabase's state.

    Args:
        metabase: Absolute path of the file.
        make: Whether to make it when it is missing.

    Raises:
        FileNotFoundError: It is missing, and is not to be made.
        BindctlError: MET005, it is a link or another user's, or may not be opened;
            MET006, it cannot be made.
    """
    path = runtime_directory(metabase)
    try:
        return open_state(path, make=make)
    except FileNotFoundError as error:
        if not make:
            raise
        raise file_error(path, error) from error
    except OSError as error:
        raise file_error(error.filename or path, error) from error


def open_state(
    path: str,
    *,
    make: bool = False,
    user: int | None = None,
    of_anybody: bool = False,
) -> StateFolder:
    """A folder of state by its path: ``.../.bindctl/NAME``, or one below another.

    Args:
        path: Absolute; what lies above the last folder, or above ``.bindctl``, is
            followed wherever it leads.
        make: Whether to make it when it is missing.
        user: The required owner; ``None`` is the user of this process.
        of_anybody: Whether any owner is accepted, because it is only read.

    Raises:
        NotOurs: It is a link, or another user's.
        OSError: It cannot be opened; FileNotFoundError, it is missing.
    """
    above, name = os.path.split(path)
    names = [name]
    is_beside = os.path.basename(above) == STATE_NAME
    if is_beside:
        above, names = os.path.dirname(above), [STATE_NAME, name]
    elif make:
        os.makedirs(above, mode=PRIVATE_FOLDER, exist_ok=True)
    folder = StateFolder(above, None, _ANYBODY)
    if HAS_DESCRIPTORS:
        descriptor = os.open(above, _ANCHOR)
        owners = {os.geteuid() if user is None else user}
        if not is_beside:
            owners.add(os.fstat(descriptor).st_uid)
        trusted = _ANYBODY if of_anybody else frozenset(owners)
        folder = StateFolder(above, descriptor, trusted)
    for each in names:
        with folder:
            folder = folder.folder(each, make=make)
    return folder


def make_private_folder(path: str, within: int | None = None) -> None:
    """Make a folder that its owner alone, and its owner surely, may use.

    The umask is left as it is: all threads of a process have one.

    Args:
        path: The folder.
        within: Descriptor of the folder that `path` starts from.
    """
    os.mkdir(path, PRIVATE_FOLDER, dir_fd=within)
    status = os.stat(path, dir_fd=within, follow_symlinks=False)
    if status.st_mode & _RIGHTS != PRIVATE_FOLDER:  # the umask forbids the owner, too
        os.chmod(path, PRIVATE_FOLDER, dir_fd=within)


def _set_mode(descriptor: int, mode: int) -> None:
    """Set the permission bits, unless they are right already."""
    if os.fstat(descriptor).st_mode & _RIGHTS != mode:
        os.fchmod(descriptor, mode)


def account_name(number: int) -> str:
    """The name of a user of this machine, or the number."""
    import pwd  # noqa: PLC0415 - errors only

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _quote(path: str) -> str:
    from shlex import quote  # noqa: PLC0415 - errors only

    return quote(path)
