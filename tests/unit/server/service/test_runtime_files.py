"""The files of a running service."""

from __future__ import annotations

import fcntl
import threading
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.model.site import ServerState, Win32Error
from bindctl.server.service.runtime_files import RuntimeDirectory
from bindctl.server.service.service_plan import SiteStatus
from bindctl.storage.state_folder import open_state

if TYPE_CHECKING:
    from pathlib import Path

STATUS = SiteStatus(1, "", ServerState.STARTED, Win32Error.SUCCESS, "")


def test_states_are_replaced_whole(tmp_path: Path) -> None:
    """A script would read half a line."""
    with RuntimeDirectory(open_state(str(tmp_path))) as runtime:
        runtime.write_states([STATUS])
        assert (tmp_path / "states").read_text() == "1 2 0\n"
        assert not runtime.states_are_stale
    assert not (tmp_path / "states").exists()


def test_states_that_cannot_be_written_are_not_left_to_lie(tmp_path: Path) -> None:
    """A site stopped an hour ago would be reported as started."""
    with RuntimeDirectory(open_state(str(tmp_path))) as runtime:
        runtime.write_states([STATUS])
        (tmp_path / "states.new").mkdir()
        runtime.write_states([STATUS])
        assert runtime.states_are_stale
        assert not (tmp_path / "states").exists()
        (tmp_path / "states.new").rmdir()
        runtime.write_states([STATUS])
        assert not runtime.states_are_stale


def test_a_control_socket_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A traceback says nothing to an administrator."""
    with RuntimeDirectory(open_state(str(tmp_path))) as runtime:
        (tmp_path / "control").mkdir()
        with pytest.raises(BindctlError) as caught:
            runtime.open_control()
    assert caught.value.code == "SRV003"


def test_a_glance_at_the_lock_refuses_no_start(tmp_path: Path) -> None:
    """`bindctl sites` at the wrong moment would keep a service from starting."""
    with (tmp_path / "service.lock").open("w") as reader:
        fcntl.flock(reader, fcntl.LOCK_SH)
        glance = threading.Timer(0.05, lambda: fcntl.flock(reader, fcntl.LOCK_UN))
        glance.start()
        with RuntimeDirectory(open_state(str(tmp_path))):
            pass
        glance.join()


def test_a_second_service_is_refused(tmp_path: Path) -> None:
    """Two services would fight over the same files."""
    with RuntimeDirectory(open_state(str(tmp_path))):
        with pytest.raises(BindctlError) as caught:
            RuntimeDirectory(open_state(str(tmp_path))).__enter__()
        assert caught.value.code == "SRV002"
