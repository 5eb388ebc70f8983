"""One writer at a time."""

from __future__ import annotations

import os
import stat
import threading
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.storage.file_lock import take_lock

if TYPE_CHECKING:
    from pathlib import Path


def test_a_lock_is_free_again_when_its_descriptor_is_closed(tmp_path: Path) -> None:
    """A process that dies closes it, so no stale lock ever stops the next command."""
    path = str(tmp_path / "lock")
    for _time in range(2):
        os.close(take_lock(path, 0.0))
    assert stat.S_IMODE((tmp_path / "lock").stat().st_mode) == 0o600


def test_a_lock_that_is_never_freed_is_told(tmp_path: Path) -> None:
    """A command must not hang for ever behind a debugger."""
    path = str(tmp_path / "lock")
    held = take_lock(path)
    try:
        with pytest.raises(BindctlError, match="held by another") as caught:
            take_lock(path, 0.01)
    finally:
        os.close(held)
    assert (caught.value.code, caught.value.exit_status) == ("MET004", 3)
    assert caught.value.hint == "try again when it is done; nothing was written"


def test_who_waits_gets_the_lock_when_it_is_freed(tmp_path: Path) -> None:
    """Two commands at once both end well."""
    path = str(tmp_path / "lock")
    held = take_lock(path)
    got: list[int] = []
    waiter = threading.Thread(target=lambda: got.append(take_lock(path, 10.0)))
    waiter.start()
    os.close(held)
    waiter.join(10)
    assert len(got) == 1
    os.close(got[0])


def test_a_place_without_a_folder_is_told(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(BindctlError, match="gone/lock") as caught:
        take_lock(str(tmp_path / "gone" / "lock"))
    assert caught.value.code == "MET006"
