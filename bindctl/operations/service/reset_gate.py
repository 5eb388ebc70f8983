"""Whether iisreset may start and stop the service: its /ENABLE and /DISABLE."""

from __future__ import annotations

import os

from bindctl.findings.errors import file_error
from bindctl.storage.atomic import write_private
from bindctl.storage.file_locations import runtime_directory
from bindctl.storage.state_folder import open_runtime

MARK_NAME = "iisreset-disabled"


def is_reset_enabled(metabase: str) -> bool:
    """Whether nobody has disabled it for this metabase.

    Raises:
        BindctlError: MET005, its folder of state is another user's.
    """
    try:
        with open_runtime(metabase) as folder:
            return MARK_NAME not in folder.names()
    except FileNotFoundError:
        return True


def enable_reset(metabase: str) -> None:
    """Allow it; it is allowed from the start.

    Raises:
        BindctlError: The mark cannot be removed.
    """
    try:
        with open_runtime(metabase) as folder:
            folder.unlink(MARK_NAME)
    except FileNotFoundError:
        return
    except OSError as error:
        raise file_error(_mark(metabase), error) from error


def disable_reset(metabase: str) -> None:
    """Refuse it until it is enabled again.

    Raises:
        BindctlError: The mark cannot be written.
    """
    with open_runtime(metabase, make=True) as folder:
        write_private(folder, MARK_NAME, b"")


def _mark(metabase: str) -> str:
    return os.path.join(runtime_directory(metabase), MARK_NAME)
