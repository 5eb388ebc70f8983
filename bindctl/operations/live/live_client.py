"""Sends requests over real sockets, many at a time, and reads the answers.

Every certificate is accepted, because the question is which one is shown. No response
is an error here; the answer says what went wrong and how far the request came.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import ssl
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.model.binding import Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MAX_CONNECTIONS: Final = 32
MAX_BODY_OCTETS: Final = 1024 * 1024
TIMEOUT_S: Final = 10.0
_MAX_HEAD_OCTETS: Final = 64 * 1024
_MAX_TRIES: Final = 2  # a kept connection may be closed just as it is used again
_INTERIM: Final = range(100, 200)  # RFC 9110 §15.2: another answer follows
_MAX_INTERIM: Final = 8
_BODYLESS: Final = frozenset({204, 304})


class Stage(Enum):
    """How far a request came."""

    CONNECT = "no connection"
    HANDSHAKE = "the TLS handshake failed"
    REQUEST = "no answer"
    ANSWERED = "answered"


class LiveRequest(NamedTuple):
    """One request to send.

    Attributes:
        protocol: HTTP or HTTPS.
        address: The literal address to connect to, without brackets.
        port: The port of the socket.
        server_name: What the ClientHello names; ``None`` for none.
        host: The Host header; ``None`` for a request of HTTP/1.0 that has none.
        target: What is asked for, from its first slash on.
        fields: More header fields.
    """

    protocol: Protocol
    address: str
    port: int
    server_name: str | None
    host: str | None
    target: str = "/"
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> tuple[Protocol, str, int, str | None]:
        """The values that are equal for requests that can share a connection."""
        return (self.protocol, self.address, self.port, self.server_name)


class LiveAnswer(NamedTuple):
    """The answer to a request, or how far it came.

    Attributes:
        stage: How far it came.
        certificate_hash: SHA-1 of the certificate shown; ``None`` where none was.
        status: The status code; ``None`` without an answer.
        fields: Header fields of the answer by lower-case name; of several the first.
        body: Its body, at most `MAX_BODY_OCTETS` of it.
        problem: Why it came no further; empty when it was answered.
        certificate: The certificate itself, DER; empty where none was shown.
    """

    stage: Stage
    certificate_hash: str | None = None
    status: int | None = None
    fields: Mapping[str, str] = {}
    body: bytes = b""
    problem: str = ""
    certificate: bytes = b""


def ask_all(
    requests: Sequence[LiveRequest],
    *,
    timeout_s: float = TIMEOUT_S,
    connections: int = MAX_CONNECTIONS,
) -> list[LiveAnswer]:
    """The answers, in the order of the requests.

    Args:
        requests: Neighbours that can share a connection do so.
        timeout_s: Longest wait for each step of each request.
        connections: At most so many at a time.
    """
    return asyncio.run(_ask_all(requests, timeout_s, connections))


async def _ask_all(
    requests: Sequence[LiveRequest], timeout_s: float, connections: int
) -> list[LiveAnswer]:
    answers = [LiveAnswer(Stage.CONNECT)] * len(requests)
    context = _make_context()
    queue = iter(enumerate(requests))
    async with asyncio.TaskGroup() as group:
        for _each in range(min(connections, len(requests))):
            group.create_task(_Sender(context, timeout_s).work(queue, answers))
    return answers


class _StageError(Exception):
    """A request that came no further."""

    def __init__(self, stage: Stage, cause: BaseException) -> None:
        super().__init__(stage)
        self.stage = stage
        self.problem = _describe(cause)


class _Sender:
    """One connection at a time, kept while the next request can use it."""

    def __init__(self, context: ssl.SSLContext, timeout_s: float) -> None:
        self._context = context
        self._timeout_s = timeout_s
        self._place: tuple[Protocol, str, int, str | None] | None = None
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._certificate = b""

    async def work(
        self, queue: Iterator[tuple[int, LiveRequest]], answers: list[LiveAnswer]
    ) -> None:
        """Take requests from `queue` until it is empty."""
        for index, request in queue:
            answers[index] = await self._ask(request)
        self._close()

    async def _ask(self, request: LiveRequest) -> LiveAnswer:
        for attempt in range(_MAX_TRIES):
            is_reused = self._streams is not None and self._place == request.place
            try:
                return await self._exchange(request)
            except _StageError as failure:
                answer = LiveAnswer(failure.stage, problem=failure.problem)
                answer = self._with_certificate(answer)
                self._close()
                if is_reused and attempt == 0:
                    continue
                return answer
        message = "a request is tried twice at most"
        raise AssertionError(message)

    async def _exchange(self, request: LiveRequest) -> LiveAnswer:
        if self._streams is None or self._place != request.place:
            self._close()
            await self._connect(request)
        if self._streams is None:
            message = "there is a connection now"
            raise AssertionError(message)
        reader, writer = self._streams
        try:
            async with asyncio.timeout(self._timeout_s):
                writer.write(_format_head(request))
                await writer.drain()
                answer, is_kept = await _read_answer(reader)
        except (OSError, ValueError, EOFError, asyncio.LimitOverrunError) as error:
            raise _StageError(Stage.REQUEST, error) from error
        answer = self._with_certificate(answer)
        if not is_kept:
            self._close()
        return answer

    def _with_certificate(self, answer: LiveAnswer) -> LiveAnswer:
        """The answer, and the certificate that its connection was made with."""
        shown = self._certificate
        if not shown:
            return answer
        digest = hashlib.sha1(shown, usedforsecurity=False).hexdigest()
        return answer._replace(certificate_hash=digest, certificate=shown)

    async def _connect(self, request: LiveRequest) -> None:
        loop = asyncio.get_running_loop()
        family = socket.AF_INET6 if ":" in request.address else socket.AF_INET
        raw = socket.socket(family, socket.SOCK_STREAM)
        raw.setblocking(False)  # noqa: FBT003 - the standard library's signature
        stage = Stage.CONNECT
        try:
            async with asyncio.timeout(self._timeout_s):
                await loop.sock_connect(raw, (request.address, request.port))
                stage = Stage.HANDSHAKE
                self._streams = await self._open_streams(request, raw)
        except OSError as error:  # ssl.SSLError and TimeoutError, too
            raw.close()
            raise _StageError(stage, error) from error
        except ValueError as error:  # UnicodeError, too: the name cannot be sent in TLS
            raw.close()
            message = "the server name cannot be sent"
            raise _StageError(stage, OSError(message)) from error
        self._place = request.place
        shown = self._streams[1].get_extra_info("ssl_object")
        if shown is not None:
            self._certificate = shown.getpeercert(binary_form=True)

    async def _open_streams(
        self, request: LiveRequest, raw: socket.socket
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if request.protocol is Protocol.HTTP:
            return await asyncio.open_connection(sock=raw, limit=_MAX_HEAD_OCTETS)
        return await asyncio.open_connection(
            sock=raw,
            ssl=self._context,
            server_hostname=request.server_name or "",  # empty: none is sent
            limit=_MAX_HEAD_OCTETS,
        )

    def _close(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
        self._streams = self._place = None
        self._certificate = b""


def _make_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # Old servers are asked, too: the question is what they show, not how safe they are.
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.set_alpn_protocols(["http/1.1"])
    return context


def _format_head(request: LiveRequest) -> bytes:
    version = "1.0" if request.host is None else "1.1"
    lines = [f"GET {request.target} HTTP/{version}"]
    if request.host is not None:
        lines.append(f"Host: {request.host}")
    lines += (f"{name}: {value}" for name, value in request.fields)
    return "\r\n".join([*lines, "", ""]).encode("utf-8")


async def _read_answer(reader: asyncio.StreamReader) -> tuple[LiveAnswer, bool]:
    """The answer, and whether the connection can be used again."""
    version, status, lines = await _read_head(reader)
    for _each in range(_MAX_INTERIM):
        if status in _INTERIM:
            version, status, lines = await _read_head(reader)
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    body, is_whole = await _read_body(reader, status, fields)
    is_kept = (
        is_whole
        and version == "HTTP/1.1"
        and "close" not in fields.get("connection", "").lower()
    )
    return LiveAnswer(Stage.ANSWERED, None, status, fields, body), is_kept


async def _read_head(reader: asyncio.StreamReader) -> tuple[str, int, list[str]]:
    """Version, status and field lines.

    Raises:
        ValueError: It is not the head of an answer.
    """
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status_line, *lines = head.split("\r\n")
    version, status = status_line.split(" ", 2)[:2]
    if not version.startswith("HTTP/"):
        message = "the status line begins with no version"
        raise ValueError(message)
    return version, int(status), lines


async def _read_body(
    reader: asyncio.StreamReader, status: int, fields: Mapping[str, str]
) -> tuple[bytes, bool]:
    """The body, cut at `MAX_BODY_OCTETS`, and whether that was all of it."""
    if status in _BODYLESS:
        return b"", True
    if "chunked" in fields.get("transfer-encoding", "").lower():
        return await _read_chunks(reader)
    length = fields.get("content-length", "")
    if length.isascii() and length.isdigit():
        wanted = int(length[:18])
        body = await reader.readexactly(min(wanted, MAX_BODY_OCTETS))
        return body, wanted <= MAX_BODY_OCTETS
    return await _read_to_end(reader), False


async def _read_chunks(reader: asyncio.StreamReader) -> tuple[bytes, bool]:
    body = bytearray()
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        if size == 0:
            while await reader.readuntil(b"\r\n") != b"\r\n":
                pass
            return bytes(body), True
        if len(body) + size > MAX_BODY_OCTETS:
            return bytes(body), False
        body += await reader.readexactly(size)
        await reader.readexactly(2)


async def _read_to_end(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while len(body) < MAX_BODY_OCTETS:
        part = await reader.read(MAX_BODY_OCTETS - len(body))
        if not part:
            break
        body += part
    return bytes(body)


def _describe(error: BaseException) -> str:
    """``connection refused``, ``unrecognized name``: the cause in a few words."""
    if isinstance(error, ssl.SSLError) and error.reason:
        words = error.reason.lower().replace("_", " ")
        return words.removeprefix("sslv3 ").removeprefix("tlsv1 ").strip()
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower()
    if isinstance(error, EOFError):
        return "the server closed the connection"
    if isinstance(error, ValueError):
        return "the answer is not HTTP"
    return str(error) or type(error).__name__
