"""Descriptors: none is lost, and the want of them is told as it is."""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Waiting = Callable[[Callable[[], Any], str], Any]

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        not Path("/proc/self/fd").exists(), reason="the system has no list of them"
    ),
]

REQUEST = b"GET /%s HTTP/1.1\r\nHost: a.test\r\n\r\n"


def descriptors(worker: int) -> int:
    """How many a worker has open."""
    return len(os.listdir(f"/proc/{worker}/fd"))


@pytest.fixture
def started(service: Any, waiting: Waiting) -> Iterator[tuple[int, int]]:
    """Port and worker of a service that must have no descriptor more at its end."""
    port = service.free_port()
    (service.www / "large.bin").write_bytes(bytes(3 << 20))
    service.site(1, http=(f":{port}:a.test",))
    service.start()
    [worker] = service.control("status")["workers"]
    before = descriptors(worker)
    yield port, worker
    waiting(lambda: descriptors(worker) <= before, "no descriptor more than before")


def test_without_descriptors_files_are_not_called_missing(
    service: Any, started: tuple[int, int]
) -> None:
    """Crawlers would forget every page of a server that is busy for a minute."""
    port, worker = started
    with service.connect(port) as channel:
        channel.sendall(REQUEST % b"missing.html")
        assert read(channel).startswith(b"HTTP/1.1 404 ")
        _soft, hard = resource.prlimit(worker, resource.RLIMIT_NOFILE)
        resource.prlimit(worker, resource.RLIMIT_NOFILE, (descriptors(worker), hard))
        for name in (b"", b"index.html", b"large.bin"):
            channel.sendall(REQUEST % name)
            assert read(channel).startswith(b"HTTP/1.1 503 "), name
        channel.sendall(REQUEST % b"missing.html")
        assert read(channel).startswith(b"HTTP/1.1 404 ")
        resource.prlimit(worker, resource.RLIMIT_NOFILE, (hard, hard))
        channel.sendall(REQUEST % b"")
        assert read(channel).endswith(b"home")
    assert service.log().count("answered 503: Too many open files") == 1


@pytest.mark.parametrize("spare", [1, 2, 3, 4])
def test_large_files_are_sent_with_few_descriptors_left(
    service: Any, started: tuple[int, int], spare: int
) -> None:
    """A file would stay open for ever each time that one more cannot be had."""
    port, worker = started
    with service.connect(port) as channel:
        channel.sendall(REQUEST % b"large.bin")
        assert read(channel, 3 << 20).startswith(b"HTTP/1.1 200 ")
        _soft, hard = resource.prlimit(worker, resource.RLIMIT_NOFILE)
        limit = descriptors(worker) + spare
        resource.prlimit(worker, resource.RLIMIT_NOFILE, (limit, hard))
        for _again in range(10):
            channel.sendall(REQUEST % b"large.bin")
            assert read(channel, 3 << 20).startswith(b"HTTP/1.1 200 ")
        resource.prlimit(worker, resource.RLIMIT_NOFILE, (hard, hard))


def test_clients_that_leave_leave_nothing_open(
    service: Any, started: tuple[int, int]
) -> None:
    """A few thousand impatient visitors would use up every descriptor."""
    port, _worker = started
    for read_octets in (0, 1, 100_000):
        for _again in range(10):
            with service.connect(port) as channel:
                channel.sendall(REQUEST % b"large.bin" * 3)
                if read_octets:
                    channel.recv(read_octets)


def read(channel: Any, length: int | None = None) -> bytes:
    """One answer; its body is as long as its head says."""
    octets = b""
    while b"\r\n\r\n" not in octets:
        octets += channel.recv(65536)
    head, _blank, body = octets.partition(b"\r\n\r\n")
    length_line = next(
        x for x in head.split(b"\r\n") if x.startswith(b"Content-Length")
    )
    expected = int(length_line.rpartition(b" ")[2])
    assert length in {None, expected}
    parts = [body]
    left = expected - len(body)
    while left:
        parts.append(channel.recv(min(left, 1 << 20)))
        left -= len(parts[-1])
    return head + b"\r\n\r\n" + b"".join(parts)
