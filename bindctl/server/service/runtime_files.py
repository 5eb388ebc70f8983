"""The runtime directory: lock, pid, states and the place of the control socket.

1. The directory is given open, 0700; everything in it is made by its descriptor,
   private from its first instant, and no link there is followed.
2. One service for each directory: the lock is held as long as the supervisor lives.
3. If a file cannot be written, only its content is lost; the service goes on.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import time
from typing import TYPE_CHECKING, Final, Protocol

from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.server.service.control_client import CONTROL_NAME, control_address
from bindctl.server.service.service_log import log_service_rarely

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from bindctl.server.service.service_plan import SiteStatus

PID_NAME: Final = "pid"
STATES_NAME: Final = "states"
LOCK_NAME: Final = "service.lock"
SERVED_NAME: Final = "served"
PROBE_SECRET_NAME: Final = "probe-secret"  # noqa: S105 - the name of its file
_SECRET_OCTETS: Final = 16
_BACKLOG: Final = 16
# A command that asks whether a service runs holds the lock for an instant
# (`storage.site_states`).
_LOCK_TRIES: Final = 25
_LOCK_PAUSE_S: Final = 0.02


_REMOVED_NAMES: Final = (
    CONTROL_NAME,
    PID_NAME,
    STATES_NAME,
    SERVED_NAME,
    PROBE_SECRET_NAME,
)


class StateFolder(Protocol):
    """A folder that is open, in which no link is followed: `storage.state_folder`."""

    path: str
    descriptor: int | None

    def open(self, name: str, flags: int) -> int:
        """The descriptor of a file, 0600."""
        ...

    def unlink(self, name: str) -> None:
        """Remove a file."""
        ...

    def replace(self, old: str, new: str) -> None:
        """Give a file another one's name."""
        ...


class RuntimeDirectory:
    """A service's own folder while it runs.

    Attributes:
        states_are_stale: The states could not be written: try again later.
    """

    def __init__(self, folder: StateFolder) -> None:
        """Nothing is touched before the `with`."""
        self.path = folder.path
        self._folder = folder
        self.states_are_stale = False
        self._lock = -1

    def __enter__(self) -> RuntimeDirectory:
        """Take the lock.

        Raises:
            BindctlError: SRV002 when another service holds it, SRV003 when the folder
                cannot be used.
        """
        try:
            self._lock = self._folder.open(LOCK_NAME, os.O_RDWR | os.O_CREAT)
        except OSError as error:
            message = f"{self.path}: {error.strerror}"
            raise BindctlError(
                "SRV003",
                message,
                "make it writable for this user",
                ExitStatus.PERMISSION,
            ) from error
        if not _try_lock(self._lock):
            self.forget_lock()
            message = f"{self.path}: a service runs for this metabase already"
            raise BindctlError(
                "SRV002", message, "bindctl reset gives it the new configuration"
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove everything but the lock file, then release the lock."""
        self.remove_files()
        self.forget_lock()

    def remove_files(self) -> None:
        """Remove control socket, pid and states: nothing runs here any more."""
        for name in _REMOVED_NAMES:
            with contextlib.suppress(OSError):
                self._folder.unlink(name)

    def forget_lock(self) -> None:
        """Close this process's hold on the lock: at the end, and in workers."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def write_pid(self) -> None:
        """Write the process number, for scripts that send signals."""
        self._replace(PID_NAME, f"{os.getpid()}\n")

    def write_states(self, statuses: Iterable[SiteStatus]) -> None:
        """One line a site: identifier, ServerState and Win32Error."""
        lines = (
            f"{item.identifier} {int(item.state)} {int(item.win32_error)}\n"
            for item in statuses
        )
        self.states_are_stale = not self._replace(STATES_NAME, "".join(lines))

    def write_served(self, text: str) -> str:
        """The path of a file with `text`, private to the owner.

        Raises:
            BindctlError: SRV003, it cannot be written.
        """
        if not self._replace(SERVED_NAME, text):
            message = f"{self._file(SERVED_NAME)} cannot be written"
            raise BindctlError("SRV003", message, "free space; the service goes on")
        return self._file(SERVED_NAME)

    def make_probe_secret(self) -> str:
        """A word for those who may read this folder; empty when the disk is full."""
        word = secrets.token_hex(_SECRET_OCTETS)
        return word if self._replace(PROBE_SECRET_NAME, f"{word}\n") else ""

    def open_control(self) -> socket.socket:
        """The listening control socket, 0600 from the moment it exists.

        Raises:
            BindctlError: SRV003, the folder cannot hold one.
        """
        try:
            return self._open_control()
        except OSError as error:
            message = f"{self.path}: no control socket: {error.strerror or error}"
            raise BindctlError("SRV003", message) from error

    def _open_control(self) -> socket.socket:
        with contextlib.suppress(FileNotFoundError):
            self._folder.unlink(CONTROL_NAME)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        old_mask = os.umask(0o177)
        try:
            listening.bind(control_address(self._folder))
        except BaseException:
            listening.close()
            raise
        finally:
            os.umask(old_mask)
        listening.listen(_BACKLOG)
        listening.setblocking(False)  # noqa: FBT003 - the standard library's signature
        return listening

    def _replace(self, name: str, text: str) -> bool:
        """Write a file whole; if that fails, remove the old one, which is now wrong."""
        path, draft = self._file(name), f"{name}.new"
        try:
            with contextlib.suppress(FileNotFoundError):
                self._folder.unlink(draft)  # of a service that was killed
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            descriptor = self._folder.open(draft, flags)
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(text)
            self._folder.replace(draft, name)
        except OSError as error:
            cause = error.strerror or str(error)
            log_service_rarely(path, f"{path} cannot be written: {cause}")
            for each in (draft, name):
                with contextlib.suppress(OSError):
                    self._folder.unlink(each)
            return False
        return True

    def _file(self, name: str) -> str:
        return os.path.join(self.path, name)


def _try_lock(descriptor: int) -> bool:
    try:
        import fcntl  # noqa: PLC0415 - missing on Windows
    except ImportError:
        return True
    for _try in range(_LOCK_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOCK_PAUSE_S)
        except OSError:
            return False
        else:
            return True
    return False
