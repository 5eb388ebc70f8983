"""Answers as values: status, ready header lines, body. No sockets, no clocks."""

from __future__ import annotations

import hmac
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from bindctl.server.http.peer_error import PeerProtocolError
    from bindctl.server.http.request import RequestHead
    from bindctl.server.http.response_cache import FileEntry

_KEPT_PAGES: Final = 64  # about as many as there are reasons
ALLOWED_METHODS: Final = ("GET", "HEAD", "OPTIONS")
ALLOW_LINE: Final = b"Allow: GET, HEAD, OPTIONS\r\n"
PROBE_FIELD: Final = "X-Bindctl-Probe"
SITE_FIELD: Final = "X-Bindctl-Site"
_FOLDED_FIELD: Final = PROBE_FIELD.lower().encode("ascii")
_CLOSE_LINE: Final = b"Connection: close\r\n"
_KEEP_LINE: Final = b"Connection: keep-alive\r\n"


class FileSlice(NamedTuple):
    """Octets of a file that is too large to keep, to be streamed.

    Attributes:
        entry: The file as it was when the answer was decided.
        offset: First octet.
        length: How many.
    """

    entry: FileEntry
    offset: int
    length: int


class Response(NamedTuple):
    """One answer.

    Attributes:
        status: The status code.
        headers: Header lines, each with its line end; without Date, Server and
            Connection, which belong to the connection.
        body: The octets, or a file to stream; empty for HEAD and 304.
        must_close: The connection ends after it.
        is_http_sys: http.sys itself answers rather than a site: its Server header.
        substatus: IIS's second number, for the log.
    """

    status: int
    headers: bytes
    body: bytes | FileSlice = b""
    must_close: bool = False
    is_http_sys: bool = False
    substatus: int = 0


def status_line(status: int) -> bytes:
    """``HTTP/1.1 200 OK`` with its line end."""
    return b"HTTP/1.1 %d %s\r\n" % (status, _phrase(status).encode("ascii"))


def end_of_head(response: Response, head: RequestHead | None, *, close: bool) -> bytes:
    """The lines after the Date line, up to the body.

    Args:
        response: The answer.
        head: The request; ``None`` when it could not be read.
        close: Whether the connection ends after it.
    """
    if close:
        return response.headers + _CLOSE_LINE + b"\r\n"
    if head is not None and not head.is_http11:
        return response.headers + _KEEP_LINE + b"\r\n"
    return response.headers + b"\r\n"


@lru_cache(maxsize=_KEPT_PAGES)
def error_page(
    status: int,
    reason: str,
    *,
    extra_headers: bytes = b"",
    substatus: int = 0,
    with_body: bool = True,
) -> Response:
    """A site's error page."""
    title = f"{status} {_phrase(status)}"
    page = _page(title, title, reason)
    headers = _page_headers("text/html; charset=utf-8", page) + extra_headers
    return Response(status, headers, page if with_body else b"", substatus=substatus)


def http_sys_page(error: PeerProtocolError) -> Response:
    """The page of http.sys for a request that reaches no site; ends the connection.

    Source:
        Captured IIS 7.5 and 10 answers (`reference/iis-semantics.md` §1.5).
    """
    return _http_sys_page(error.status, error.reason, error.title)


@lru_cache(maxsize=_KEPT_PAGES)
def _http_sys_page(status: int, reason: str, own_title: str) -> Response:
    phrase = _phrase(status)
    title = own_title or phrase
    heading = f"{phrase} - {title}" if own_title else phrase
    page = _page(title, heading, f"HTTP Error {status}. {reason}")
    headers = _page_headers("text/html; charset=us-ascii", page)
    return Response(status, headers, page, must_close=True, is_http_sys=True)


def redirect_page(location: bytes, *, with_body: bool) -> Response:
    """301 to `location`, which is already escaped."""
    page = _page(
        "Document Moved", "Document Moved", "The folder's name ends in a slash."
    )
    headers = _page_headers("text/html; charset=utf-8", page)
    headers += b"Location: " + location + b"\r\n"
    return Response(301, headers, page if with_body else b"")


def is_probe(head: RequestHead, secret: str) -> bool:
    """Whether a request asks for its site with the right word and has no body.

    `bindctl probe` asks: its requests have the field ``X-Bindctl-Probe`` with the word of
    the runtime directory's file ``probe-secret``. The word is new at every start and only
    the service's owner can read it; a request with another word is answered as usual.
    """
    asked = head.find(_FOLDED_FIELD)
    if asked is None or not secret or head.has_body:
        return False
    return hmac.compare_digest(asked, secret.encode("ascii"))


def tell_site(identifier: int) -> Response:
    """The answer to a probe: an empty page, and the site in its head."""
    fields = f"{SITE_FIELD}: {identifier}\r\nContent-Length: 0\r\n"
    return Response(200, fields.encode("ascii"))


def _page(title: str, heading: str, text: str) -> bytes:
    return (
        f"<!DOCTYPE html>\r\n<html><head><title>{title}</title></head>\r\n"
        f"<body><h2>{heading}</h2>\r\n<hr><p>{text}</p>\r\n</body></html>\r\n"
    ).encode("ascii")


def _page_headers(content_type: str, page: bytes) -> bytes:
    return (f"Content-Type: {content_type}\r\nContent-Length: {len(page)}\r\n").encode(
        "ascii"
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
