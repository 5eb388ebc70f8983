"""What a request is answered, as far as a client of the service does not see it."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from bindctl.model.site import SiteContent, VirtualDirectory
from bindctl.server.http.answer import (
    DEFAULT_MAX_ENTITY_OCTETS,
    CacheableResponse,
    Target,
    answer,
    find_target,
    folder_location,
    unavailable_page,
)
from bindctl.server.http.request import parse_head
from bindctl.server.http.request_path import parse_request_path
from bindctl.server.http.response import FileSlice
from bindctl.server.http.response_cache import MAX_FILE_OCTETS, FileCache
from tests.unit.server.serving import LATE

if TYPE_CHECKING:
    from pathlib import Path

DATE = "Thu, 01 Jan 1970 00:00:01 GMT"


@pytest.fixture
def content(tmp_path: Path) -> SiteContent:
    """A site with a readable root, a folder below, and one that may not be read."""
    (tmp_path / "sub").mkdir()
    large = MAX_FILE_OCTETS + 1
    for name, octets in (
        ("index.html", b"hello"),
        ("empty.txt", b""),
        ("a.odd", b"x"),
        ("large.txt", bytes(large)),
    ):
        (tmp_path / name).write_bytes(octets)
        os.utime(tmp_path / name, (1, 1))
    mime_map = {".odd": "text/x-\r\nodd\u20ac"}
    root = VirtualDirectory("/", str(tmp_path), ("index.html",), mime_map, True, 9)
    hidden = root._replace(url_path="/closed", access_read=False)
    return SiteContent(1, (hidden, root), 120, True, None, False)


def ask(
    content: SiteContent, target: str, *lines: str, method: str = "GET"
) -> CacheableResponse:
    """The answer of that site."""
    text = "\r\n".join([f"{method} {target} HTTP/1.1", *lines, "", ""])
    head = parse_head(text.encode())
    found = find_target(content, parse_request_path(target.encode()))
    return answer(head, found, FileCache(LATE))


@pytest.mark.parametrize(
    ("target", "lines", "status", "is_kept"),
    [
        ("/", (), (200, 0), True),
        ("/index.html", (f"If-Modified-Since: {DATE}",), (304, 0), True),
        ("/index.html", ('If-Match: "x"',), (412, 0), True),
        ("/index.html", ("Range: bytes=1-2",), (206, 0), True),
        ("/index.html", ("Range: bytes=5-",), (416, 0), True),
        ("/empty.txt", (), (200, 0), True),
        ("/large.txt", (), (200, 0), True),
        ("/missing", (), (404, 0), False),
        ("/index.html/", (), (404, 0), False),
        ("/sub", (), (301, 0), False),
        ("/sub/", (), (403, 14), False),
        ("/closed/index.html", (), (403, 2), False),
    ],
)
def test_status_substatus_and_what_it_depends_on(
    content: SiteContent,
    target: str,
    lines: tuple[str, ...],
    status: tuple[int, int],
    *,
    is_kept: bool,
) -> None:
    """The log's second number tells why; and an answer kept too long would be a lie."""
    response, entry = ask(content, target, *lines)
    assert (response.status, response.substatus) == status
    assert (entry is not None) is is_kept
    bare, entry = ask(content, target, *lines, method="HEAD")
    if status[0] not in {206, 416}:  # a range is of a GET alone
        assert bare == response._replace(body=b"")
        assert (entry is not None) is is_kept
    else:
        assert (bare.status, bare.body) == (200, b"")


def test_a_range_says_which_octets_these_are(content: SiteContent) -> None:
    """A download that is continued would be put together wrongly."""
    response, _entry = ask(content, "/index.html", "Range: bytes=-2")
    assert response.body == b"lo"
    assert b"Content-Length: 2\r\nContent-Range: bytes 3-4/5\r\n" in response.headers
    response, _entry = ask(content, "/index.html", "Range: bytes=9-")
    assert b"Content-Range: bytes */5\r\n" in response.headers
    response, entry = ask(content, "/large.txt", "Range: bytes=7-8")
    assert entry is not None
    assert response.body == FileSlice(entry, 7, 2)


def test_a_media_type_cannot_end_its_line(content: SiteContent) -> None:
    """Whoever may write one would write the answers of the site."""
    response, _entry = ask(content, "/a.odd")
    assert b"Content-Type: text/x-odd?\r\n" in response.headers


def test_a_file_without_a_type_is_not_served(content: SiteContent) -> None:
    """Sources and backups would be downloaded."""
    bare = tuple(each._replace(mime_map={}) for each in content.directories)
    response, entry = ask(content._replace(directories=bare), "/a.odd")
    assert (response.status, response.substatus, entry) == (404, 3, None)


def test_a_site_without_a_root_has_no_files(content: SiteContent) -> None:
    """The server's own folder would be served."""
    empty = content._replace(directories=())
    assert ask(empty, "/index.html")[0].status == 404
    assert ask(empty, "/index.html", method="HEAD")[0].body == b""
    target = find_target(empty, parse_request_path(b"/a/b"))
    assert (target.directory, target.segments) == (None, ("a", "b"))
    assert target.max_entity_octets == DEFAULT_MAX_ENTITY_OCTETS
    target = find_target(content, parse_request_path(b"/Closed/b"))
    assert (target.segments, target.max_entity_octets) == (("b",), 9)


@pytest.mark.parametrize("method", ["OPTIONS", "GET"])
def test_the_whole_server_is_asked(method: str) -> None:
    """`OPTIONS *` has no path; no file must be looked for."""
    head = parse_head(f"{method} * HTTP/1.1\r\n\r\n".encode())
    response, entry = answer(head, Target(None, None, ()), FileCache(LATE))
    assert (response.status, response.body, entry) == (200, b"", None)


def test_a_file_changed_just_now_is_answered_but_not_kept(
    content: SiteContent, tmp_path: Path
) -> None:
    """Its next change, within a tick of the kernel's clock, would not be seen."""
    os.utime(tmp_path / "index.html", (4e9, 4e9))
    response, entry = ask(content, "/index.html")
    assert (response.status, entry) == (200, None)


def test_want_of_descriptors_is_not_a_missing_file(content: SiteContent) -> None:
    """Search engines would forget a site that was busy for a minute."""

    class Exhausted(FileCache):
        """As the system when nothing more can be opened."""

        def find(self, *_words: object, **_more: object) -> FileCache:  # type: ignore[override]
            """Raise what `os.open` does."""
            raise OSError(errno.EMFILE, "Too many open files")

    head = parse_head(b"GET / HTTP/1.1\r\n\r\n")
    target = find_target(content, parse_request_path(b"/"))
    response, entry = answer(head, target, Exhausted(LATE))
    assert (response.status, entry) == (503, None)
    assert response.body
    assert unavailable_page(OSError("odd"), with_body=False).body == b""


@pytest.mark.parametrize(
    ("target", "location"),
    [
        (b"/sub", b"/sub/"),
        (b"//evil.example", b"/evil.example/"),
        (b"/a%20b?x=1", b"/a%20b/?x=1"),
        (b"/%e4%C3%A4", b"/%E4%C3%A4/"),
        (b"/a?", b"/a/?"),
        (b"/a:b@c", b"/a:b@c/"),
    ],
)
def test_where_a_folder_lies(target: bytes, location: bytes) -> None:
    """A name could lead visitors to another host, or end the line."""
    assert folder_location(parse_request_path(target)) == location
