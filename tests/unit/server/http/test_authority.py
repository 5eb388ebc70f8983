"""Which host a request names."""

from __future__ import annotations

import pytest

from bindctl.server.http.authority import NameMemo, request_host, split_target
from bindctl.server.http.peer_error import PeerProtocolError
from bindctl.server.http.request import parse_head


def host(*lines: str, target: str = "/", version: str = "1.1") -> str | None:
    """The host of a request."""
    text = "\r\n".join([f"GET {target} HTTP/{version}", *lines]) + "\r\n\r\n"
    head = parse_head(text.encode())
    authority, _rest = split_target(head.target, is_tls=False)
    return request_host(head, authority, NameMemo())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Host: a.test", "a.test"),
        ("Host: A.TEST.:8080", "a.test"),
        ("Host: 127.0.0.1", "127.0.0.1"),
        ("Host: [::1]:80", "[::1]"),
        ("Host: bücher.test", "xn--bcher-kva.test"),
    ],
)
def test_host_header(line: str, expected: str) -> None:
    """A site would not be found by a spelling of its own name."""
    assert host(line) == expected


@pytest.mark.parametrize(
    "lines", [[], ["Host: a", "Host: a"], ["Host:"], ["Host: a b"], ["Host: a:b"]]
)
def test_host_that_is_none(lines: list[str]) -> None:
    """RFC 9112 section 3.2: anything else lets two servers disagree."""
    with pytest.raises(PeerProtocolError) as caught:
        host(*lines)
    assert caught.value.title == "Invalid Hostname"


def test_http10_may_name_none() -> None:
    """An old client could not reach a site without host header."""
    assert host(version="1.0") is None


@pytest.mark.parametrize(
    ("target", "is_tls", "expected"),
    [
        (b"http://a", False, (b"a", b"/")),
        (b"HTTPS://a:1/b?c", True, (b"a:1", b"/b?c")),
        (b"http://a?c", False, (b"a", b"/?c")),
        (b"/b", False, (None, b"/b")),
        (b"/b", True, (None, b"/b")),
        (b"*", False, (None, b"*")),
    ],
)
def test_target_forms(
    target: bytes, is_tls: bool, expected: tuple[bytes | None, bytes]
) -> None:
    """A request through a proxy would be misread."""
    assert split_target(target, is_tls=is_tls) == expected


@pytest.mark.parametrize(
    ("target", "is_tls"),
    [
        (b"a:443", True),
        (b"ftp://a/", False),
        (b"x", False),
        (b"https://a/", False),
        (b"http://a/", True),
    ],
)
def test_other_targets_are_refused(target: bytes, is_tls: bool) -> None:
    """CONNECT would be taken for a path, and one scheme's URL for the other's."""
    with pytest.raises(PeerProtocolError) as caught:
        split_target(target, is_tls=is_tls)
    assert caught.value.status == 400


def test_server_name_that_is_no_name_counts_as_none() -> None:
    """A wrong ClientHello would end in an exception."""
    memo = NameMemo()
    assert memo.server_name("A.Test") == "a.test"
    assert memo.server_name("a!b") is None
    assert memo.server_name(None) is None
