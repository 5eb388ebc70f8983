"""What a connection makes of time, of clients that end, and of full buffers."""

from __future__ import annotations

import asyncio
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from bindctl.model.site import VirtualDirectory
from bindctl.server.http.request import parse_head
from bindctl.server.worker.connection import (
    LINGER_S,
    MAX_AWAITED_OCTETS,
    MAX_BUFFERED_OCTETS,
    Connection,
    Exchange,
    find_place,
)
from bindctl.server.worker.file_pump import TURN_OCTETS
from tests.unit.server.serving import CONTENT, FakeClock, FakeTransport, make_state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bindctl.server.http.answer import Target
    from bindctl.server.worker.worker_state import WorkerState

GET = b"GET /a.txt HTTP/1.1\r\nHost: s1\r\n\r\n"
POST = b"POST /a.txt HTTP/1.1\r\nHost: s1\r\nContent-Length: %d\r\n\r\n"
HANDSHAKE_S, SITE_S = 5.0, 7
LARGE = 3 * TURN_OCTETS
NO_TARGET: Target = None  # type: ignore[assignment] # nobody asks for it


class Client:
    """One connection, its transport and its clock."""

    def __init__(self, folder: Path, loop: asyncio.AbstractEventLoop) -> None:
        """Connected a moment ago."""
        (folder / "a.txt").write_bytes(b"text")
        (folder / "large.txt").write_bytes(bytes(LARGE))
        root = VirtualDirectory("/", str(folder), (), {}, True, 1 << 30)
        content = CONTENT._replace(
            directories=(root,),
            connection_timeout_s=SITE_S,
            log_directory=str(folder / "logs"),
        )
        self.clock = FakeClock(1000.0)
        self.state: WorkerState = make_state(
            loop, self.clock, content, CONTENT._replace(identifier=2)
        )
        self.transport = FakeTransport()
        self.connection = Connection(self.state)
        view = self.state.view("127.0.0.1", 80)
        assert view is not None
        self.connection.attach(self.transport, view, b"192.0.2.1", HANDSHAKE_S)

    def pass_seconds(self, count: float) -> list[str]:
        """As the worker's ticks; what they did to the transport."""
        self.transport.done.clear()
        for _each in range(int(count)):
            self.clock.seconds += 1
            self.state.monotonic = self.clock.seconds
            self.connection.sweep(self.clock.seconds)
        return self.transport.done

    def send(self, octets: bytes) -> bytes:
        """What comes back at once."""
        self.transport.octets = b""
        self.connection.data_received(octets)
        return self.transport.octets

    @property
    def logged(self) -> bytes:
        """Lines of the site's log that are not written yet."""
        return b"".join(b"".join(log._lines) for log in self.state.logs._logs.values())


@contextmanager
def client_of(folder: Path) -> Iterator[Client]:
    """A client, and an event loop that turns when it is told to."""
    loop = asyncio.new_event_loop()
    client = Client(folder, loop)
    yield client
    client.connection.connection_lost(None)
    assert not client.state.connections
    assert client.state.emptied.is_set()
    loop.close()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    """A client that has sent nothing."""
    with client_of(tmp_path) as made:
        yield made


def test_silence_ends_a_connection_and_words_put_that_off(client: Client) -> None:
    """Connections of clients that have gone would add up; or busy ones be cut."""
    assert client.pass_seconds(HANDSHAKE_S - 1) == []
    for _each in range(3):
        assert client.send(GET).startswith(b"HTTP/1.1 200 ")
        assert client.pass_seconds(SITE_S) == []
    assert client.pass_seconds(1) == ["abort"]


def test_who_says_nothing_has_as_long_as_the_handshake(client: Client) -> None:
    """Many that only connect would hold every descriptor."""
    assert client.pass_seconds(HANDSHAKE_S) == ["abort"]


def test_half_a_head_is_silence(client: Client) -> None:
    """A client that sends a letter a minute would stay for ever."""
    for number in range(int(HANDSHAKE_S) - 1):
        client.send(GET[number : number + 1])
        assert client.pass_seconds(1) == []
    client.send(GET[4:8])
    assert client.pass_seconds(1) == ["abort"]


def test_a_body_that_comes_too_slowly_all_in_all_is_cut_off(client: Client) -> None:
    """Each octet would put the end off."""
    rate = client.state.plan.min_octets_per_s
    client.send(POST % MAX_AWAITED_OCTETS)
    for _each in range(SITE_S + 1):
        client.send(b"x" * rate)
        assert client.pass_seconds(1) == []
    client.send(b"x" * (rate - 1))
    assert client.pass_seconds(1) == ["abort"]


def test_an_answer_that_is_taken_too_slowly_is_cut_off(client: Client) -> None:
    """A client that reads a line a minute would hold a buffer for ever."""
    rate = client.state.plan.min_octets_per_s
    client.send(GET)
    client.transport.waiting = 50 * rate
    for _each in range(20):  # quickly enough
        client.connection.active = True
        assert client.pass_seconds(1) == []
        client.transport.waiting -= rate
    for _each in range(40):
        client.connection.active = True
        if client.pass_seconds(1):
            break
    else:
        pytest.fail("the client was waited for")
    client.transport.waiting = 0
    client.connection.active = True
    assert client.pass_seconds(1) == []  # all is taken: it starts anew


@pytest.mark.parametrize("is_busy", [False, True])
def test_a_drain_ends_what_is_quiet_and_lets_a_request_end(
    client: Client, *, is_busy: bool
) -> None:
    """A reset would break off an upload, or wait for browsers that keep connections."""
    if is_busy:
        client.send(POST % 3)
        client.connection.drain()
        assert client.transport.done == []
        answer = client.send(b"abc")
        assert b"\r\nConnection: close\r\n" in answer
    else:
        client.connection.drain()
    assert client.transport.done == ["close"]
    assert client.send(GET) == b""


def test_an_error_is_seen_before_the_end(client: Client) -> None:
    """A reset would overtake the answer: the client would not know why."""
    answer = client.send(b"GET / HTTP/1.1\r\nHost: nobody\r\n\r\nmore")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert client.transport.done == ["write_eof"]
    assert client.send(GET) == b""
    client.connection.eof_received()
    assert client.transport.done == ["write_eof"]
    assert client.pass_seconds(LINGER_S) == ["abort"]


def test_where_no_side_can_end_alone_the_connection_ends(client: Client) -> None:
    """It would linger for a word that never comes."""
    client.transport.has_eof = False
    client.send(b"GET / HTTP/1.1\r\nHost: nobody\r\n\r\nmore")
    assert client.transport.done == ["close"]


def test_reading_stops_while_answers_wait(client: Client) -> None:
    """A client that sends and never reads would fill the memory."""
    client.connection.pause_writing()
    assert client.send(GET) == b""
    client.send(b"x" * MAX_BUFFERED_OCTETS)
    assert client.transport.done == ["pause_reading"]
    client.connection.resume_writing()
    assert client.transport.octets.startswith(b"HTTP/1.1 200 ")


def test_a_pause_without_a_request_is_none_of_the_hot_table(client: Client) -> None:
    """An answer would be queued behind what the client does not take."""
    for _each in range(3):
        client.send(GET)
    client.connection.pause_writing()
    assert client.send(GET) == b""
    client.connection.resume_writing()
    assert client.transport.octets.count(b"HTTP/1.1 200 ") == 1
    assert client.connection.quiet


@pytest.mark.parametrize("method", [b"GET", b"HEAD"])
def test_a_file_that_is_streamed_is_one_line_of_the_log(
    client: Client, method: bytes
) -> None:
    """Downloads would be missing there, or count no octets."""

    async def ask() -> bytes:
        octets = client.send(method + b" /large.txt HTTP/1.1\r\nHost: s1\r\n\r\n")
        for _turn in range(5):
            await asyncio.sleep(0)
        return octets

    client.state.loop.run_until_complete(ask())
    size = len(client.transport.octets)
    assert (size > LARGE) is (method == b"GET")
    assert b" 200 0 0 %d " % size in client.logged
    assert client.connection.quiet


def test_a_client_that_leaves_a_download_leaves_nothing_open(tmp_path: Path) -> None:
    """Every download that was broken off would keep its file open."""
    with client_of(tmp_path) as client:

        async def leave() -> None:
            before = set(os.listdir("/proc/self/fd"))
            client.send(b"GET /large.txt HTTP/1.1\r\nHost: s1\r\n\r\n")
            client.connection.connection_lost(None)
            assert set(os.listdir("/proc/self/fd")) == before

        client.connection.pause_writing()
        client.connection.resume_writing()
        client.state.loop.run_until_complete(leave())


def test_a_body_too_long_to_wait_for_ends_the_connection(client: Client) -> None:
    """The next request would be looked for within the body."""
    answer = client.send(POST % (MAX_AWAITED_OCTETS + 1))
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert b"\r\nConnection: close\r\n" in answer
    assert client.transport.done == ["write_eof"]


def test_a_request_that_failed_is_logged_with_its_site(client: Client) -> None:
    """The log would not show what goes wrong."""
    client.send(POST % 3)
    client.send(b"abc")
    assert b" POST /a.txt - 8080 - 192.0.2.1 - - s1 405 0 0 " in client.logged
    received = len(POST % 3) + 3
    assert b" %d 0\r\n" % received in client.logged


def test_how_fast_a_body_comes() -> None:
    """A short pause is allowed; what counts is all of it."""
    exchange = Exchange(parse_head(POST % 99), CONTENT, NO_TARGET, 100.0)
    assert exchange.body_octets == 0
    assert not exchange.is_too_slow(110.0, 10.0, 1)
    assert exchange.is_too_slow(110.1, 10.0, 1)
    exchange.received += 11
    assert not exchange.is_too_slow(110.1, 10.0, 1)
    assert exchange.is_too_slow(112.0, 10.0, 1)
    assert not exchange.is_too_slow(1e9, 10.0, 0)  # no limit


@pytest.mark.parametrize(
    ("extra", "port", "is_tls", "is_found"),
    [
        ({"sockname": ("127.0.0.1", 1), "peername": ("::1%lo", 2)}, 80, False, True),
        ({"sockname": ("127.0.0.1", 1), "peername": ("::1%lo", 2)}, 443, True, True),
        ({"sockname": ("127.0.0.1", 1), "peername": ("::1%lo", 2)}, 80, True, False),
        ({"sockname": ("127.0.0.1", 1), "peername": ("::1%lo", 2)}, 443, False, False),
        ({"sockname": ("127.0.0.1", 1), "peername": ("::1%lo", 2)}, 81, False, False),
        ({"sockname": ("127.0.0.2", 1), "peername": ("::1%lo", 2)}, 80, False, False),
    ],
)
def test_where_a_connection_arrived(
    client: Client, extra: dict[str, Any], port: int, *, is_tls: bool, is_found: bool
) -> None:
    """The plan may have changed before it was accepted: TLS must not become clear."""
    transport = FakeTransport(**extra)
    view, address = find_place(client.state, transport, port, is_tls=is_tls)
    assert ((view is not None), address) == (is_found, b"::1")


def test_a_client_that_has_gone_already_arrived_nowhere(client: Client) -> None:
    """The system does not know its address any more."""
    for extra in ({}, {"sockname": ("127.0.0.1", 1), "peername": None}):
        found = find_place(client.state, FakeTransport(**extra), 80, is_tls=False)
        assert found == (None, b"-")
