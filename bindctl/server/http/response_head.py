"""The head of an answer: the response's headers, and those of the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bindctl.server.http.request import RequestHead
    from bindctl.server.http.response import Response
    from bindctl.server.worker.second_cache import Ticker

_CLOSE_LINE: Final = b"Connection: close\r\n"
_KEEP_LINE: Final = b"Connection: keep-alive\r\n"


def head_octets(
    ticker: Ticker, response: Response, head: RequestHead | None, *, close: bool
) -> bytes:
    """Everything before the body.

    Args:
        ticker: Of the worker.
        response: The answer.
        head: The request; ``None`` when it could not be read.
        close: Whether the connection ends after it.
    """
    prefix = ticker.prefix(response.status, is_http_sys=response.is_http_sys)
    return prefix + end_of_head(response, head, close=close)


def end_of_head(response: Response, head: RequestHead | None, *, close: bool) -> bytes:
    """The lines after the Date line, up to the body."""
    if close:
        return response.headers + _CLOSE_LINE + b"\r\n"
    if head is not None and not head.is_http11:
        return response.headers + _KEEP_LINE + b"\r\n"
    return response.headers + b"\r\n"
