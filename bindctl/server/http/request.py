"""One request head: octets in, a value out. No state, no I/O."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import httptools

from bindctl.server.http.peer_error import PeerProtocolError, bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_HEAD_OCTETS: Final = 16 * 1024  # http.sys: 16k; nginx: 1k, then 4 of 8k
MAX_HEADERS: Final = 200  # http.sys has none; Apache: 100; bounds what a head costs
_MAX_LENGTH_DIGITS: Final = 18  # fits 63 bits
_CHUNKED: Final = b"chunked"
_REQUEST_LINE: Final = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) [^ \r\n]+ HTTP/([0-9])\.([0-9])\r\n"
)
_FIRST_WORD: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+(?= )")
# IANA's HTTP Method Registry (2026-11), less what llhttp does not read.
KNOWN_METHODS: Final = frozenset(
    b"ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK MERGE MKACTIVITY "
    b"MKCALENDAR MKCOL MOVE OPTIONS PATCH POST PROPFIND PROPPATCH PUT QUERY REBIND "
    b"REPORT SEARCH TRACE UNBIND UNLINK UNLOCK".split()
)


class RequestHead(NamedTuple):
    """A request line and its header fields, checked.

    Attributes:
        method: As sent, one of `KNOWN_METHODS`.
        target: The request target's octets, as sent.
        is_http11: HTTP/1.1 or a later 1.x rather than 1.0.
        fields: Values by lower-case name, in order.
        keep_alive: Whether the client wants the connection to persist.
        content_length: Octets of the body; 0 when there is none or it is chunked.
        is_chunked: The body comes in chunks.
        expects_continue: The client waits for ``100 Continue``.
        octets: Size of the head.
    """

    method: str
    target: bytes
    is_http11: bool
    fields: Mapping[bytes, list[bytes]]
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
        values = self.fields.get(name)
        return None if values is None else values[0]

    def values(self, name: bytes) -> list[bytes]:
        """Every value of a field."""
        return self.fields.get(name, [])


def parse_head(octets: bytes) -> RequestHead:
    """The head in `octets`, which end with its empty line and hold nothing more.

    Raises:
        PeerProtocolError: They are not a request that can be served.
    """
    method, is_http11, normal = _read_request_line(octets)
    sink = _HeadSink()
    parser = httptools.HttpRequestParser(sink)
    try:
        parser.feed_data(normal)
    except httptools.HttpParserUpgrade:
        pass  # an offer of another protocol, which is ignored; the head is complete
    except httptools.HttpParserInvalidURLError as error:
        reason = "The request URL is invalid."
        raise PeerProtocolError(400, reason, "Invalid URL") from error
    except httptools.HttpParserError as error:
        raise bad_request("The request is badly formed.") from error
    if not sink.is_complete or sink.messages != 1:
        raise bad_request("The request is badly formed.")
    if sink.count > MAX_HEADERS:
        raise bad_request("The request has too many headers.")
    if b"\r\n " in octets or b"\r\n\t" in octets:
        # RFC 9112 §5.2: a folded line is refused.
        raise bad_request("A header of the request is folded.")
    fields = sink.fields
    is_chunked = _is_chunked(fields, is_http11=is_http11)
    return RequestHead(
        method=method,
        target=sink.target,
        is_http11=is_http11,
        fields=fields,
        keep_alive=_keeps_alive(fields, is_http11=is_http11),
        content_length=_content_length(fields, is_chunked=is_chunked),
        is_chunked=is_chunked,
        expects_continue=_expects_continue(fields, is_http11=is_http11),
        octets=len(octets),
    )


def _read_request_line(octets: bytes) -> tuple[str, bool, bytes]:
    """Method, whether it is HTTP/1.1, and the octets for the parser."""
    line = _REQUEST_LINE.match(octets)
    if line is None:
        if _FIRST_WORD.match(octets) is None:
            reason = "The request verb is invalid."
            raise PeerProtocolError(400, reason, "Invalid Verb")
        raise bad_request("The request is badly formed.")
    method, major, minor = line.groups()
    if major != b"1":
        raise PeerProtocolError(505, "The HTTP version is not supported.")
    if method not in KNOWN_METHODS:
        raise PeerProtocolError(501, "The method is not known.")
    if minor > b"1":
        # RFC 9110 §2.5: treated as the highest minor version that we know.
        end = line.end()
        octets = octets[: end - 3] + b"1\r\n" + octets[end:]
    return method.decode("ascii"), minor != b"0", octets


class _HeadSink:
    """What httptools calls back."""

    def __init__(self) -> None:
        self.messages = 0
        self.count = 0
        self.is_complete = False
        self.target = b""
        self.fields: dict[bytes, list[bytes]] = {}

    def on_message_begin(self) -> None:
        self.messages += 1

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.count += 1
        self.fields.setdefault(name.lower(), []).append(value.strip(b" \t"))

    def on_headers_complete(self) -> None:
        self.is_complete = True


def _is_chunked(fields: Mapping[bytes, list[bytes]], *, is_http11: bool) -> bool:
    codings = fields.get(b"transfer-encoding")
    if codings is None:
        return False
    if not is_http11:
        # RFC 9112 §6.1: a message of 1.0 with this field has faulty framing.
        raise bad_request("HTTP/1.0 has no Transfer-Encoding.")
    if len(codings) > 1 or codings[0].lower() != _CHUNKED:
        raise PeerProtocolError(501, "The transfer coding is not supported.")
    return True


def _content_length(fields: Mapping[bytes, list[bytes]], *, is_chunked: bool) -> int:
    lengths = fields.get(b"content-length")
    if lengths is None:
        return 0
    if is_chunked or len(lengths) > 1:
        # RFC 9112 §6.3: requests are smuggled by two framings.
        raise bad_request("The request states its length twice.")
    if not lengths[0].isdigit() or len(lengths[0]) > _MAX_LENGTH_DIGITS:
        raise bad_request("The Content-Length is not a number.")
    return int(lengths[0])


def _keeps_alive(fields: Mapping[bytes, list[bytes]], *, is_http11: bool) -> bool:
    values = fields.get(b"connection")
    if values is None:
        return is_http11
    options = {option.strip() for option in b",".join(values).lower().split(b",")}
    if b"close" in options:
        return False
    return is_http11 or b"keep-alive" in options


def _expects_continue(fields: Mapping[bytes, list[bytes]], *, is_http11: bool) -> bool:
    expectations = fields.get(b"expect")
    if expectations is None or not is_http11:
        return False
    if [value.lower() for value in expectations] != [b"100-continue"]:
        raise PeerProtocolError(417, "The expectation cannot be met.")
    return True
