"""Whether iisreset may start and stop the service: its /ENABLE and /DISABLE."""

from __future__ import annotations

import os

from bindctl.storage.atomic import file_error, write_atomically
from bindctl.storage.places import runtime_directory

MARK_NAME = "iisreset-disabled"
_PRIVATE = 0o600


def is_reset_enabled(metabase: str) -> bool:
    """Whether nobody has disabled it for this metabase."""
    return not os.path.lexists(_mark(metabase))


def enable_reset(metabase: str) -> None:
    """Allow it; it is allowed from the start.

    Raises:
        BindctlError: The mark cannot be removed.
    """
    try:
        os.unlink(_mark(metabase))
    except FileNotFoundError:
        return
    except OSError as error:
        raise file_error(_mark(metabase), error) from error


def disable_reset(metabase: str) -> None:
    """Refuse it until it is enabled again.

    Raises:
        BindctlError: The mark cannot be written.
    """
    mark = _mark(metabase)
    try:
        os.makedirs(os.path.dirname(mark), mode=0o700, exist_ok=True)
    except OSError as error:
        raise file_error(mark, error) from error
    write_atomically(mark, b"", _PRIVATE)


def _mark(metabase: str) -> str:
    return os.path.join(runtime_directory(metabase), MARK_NAME)
