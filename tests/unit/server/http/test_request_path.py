"""The path of a request target."""

from __future__ import annotations

import pytest

from bindctl.server.http.peer_error import PeerProtocolError
from bindctl.server.http.request_path import RequestPath, parse_request_path


@pytest.mark.parametrize(
    ("target", "segments", "is_folder"),
    [
        (b"/", (), True),
        (b"/a", ("a",), False),
        (b"/a/", ("a",), True),
        (b"//a///b", ("a", "b"), False),
        (b"/a/.", ("a",), True),
        (b"/a/b/..", ("a",), True),
        (b"/a/../b", ("b",), False),
        (b"/a/..", (), True),
        (b"/.../..a", ("...", "..a"), False),
        (b"/%61%2E", ("a.",), False),
        (b"/a%20b", ("a b",), False),
        (b"/%2561", ("%61",), False),  # decoded once
        (b"/%e4", ("\udce4",), False),  # of a file system that knows no UTF-8
        ("/ä".encode(), ("ä",), False),
    ],
)
def test_segments(target: bytes, segments: tuple[str, ...], *, is_folder: bool) -> None:
    """Another file than the named one would be sent, or none."""
    path = parse_request_path(target)
    assert (path.segments, path.is_folder) == (segments, is_folder)


@pytest.mark.parametrize(
    ("target", "stem", "query"),
    [
        (b"/a%62", b"/a%62", None),
        (b"/a?", b"/a", b""),
        (b"/a?b?c/../%2f%zz\\", b"/a", b"b?c/../%2f%zz\\"),
    ],
)
def test_a_query_is_kept_as_sent(
    target: bytes, stem: bytes, query: bytes | None
) -> None:
    """The log would show another request; and what follows the mark names no file."""
    assert parse_request_path(target)[2:] == (stem, query)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (b"", 400),
        (b"a", 400),
        (b"*", 400),
        (b"?/a", 400),
        (b"/a#b", 400),
        (b"/a?b#c", 400),
        (b"/..", 400),
        (b"/a/../..", 400),
        (b"/%2e%2E/a", 400),
        (b"/%", 400),
        (b"/%4", 400),
        (b"/%4g", 400),
        (b"/%+1", 400),
        (b"/a\\b", 400),
        (b"/a%5Cb", 400),
        (b"/%00", 400),
        (b"/%1f", 400),
        (b"/\x7f", 400),
        (b"/a%2Fb", 404),
        (b"/a%2fb", 404),
    ],
)
def test_what_names_no_file_is_refused(target: bytes, status: int) -> None:
    """A request could climb out of its site, or two programs disagree on its file."""
    with pytest.raises(PeerProtocolError) as caught:
        parse_request_path(target)
    assert caught.value.status == status


def test_a_path_is_a_value() -> None:
    """The cache finds files by it."""
    assert parse_request_path(b"/a/") == RequestPath(("a",), True, b"/a/", None)
