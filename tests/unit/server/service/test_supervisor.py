"""The supervisor where no process can be made, and where there is nothing to serve."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.server.service.service_log import SYSTEM_CLOCK
from bindctl.server.service.service_plan import ServiceConfiguration, ServiceOptions
from bindctl.server.service.supervisor import READY_TIMEOUT_S, run_supervisor
from bindctl.storage.state_folder import open_state
from tests.unit.bindings.tables import site
from tests.unit.server.serving import configuration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OPTIONS = ServiceOptions(1)
HANDLED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


class JumpingClock:
    """Ten seconds pass whenever it is looked at."""

    def __init__(self) -> None:
        """It begins long after the machine has."""
        self.seconds = 1000.0

    def now(self) -> float:
        """Seconds since 1970."""
        return 1e9

    def monotonic(self) -> float:
        """Seconds."""
        self.seconds += 10
        return self.seconds


def handled() -> list[Any]:
    """Who gets each signal."""
    return [signal.getsignal(number) for number in HANDLED]


def never_ready(*_words: object) -> None:
    """No connection is ever answered."""
    raise AssertionError


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """What a service changes for its whole process is put back."""
    logger, hook = logging.getLogger(), sys.unraisablehook
    before, signals = logger.handlers[:], handled()
    yield
    logger.handlers[:] = before
    sys.unraisablehook = hook
    for number, handler in zip(HANDLED, signals, strict=True):
        signal.signal(number, handler)  # uvloop leaves its own


@pytest.fixture
def load(ports: tuple[int, int]) -> Callable[[], ServiceConfiguration]:
    """One site on a port nobody listens on."""
    return lambda: configuration(site(1, f":{ports[0]}:"))


def run(folder: Path, load: Any, on_ready: Any, clock: Any = SYSTEM_CLOCK) -> int:
    """A service whose files are in that folder."""
    return run_supervisor(OPTIONS, load, on_ready, open_state(str(folder)), clock=clock)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_without_fork_one_process_serves_until_it_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    load: Any,
    ports: tuple[int, int],
    number: int,
) -> None:
    """Nothing would run where there is no `fork`, or it would not end."""
    monkeypatch.delattr(os, "fork")
    seen: list[Any] = []

    def on_ready(plan: Any, specs: Any) -> None:
        """Look around, then interrupt it."""
        names = sorted(path.name for path in tmp_path.iterdir())
        seen.extend((sorted(plan.contents), [spec.port for spec in specs], names))
        seen.append((tmp_path / "pid").read_text() == f"{os.getpid()}\n")
        seen.append((tmp_path / "states").read_text())
        with socket.socket() as client:
            client.connect(("127.0.0.1", ports[0]))
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), number)

    assert run(tmp_path, load, on_ready) == 0
    files = ["pid", "probe-secret", "service.lock", "states"]
    assert seen == [[1], [ports[0]], files, True, "1 2 0\n"]
    assert [path.name for path in tmp_path.iterdir()] == ["service.lock"]
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", ports[0])) == errno.ECONNREFUSED


def test_a_start_that_cannot_be_told_ends_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, load: Any, ports: tuple[int, int]
) -> None:
    """Standard output is gone: it would hang, with a port that nobody answers at."""
    monkeypatch.delattr(os, "fork")

    def on_ready(*_words: object) -> None:
        """As `print` to a pipe that nobody reads."""
        with socket.socket() as client:
            client.connect(("127.0.0.1", ports[0]))
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        run(tmp_path, load, on_ready)
    assert [path.name for path in tmp_path.iterdir()] == ["service.lock"]


def test_a_service_without_workers_says_so(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    load: Any,
    ports: tuple[int, int],
) -> None:
    """`reset` would wait for ever, and the port stay taken."""
    asked = []

    def fork() -> int:
        """The system has no process left."""
        asked.append(1)
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", fork)
    signals = handled()
    with pytest.raises(BindctlError, match="no worker came up"):
        run(tmp_path, load, never_ready, JumpingClock())
    assert 1 < len(asked) < READY_TIMEOUT_S
    assert handled() == signals
    assert [path.name for path in tmp_path.iterdir()] == ["service.lock"]
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", ports[0])) == errno.ECONNREFUSED


def test_a_metabase_that_cannot_be_read_leaves_nothing_behind(tmp_path: Path) -> None:
    """The next start would be refused, or a script signal another process."""

    def load() -> ServiceConfiguration:
        raise BindctlError("MET001", "no metabase")

    for _each in range(2):
        with pytest.raises(BindctlError, match="no metabase"):
            run(tmp_path, load, never_ready)
        assert [path.name for path in tmp_path.iterdir()] == ["service.lock"]
