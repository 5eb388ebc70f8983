"""Conditional requests and ranges: headers and a file's validators in, a verdict out.

Dates are read and written here without locale and without `datetime`.

Source:
    RFC 9110 §5.6.7 (dates), §13 (preconditions, in the order of §13.2.2) and §14
    (ranges).
"""

from __future__ import annotations

import re
import time
from email.utils import mktime_tz, parsedate_tz
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bindctl.server.http.request import RequestHead

_MAX_RANGE_DIGITS: Final = 18
_FARTHEST: Final = 10**_MAX_RANGE_DIGITS  # beyond any file
# RFC 9110 §8.8.3: a comma may stand in a tag.
_ENTITY_TAG: Final = re.compile(rb'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
]


class Precondition(Enum):
    """The result of a request's preconditions."""

    SEND = 200
    NOT_MODIFIED = 304
    FAILED = 412


class RangeProblem(Enum):
    """A range that lies outside the file."""

    WHOLE = 200
    NOT_SATISFIABLE = 416


def judge_conditions(head: RequestHead, etag: bytes, modified_s: int) -> Precondition:
    """Whether the file is to be sent.

    Args:
        head: A GET or HEAD.
        etag: The file's strong entity tag, with its quotes.
        modified_s: When it was changed, whole seconds since 1970.
    """
    fields = head.fields
    if_match = fields.get(b"if-match")
    if if_match is not None:
        if not _names_tag(if_match, etag, is_weak_allowed=False):
            return Precondition.FAILED
    elif _is_before(head.find(b"if-unmodified-since"), modified_s):
        return Precondition.FAILED
    if_none_match = fields.get(b"if-none-match")
    if if_none_match is not None:
        is_known = _names_tag(if_none_match, etag, is_weak_allowed=True)
    else:
        since = head.find(b"if-modified-since")
        seconds = None if since is None else parse_http_date(since)
        is_known = seconds is not None and modified_s <= seconds
    return Precondition.NOT_MODIFIED if is_known else Precondition.SEND


def find_range(
    head: RequestHead, etag: bytes, modified_s: int, size: int
) -> tuple[int, int] | RangeProblem:
    """The one range a GET asks for: first octet and length.

    Several ranges, other units and malformed ones are ignored, as the standard allows.
    """
    ranges = head.values(b"range")
    if len(ranges) != 1 or not _applies(head.find(b"if-range"), etag, modified_s):
        return RangeProblem.WHOLE
    bounds = _parse_range(ranges[0])
    if bounds is None:
        return RangeProblem.WHOLE
    first, last = bounds
    if first is None:
        start, stop = max(0, size - (last or 0)), size
    else:
        start, stop = first, size if last is None else min(last + 1, size)
    return (start, stop - start) if start < stop else RangeProblem.NOT_SATISFIABLE


def _parse_range(text: bytes) -> tuple[int | None, int | None] | None:
    """``first-last``, ``first-`` or ``-length``; ``None`` for anything else."""
    unit, _equals, spec = text.partition(b"=")
    first, dash, last = spec.strip().partition(b"-")
    is_range = dash and (first or last) and _is_number(first) and _is_number(last)
    if unit.strip().lower() != b"bytes" or not is_range:
        return None
    start, end = _position(first), _position(last)
    if start is not None and end is not None and _is_less(last, first):
        return None
    return start, end


def _position(digits: bytes) -> int | None:
    """A number of octets; a number larger than any file is cut."""
    if not digits:
        return None
    digits = digits.lstrip(b"0") or b"0"
    return _FARTHEST if len(digits) > _MAX_RANGE_DIGITS else int(digits)


def _is_less(first: bytes, second: bytes) -> bool:
    """Whether one number is less than another, however many digits they have."""
    left, right = first.lstrip(b"0"), second.lstrip(b"0")
    return (len(left), left) < (len(right), right)


def _is_before(text: bytes | None, modified_s: int) -> bool:
    seconds = None if text is None else parse_http_date(text)
    return seconds is not None and seconds < modified_s


def _applies(if_range: bytes | None, etag: bytes, modified_s: int) -> bool:
    if if_range is None:
        return True
    if if_range.startswith((b'"', b"W/")):
        return if_range == etag
    return parse_http_date(if_range) == modified_s


def _names_tag(values: list[bytes], etag: bytes, *, is_weak_allowed: bool) -> bool:
    listed = b",".join(values)
    if listed.strip() == b"*":
        return True
    return any(
        tag == etag and (is_weak_allowed or not weak)
        for weak, tag in _ENTITY_TAG.findall(listed)
    )


def _is_number(text: bytes) -> bool:
    return not text or text.isdigit()


def format_http_date(seconds: int) -> bytes:
    """``Sun, 06 Nov 1994 08:49:37 GMT``."""
    year, month, day, hour, minute, second, weekday, _, _ = time.gmtime(seconds)
    return (
        f"{_DAYS[weekday]}, {day:02d} {_MONTHS[month - 1]} {year:04d} "
        f"{hour:02d}:{minute:02d}:{second:02d} GMT"
    ).encode("ascii")


def parse_http_date(text: bytes) -> int | None:
    """Seconds since 1970, or ``None`` when `text` is not a date and is ignored."""
    try:
        fields = parsedate_tz(text.decode("ascii"))
        return None if fields is None else int(mktime_tz(fields))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
