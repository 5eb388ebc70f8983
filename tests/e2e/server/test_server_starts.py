"""Starting by `bindctl reset` and `bindctl serve`, as a user does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.service.service import (
    StartOptions,
    control_site,
    serve,
    service_status,
    start_service,
    stop_service,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.e2e

REPOSITORY = Path(__file__).parents[3]
TIMEOUT_S = 60


@pytest.fixture
def metabase(tmp_path: Path) -> Iterator[str]:
    """One site on a free port of the loopback; a service left running is stopped."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    path = tmp_path / "metabase.toml"
    path.write_text(
        '[http]\nListenAddresses = ["127.0.0.1"]\n[w3svc.1]\n'
        f'ServerBindings = [":{port}:"]\nroot.Path = "www"\n'
    )
    (tmp_path / "www").mkdir()
    yield str(path)
    if service_status(str(path)).is_running:
        stop_service(str(path))


def bindctl(metabase: str, *words: str) -> subprocess.Popen[str]:
    """A command that runs."""
    return subprocess.Popen(
        [sys.executable, "-m", "bindctl", *words, "--metabase", metabase],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )


def test_first_starts_at_once_all_succeed(metabase: str) -> None:
    """Two deployments at the same time would fail with each other's words."""
    running = [bindctl(metabase, "reset", "--workers", "1") for _time in range(4)]
    ends = [process.communicate(timeout=TIMEOUT_S) for process in running]
    assert [process.returncode for process in running] == [0] * 4, ends
    assert all("site 1 " in stdout for stdout, _stderr in ends)
    assert service_status(metabase).is_running


def test_restarts_at_once_all_succeed(metabase: str) -> None:
    """Each stops what another has stopped already, and would call that an error."""
    for number in (1, 4):  # options of their own make of each reset a stop and a start
        running = [
            bindctl(metabase, "reset", "--workers", "1") for _time in range(number)
        ]
        ends = [process.communicate(timeout=TIMEOUT_S) for process in running]
        assert [process.returncode for process in running] == [0] * number, ends
    assert service_status(metabase).is_running


def test_a_start_that_fails_shows_its_own_words_only(metabase: str) -> None:
    """The reader would mend what somebody else broke last week."""
    path = Path(metabase)
    runtime = path.parent / ".bindctl" / path.name
    runtime.mkdir(parents=True)
    (runtime / "service.log").write_text("words of last week\n")
    path.write_text("[w3svc.1")
    with pytest.raises(BindctlError) as caught:
        start_service(metabase, StartOptions())
    assert caught.value.code == "SRV003"
    assert "MET002" in caught.value.message
    assert "last week" not in caught.value.message


@pytest.mark.parametrize("offset", ["70000", "65535", "-1"])
@pytest.mark.parametrize("command", [["serve"], ["reset"], ["explain", "http://a/"]])
def test_an_offset_beyond_every_port_is_refused(
    metabase: str, command: list[str], offset: str
) -> None:
    """A service that listens nowhere would look as if it ran."""
    process = bindctl(metabase, *command, "--port-offset", offset)
    _stdout, stderr = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 2
    assert "it is not a number from 0 to 65534" in stderr


def test_an_offset_of_a_script_is_refused_too(metabase: str) -> None:
    """The command line is not the only door."""
    with pytest.raises(BindctlError) as caught:
        serve(metabase, StartOptions(70000), lambda _sites, _listeners: None)
    assert caught.value.code == "BND001"


def test_serve_says_when_nothing_listens(metabase: str) -> None:
    """An empty screen would look like success."""
    path = Path(metabase)
    path.write_text(path.read_text().replace("127.0.0.1", "192.0.2.1"))
    process = bindctl(metabase, "serve", "--workers", "1")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("site 1 stopped: ")
    process.send_signal(signal.SIGTERM)
    _stdout, stderr = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0
    assert "no port is open" in stderr


def test_control_site(metabase: str) -> None:
    """The console, adsutil and scripts all go this way."""
    with pytest.raises(BindctlError) as caught:
        control_site(metabase, 1, "stop")
    assert caught.value.code == "SRV001"
    start_service(metabase, StartOptions(workers=1))
    assert control_site(metabase, 1, "stop").state == 4
    with pytest.raises(BindctlError) as caught:
        control_site(metabase, 1, "pause")
    error = caught.value
    assert (error.code, error.hresult, error.exit_status) == ("SRV004", 0x80070426, 3)
    with pytest.raises(BindctlError) as caught:
        control_site(metabase, 2, "start")
    assert (caught.value.code, caught.value.exit_status) == ("MET101", 1)
    with pytest.raises(BindctlError) as caught:
        control_site(metabase, 1, "burn")
    assert caught.value.code == "SRV003"
    found = control_site(metabase, 1, "start")
    assert (found.identifier, found.state, found.win32_error) == (1, 2, 0)
