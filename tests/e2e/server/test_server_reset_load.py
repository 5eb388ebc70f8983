"""Resets under load: no request of an untouched site is dropped."""

from __future__ import annotations

import threading
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.e2e

REQUEST = b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"
TURNS = 40


class Load:
    """A client that asks again and again until it is told to stop."""

    def __init__(self, service: Any, port: int, requests: int) -> None:
        """Ask `requests` times on each connection."""
        self.errors: list[str] = []
        self.count = 0
        self._service, self._port, self._requests = service, port, requests
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def end(self) -> None:
        """Stop, and wait for the last answer."""
        self._is_over.set()
        self._thread.join(20)

    def _run(self) -> None:
        try:
            while not self._is_over.is_set():
                with self._service.connect(self._port) as channel:
                    for _again in range(self._requests):
                        self._ask(channel)
        except OSError as error:
            self.errors.append(repr(error))

    def _ask(self, channel: socket.socket) -> None:
        channel.sendall(REQUEST)
        answer = channel.recv(65536)
        if not answer.endswith(b"\r\n\r\nhome"):
            self.errors.append(repr(answer))
        self.count += 1


@pytest.fixture(params=[1, 50], ids=lambda requests: f"{requests} a connection")
def loads(
    request: pytest.FixtureRequest, service: Any
) -> Iterator[Callable[[int], None]]:
    """Starts four clients of a port; at the end all their requests were answered."""
    started: list[Load] = []

    def start(port: int) -> None:
        started.extend(Load(service, port, request.param) for _number in range(4))

    yield start
    for load in started:
        load.end()
    assert [load.errors for load in started] == [[], [], [], []]
    assert min(load.count for load in started) > 20


def test_another_site_comes_and_changes(
    service: Any, loads: Callable[[int], None]
) -> None:
    """Changing one site would be felt by the visitors of all others."""
    port = service.free_port()
    service.site(1, http=(f":{port}:a.test",))
    service.workers = 2
    service.start()
    loads(port)
    for turn in range(TURNS):
        extra = service.free_port()
        service.site(2, http=(f":{extra}:b.test",), connection_timeout_s=100 + turn)
        assert service.reset()["ok"]


@pytest.mark.parametrize("is_wide_first", [False, True])
def test_a_wider_binding_of_the_port_comes_and_goes(
    service: Any, loads: Callable[[int], None], is_wide_first: bool
) -> None:
    """Another site's binding would reset connections nobody has accepted yet."""
    port = service.free_port()
    service.listen = []
    service.workers = 2
    service.site(1, http=(f"127.0.0.1:{port}:a.test",))
    if is_wide_first:
        service.site(2, http=(f":{port}:b.test",))
    service.start()
    loads(port)
    for _turn in range(TURNS // 4):
        if is_wide_first:
            del service.sites[2]
            assert service.reset()["listeners"] == [f"127.0.0.1:{port} http"]
        service.site(2, http=(f":{port}:b.test",))
        listeners = service.reset()["listeners"]
        assert listeners[0] == f"0.0.0.0:{port} http"
        assert f"127.0.0.1:{port} http" not in listeners
        if not is_wide_first:
            del service.sites[2]
            assert service.reset()["listeners"] == [f"127.0.0.1:{port} http"]


def test_the_listen_list_comes_and_goes(
    service: Any, loads: Callable[[int], None]
) -> None:
    """Narrowing where the service listens would reset connections that stay allowed."""
    port = service.free_port()
    service.listen = []
    service.workers = 2
    service.site(1, http=(f":{port}:a.test",))
    service.start()
    loads(port)
    for _turn in range(TURNS // 4):
        service.plan_listen = (ip_address("127.0.0.1"),)
        assert service.reset()["listeners"] == [f"127.0.0.1:{port} http"]
        with pytest.raises(ConnectionRefusedError):
            service.connect(port, "127.0.0.2")
        service.plan_listen = ()
        assert f"0.0.0.0:{port} http" in service.reset()["listeners"]
