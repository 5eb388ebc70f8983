"""Conditional requests and ranges: headers and a file's validators in, a verdict out.

Source:
    RFC 9110 §13 (preconditions, in the order of §13.2.2) and §14 (ranges).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from bindctl.server.http_date import parse_http_date

if TYPE_CHECKING:
    from bindctl.server.request import RequestHead

_MAX_RANGE_DIGITS: Final = 18


class Verdict(Enum):
    """What the preconditions of a request come to."""

    SEND = 200
    NOT_MODIFIED = 304
    FAILED = 412


class RangeVerdict(Enum):
    """Ranges that are no range of the file."""

    WHOLE = 200
    NOT_SATISFIABLE = 416


def judge_conditions(head: RequestHead, etag: bytes, modified_s: int) -> Verdict:
    """Whether the file is to be sent.

    Args:
        head: A GET or HEAD.
        etag: The file's strong entity tag, with its quotes.
        modified_s: When it was changed, whole seconds since 1970.
    """
    if_match = head.values(b"if-match")
    if if_match:
        if not _names_tag(if_match, etag, is_weak_allowed=False):
            return Verdict.FAILED
    elif _is_before(head.find(b"if-unmodified-since"), modified_s):
        return Verdict.FAILED
    if_none_match = head.values(b"if-none-match")
    if if_none_match:
        is_known = _names_tag(if_none_match, etag, is_weak_allowed=True)
    else:
        since = parse_http_date(head.find(b"if-modified-since") or b"")
        is_known = since is not None and modified_s <= since
    return Verdict.NOT_MODIFIED if is_known else Verdict.SEND


def find_range(
    head: RequestHead, etag: bytes, modified_s: int, size: int
) -> tuple[int, int] | RangeVerdict:
    """The one range a GET asks for: first octet and length.

    Several ranges, other units and malformed ones are ignored, as the standard allows.
    """
    ranges = head.values(b"range")
    if len(ranges) != 1 or not _applies(head.find(b"if-range"), etag, modified_s):
        return RangeVerdict.WHOLE
    bounds = _parse_range(ranges[0])
    if bounds is None:
        return RangeVerdict.WHOLE
    first, last = bounds
    if first is None:
        start, stop = max(0, size - (last or 0)), size
    else:
        start, stop = first, size if last is None else min(last + 1, size)
    return (start, stop - start) if start < stop else RangeVerdict.NOT_SATISFIABLE


def _parse_range(text: bytes) -> tuple[int | None, int | None] | None:
    """``first-last``, ``first-`` or ``-length``; ``None`` when it is none of these."""
    unit, _equals, spec = text.partition(b"=")
    first, dash, last = spec.strip().partition(b"-")
    is_range = dash and (first or last) and _is_number(first) and _is_number(last)
    if unit.strip().lower() != b"bytes" or not is_range:
        return None
    if first and last and int(last) < int(first):
        return None
    return (int(first) if first else None, int(last) if last else None)


def _is_before(text: bytes | None, modified_s: int) -> bool:
    seconds = None if text is None else parse_http_date(text)
    return seconds is not None and seconds < modified_s


def _applies(if_range: bytes | None, etag: bytes, modified_s: int) -> bool:
    if if_range is None:
        return True
    if if_range.startswith((b'"', b"W/")):
        return if_range == etag
    return parse_http_date(if_range) == modified_s


def _names_tag(
    values: tuple[bytes, ...], etag: bytes, *, is_weak_allowed: bool
) -> bool:
    for tag in b",".join(values).split(b","):
        text = tag.strip()
        if text == b"*":
            return True
        if is_weak_allowed and text.startswith(b"W/"):
            text = text[2:]
        if text == etag:
            return True
    return False


def _is_number(text: bytes) -> bool:
    return not text or (text.isdigit() and len(text) <= _MAX_RANGE_DIGITS)
