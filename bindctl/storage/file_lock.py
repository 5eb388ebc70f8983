"""One writer at a time: a lock that dies with its process.

On the quick path of writers: imports only what Python has loaded. Locks are flock(2)'s:
the kernel releases one when its process dies, however it dies, so that a stale lock
cannot exist.
"""

import os
import time

from bindctl.findings.errors import BindctlError, file_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bindctl.storage.state_folder import StateFolder

LOCK_TIMEOUT_S = 60.0  # two hundred queued writers need about three seconds
_LOCK_PAUSE_S = 0.005
_FLAGS = os.O_RDWR | os.O_CREAT
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


def take_lock(
    path: str,
    timeout_s: float = LOCK_TIMEOUT_S,
    folder: "StateFolder | None" = None,
) -> int:
    """Wait for the lock of that file, which is made when it is missing.

    Args:
        path: The file; a link there is not followed.
        timeout_s: How long to wait.
        folder: The folder that holds it, if that is bindctl's own.

    Returns:
        A descriptor; closing it releases the lock.

    Raises:
        BindctlError: MET004, it is held for longer than `timeout_s`; MET005 or
            MET006, the file cannot be made.
    """
    try:
        if folder is not None:
            descriptor = folder.open(os.path.basename(path), _FLAGS)
        else:
            descriptor = os.open(path, _FLAGS | _NO_LINK, 0o600)
    except OSError as error:
        raise file_error(path, error) from error
    try:
        _wait_for(descriptor, path, timeout_s)
    except OSError as error:
        os.close(descriptor)
        raise file_error(path, error) from error
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def release_lock(descriptor: int) -> None:
    """Release the lock, also when closing the file fails."""
    try:  # noqa: SIM105 - contextlib is not imported here
        os.close(descriptor)
    except OSError:
        pass  # the descriptor is gone all the same, and the lock with it


def _wait_for(descriptor: int, path: str, timeout_s: float) -> None:
    waited_s = 0.0
    while not _try_lock(descriptor):
        if waited_s >= timeout_s:
            raise BindctlError(
                "MET004",
                f"{path} is held by another process",
                "try again when it is done; nothing was written",
            )
        time.sleep(_LOCK_PAUSE_S)
        waited_s += _LOCK_PAUSE_S


def _try_lock(descriptor: int) -> bool:
    import fcntl  # noqa: PLC0415 - only writers need it

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
