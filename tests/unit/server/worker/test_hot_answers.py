"""What may be answered at once; `tests/property/test_hot_answers.py` holds the law."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from bindctl.model.site import VirtualDirectory
from bindctl.server.http.answer import CacheableResponse, answer, find_target
from bindctl.server.http.request import RequestHead, parse_head
from bindctl.server.http.request_path import parse_request_path
from bindctl.server.http.response import Response
from bindctl.server.http.response_cache import FileCache, FileEntry
from bindctl.server.worker.access_log import AccessLogs
from bindctl.server.worker.hot_answers import (
    MAX_BODY_OCTETS,
    MAX_KEY_OCTETS,
    HotTable,
    hot_log_fields,
    match_request,
    matched_head,
    remember_answer,
    request_key,
)
from bindctl.server.worker.second_cache import Ticker
from tests.unit.server.serving import CONTENT, LATE, FakeClock, make_state

if TYPE_CHECKING:
    from pathlib import Path

START = b"GET /a?b HTTP/1.1\r\nHost: s1\r\n"
LONG = b"User-Agent: " + b"x" * 300 + b"\r\n"


@pytest.mark.parametrize(
    "lines",
    [
        b"",
        b"Accept: */*\r\n",
        LONG,
        LONG + b"Cookie: a=b\r\n",
        LONG + b"cookie: a=b\r\nAccept: */*\r\n",
        b"Cookie: " + b"x" * 300 + b"\r\n",
        b"Cookie: a\r\n" + LONG + b"Cookie: b\r\n",
        b"Referer: ookie: \r\n" + LONG,
        b'If-None-Match: "x"\r\n' + LONG,
        LONG + b'If-None-Match: "x"\r\nCookie: a=b\r\n',
    ],
)
def test_requests_of_the_usual_shape(lines: bytes) -> None:
    """Every visitor would take the long way; and both ways must read the same."""
    request = START + lines + b"\r\n"
    match = match_request(request)
    assert match is not None
    quick, slow = matched_head(match, request), parse_head(request)
    assert (quick.target, quick.method) == (slow.target, slow.method)
    assert quick.octets == len(request)
    for name in (b"host", b"user-agent", b"referer", b"if-none-match"):
        assert quick.values(name) == slow.values(name)


@pytest.mark.parametrize(
    "lines",
    [
        b"Range: bytes=0-1\r\n",
        b"X-Bindctl-Probe: word\r\n",
        b"Connection: close\r\n",
        b"Expect: 100-continue\r\n",
        b"Content-Length: 0\r\n",
        b"If-Range: x\r\n",
        b"If-Match: *\r\n",
        b"Host: s2\r\n",
        LONG + b"Range: bytes=0-1\r\nCookie: a=b\r\n",
        LONG + b"X: y\r\nCookie: a=b\r\n",
        LONG + b"Cookie: a=b\r\nRange: bytes=0-1\r\n",
        LONG + b"Host: s2\r\nCookie: a=b\r\n",
        b"Accept: a\x00b\r\n",
        b"Accept: */*\n",
        b" folded\r\n",
        b"If-None-Match: " + b"x" * 100 + b"\r\n",
        b'If-None-Match: "x"\r\n' * 3,
        b"Accept: */*\r\n" * 130,
    ],
)
def test_what_an_answer_may_depend_on_has_no_key(lines: bytes) -> None:
    """Somebody else's answer would be sent."""
    assert match_request(START + lines + b"\r\n") is None


def test_more_than_one_request_has_no_key() -> None:
    """What follows would be lost."""
    request = START + LONG + b"Cookie: a=b\r\n\r\n"
    assert match_request(request) is not None
    assert match_request(request + request) is None
    assert match_request(request[:-2]) is None


def test_keys_tell_apart_what_answers_tell_apart() -> None:
    """One site's page would be shown at another's address."""

    def key(target: str, host: str, lines: str = "", mark: bytes = b"1 ") -> bytes:
        match = match_request(
            f"GET {target} HTTP/1.1\r\nHost: {host}\r\n{lines}\r\n".encode()
        )
        assert match is not None
        return request_key(match, mark)

    keys = [
        key("/a", "s1"),
        key("/b", "s1"),
        key("/a", "s2"),
        key("/a", "s1", mark=b"2 "),
        key("/a", "s1", 'If-None-Match: "x"\r\n'),
    ]
    assert len(set(keys)) == len(keys)
    assert key("/a?b", "s1", "Cookie: x\r\n") == keys[0]  # no answer depends on these


def test_the_log_has_what_was_asked_for() -> None:
    """The quick way would leave other lines than the long one."""
    loop = asyncio.new_event_loop()
    view = make_state(loop, FakeClock(1e9), CONTENT).view("127.0.0.1", 80)
    loop.close()
    assert view is not None
    request = START + b"user-agent: Mo zilla \r\nReferer: http://x/\r\n\r\n"
    match = match_request(request)
    assert match is not None
    before, after = hot_log_fields(view, match, request)
    assert before == b"127.0.0.1 GET /a b 8080 - "
    assert after == b" Mo+zilla http://x/ s1 "


def test_what_is_wanted_was_asked_for_before() -> None:
    """A scanner would fill the table; a long key costs more than it saves."""
    table = HotTable()
    keys = [b"%d" % number for number in range(1000)]
    assert sum(map(table.is_wanted, keys)) < 100  # a guess: one of 256 is wrong
    assert sum(map(table.is_wanted, keys)) > 900
    longest = b"x" * MAX_KEY_OCTETS
    table.is_wanted(longest)
    assert table.is_wanted(longest)
    assert not any(table.is_wanted(longest + b"x") for _sight in range(3))


class World:
    """A site, and the table of a worker."""

    def __init__(self, folder: Path) -> None:
        """A small file, and one too large for the table."""
        for name, octets in (("a.txt", b"text"), ("b.txt", bytes(MAX_BODY_OCTETS + 1))):
            (folder / name).write_bytes(octets)
            os.utime(folder / name, (1, 1))
        root = VirtualDirectory("/", str(folder), (), {}, True, 0)
        self.content = CONTENT._replace(directories=(root,))
        self.files = FileCache(LATE)
        self.hot = HotTable()
        self.logs = AccessLogs(Ticker(LATE))

    def asked(
        self, target: str, *lines: str, method: str = "GET"
    ) -> tuple[RequestHead, CacheableResponse]:
        """A request and its answer."""
        text = "\r\n".join([f"{method} {target} HTTP/1.1", "Host: s1", *lines, "", ""])
        head = parse_head(text.encode())
        found = find_target(self.content, parse_request_path(target.encode()))
        return head, answer(head, found, self.files)

    def is_kept(
        self, latest: tuple[RequestHead, CacheableResponse], *, is_tls: bool = False
    ) -> bool:
        """Whether such an answer is ready from now on."""
        self.hot.forget()
        remember_answer(
            self.hot, self.logs, b"key", self.content, latest, is_tls=is_tls
        )
        return self.hot.get(b"key") is not None


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Nothing is ready."""
    return World(tmp_path)


@pytest.mark.parametrize(
    ("target", "lines", "method", "is_kept"),
    [
        ("/a.txt", (), "GET", True),
        ("/a.txt", (), "HEAD", True),
        ("/a.txt", ("If-None-Match: *",), "GET", True),
        ("/a.txt", ("Range: bytes=0-1",), "GET", False),
        ("/a.txt", ('If-Match: "x"',), "GET", False),
        ("/missing", (), "GET", False),
        ("/b.txt", (), "GET", False),
        ("/b.txt", (), "HEAD", True),
        ("/b.txt", ("If-None-Match: *",), "GET", True),
    ],
)
def test_which_answers_are_kept(
    world: World, target: str, lines: tuple[str, ...], method: str, *, is_kept: bool
) -> None:
    """Half a file would be sent for a whole one, or large ones held twice."""
    assert world.is_kept(world.asked(target, *lines, method=method)) is is_kept


def test_an_answer_that_depends_on_the_connection_is_not_kept(world: World) -> None:
    """A connection made for another certificate would get 200, not 421."""
    latest = world.asked("/a.txt")
    world.content = world.content._replace(misdirected_request=True)
    assert world.is_kept(latest)
    assert not world.is_kept(latest, is_tls=True)


def test_a_ready_answer_ends_the_connection_where_its_site_does(world: World) -> None:
    """A site without keep-alive would keep connections once it is busy."""
    for allows in (True, False):
        world.content = world.content._replace(allow_keep_alive=allows)
        assert world.is_kept(world.asked("/a.txt"))
        hot = world.hot.get(b"key")
        assert hot is not None
        assert hot.closes is not allows
        assert (b"Connection: close" in hot.head) is not allows


def test_a_file_that_is_not_settled_is_not_kept(world: World) -> None:
    """Its next change might not be seen."""
    head, answered = world.asked("/a.txt")
    assert isinstance(answered.entry, FileEntry)
    assert not world.is_kept((head, answered._replace(entry=None)))
    assert not world.is_kept(
        (head, CacheableResponse(Response(204, b""), answered.entry))
    )
