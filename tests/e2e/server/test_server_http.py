"""What an HTTP client gets over real sockets."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.e2e


@pytest.fixture
def port(service: Any) -> int:
    """A started service with one site, `a.test`, on this port."""
    number: int = service.free_port()
    (service.www / "sub").mkdir()
    (service.www / "data.unknown").write_bytes(b"?")
    service.site(
        1,
        http=(f":{number}:a.test",),
        log_directory=str(service.folder / "logs"),
    )
    service.start()
    return number


def test_file_is_answered_with_validators(service: Any, port: int) -> None:
    """Without them no browser could revalidate."""
    answer = service.get(port, "A.Test:99")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\nServer: bindctl\r\nDate: ")
    assert b"Content-Type: text/html\r\nContent-Length: 4\r\n" in answer
    assert b"\r\nETag: " in answer
    assert answer.endswith(b"\r\n\r\nhome")


@pytest.mark.parametrize(
    ("target", "method", "status"),
    [
        ("/missing.html", "GET", 404),
        ("/data.unknown", "GET", 404),
        ("/sub", "GET", 301),
        ("/sub/", "GET", 403),
        ("/", "POST", 405),
        ("/", "OPTIONS", 200),
        ("/../secret", "GET", 400),
        ("/%2e%2e/secret", "GET", 400),
        ("/a%5cb", "GET", 400),
        ("/a%00b", "GET", 400),
        ("/a%2fb", "GET", 404),
    ],
)
def test_status_by_target(
    service: Any, port: int, target: str, method: str, status: int
) -> None:
    """An administrator's expectations of IIS would not hold."""
    answer = service.get(port, "a.test", target, method=method)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    if method in {"POST", "OPTIONS"}:
        assert b"\r\nAllow: GET, HEAD, OPTIONS\r\n" in answer


def test_folder_redirect_keeps_query_and_stays_on_the_host(
    service: Any, port: int
) -> None:
    """`//evil.example` as a folder name would send visitors to another host."""
    answer = service.get(port, "a.test", "//sub?x=1")
    assert b"\r\nLocation: /sub/?x=1\r\n" in answer


def test_conditional_requests(service: Any, port: int) -> None:
    """Every reload would transfer every file again."""
    etag = _field(service.get(port, "a.test"), "ETag")
    unchanged = service.get(port, "a.test", "/", f'If-None-Match: "x", W/{etag}')
    assert unchanged.startswith(b"HTTP/1.1 304 ")
    assert unchanged.endswith(b"\r\n\r\n")
    failed = service.get(port, "a.test", "/", 'If-Match: "x"')
    assert failed.startswith(b"HTTP/1.1 412 ")


def test_range(service: Any, port: int) -> None:
    """Videos could not be sought and downloads not resumed."""
    part = service.get(port, "a.test", "/", "Range: bytes=1-2")
    assert part.startswith(b"HTTP/1.1 206 ")
    assert b"\r\nContent-Range: bytes 1-2/4\r\n" in part
    assert part.endswith(b"\r\n\r\nom")
    beyond = service.get(port, "a.test", "/", "Range: bytes=9-")
    assert beyond.startswith(b"HTTP/1.1 416 ")


def test_head_has_length_and_no_body(service: Any, port: int) -> None:
    """A body after HEAD would be read as the next answer."""
    answer = service.get(port, "a.test", method="HEAD")
    assert b"\r\nContent-Length: 4\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a.test\r\nHost: a.test\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a/test\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: other.test\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET http://other.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n",
    ],
)
def test_invalid_hostname(service: Any, port: int, head: bytes) -> None:
    """A request for no site would reach one, or get another answer than http.sys's."""
    with service.connect(port) as channel:
        answer = service.exchange(channel, head)
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"\r\nServer: Microsoft-HTTPAPI/2.0\r\n" in answer
    assert b"\r\nContent-Type: text/html; charset=us-ascii\r\n" in answer
    assert b"\r\nConnection: close\r\n" in answer
    assert b"<h2>Bad Request - Invalid Hostname</h2>" in answer
    assert b"<p>HTTP Error 400. The request hostname is invalid.</p>" in answer


def test_absolute_form_wins_over_host(service: Any, port: int) -> None:
    """A client of a proxy would reach the wrong site (RFC 9112 section 3.2.2)."""
    with service.connect(port) as channel:
        answer = service.exchange(
            channel,
            b"GET http://a.test/ HTTP/1.1\r\nHost: b.test\r\nConnection: close\r\n\r\n",
        )
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_pipelined_requests_are_answered_in_order(service: Any, port: int) -> None:
    """A pipelining client would take one file for another."""
    (service.www / "big.bin").write_bytes(os.urandom(1 << 20))
    (service.www / "two.txt").write_bytes(b"two")
    targets = ["/", "/big.bin", "/two.txt", "/", "/missing.html", "/two.txt"]
    requests = "".join(
        f"GET {each} HTTP/1.1\r\nHost: a.test\r\n\r\n" for each in targets
    )
    last = "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"
    with service.connect(port) as channel:
        octets = service.exchange(channel, (requests + last).encode())
    bodies = list(_bodies(octets))
    big = (service.www / "big.bin").read_bytes()
    assert [body for body in bodies if b"html>" not in body] == [
        b"home", big, b"two", b"home", b"two", b"home",
    ]  # fmt: skip


def test_same_octets_again_see_a_changed_file(
    service: Any, port: int, waiting: Callable[..., Any]
) -> None:
    """The cache would go on serving what was replaced."""
    request = b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"
    waiting(lambda: _age_s(service.www / "index.html") > 0.1, "a settled file")
    with service.connect(port) as channel:
        for _repeat in range(3):
            channel.sendall(request)
            assert _read_one(channel).endswith(b"home")
        (service.www / "index.html").write_bytes(b"HOME")
        channel.sendall(request)
        assert _read_one(channel).endswith(b"HOME")
        (service.www / "index.html").unlink()
        channel.sendall(request)
        assert _read_one(channel).startswith(b"HTTP/1.1 403 ")


def test_http10_closes_unless_asked(service: Any, port: int) -> None:
    """An old client would wait for ever."""
    with service.connect(port) as channel:
        answer = service.exchange(channel, b"GET / HTTP/1.0\r\nHost: a.test\r\n\r\n")
        assert answer.endswith(b"home")
    with service.connect(port) as channel:
        head = b"GET / HTTP/1.0\r\nHost: a.test\r\nConnection: keep-alive\r\n\r\n"
        for _repeat in range(2):
            channel.sendall(head)
            assert b"\r\nConnection: keep-alive\r\n" in _read_one(channel)


@pytest.mark.parametrize(
    ("headers", "body", "statuses"),
    [
        ("Content-Length: 3", b"abc", [200, 200]),
        ("Transfer-Encoding: chunked", b"2;x=y\r\nab\r\n0\r\nT: 1\r\n\r\n", [200, 200]),
        ("Content-Length: 1001", b"", [413]),
        ("Transfer-Encoding: chunked", b"3e9\r\n" + b"x" * 1001 + b"\r\n", [413]),
        ("Content-Length: 3\r\nContent-Length: 3", b"abc", [400]),
        ("Content-Length: 3\r\nTransfer-Encoding: chunked", b"0\r\n\r\n", [400]),
        ("Transfer-Encoding: gzip", b"", [400]),
        ("Transfer-Encoding: gzip, chunked", b"", [501]),
        ("Transfer-Encoding: chunked", b"zz\r\n", [400]),
        ("Content-Length: +3", b"abc", [400]),
    ],
)
def test_request_bodies(
    service: Any, port: int, headers: str, body: bytes, statuses: list[int]
) -> None:
    """A body could be read as a request, or fill the memory."""
    first = f"GET / HTTP/1.1\r\nHost: a.test\r\n{headers}\r\n\r\n".encode() + body
    last = b"GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"
    with service.connect(port) as channel:
        octets = service.exchange(channel, first + last)
    assert _statuses(octets) == statuses


def test_expect_continue(service: Any, port: int) -> None:
    """Clients like curl would wait a second before every upload."""
    head = (
        b"GET / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n"
        b"Expect: 100-continue\r\n\r\n"
    )
    with service.connect(port) as channel:
        channel.sendall(head)
        assert channel.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        channel.sendall(b"abc")
        assert _read_one(channel).endswith(b"home")


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"GET /" + b"x" * 17000, 414),
        (b"GET / HTTP/1.1\r\nHost: a.test\r\nX: " + b"x" * 17000, 400),
        (b"GET / HTTP/1.1\r\nHost: a.test\r\n" + b"X: y\r\n" * 201 + b"\r\n", 400),
        (b"\x00\x01\x02\r\n\r\n", 400),
        (b"GET / HTTP/3.7\r\nHost: a.test\r\n\r\n", 400),
        (b"BREW / HTTP/1.1\r\nHost: a.test\r\n\r\n", 501),
        (b"GET / RTSP/1.0\r\nHost: a.test\r\n\r\n", 400),
        (b"GET  / HTTP/1.1\r\nHost: a.test\r\n\r\n", 400),
        (b"GET / HTTP/1.1\nHost: a.test\n\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a.test\nX: y", 400),
        (b"GET / HTTP/1.1\r\nHost: a.test:000080\r\n\r\n", 400),
    ],
)
def test_limits_and_garbage(
    service: Any, port: int, octets: bytes, status: int
) -> None:
    """One client could use up the memory, or end the worker."""
    with service.connect(port) as channel:
        answer = service.exchange(channel, octets)
    got = _statuses(answer)
    assert len(got) == 1
    assert got[0] == status or (status == 400 and got[0] == 505)
    assert service.get(port, "a.test").startswith(b"HTTP/1.1 200 ")


def test_a_later_minor_version_is_answered(service: Any, port: int) -> None:
    """A client that is ahead of its time would be sent away (RFC 9110 section 2.5)."""
    with service.connect(port) as channel:
        channel.sendall(b"GET / HTTP/1.2\r\nHost: a.test\r\n\r\n")
        answer = _read_one(channel)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"Connection: close" not in answer


@pytest.mark.parametrize("target", ["/", "/index.html", "other.test:443"])
def test_known_methods_are_not_allowed(service: Any, port: int, target: str) -> None:
    """A client could not tell a method we know from one that nobody does."""
    for method in ("POST", "PROPFIND", "CONNECT"):
        if target.startswith("/") or method == "CONNECT":
            answer = service.get(port, "a.test", target, method=method)
            assert answer.startswith(b"HTTP/1.1 405 ")
            assert _field(answer, "Allow") == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_was_asked_before_a_half_close_is_answered(
    service: Any, scheme: str
) -> None:
    """A client that says all it has to say at once would wait for its answers."""
    port, secure = service.free_port(), service.free_port()
    certificate = service.issue("a.test")
    service.site(
        1,
        http=(f":{port}:a.test",),
        https=(f":{secure}:a.test",),
        certificate=certificate,
    )
    service.start()
    octets = os.urandom(5 << 20)
    (service.www / "big.bin").write_bytes(octets)
    request = b"GET /%s HTTP/1.1\r\nHost: a.test\r\n\r\n"
    requests = (request % b"big.bin" + request % b"") * 3
    with service.connect(port if scheme == "http" else secure) as channel:
        if scheme == "http":
            channel.sendall(requests)
            channel.shutdown(socket.SHUT_WR)
            answer = service.read_all(channel)
        else:
            client, incoming, outgoing = service.secure_slowly(channel, "a.test")
            client.write(requests)
            with pytest.raises(ssl.SSLWantReadError):
                client.unwrap()  # says that no more will come
            channel.sendall(outgoing.read())
            channel.shutdown(socket.SHUT_WR)
            incoming.write(service.read_all(channel))
            parts = []
            with contextlib.suppress(ssl.SSLZeroReturnError):
                while True:
                    parts.append(client.read(1 << 20))
            answer = b"".join(parts)
    assert answer.count(octets) == 3
    assert _statuses(answer.replace(octets, b"")) == [200] * 6


def test_large_file_is_streamed_whole(service: Any, port: int) -> None:
    """Downloads would be cut or mixed up."""
    octets = os.urandom(3 << 20)
    (service.www / "big.bin").write_bytes(octets)
    answer = service.get(port, "a.test", "/big.bin")
    assert answer.partition(b"\r\n\r\n")[2] == octets
    part = service.get(port, "a.test", "/big.bin", "Range: bytes=-1000000")
    assert part.partition(b"\r\n\r\n")[2] == octets[-1000000:]


def test_silent_and_slow_clients_are_closed(service: Any, port: int) -> None:
    """A few hundred idle sockets would keep everyone else out (slowloris)."""
    service.site(1, http=(f":{port}:a.test",), connection_timeout_s=1)
    service.reset()
    with service.connect(port) as silent, service.connect(port) as slow:
        slow.settimeout(0.3)
        closed = False
        deadline = time.monotonic() + 10
        while not closed and time.monotonic() < deadline:
            try:
                slow.sendall(b"G")
                closed = slow.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                closed = True
        assert closed
        with contextlib.suppress(ConnectionResetError):
            assert silent.recv(1) == b""


def test_access_log(service: Any, port: int, waiting: Callable[..., Any]) -> None:
    """Log tools could not read it, or a client could forge lines."""
    service.get(
        port, "a.test", "/?a=b", "User-Agent: x y", "Referer: a\tb#Fields: evil"
    )
    for _repeat in range(2):
        with service.connect(port) as channel:
            for _again in range(3):
                channel.sendall(b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
                _read_one(channel)
    folder = service.folder / "logs" / "W3SVC1"

    def lines() -> list[str]:
        texts = [path.read_text("ascii") for path in folder.glob("ex*.log")]
        return "".join(texts).splitlines()

    waiting(lambda: folder.exists() and len(lines()) >= 11, "seven lines")
    found = lines()
    assert found[0] == "#Software: bindctl"
    assert found[1] == "#Version: 1.0"
    assert found[3].startswith("#Fields: date time s-ip cs-method cs-uri-stem ")
    assert len(found) == 11
    names = found[3].removeprefix("#Fields: ").split(" ")
    rows = [dict(zip(names, line.split(" "), strict=True)) for line in found[4:]]
    assert rows[0]["cs-uri-query"] == "a=b"
    assert rows[0]["cs(User-Agent)"] == "x+y"
    assert rows[0]["cs(Referer)"] == "a%09b#Fields:+evil"
    assert rows[0]["s-port"] == str(port)
    assert {row["sc-status"] for row in rows} == {"200"}
    assert len({row["sc-bytes"] for row in rows[1:]}) == 1
    assert {row["cs-bytes"] for row in rows[1:]} == {"32"}
    assert {row["c-ip"] for row in rows} == {"127.0.0.1"}


def _age_s(path: Path) -> float:
    return time.time() - path.stat().st_mtime  # noqa: TID251 - real files


def _field(answer: bytes, name: str) -> str:
    head = answer.partition(b"\r\n\r\n")[0].decode()
    return next(
        line.partition(": ")[2]
        for line in head.split("\r\n")
        if line.startswith(f"{name}: ")
    )


def _statuses(octets: bytes) -> list[int]:
    return [int(part[1:4]) for part in octets.split(b"HTTP/1.1")[1:]]


def _bodies(octets: bytes) -> Any:
    while octets:
        head, _blank, rest = octets.partition(b"\r\n\r\n")
        length = int(_field(head + b"\r\n\r\n", "Content-Length"))
        yield rest[:length]
        octets = rest[length:]


def _read_one(channel: socket.socket) -> bytes:
    octets = b""
    while b"\r\n\r\n" not in octets:
        part = channel.recv(65536)
        assert part, octets
        octets += part
    length = int(_field(octets, "Content-Length"))
    while len(octets.partition(b"\r\n\r\n")[2]) < length:
        octets += channel.recv(65536)
    return octets
