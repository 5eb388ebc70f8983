"""Bodies of requests: no answer depends on one, so none is waited for without bound."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import socket

pytestmark = pytest.mark.e2e

HEAD = b"%s /%s HTTP/1.1\r\nHost: a.test\r\n%s\r\n\r\n"
MANY = 4 << 30


def serve(service: Any, **content: Any) -> int:
    """A site at `a.test` that takes long bodies."""
    port: int = service.free_port()
    settings = {"max_entity_octets": MANY * 2, **content}
    service.site(1, http=(f":{port}:a.test",), **settings)
    service.start()
    return port


def flood(channel: socket.socket, octets: bytes) -> threading.Thread:
    """Send for as long as the other end takes it."""

    def run() -> None:
        try:
            while True:
                channel.sendall(octets)
        except OSError:
            return

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("method", "status"), [(b"POST", b"405"), (b"GET", b"200"), (b"HEAD", b"200")]
)
def test_a_long_body_is_answered_from_its_head(
    service: Any, method: bytes, status: bytes
) -> None:
    """One client could make the server read gigabytes for a 405."""
    port = serve(service)
    with service.connect(port) as channel:
        channel.sendall(HEAD % (method, b"", b"Content-Length: %d" % MANY))
        answer = service.read_all(channel)
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b"\r\nConnection: close\r\n" in answer


@pytest.mark.parametrize(
    ("framing", "part"),
    [
        (b"Content-Length: %d" % MANY, bytes(65536)),
        (b"Transfer-Encoding: chunked", b"8000\r\n" + bytes(0x8000) + b"\r\n"),
    ],
    ids=["fixed", "chunked"],
)
@pytest.mark.parametrize("name", [b"", b"big.bin"])
def test_a_client_that_keeps_sending_sees_its_answer(
    service: Any, framing: bytes, part: bytes, name: bytes
) -> None:
    """A reset would overtake the answer: the client would see a network fault."""
    (service.www / "big.bin").write_bytes(bytes(4 << 20))
    port = serve(service)
    with service.connect(port) as channel:
        channel.sendall(HEAD % (b"GET", name, framing))
        sender = flood(channel, part)
        head, _blank, body = service.read_all(channel).partition(b"\r\n\r\n")
        sender.join(20)
    assert not sender.is_alive()
    assert b"\r\nConnection: close" in head
    assert len(body) == (4 << 20 if name else 4)


def test_a_long_body_under_tls(service: Any) -> None:
    """HTTPS could still be made to read gigabytes."""
    port = service.free_port()
    certificate = service.issue("a.test")
    service.site(
        1, https=(f":{port}:a.test",), certificate=certificate, max_entity_octets=MANY
    )
    service.start()
    with service.secure(port, "a.test") as channel:
        channel.sendall(HEAD % (b"POST", b"", b"Content-Length: %d" % (MANY - 1)))
        assert service.read_all(channel).startswith(b"HTTP/1.1 405 ")


def test_a_short_body_keeps_the_connection(service: Any) -> None:
    """Every form would cost a connection of its own."""
    port = serve(service)
    with service.connect(port) as channel:
        for framing, body in (
            (b"Content-Length: 65536", bytes(65536)),
            (b"Transfer-Encoding: chunked", b"3\r\nabc\r\n0\r\n\r\n"),
        ):
            channel.sendall(HEAD % (b"POST", b"", framing) + body)
            answer = channel.recv(65536)
            assert answer.startswith(b"HTTP/1.1 405 ")
            assert b"Connection: close" not in answer


@pytest.mark.parametrize(
    ("rate", "is_cut"), [(240, True), (0, False)], ids=["default", "off"]
)
def test_a_body_that_trickles_is_cut_off(
    service: Any, waiting: Any, rate: int, is_cut: bool
) -> None:
    """A handful of slow clients could hold every connection for ever."""
    service.min_octets_per_s = rate
    port = serve(service, connection_timeout_s=1)
    with service.connect(port) as channel:
        channel.sendall(HEAD % (b"POST", b"", b"Content-Length: 10"))
        channel.settimeout(0.3)
        sent = []

        def trickle() -> bool:
            if len(sent) == 9:
                return True
            channel.sendall(b"x")
            sent.append(1)
            try:
                return channel.recv(1) == b""
            except TimeoutError:
                return False
            except ConnectionError:
                return True

        waiting(trickle, "the end of the connection")
    assert (len(sent) < 9) is is_cut


@pytest.mark.parametrize(
    ("rate", "is_cut"), [(1_000_000_000, True), (0, False)], ids=["a limit", "off"]
)
@pytest.mark.parametrize("is_large", [True, False])
def test_a_client_that_takes_too_slowly_is_cut_off(
    service: Any, waiting: Any, rate: int, *, is_cut: bool, is_large: bool
) -> None:
    """A handful of slow readers could hold every connection for ever."""
    service.min_octets_per_s = rate
    (service.www / "file.bin").write_bytes(bytes(64 << 20 if is_large else 60_000))
    port = serve(service, connection_timeout_s=1)
    with service.connect(port) as channel:
        # What is asked for is more than the system takes for a client that does not read.
        count = 1 if is_large else 600
        channel.sendall(HEAD % (b"GET", b"file.bin", b"") * count)
        taken: list[int] = []
        patience = 2000 if is_cut else 300  # a busy machine takes its time to cut

        def is_over() -> bool:
            taken.append(len(channel.recv(10_000 if is_cut else 100_000)))
            return len(taken) == patience or (
                len(taken) > 100 and not service.control("status")["connections"]
            )

        waiting(is_over, "the end of the connection, or patience")
    assert (len(taken) < patience) is is_cut
