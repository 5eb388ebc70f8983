"""Asking a service that answers, or not."""

from __future__ import annotations

import os
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.server.service.control_client import CONTROL_NAME, send_control
from bindctl.storage.state_folder import open_runtime

if TYPE_CHECKING:
    from pathlib import Path


def _ask(tmp_path: Path, answer: bytes, *, read_first: bool) -> dict[str, object]:
    """What a service says that sends `answer` and is gone."""
    metabase = str(tmp_path / "metabase.toml")
    with (
        open_runtime(metabase, make=True) as folder,
        socket.socket(socket.AF_UNIX) as listener,
    ):
        listener.bind(os.path.join(folder.path, CONTROL_NAME))
        listener.listen()

        def serve() -> None:
            channel, _address = listener.accept()
            with channel:
                if read_first:
                    channel.recv(1024)
                channel.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            return send_control(folder, {"command": "status"}, 10)
        finally:
            thread.join()


def test_an_answer_is_an_object(tmp_path: Path) -> None:
    """The plain case."""
    assert _ask(tmp_path, b'{"ok": true}\n', read_first=True) == {"ok": True}


@pytest.mark.parametrize("read_first", [False, True])
def test_a_service_that_ends_meanwhile_is_none(
    tmp_path: Path, *, read_first: bool
) -> None:
    """Two restarts at once: what the one stops, the other has just asked to stop."""
    with pytest.raises(BindctlError, match="ended before it answered") as caught:
        _ask(tmp_path, b"", read_first=read_first)
    assert caught.value.code == "SRV001"


@pytest.mark.parametrize("answer", [b'{"ok": tr', b"[]\n", b"nonsense\n"])
def test_a_broken_answer_is_a_failure(tmp_path: Path, answer: bytes) -> None:
    """A service that runs and speaks nonsense must not be taken for none."""
    with pytest.raises(BindctlError) as caught:
        _ask(tmp_path, answer, read_first=True)
    assert caught.value.code == "SRV003"
