"""What must not end a service: full disks, no processes left, garbage, stuck workers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.e2e


def one_site(service: Any, **content: Any) -> int:
    """A site at `a.test` on a free port."""
    port: int = service.free_port()
    service.site(1, http=(f":{port}:a.test",), **content)
    return port


@pytest.mark.parametrize("by_signal", [False, True])
def test_states_that_cannot_be_written_cost_nothing_else(
    service: Any, waiting: Callable[..., Any], by_signal: bool
) -> None:
    """A full disk during a reset would take every site down."""
    port = one_site(service)
    service.start()
    assert service.process is not None
    obstacle = service.runtime / "states.new"
    obstacle.mkdir()
    if by_signal:
        service.process.send_signal(signal.SIGHUP)
        waiting(lambda: service.control("status")["generation"] == 2, "reset")
    else:
        assert service.reset()["ok"]
    assert service.get(port, "a.test").endswith(b"home")
    waiting(lambda: "states cannot be written" in service.log(), "a line of the log")
    assert not (service.runtime / "states").exists(), "what cannot be true must go"
    obstacle.rmdir()
    service.reset()
    assert service.states() == "1 2 0\n"


def test_a_runtime_directory_that_vanishes_costs_the_control_socket_only(
    service: Any, waiting: Callable[..., Any]
) -> None:
    """`rm -r .bindctl` would take every site down at the next SIGHUP."""
    port = one_site(service)
    service.start()
    assert service.process is not None
    shutil.rmtree(service.runtime)
    service.process.send_signal(signal.SIGHUP)
    waiting(lambda: "states cannot be written" in service.log(), "a line of the log")
    assert service.get(port, "a.test").endswith(b"home")
    assert service.stop() == 0


def test_a_start_without_room_for_states_serves(service: Any) -> None:
    """A full disk would keep every site down."""
    port = one_site(service)
    service.runtime.mkdir()
    (service.runtime / "states.new").mkdir()
    (service.runtime / "pid.new").mkdir()
    service.start()
    assert service.get(port, "a.test").endswith(b"home")


def test_a_process_limit_is_waited_out(
    service: Any, waiting: Callable[..., Any]
) -> None:
    """No descriptor left at the wrong moment would end the service."""
    port = one_site(service)
    service.start()
    assert service.process is not None
    import resource  # noqa: PLC0415 - missing on Windows

    pid = service.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    (worker,) = service.control("status")["workers"]
    with socket.socket(socket.AF_UNIX) as channel:
        channel.connect(str(service.runtime / "control"))
        channel.sendall(b'{"command": "status"}\n')
        assert channel.recv(65536)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, before[1]))
        os.kill(worker, signal.SIGKILL)
        waiting(lambda: "a worker cannot be forked" in service.log(), "the shortage")
        channel.sendall(b'{"command": "status"}\n')
        assert json.loads(channel.recv(65536))["workers"] == []
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
    waiting(lambda: len(service.control("status")["workers"]) == 1, "a new worker")
    assert service.get(port, "a.test").endswith(b"home")


def test_what_nobody_expected_is_answered_and_survived(service: Any) -> None:
    """A bug in reading the metabase would take every site down."""
    port = one_site(service)
    service.start()
    (service.folder / "plan.pickle").write_bytes(b"no pickle")
    answer = service.control("reset")
    assert (answer["ok"], answer["code"]) == (False, "SRV003")
    assert "Traceback" in service.log()
    assert service.get(port, "a.test").endswith(b"home")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\x00[",
        b"[" * 4000,
        b'{"command": [1]}',
        b'{"command": {"a": 1}}',
        b'{"command": null}',
        b'{"command": "explode"}',
        b'{"command": "site"}',
        b'{"command": "site", "identifier": "1", "action": "stop"}',
        b'{"command": "site", "identifier": true, "action": "stop"}',
        b'{"command": "site", "identifier": 1, "action": ["stop"]}',
        b'{"command": "site", "identifier": 1, "action": "burn"}',
        b'{"command": "site", "identifier": 1e400, "action": "stop"}',
        b"1" * 4000,
    ],
    ids=lambda line: line[:50].decode("latin-1"),
)
def test_garbage_on_the_control_socket_is_answered(
    running: tuple[Any, int], line: bytes
) -> None:
    """A wrong client could end the supervisor."""
    service, port = running
    with socket.socket(socket.AF_UNIX) as channel:
        channel.settimeout(20)
        channel.connect(str(service.runtime / "control"))
        channel.sendall(line + b"\n")
        answer = json.loads(channel.recv(4096))
        assert (answer["ok"], answer["code"]) == (False, "SRV003")
    assert service.control("status")["ok"]
    assert service.get(port, "a.test").endswith(b"home")


@pytest.fixture(scope="module")
def running(shared_service: Any) -> tuple[Any, int]:
    """One service for all garbage, and its port."""
    port = one_site(shared_service)
    shared_service.start()
    return shared_service, port


def test_a_stuck_worker_holds_up_nobody(service: Any) -> None:
    """One hanging worker would keep `status` and `stop` waiting for a quarter minute."""
    one_site(service)
    service.start()
    (worker,) = service.control("status")["workers"]
    os.kill(worker, signal.SIGSTOP)
    begun = time.monotonic()
    with socket.socket(socket.AF_UNIX) as resetting:
        resetting.settimeout(20)
        resetting.connect(str(service.runtime / "control"))
        resetting.sendall(b'{"command": "reset"}\n')
        assert service.control("status")["ok"]
        assert time.monotonic() - begun < 2
        answer = json.loads(resetting.recv(65536))
    assert answer["ok"]
    assert time.monotonic() - begun < 8
    assert worker not in service.control("status")["workers"]


def test_a_worker_that_hangs_is_replaced_and_told(
    service: Any, waiting: Callable[..., Any]
) -> None:
    """Its connections, and every other one it accepts, would wait for ever."""
    port = one_site(service)
    service.worker_silence_s = 2
    service.start()
    before = service.control("status")
    assert before["hung_workers"] == 0
    (worker,) = before["workers"]
    os.kill(worker, signal.SIGSTOP)
    waiting(lambda: service.control("status")["hung_workers"], "the replacement")
    waiting(lambda: worker not in service.control("status")["workers"], "its end")
    assert service.get(port, "a.test").endswith(b"home")
    assert f"worker {worker} has not answered for 2 s; it is killed" in service.log()


def test_a_stop_is_obeyed_while_a_reset_waits(service: Any) -> None:
    """Nobody could end a service whose worker hangs."""
    one_site(service)
    service.drain_timeout_s = 0.5
    service.start()
    (worker,) = service.control("status")["workers"]
    os.kill(worker, signal.SIGSTOP)
    begun = time.monotonic()
    with socket.socket(socket.AF_UNIX) as resetting:
        resetting.connect(str(service.runtime / "control"))
        resetting.sendall(b'{"command": "reset"}\n')
        assert service.control("stop")["ok"]
    assert time.monotonic() - begun < 4
    assert service.ended() == 0
