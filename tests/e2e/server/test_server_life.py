"""The life of a service: start, reset, workers, control socket, stop."""

from __future__ import annotations

import os
import signal
import socket
import stat
from typing import TYPE_CHECKING, Any

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.server.service.control_client import send_control
from bindctl.storage.state_folder import open_state

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.e2e

REQUEST = b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"


def one_site(service: Any, **content: Any) -> int:
    """A site at `a.test` on a free port."""
    port: int = service.free_port()
    service.site(1, http=(f":{port}:a.test",), **content)
    return port


def test_runtime_directory_is_private(service: Any) -> None:
    """Another user could stop the service."""
    one_site(service)
    service.start()
    assert service.process is not None
    assert stat.S_IMODE(service.runtime.stat().st_mode) == 0o700
    control = service.runtime / "control"
    assert stat.S_IMODE(control.stat().st_mode) == 0o600
    assert service.states() == "1 2 0\n"
    assert (service.runtime / "pid").read_text() == f"{service.process.pid}\n"


def test_status(service: Any) -> None:
    """`bindctl status` could not tell what runs."""
    port = one_site(service)
    service.workers = 2
    service.start()
    status = service.control("status")
    assert status["ok"]
    assert len(status["workers"]) == 2
    assert status["listeners"] == [f"127.0.0.1:{port} http"]
    assert status["generation"] == 1
    assert status["sites"] == [
        {
            "identifier": 1,
            "comment": "site 1",
            "state": 2,
            "win32_error": 0,
            "detail": "",
        }
    ]


def test_second_service_is_refused(service: Any) -> None:
    """Two services would fight over the same files."""
    one_site(service)
    service.start()
    second = service.launch()
    out, _none = second.communicate(timeout=20)
    assert second.returncode != 0
    assert out == b""
    assert "a service runs for this metabase already" in service.log()
    assert service.control("status")["ok"]


def test_no_service_is_told(service: Any) -> None:
    """A script would wait for ever."""
    service.runtime.mkdir()
    with pytest.raises(BindctlError) as caught:
        service.control("status")
    assert caught.value.code == "SRV001"
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(service.runtime / "control"))
    with pytest.raises(BindctlError) as caught:
        service.control("status")
    assert caught.value.code == "SRV001"


def test_service_that_hangs_is_told(service: Any) -> None:
    """A script would wait for ever."""
    service.runtime.mkdir()
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(service.runtime / "control"))
        deaf.listen()
        with (
            open_state(str(service.runtime)) as runtime,
            pytest.raises(BindctlError) as caught,
        ):
            send_control(runtime, {"command": "status"}, 0.1)
    assert caught.value.code == "SRV003"


def test_long_runtime_path(service: Any) -> None:
    """Deep project folders would have no control socket (107 octets at most)."""
    one_site(service)
    service.runtime = service.folder / ("x" * 100) / ("y" * 60)
    service.start()
    assert service.control("status")["ok"]


def test_port_in_use_stops_only_the_sites_on_it(service: Any) -> None:
    """One busy port would keep every site down, or half a site up."""
    port = one_site(service)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        busy = holder.getsockname()[1]
        other = service.free_port()
        service.site(2, http=(f":{busy}:b.test", f":{other}:b.test"))
        service.start()
        assert service.states() == "1 2 0\n2 4 32\n"
        assert service.get(port, "a.test").endswith(b"home")
        with pytest.raises(ConnectionRefusedError):
            service.connect(other)
    answer = service.reset()
    assert [site["state"] for site in answer["sites"]] == [2, 2]
    assert service.get(busy, "b.test").endswith(b"home")
    assert service.get(other, "b.test").endswith(b"home")


def test_address_that_is_not_ours(service: Any) -> None:
    """The reason must name the address, as IIS does."""
    one_site(service)
    port = service.free_port()
    service.listen = []
    service.site(2, http=(f"192.0.2.1:{port}:",))
    service.start()
    assert service.states() == "1 2 0\n2 4 1214\n"


def test_reset_that_fails_changes_nothing(service: Any) -> None:
    """A typing error in the metabase would take all sites down."""
    port = one_site(service)
    service.start()
    (service.folder / "plan.pickle").unlink()
    answer = service.control("reset")
    assert answer["ok"] is False
    assert answer["code"] == "MET001"
    assert answer["hint"] == "bring it back"
    assert service.get(port, "a.test").endswith(b"home")
    assert service.control("status")["generation"] == 1


@pytest.mark.parametrize("number", [signal.SIGHUP, None])
def test_reset_adds_and_removes_sites(
    service: Any, number: int | None, waiting: Callable[..., Any]
) -> None:
    """A change would need a restart, and connections of other sites would break."""
    port = one_site(service)
    service.workers = 2
    service.start()
    assert service.process is not None
    other = service.free_port()
    with service.connect(port) as kept:
        kept.sendall(REQUEST)
        assert kept.recv(65536).endswith(b"home")
        service.site(2, http=(f":{other}:b.test",))
        if number is None:
            assert service.reset()["generation"] == 2
        else:
            service.write()
            service.process.send_signal(number)
            waiting(lambda: service.states() == "1 2 0\n2 2 0\n", "the new site")
            waiting(lambda: service.control("status")["generation"] == 2, "reset")
        assert service.get(other, "b.test").endswith(b"home")
        with service.connect(other) as removed:
            removed.sendall(REQUEST.replace(b"a.test", b"b.test"))
            assert removed.recv(65536).endswith(b"home")
            del service.sites[2]
            service.reset()
            assert removed.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            service.connect(other)
        kept.sendall(REQUEST)
        assert kept.recv(65536).endswith(b"home")


def test_reset_between_any_and_one_address(service: Any) -> None:
    """The kernel refuses both at once: the port would be closed in between."""
    port = one_site(service)
    service.listen = []
    service.start()
    everywhere = service.control("status")["listeners"]
    assert f"0.0.0.0:{port} http" in everywhere
    service.site(1, http=(f"127.0.0.1:{port}:a.test",))
    assert service.reset()["listeners"] == [f"127.0.0.1:{port} http"]
    assert service.get(port, "a.test").endswith(b"home")
    with pytest.raises(ConnectionRefusedError):
        service.connect(port, "127.0.0.2")
    service.site(1, http=(f":{port}:a.test",))
    assert service.reset()["listeners"] == everywhere
    assert service.get(port, "a.test").endswith(b"home")
    with service.connect(port, "127.0.0.2") as channel:
        channel.sendall(REQUEST)
        assert channel.recv(65536).endswith(b"home")
    with socket.socket() as rival:
        rival.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        with pytest.raises(OSError, match="in use"):
            rival.bind(("127.0.0.1", port))


def test_hard_reset_starts_new_workers(service: Any) -> None:
    """`reset --hard` would not free what a worker holds."""
    port = one_site(service)
    service.start()
    before = service.control("status")["workers"]
    after = service.reset(hard=True)["workers"]
    assert set(before).isdisjoint(after)
    assert len(after) == 1
    assert service.get(port, "a.test").endswith(b"home")


def test_killed_worker_is_replaced(service: Any, waiting: Callable[..., Any]) -> None:
    """One crash would leave the service deaf."""
    port = one_site(service)
    service.start()
    for _time in range(3):
        (worker,) = service.control("status")["workers"]
        os.kill(worker, signal.SIGKILL)
        waiting(
            lambda old=worker: service.control("status")["workers"] not in ([], [old]),
            "a new worker",
        )
        assert service.get(port, "a.test").endswith(b"home")
    assert "it is replaced" in service.log()


def test_workers_end_with_their_supervisor(
    service: Any, waiting: Callable[..., Any]
) -> None:
    """Workers nobody can stop would hold the ports."""
    port = one_site(service)
    service.workers = 2
    service.start()
    assert service.stop(signal.SIGKILL) == -signal.SIGKILL

    def is_refused() -> bool:
        try:
            service.connect(port).close()
        except ConnectionRefusedError:
            return True
        return False

    waiting(is_refused, "the end of the workers")
    service.start()
    assert service.get(port, "a.test").endswith(b"home")


def test_worker_told_to_end_finishes_and_is_replaced(
    service: Any, waiting: Callable[..., Any]
) -> None:
    """An administrator who ends one worker would lose requests."""
    port = one_site(service)
    service.start()
    (worker,) = service.control("status")["workers"]
    os.kill(worker, signal.SIGTERM)
    waiting(
        lambda: service.control("status")["workers"] not in ([], [worker]),
        "a new worker",
    )
    assert service.get(port, "a.test").endswith(b"home")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_stops_and_tidies_up(service: Any, number: int) -> None:
    """A stale pid or states file would lie to scripts."""
    one_site(service)
    service.start()
    assert service.stop(number) == 0
    assert sorted(path.name for path in service.runtime.iterdir()) == ["service.lock"]


def test_stop_is_answered_at_the_end(service: Any) -> None:
    """Who stops and starts at once would meet the old service."""
    port = one_site(service)
    service.start()
    assert service.control("stop")["ok"]
    assert not (service.runtime / "pid").exists()
    assert service.ended() == 0
    with pytest.raises(ConnectionRefusedError):
        service.connect(port)


def test_stop_lets_a_slow_download_end(service: Any) -> None:
    """Every deployment would cut downloads."""
    port = one_site(service)
    octets = os.urandom(32 << 20)
    (service.www / "big.bin").write_bytes(octets)
    service.start()
    assert service.process is not None
    with service.connect(port) as channel, service.connect(port) as idle:
        channel.sendall(b"GET /big.bin HTTP/1.1\r\nHost: a.test\r\n\r\n")
        first = channel.recv(1000)
        service.process.send_signal(signal.SIGTERM)
        assert idle.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            service.connect(port)
        answer = first + service.read_all(channel)
    assert answer.partition(b"\r\n\r\n")[2] == octets
    assert service.ended() == 0


def test_drain_is_bounded(service: Any) -> None:
    """One client that never reads would keep the service from ending."""
    port = one_site(service)
    (service.www / "big.bin").write_bytes(bytes(32 << 20))
    service.drain_timeout_s = 0.5
    service.start()
    with service.connect(port) as channel:
        channel.sendall(b"GET /big.bin HTTP/1.1\r\nHost: a.test\r\n\r\n")
        assert channel.recv(10)
        assert service.stop() == 0
