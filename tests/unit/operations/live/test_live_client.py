"""Requests over real sockets, to servers that behave and to others."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import ssl
import threading
from typing import TYPE_CHECKING

import pytest
import trustme

from bindctl.model.binding import Protocol
from bindctl.operations.live.live_client import (
    MAX_BODY_OCTETS,
    LiveAnswer,
    LiveRequest,
    Stage,
    ask_all,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    Handler: TypeAlias = Callable[[socket.socket, int], None]

TIMEOUT_S = 5.0
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@contextlib.contextmanager
def serving(handle: Handler) -> Iterator[int]:
    """A server that lets `handle` have each connection, with its number; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_accept, args=(listening, handle))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(TIMEOUT_S)


def _accept(listening: socket.socket, handle: Handler) -> None:
    number = 0
    while True:
        try:
            connection, _address = listening.accept()
        except OSError:
            return
        number += 1
        connection.settimeout(TIMEOUT_S)
        with connection, contextlib.suppress(OSError):
            handle(connection, number)


def read_head(connection: socket.socket) -> bytes:
    """A request's head; empty at the end."""
    octets = b""
    while not octets.endswith(b"\r\n\r\n"):
        part = connection.recv(1)
        if not part:
            return b""
        octets += part
    return octets


def saying(octets: bytes) -> Handler:
    """A server that says the same to whoever asks, and closes."""

    def handle(connection: socket.socket, _number: int) -> None:
        if read_head(connection):
            connection.sendall(octets)

    return handle


def ask(port: int, **more: object) -> LiveAnswer:
    """The answer to one request."""
    request = LiveRequest(Protocol.HTTP, "127.0.0.1", port, None, "a.example")
    return ask_all([request._replace(**more)], timeout_s=TIMEOUT_S)[0]


@pytest.mark.parametrize(
    ("octets", "status", "body"),
    [
        (OK, 200, b"hi"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end", 200, b"to the end"),
        (
            CHUNKED + b"3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n",
            200,
            b"abcde",
        ),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", 204, b""),
        (b"HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404, b""),
        (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK, 200, b"hi"),
    ],
)
def test_answers_are_read_whole(octets: bytes, status: int, body: bytes) -> None:
    """A page cut short would be taken for another site's."""
    with serving(saying(octets)) as port:
        answer = ask(port)
    assert (answer.stage, answer.status, answer.body) == (Stage.ANSWERED, status, body)


def test_fields_are_found_in_any_case() -> None:
    """The site that our own service tells would be missed."""
    octets = b"HTTP/1.1 200 OK\r\nX-Bindctl-Site: 7\r\nContent-Length: 0\r\n\r\n"
    with serving(saying(octets)) as port:
        assert ask(port).fields["x-bindctl-site"] == "7"


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        (b"", "the server closed the connection"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi", "the server closed the"),
        (b"SSH-2.0-OpenSSH_9\r\n\r\n", "the answer is not HTTP"),
        (b"HTTP/1.1 x y\r\n\r\n", "the answer is not HTTP"),
        (b"HELLO 200 OK\r\n\r\n", "the answer is not HTTP"),
        (CHUNKED + b"zz\r\n", "the answer is not HTTP"),
        (b"x" * 200_000, "limit"),
    ],
)
def test_what_is_no_answer_says_why(octets: bytes, problem: str) -> None:
    """One odd server would end the whole probe with a traceback."""
    with serving(saying(octets)) as port:
        answer = ask(port)
    assert answer.stage is Stage.REQUEST
    assert problem in answer.problem


def test_nobody_there_says_so() -> None:
    """A closed port must be told apart from a server that does not answer."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    answer = ask(port)
    assert (answer.stage, answer.problem) == (Stage.CONNECT, "connection refused")


def test_silence_is_not_waited_for_without_end() -> None:
    """One server that hangs would hang the probe."""
    released = threading.Event()
    with serving(
        lambda _connection, _number: released.wait(TIMEOUT_S) and None
    ) as port:
        request = LiveRequest(Protocol.HTTP, "127.0.0.1", port, None, "a")
        (answer,) = ask_all([request], timeout_s=0.05)
        released.set()
    assert (answer.stage, answer.problem) == (Stage.REQUEST, "no answer in time")


def test_a_large_page_is_cut_and_does_not_disturb_the_next() -> None:
    """A download behind ``/`` would fill the memory."""
    large = b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + bytes(2_000_000)

    def handle(connection: socket.socket, _number: int) -> None:
        while head := read_head(connection):
            connection.sendall(large if b" /large " in head else OK)

    with serving(handle) as port:
        request = LiveRequest(Protocol.HTTP, "127.0.0.1", port, None, "a")
        first, second = ask_all(
            [request._replace(target="/large"), request],
            timeout_s=TIMEOUT_S,
            connections=1,
        )
    assert len(first.body) == MAX_BODY_OCTETS
    assert second.body == b"hi"


def test_what_is_sent_is_what_was_asked() -> None:
    """A request of HTTP/1.0 without a host is a class of its own."""
    heads: list[bytes] = []

    def handle(connection: socket.socket, _number: int) -> None:
        heads.append(read_head(connection))
        connection.sendall(OK)

    with serving(handle) as port:
        ask(port, target="/x?y", fields=(("X-A", "b"),))
        ask(port, host=None)
    assert heads == [
        b"GET /x?y HTTP/1.1\r\nHost: a.example\r\nX-A: b\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
    ]


def test_a_connection_closed_meanwhile_is_opened_again() -> None:
    """Servers close idle connections just as they are used again: RFC 9112 §9.3.1."""

    def handle(connection: socket.socket, number: int) -> None:
        if read_head(connection):
            connection.sendall(OK)
        if number == 1:
            return  # closed without a word, though nothing said so
        if read_head(connection):
            connection.sendall(OK)

    with serving(handle) as port:
        request = LiveRequest(Protocol.HTTP, "127.0.0.1", port, None, "a")
        answers = ask_all([request] * 3, timeout_s=TIMEOUT_S, connections=1)
    assert [answer.body for answer in answers] == [b"hi"] * 3


class Secure:
    """TLS servers with a certificate for `a.example`."""

    def __init__(self) -> None:
        """Issue it."""
        issued = trustme.CA().issue_cert("a.example")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issued.configure_cert(self.context)
        pem = issued.cert_chain_pems[0].bytes().decode()
        der = ssl.PEM_cert_to_DER_cert(pem)
        self.thumbprint = hashlib.sha1(der, usedforsecurity=False).hexdigest()
        self.names: list[str | None] = []
        self.context.sni_callback = self._choose
        self.refused: int | None = None

    def _choose(
        self, _object: object, name: str | None, _context: object
    ) -> int | None:
        self.names.append(name)
        return self.refused

    def handle(self, connection: socket.socket, _number: int) -> None:
        """One request over TLS."""
        with self.context.wrap_socket(connection, server_side=True) as channel:
            while read_head(channel):
                channel.sendall(OK)


@pytest.fixture(scope="module")
def secure() -> Secure:
    """A server that nobody trusts."""
    return Secure()


@pytest.mark.parametrize("name", ["a.example", "other.example", None])
def test_a_certificate_is_looked_at_and_not_judged(
    secure: Secure, name: str | None
) -> None:
    """A server with a certificate of its own authority could not be asked."""
    secure.names.clear()
    with serving(secure.handle) as port:
        answer = ask(port, protocol=Protocol.HTTPS, server_name=name)
    assert answer.certificate_hash == secure.thumbprint
    assert answer.body == b"hi"
    assert secure.names == [name]


def test_a_refused_handshake_says_which_alert(secure: Secure) -> None:
    """The plan may promise exactly that."""
    alert = ssl.AlertDescription.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
    secure.refused = int(alert)
    try:
        with serving(secure.handle) as port:
            answer = ask(port, protocol=Protocol.HTTPS, server_name="b.example")
    finally:
        secure.refused = None
    assert (answer.stage, answer.certificate_hash) == (Stage.HANDSHAKE, None)
    assert answer.problem == "unrecognized name"


def test_a_port_without_tls_fails_in_the_handshake() -> None:
    """A binding whose scheme was mistaken is a common difference."""
    with serving(lambda connection, _number: connection.sendall(OK)) as port:
        answer = ask(port, protocol=Protocol.HTTPS, server_name="a.example")
    assert answer.stage is Stage.HANDSHAKE
    assert answer.problem


def test_many_requests_are_asked_at_once_and_answered_in_order() -> None:
    """Ten thousand witnesses one after another would take an hour."""
    with serving(_echo) as port:
        request = LiveRequest(Protocol.HTTP, "127.0.0.1", port, None, "a")
        wanted = [f"/{number}" for number in range(100)]
        answers = ask_all(
            [request._replace(target=target) for target in wanted], timeout_s=TIMEOUT_S
        )
    assert [answer.body.decode() for answer in answers] == wanted
    assert ask_all([]) == []


def _echo(connection: socket.socket, _number: int) -> None:
    head = read_head(connection)
    target = head.split(b" ")[1]
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b"
        % (len(target), target)
    )
