"""What a head says of the body that follows, and of the connection."""

from __future__ import annotations

import pytest

from bindctl.server.http.peer_error import PeerProtocolError
from bindctl.server.http.request import MAX_HEADERS, RequestHead, parse_head


def head(*lines: str, version: str = "1.1") -> RequestHead:
    """A POST with those fields."""
    text = "\r\n".join([f"POST /a HTTP/{version}", *lines, "", ""])
    return parse_head(text.encode("latin-1"))


@pytest.mark.parametrize(
    ("lines", "version", "keeps"),
    [
        ((), "1.1", True),
        ((), "1.0", False),
        (("Connection: close",), "1.1", False),
        (("Connection: TE, Close ",), "1.1", False),
        (("Connection: TE", "Connection: close"), "1.1", False),
        (("Connection: keep-alive, close",), "1.1", False),
        (("Connection: closed",), "1.1", True),
        (("Connection: Keep-Alive",), "1.0", True),
        (("Connection: te",), "1.0", False),
        (("Connection: keep-alive, close",), "1.0", False),
    ],
)
def test_who_wants_to_keep_the_connection(
    lines: tuple[str, ...], version: str, *, keeps: bool
) -> None:
    """A client would wait for an answer that has ended, or for a close."""
    assert head(*lines, version=version).keep_alive is keeps


@pytest.mark.parametrize(
    ("lines", "length", "is_chunked"),
    [
        ((), 0, False),
        (("Content-Length: 0",), 0, False),
        (("Content-Length:  0017 ",), 17, False),
        (("Transfer-Encoding: Chunked",), 0, True),
    ],
)
def test_the_length_of_a_body(
    lines: tuple[str, ...], length: int, *, is_chunked: bool
) -> None:
    """The next request on the connection would begin in the middle of this one."""
    found = head(*lines)
    assert (found.content_length, found.is_chunked) == (length, is_chunked)
    assert found.has_body is (is_chunked or length > 0)


@pytest.mark.parametrize(
    ("lines", "version", "status"),
    [
        (("Content-Length: 1", "Content-Length: 1"), "1.1", 400),
        (("Content-Length: 1, 1",), "1.1", 400),
        (("Content-Length: -1",), "1.1", 400),
        (("Content-Length: 1" + "0" * 18,), "1.1", 400),
        (("Content-Length: \xb2",), "1.1", 400),
        (("Content-Length: 3", "Transfer-Encoding: chunked"), "1.1", 400),
        (("Transfer-Encoding: chunked", "Content-Length: 3"), "1.1", 400),
        (("Transfer-Encoding: chunked",), "1.0", 400),
        (("Transfer-Encoding: gzip, chunked",), "1.1", 501),
        (("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), "1.1", 400),
        (("Transfer-Encoding: gzip", "Transfer-Encoding: chunked"), "1.1", 501),
        (("Expect: a-miracle",), "1.1", 417),
        (("Expect: 100-continue", "Expect: 100-continue"), "1.1", 417),
        (("A: b", " folded"), "1.1", 400),
        (("A: b\r\n\tfolded",), "1.1", 400),
        (("A : b",), "1.1", 400),
        (("A",), "1.1", 400),
        (("A: b",) * (MAX_HEADERS + 1), "1.1", 400),
    ],
)
def test_framing_that_two_programs_may_read_differently_is_refused(
    lines: tuple[str, ...], version: str, status: int
) -> None:
    """A request could be smuggled past a proxy within the body of another."""
    with pytest.raises(PeerProtocolError) as caught:
        head(*lines, version=version)
    assert caught.value.status == status


def test_as_many_fields_as_allowed_are_read() -> None:
    """A client with many cookies would be sent away."""
    assert len(head(*["A: b"] * MAX_HEADERS).values(b"a")) == MAX_HEADERS


@pytest.mark.parametrize(("version", "waits"), [("1.1", True), ("1.0", False)])
def test_an_expectation(version: str, *, waits: bool) -> None:
    """A client would wait a second before each body; HTTP/1.0 takes no interim answer."""
    assert head("Expect: 100-Continue", version=version).expects_continue is waits


def test_an_offer_of_another_protocol_is_left_alone() -> None:
    """Browsers that would like HTTP/2 or a WebSocket would get no page."""
    found = head("Connection: Upgrade", "Upgrade: h2c", "Content-Length: 0")
    assert found.find(b"upgrade") == b"h2c"
    assert found.keep_alive


def test_fields_are_found_by_any_spelling() -> None:
    """Names are case-insensitive; several values stay apart and in order."""
    found = head("X-A:  1 ", "x-a: 2")
    assert found.values(b"x-a") == [b"1", b"2"]
    assert found.find(b"x-a") == b"1"
    assert (found.find(b"x-b"), found.values(b"x-b")) == (None, [])
