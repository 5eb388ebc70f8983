"""Answers as values: pages, and which site would answer, told to who may know."""

from __future__ import annotations

import pytest

from bindctl.server.http.peer_error import PeerProtocolError, invalid_hostname
from bindctl.server.http.request import RequestHead, parse_head
from bindctl.server.http.response import (
    Response,
    end_of_head,
    error_page,
    http_sys_page,
    is_probe,
    redirect_page,
    status_line,
    tell_site,
)

SECRET = "0123456789abcdef"  # noqa: S105 - of a test


def head(*lines: str, method: str = "GET") -> RequestHead:
    """A request with those fields."""
    text = "\r\n".join([f"{method} / HTTP/1.1", "Host: a", *lines, "", ""])
    return parse_head(text.encode())


def test_who_knows_the_word_is_told() -> None:
    """`bindctl probe` could not tell two sites with one page apart."""
    assert is_probe(head(f"X-Bindctl-Probe: {SECRET}"), SECRET)
    assert is_probe(head(f"x-bindctl-probe: {SECRET}"), SECRET)


@pytest.mark.parametrize(
    ("lines", "secret"),
    [
        ((), SECRET),
        (("X-Bindctl-Probe: other",), SECRET),
        (("X-Bindctl-Probe:",), ""),
        (("X-Bindctl-Probe: x",), ""),
        ((f"X-Bindctl-Probe: {SECRET}", "Content-Length: 3"), SECRET),
        (("X-Bindctl-Probe: \u00e9",), SECRET),
    ],
)
def test_nobody_else_is(lines: tuple[str, ...], secret: str) -> None:
    """Identifiers of sites, and which of them share a name, are nobody's business.

    And without a word no word is the right one.
    """
    assert not is_probe(head(*lines), secret)


def test_the_answer_is_a_head_alone() -> None:
    """The next request on the connection would be read as its body."""
    response = tell_site(7)
    assert response.status == 200
    assert response.body == b""
    assert b"X-Bindctl-Site: 7\r\nContent-Length: 0\r\n" in response.headers


def length(response: Response) -> int:
    """What its Content-Length says."""
    (line,) = [
        line
        for line in response.headers.split(b"\r\n")
        if line.startswith(b"Content-L")
    ]
    return int(line.partition(b": ")[2])


@pytest.mark.parametrize(
    "page",
    [
        error_page(404, "Not here."),
        http_sys_page(invalid_hostname()),
        redirect_page(b"/a/", with_body=True),
    ],
)
def test_a_page_is_as_long_as_it_says(page: Response) -> None:
    """A client would wait for the rest, or take it for the next answer."""
    assert isinstance(page.body, bytes)
    assert length(page) == len(page.body) > 0
    assert page.headers.endswith(b"\r\n")


def test_an_answer_to_head_has_the_length_of_the_page_alone() -> None:
    """RFC 9110 section 9.3.2: the fields are those of a GET."""
    full = error_page(403, "No.", substatus=14, extra_headers=b"A: b\r\n")
    bare = error_page(
        403, "No.", substatus=14, extra_headers=b"A: b\r\n", with_body=False
    )
    assert bare == full._replace(body=b"")
    assert redirect_page(b"/a/", with_body=False).body == b""


def test_http_sys_speaks_for_itself_and_hangs_up() -> None:
    """Scripts that look for its pages would not find them."""
    page = http_sys_page(invalid_hostname())
    assert (page.status, page.must_close, page.is_http_sys) == (400, True, True)
    assert b"<title>Invalid Hostname</title>" in page.body
    assert b"<h2>Bad Request - Invalid Hostname</h2>" in page.body
    assert b"<p>HTTP Error 400. The request hostname is invalid.</p>" in page.body
    plain = http_sys_page(PeerProtocolError(503, "Not now."))
    assert b"<h2>Service Unavailable</h2>" in plain.body
    assert not error_page(400, "No.").must_close


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (200, b"HTTP/1.1 200 OK\r\n"),
        (421, b"HTTP/1.1 421 Misdirected Request\r\n"),
        (799, b"HTTP/1.1 799 Error\r\n"),
    ],
)
def test_status_lines(status: int, line: bytes) -> None:
    """A status of another program's has no words, and is no reason to fail."""
    assert status_line(status) == line


@pytest.mark.parametrize(
    ("request_head", "close", "line"),
    [
        (head(), False, b""),
        (head(), True, b"Connection: close\r\n"),
        (head()._replace(is_http11=False), False, b"Connection: keep-alive\r\n"),
        (head()._replace(is_http11=False), True, b"Connection: close\r\n"),
        (None, False, b""),
        (None, True, b"Connection: close\r\n"),
    ],
)
def test_what_is_said_of_the_connection(
    request_head: RequestHead | None, line: bytes, *, close: bool
) -> None:
    """A client of HTTP/1.0 that asked to stay would wait for the end."""
    octets = end_of_head(Response(200, b"A: b\r\n"), request_head, close=close)
    assert octets == b"A: b\r\n" + line + b"\r\n"
