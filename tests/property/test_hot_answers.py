"""A ready answer is the answer of the long way, whatever else the request says."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bindctl.model.binding import Protocol
from bindctl.model.site import SiteContent, VirtualDirectory
from bindctl.routing.plan import compile_plan
from bindctl.server.service.service_plan import ServiceOptions, ServicePlan
from bindctl.server.tls.handshake import make_base_contexts
from bindctl.server.worker.connection import Connection
from bindctl.server.worker.hot_answers import MAX_SPELLINGS, match_request
from bindctl.server.worker.listeners import ListenerSpec
from bindctl.server.worker.worker_state import WorkerState
from tests.unit.bindings.tables import site, table
from tests.unit.server.serving import FakeClock, FakeTransport

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = b"<p>page %d</p>"
ETAG = b'"3b9aca00-d"'  # of a file of thirteen octets changed one second after 1970
TARGETS = (b"/", b"/index.html", b"/a.txt", b"/missing", b"/sub", b"/sub/", b"/%61.txt")
ODD_TARGETS = (b"/a b", b"/a#b", b"http://a.test/", b"*", b"/../x", b"/\x80", b"/a.bin")
HOSTS = (b"a.test", b"A.test:80", b"b.test", b"nobody.test", b"a.test:000080", b"")
LINES = (
    b"Accept: */*",
    b"accept: text/html",
    b"Accept-Encoding: gzip, br",
    b"Accept-Language: en",
    b"Cache-Control: max-age=0",
    b"Connection: keep-alive",
    b"Connection: Keep-Alive, x",
    b"Connection: close",
    b"Connection: keep-alive, close",
    b"Cookie: a=b; c=d",
    b"Cookie:",
    b"Cookie: \x00",
    b"Cookie: a\nHost: b.test",
    b"Cookie: \x80\xff\t",
    b" folded",
    b"Content-Length: 0",
    b"Content-Length: 3",
    b"Expect: 100-continue",
    b"Host: b.test",
    b"If-Match: *",
    b"If-Match: " + ETAG,
    b"If-Modified-Since: Thu, 01 Jan 1970 00:00:01 GMT",
    b"If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT",
    b"If-None-Match: " + ETAG,
    b'if-none-match: W/"x", ' + ETAG,
    b'If-None-Match: "x"',
    b"If-Range: " + ETAG,
    b"If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
    b"Priority: u=0, i",
    b"Range: bytes=0-1",
    b"Referer: http://a.test/x y",
    b"Sec-Fetch-Site: none",
    b"Transfer-Encoding: chunked",
    b"Upgrade-Insecure-Requests: 1",
    b"Upgrade: h2c",
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64)",
    b"User-Agent:  two\t",
    b"User-Agent: " + b"long " * 60,
    b"X-Bindctl-Probe: word",
    b"X-Unknown: 1",
    b'sec-ch-ua: "Chromium";v="156"',
    b"sec-ch-ua-mobile : ?0",
)
# Lines before a cookie are looked up, once a request is long: each line, there and behind.
AROUND_COOKIES = [
    b"\r\n".join([b"GET / HTTP/1.1", *lines, b"", b""])
    for line in LINES
    for cookie in (b"Cookie: a=b", b"cookie: c", b"X-Cookie: d")
    for long in (b"Referer: " + b"l" * 300,)
    for lines in (
        (b"Host: a.test", long, line, cookie),
        (b"Host: a.test", long, cookie, line),
        (line, b"Host: a.test", long, cookie),
    )
]


def _head(method: bytes, target: bytes, query: bytes, rest: list[bytes]) -> bytes:
    line = method + b" " + target + query + b" HTTP/1.1"
    return b"\r\n".join([line, *rest]) + b"\r\n\r\n"


fields = st.builds(
    lambda host, lines: [b"Host: " + host, *lines],
    st.sampled_from(HOSTS),
    st.lists(st.sampled_from(LINES), max_size=4),
)
heads = st.builds(
    _head,
    st.sampled_from((b"GET",) * 4 + (b"HEAD", b"POST", b"get", b"OPTIONS")),
    st.one_of(st.sampled_from(TARGETS), st.sampled_from(TARGETS + ODD_TARGETS)),
    st.sampled_from((b"", b"", b"?a=b", b"?", b"?a b", b"?a?b/\\c%zz")),
    st.one_of(fields, fields, fields.map(lambda found: found[::-1])),
)


class World:
    """Two sites, and two ways to ask them."""

    def __init__(self, folder: Path, loop: asyncio.AbstractEventLoop) -> None:
        """Make the files of both sites, and a log for each."""
        contents = {}
        for number, name in ((1, "a"), (2, "b")):
            root = folder / name
            (root / "sub").mkdir(parents=True)
            for file in ("index.html", "a.txt", "a.bin"):
                (root / file).write_bytes(PAGE % number)
                os.utime(root / file, (1, 1))
            directory = VirtualDirectory(
                "/",
                str(root),
                ("index.html",),
                {},
                access_read=True,
                max_entity_octets=9,
            )
            contents[number] = SiteContent(
                number,
                (directory,),
                60 * number,
                number == 1,
                str(folder / "logs"),
                False,
            )
        made = table(site(1, ":80:a.test"), site(2, ":80:b.test"))
        plan = ServicePlan(compile_plan(made, {1, 2}), contents, (), {})
        spec = ListenerSpec(IPv4Address("127.0.0.1"), 80, 80, Protocol.HTTP)
        options = ServiceOptions(1, probe_secret="word")  # noqa: S106 - no secret
        self.states = [
            WorkerState(
                loop, options, plan, (spec,), make_base_contexts(), FakeClock(2e9)
            )
            for _way in range(2)
        ]

    def connect(self, state: WorkerState) -> tuple[Connection, FakeTransport]:
        """A new connection, and what it writes to."""
        connection, transport = Connection(state), FakeTransport()
        transport.has_eof = False
        view = state.view("127.0.0.1", 80)
        assert view is not None
        connection.attach(transport, view, b"192.0.2.1", 120.0)
        return connection, transport

    def ask(
        self, request: bytes, *, quickly: bool
    ) -> tuple[bytes, bool, list[bytes], float]:
        """What comes back, whether the connection stays, the log, and the patience."""
        state = self.states[quickly]
        connection, transport = self.connect(state)
        take = connection.data_received if quickly else connection.receive
        take(request)
        lines = [line for log in state.logs._logs.values() for line in log._lines]
        for log in state.logs._logs.values():
            log._lines.clear()
            log._octets = 0
        is_open = "close" not in transport.done
        connection.connection_lost(None)
        return transport.octets, is_open, lines, connection._timeout_s


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Made once: the tables of a long-lived worker are what can go wrong."""
    folder = Path(tempfile.mkdtemp())
    loop = asyncio.new_event_loop()
    try:
        yield World(folder, loop)
    finally:
        loop.close()
        shutil.rmtree(folder)


@given(st.lists(heads, min_size=1, max_size=8))
@example([b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"] * 3)
@example([b"GET / HTTP/1.1\r\nHost: a.test\r\n%s\r\n\r\n" % line for line in LINES] * 3)
@example(AROUND_COOKIES)
@example(
    [
        b"%s / HTTP/1.1\r\nHost: %s.test\r\n\r\n" % (method, host)
        for method in (b"GET", b"HEAD")
        for host in (b"a", b"b")
    ]
)
def test_a_ready_answer_is_that_of_the_long_way(
    world: World, requests: list[bytes]
) -> None:
    """One visitor's conditions, host or cookie would decide what another gets."""
    for request in requests:
        expected = world.ask(request, quickly=False)
        for _sight in range(3):  # only the third finds an answer that is ready
            assert world.ask(request, quickly=True) == expected, request


def test_the_requests_of_a_browser_have_a_ready_answer(world: World) -> None:
    """Every visitor would take the long way, however often the page is asked for."""
    browser = (
        b"GET /a.txt?v=%d HTTP/1.1\r\nHost: a.test\r\nConnection: keep-alive\r\n"
        b'sec-ch-ua: "Chromium";v="156"\r\nUpgrade-Insecure-Requests: 1\r\n'
        b"User-Agent: Mozilla/5.0\r\nAccept: text/html,*/*;q=0.8\r\n"
        b"Sec-Fetch-Site: none\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
        b"Accept-Language: en-US,en;q=0.9\r\nCookie: id=%d\r\n"
        b"If-None-Match: " + ETAG + b"\r\n\r\n"
    )
    state = world.states[True]
    state.hot.forget()
    for number in range(2):
        answer = world.ask(browser % (number, number), quickly=True)[0]
        assert answer.startswith(b"HTTP/1.1 304 ")
    match = match_request(browser % (7, 7))
    assert match is not None
    assert len(state.hot._answers) == 1


def test_what_is_asked_for_once_is_not_kept(world: World) -> None:
    """A scanner would fill the memory with pages that nobody wants."""
    state = world.states[True]
    state.hot.forget()
    for number in range(300):
        stem = b"/./" * number + b"a.txt"
        world.ask(b"GET /%s HTTP/1.1\r\nHost: a.test\r\n\r\n" % stem, quickly=True)
    assert len(state.hot._answers) < 10


def test_one_file_does_not_fill_the_table(world: World) -> None:
    """One page, requested with ever new conditions, would double a worker's memory."""
    state = world.states[True]
    state.hot.forget()
    request = b'GET /a.txt HTTP/1.1\r\nHost: a.test\r\nIf-None-Match: "%d"\r\n\r\n'
    for number in range(3 * MAX_SPELLINGS):
        for _sight in range(2):
            world.ask(request % number, quickly=True)
    assert MAX_SPELLINGS / 2 < len(state.hot._answers) <= 2 * MAX_SPELLINGS


@pytest.mark.parametrize("ends", [False, True])
def test_many_requests_at_once_wait_for_other_connections(
    world: World, *, ends: bool
) -> None:
    """A hundred such clients held the worker up until the supervisor took it for hung."""
    state = world.states[True]
    connection, transport = world.connect(state)
    count = 300
    request = b"GET /missing HTTP/1.1\r\nHost: a.test\r\n\r\n"
    connection.data_received(request * (count - 1))
    connection.data_received(request)
    if ends:
        connection.eof_received()
    assert 0 < transport.octets.count(b"HTTP/1.1 404 ") < 10
    for _turn in range(count):
        state.loop.call_soon(state.loop.stop)
        state.loop.run_forever()
    assert transport.octets.count(b"HTTP/1.1 404 ") == count
    assert ("close" in transport.done) is ends
    connection.connection_lost(None)
