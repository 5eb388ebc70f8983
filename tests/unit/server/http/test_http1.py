"""Framing: however octets are cut, whatever they are."""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bindctl.server.http.http1 import (
    END_OF_REQUEST,
    NEED_DATA,
    BodyOctets,
    RequestReader,
)
from bindctl.server.http.peer_error import PeerProtocolError
from bindctl.server.http.request import KNOWN_METHODS, RequestHead

if TYPE_CHECKING:
    from bindctl.server.http.http1 import Event

LINES = st.sampled_from(
    [
        b"Host: a.test",
        b"Host: b.test",
        b"Content-Length: 3",
        b"Content-Length: 0",
        b"Content-Length: x",
        b"Transfer-Encoding: chunked",
        b"Transfer-Encoding: gzip, chunked",
        b"Connection: close",
        b"Connection: Upgrade",
        b"Upgrade: h2c",
        b"Expect: 100-continue",
        b" folded",
        b"X y: z",
        b"X: " + b"v" * 3000,
    ]
)
STARTS = st.sampled_from(
    [
        b"GET / HTTP/1.1",
        b"POST /x HTTP/1.1",
        b"GET http://a/ HTTP/1.0",
        b"CONNECT a:1 HTTP/1.1",
        b"",
        b"GET / HTTP/1.1\nHost: a",
        b"PRI * HTTP/2.0",
    ]
)
BODIES = st.sampled_from(
    [
        b"",
        b"abc",
        b"3\r\nabc\r\n0\r\n\r\n",
        b"1;a=b\r\nx\r\n0\r\nT: 1\r\n\r\n",
        b"-1\r\n",
    ]
)
REQUESTS = st.builds(
    lambda start, lines, body: b"\r\n".join([start, *lines]) + b"\r\n\r\n" + body,
    STARTS,
    st.lists(LINES, max_size=6),
    BODIES,
)
STREAMS = st.lists(st.one_of(REQUESTS, st.binary(max_size=40)), max_size=4).map(
    b"".join
)
CLIENT_HELLO = bytes.fromhex("16030100f8010000f40303")


def read(pieces: list[bytes]) -> list[Event | tuple[int, str]]:
    """All events; bodies counted up, an error last."""
    reader = RequestReader()
    events: list[Event | tuple[int, str]] = []
    try:
        for piece in pieces:
            reader.receive(piece)
            while (event := reader.next_event()) is not NEED_DATA:
                last = events[-1] if events else None
                if isinstance(event, BodyOctets) and isinstance(last, BodyOctets):
                    events[-1] = BodyOctets(last.count + event.count)
                else:
                    events.append(event)
    except PeerProtocolError as error:
        events.append((error.status, error.title))
    return events


@given(STREAMS, st.lists(st.integers(0, 400), max_size=8))
def test_cutting_anywhere_gives_the_same_events(octets: bytes, cuts: list[int]) -> None:
    """A slow link would change what a request means."""
    places = sorted({0, len(octets), *(cut for cut in cuts if cut < len(octets))})
    pieces = [octets[a:b] for a, b in pairwise(places)]
    assert read(pieces) == read([octets])


@given(STREAMS)
def test_one_octet_at_a_time_gives_the_same_events(octets: bytes) -> None:
    """The slowest link of all."""
    assert read([octets[i : i + 1] for i in range(len(octets))]) == read([octets])


@given(st.binary(max_size=2000))
@example(b"\r\n\r\n")
@example(b"GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n")
def test_any_octets_give_events_or_a_peer_error(octets: bytes) -> None:
    """A scanner could end a worker with an exception."""
    read([octets])


def test_long_head_is_refused_before_it_ends() -> None:
    """A head without end would fill the memory."""
    assert read([b"GET / HTTP/1.1\r\nX: " + b"x" * 17000]) == [
        (400, "Request Too Long")
    ]
    assert read([b"GET /" + b"x" * 17000]) == [(414, "URL Too Long")]


def test_body_is_counted_not_kept() -> None:
    """Uploads would fill the memory."""
    reader = RequestReader()
    reader.receive(b"POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n")
    reader.next_event()
    for _piece in range(10):
        reader.receive(b"x" * 10000)
        assert reader.next_event() == BodyOctets(10000)
        assert reader.buffered == 0


def test_tls_is_refused_at_its_first_octet() -> None:
    """A browser sent to https:// on an HTTP port would wait until it gives up."""
    for octets in (CLIENT_HELLO[:1], CLIENT_HELLO, b"\r\n" + CLIENT_HELLO):
        assert read([octets]) == [(400, "")]
    reader = RequestReader()
    reader.receive(CLIENT_HELLO)
    with pytest.raises(PeerProtocolError, match="TLS was sent where plain HTTP"):
        reader.next_event()


def test_octet_of_tls_within_a_request_is_none() -> None:
    """An upload that holds such an octet would be cut off."""
    assert read([b"POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n", b"\x16"])[1:] == [
        BodyOctets(1),
        END_OF_REQUEST,
    ]


@pytest.mark.parametrize(
    "octets",
    [
        b"\n",
        b"GET / HTTP/1.1\n",
        b"GET / HTTP/1.1\r\nHost: a\n",
        b"GET / HTTP/1.1\r\nHost: a\n\nGET / HTTP/1.1\r\n",
    ],
)
def test_a_bare_line_feed_is_refused_at_once(octets: bytes) -> None:
    """A client that thinks its head has ended would wait until the timeout."""
    assert read([octets]) == [(400, "")]


@pytest.mark.parametrize(
    ("line", "status", "title"),
    [
        (b"GET / RTSP/1.0", 400, ""),
        (b"SETUP / RTSP/1.0", 400, ""),
        (b"SOURCE / ICE/1.0", 400, ""),
        (b"GET  / HTTP/1.1", 400, ""),
        (b"GET /  HTTP/1.1", 400, ""),
        (b"GET / HTTP/1.1 ", 400, ""),
        (b"GET / HTTP/01.1", 400, ""),
        (b"GET /", 400, ""),
        (b"GET /\x80 HTTP/1.1", 400, "Invalid URL"),
        (b"G@T / HTTP/1.1", 400, "Invalid Verb"),
        (b"get / HTTP/1.1", 501, ""),
        (b"BREW / HTTP/1.1", 501, ""),
        (b"DESCRIBE / HTTP/1.1", 501, ""),
        (b"M-SEARCH / HTTP/1.1", 501, ""),
        (b"GET / HTTP/0.9", 505, ""),
        (b"GET / HTTP/2.0", 505, ""),
        (b"PRI * HTTP/2.0", 505, ""),
    ],
)
def test_request_lines_that_are_refused(line: bytes, status: int, title: str) -> None:
    """What one server takes for a request and another does not is how they are smuggled."""
    assert read([line + b"\r\nHost: a\r\n\r\n"]) == [(status, title)]


@pytest.mark.parametrize("method", sorted(KNOWN_METHODS))
@pytest.mark.parametrize("version", [b"1.0", b"1.1", b"1.2", b"1.9"])
def test_known_methods_and_versions_are_read(method: bytes, version: bytes) -> None:
    """A method that is refused for a file would be called unknown."""
    [head, end] = read([method + b" /x HTTP/" + version + b"\r\nHost: a\r\n\r\n"])
    assert isinstance(head, RequestHead)
    assert (head.method.encode(), head.target) == (method, b"/x")
    assert head.is_http11 is (version != b"1.0")
    assert end is END_OF_REQUEST


def test_empty_lines_cost_no_more_than_their_octets() -> None:
    """A client that sends nothing else would keep a worker busy."""
    calls = 0

    def count(_frame: object, _event: str, _argument: object) -> None:
        nonlocal calls
        calls += 1

    reader = RequestReader()
    reader.receive(b"\r\n" * 10_000 + b"\r")
    sys.setprofile(count)
    try:
        found = reader.next_event()
    finally:
        sys.setprofile(None)
    assert (found, reader.buffered) == (NEED_DATA, 1)
    assert calls < 100
