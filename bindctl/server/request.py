"""One request head: octets in, a value out. No state, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import httptools

from bindctl.server.peer_error import PeerProtocolError, bad_request

MAX_HEAD_OCTETS: Final = 16 * 1024  # http.sys: 16k; nginx: 1k, then 4 of 8k
MAX_HEADERS: Final = 200  # http.sys has none; Apache: 100; bounds what a head costs


@dataclass(frozen=True, slots=True)
class RequestHead:
    """A request line and its header fields, checked.

    Attributes:
        method: As sent, one of the registered methods.
        target: The request target's octets, as sent.
        is_http11: HTTP/1.1 rather than 1.0.
        headers: Lower-case name and value, in order.
        keep_alive: Whether the client wants the connection to persist.
        content_length: Octets of the body; 0 when there is none or it is chunked.
        is_chunked: The body comes in chunks.
        expects_continue: The client waits for ``100 Continue``.
        octets: Size of the head.
    """

    method: str
    target: bytes
    is_http11: bool
    headers: tuple[tuple[bytes, bytes], ...]
    keep_alive: bool
    content_length: int
    is_chunked: bool
    expects_continue: bool
    octets: int

    @property
    def has_body(self) -> bool:
        """Whether octets of this request follow the head."""
        return self.is_chunked or self.content_length > 0

    def find(self, name: bytes) -> bytes | None:
        """The first value of a field, or ``None``."""
        return next((value for key, value in self.headers if key == name), None)

    def values(self, name: bytes) -> tuple[bytes, ...]:
        """Every value of a field."""
        return tuple(value for key, value in self.headers if key == name)


def parse_head(octets: bytes) -> RequestHead:
    """The head in `octets`, which end with its empty line and hold nothing more.

    Raises:
        PeerProtocolError: They are no request we can serve.
    """
    sink = _HeadSink()
    parser = httptools.HttpRequestParser(sink)
    try:
        parser.feed_data(octets)
    except httptools.HttpParserUpgrade:
        pass  # an offer we do not take; the head itself is complete
    except httptools.HttpParserInvalidMethodError as error:
        reason = "The request verb is invalid."
        raise PeerProtocolError(400, reason, "Invalid Verb") from error
    except httptools.HttpParserInvalidURLError as error:
        reason = "The request URL is invalid."
        raise PeerProtocolError(400, reason, "Invalid URL") from error
    except httptools.HttpParserError as error:
        raise bad_request("The request is badly formed.") from error
    if not sink.is_complete or sink.messages != 1:
        raise bad_request("The request is badly formed.")
    method = parser.get_method().decode("ascii")
    return _check(method, parser.get_http_version(), sink, len(octets))


class _HeadSink:
    """What httptools calls back."""

    def __init__(self) -> None:
        self.messages = 0
        self.is_complete = False
        self.target = b""
        self.headers: list[tuple[bytes, bytes]] = []

    def on_message_begin(self) -> None:
        self.messages += 1

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value.strip(b" \t")))

    def on_headers_complete(self) -> None:
        self.is_complete = True


def _check(method: str, version: str, sink: _HeadSink, octets: int) -> RequestHead:
    if version not in {"1.0", "1.1"}:
        raise PeerProtocolError(505, "The HTTP version is not supported.")
    if len(sink.headers) > MAX_HEADERS:
        raise bad_request("The request has too many headers.")
    if any(b"\r" in value or b"\n" in value for _name, value in sink.headers):
        # RFC 9112 §5.2: a folded line is refused.
        raise bad_request("A header of the request is folded.")
    headers = tuple(sink.headers)
    is_http11 = version == "1.1"
    is_chunked = _is_chunked(headers, is_http11=is_http11)
    return RequestHead(
        method=method,
        target=sink.target,
        is_http11=is_http11,
        headers=headers,
        keep_alive=_keeps_alive(headers, is_http11=is_http11),
        content_length=_content_length(headers, is_chunked=is_chunked),
        is_chunked=is_chunked,
        expects_continue=_expects_continue(headers, is_http11=is_http11),
        octets=octets,
    )


def _is_chunked(headers: tuple[tuple[bytes, bytes], ...], *, is_http11: bool) -> bool:
    codings = [value for name, value in headers if name == b"transfer-encoding"]
    if not codings:
        return False
    if not is_http11:
        # RFC 9112 §6.1: a message of 1.0 with this field has faulty framing.
        raise bad_request("HTTP/1.0 has no Transfer-Encoding.")
    if len(codings) > 1 or codings[0].lower() != b"chunked":
        raise PeerProtocolError(501, "The transfer coding is not supported.")
    return True


def _content_length(
    headers: tuple[tuple[bytes, bytes], ...], *, is_chunked: bool
) -> int:
    lengths = [value for name, value in headers if name == b"content-length"]
    if not lengths:
        return 0
    if is_chunked or len(lengths) > 1:
        # RFC 9112 §6.3: two framings are how requests are smuggled.
        raise bad_request("The request states its length twice.")
    if not lengths[0].isdigit() or len(lengths[0]) > 18:  # noqa: PLR2004 - fits 63 bits
        raise bad_request("The Content-Length is no number.")
    return int(lengths[0])


def _keeps_alive(headers: tuple[tuple[bytes, bytes], ...], *, is_http11: bool) -> bool:
    options = {
        option.strip().lower()
        for name, value in headers
        if name == b"connection"
        for option in value.split(b",")
    }
    if b"close" in options:
        return False
    return is_http11 or b"keep-alive" in options


def _expects_continue(
    headers: tuple[tuple[bytes, bytes], ...], *, is_http11: bool
) -> bool:
    expectations = [value.lower() for name, value in headers if name == b"expect"]
    if not expectations or not is_http11:
        return False
    if expectations != [b"100-continue"]:
        raise PeerProtocolError(417, "The expectation cannot be met.")
    return True
