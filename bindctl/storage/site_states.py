"""The states of a running service's sites, as it wrote them down.

On the quickest path: imports only `os`.
"""

import os

from bindctl.storage.file_locations import runtime_directory

STATES_NAME = "states"
LOCK_NAME = "service.lock"
MAX_STATES_OCTETS = 64 << 20  # a million sites, and more


def read_states(metabase: str) -> dict[int, tuple[int, int]]:
    """ServerState and Win32Error of each site, by identifier, of a running service.

    Empty when no service runs.
    """
    directory = runtime_directory(metabase)
    if not os.path.isdir(directory):
        return {}
    # Imported here: most commands find no folder, where no service has run.
    from bindctl.storage.state_folder import open_state  # noqa: PLC0415

    try:
        with open_state(directory, of_anybody=True) as folder:
            if not _is_locked(folder.open(LOCK_NAME, os.O_RDONLY)):
                return {}  # a service that was killed leaves its files behind
            text = folder.read(STATES_NAME, MAX_STATES_OCTETS).decode("ascii")
        rows = [line.split() for line in text.splitlines()]
        return {int(site): (int(state), int(error)) for site, state, error in rows}
    except (OSError, ValueError):
        return {}


def _is_locked(descriptor: int) -> bool:
    """Whether a service holds its lock: its pid may be another program's by now.

    The descriptor is closed.

    Asking holds the lock for an instant; a service that starts just then tries again.
    """
    try:
        import fcntl  # noqa: PLC0415 - missing on Windows, where nothing locks
    except ImportError:
        os.close(descriptor)
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
