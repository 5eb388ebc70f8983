"""HTTP dates (RFC 9110 §5.6.7), without locale and without `datetime`."""

from __future__ import annotations

import time
from email.utils import mktime_tz, parsedate_tz

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
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
)


def format_http_date(seconds: int) -> bytes:
    """``Sun, 06 Nov 1994 08:49:37 GMT``."""
    year, month, day, hour, minute, second, weekday, _, _ = time.gmtime(seconds)
    return (
        f"{_DAYS[weekday]}, {day:02d} {_MONTHS[month - 1]} {year:04d} "
        f"{hour:02d}:{minute:02d}:{second:02d} GMT"
    ).encode("ascii")


def parse_http_date(text: bytes) -> int | None:
    """Seconds since 1970, or ``None`` when `text` is no date: it is then ignored."""
    try:
        fields = parsedate_tz(text.decode("ascii"))
        return None if fields is None else int(mktime_tz(fields))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
