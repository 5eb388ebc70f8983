"""The metabase's file: read whole, changed under a lock, replaced atomically.

On the quickest path: imports only `os` and the errors.
"""

import os

from bindctl.findings.errors import BindctlError
from bindctl.metabase.version import require_known_version
from bindctl.storage.places import runtime_directory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

LOCK_NAME = "write.lock"


def read_octets(path: str) -> bytes:
    """The file's octets.

    Raises:
        BindctlError: MET001, MET005, MET002 or MET008.
    """
    octets = _read(path)
    require_known_version(octets)
    return octets


def _read(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read()
    except FileNotFoundError as error:
        message = f"{path} does not exist"
        raise BindctlError("MET001", message, "bindctl init makes one") from error
    except PermissionError as error:
        message = f"{path} may not be read: {error.strerror}"
        raise BindctlError("MET005", message) from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise BindctlError("MET002", message) from error


def update_octets(path: str, change: "Callable[[bytes], bytes]") -> bool:
    """Replace the file's octets by what `change` makes of them.

    The whole of it happens under the metabase's lock, so that no update of another
    process is lost; whatever fails, the file keeps its old octets.

    Returns:
        Whether anything was written.

    Raises:
        BindctlError: MET004, MET005 or MET006; or what `change` raises.
    """
    # Imported here: most commands only read.
    from bindctl.storage.atomic import file_error, write_atomically  # noqa: PLC0415
    from bindctl.storage.file_lock import take_lock  # noqa: PLC0415

    directory = runtime_directory(path)
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
    except OSError as error:
        raise file_error(directory, error) from error
    lock = take_lock(os.path.join(directory, LOCK_NAME))
    try:
        before = read_octets(path)
        after = change(before)
        if after == before:
            return False
        write_atomically(path, after)
        return True
    finally:
        os.close(lock)
