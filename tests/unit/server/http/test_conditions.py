"""Preconditions and ranges (RFC 9110 sections 13 and 14)."""

from __future__ import annotations

import pytest

from bindctl.server.http.conditions import (
    Precondition,
    RangeProblem,
    find_range,
    format_http_date,
    judge_conditions,
    parse_http_date,
)
from bindctl.server.http.request import RequestHead, parse_head

ETAG = b'"1-4"'
MODIFIED_S = 784111777
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
LATER = "Sun, 06 Nov 1994 08:49:38 GMT"
EARLIER = "Sun, 06 Nov 1994 08:49:36 GMT"


def head(*lines: str) -> RequestHead:
    """A GET with these lines."""
    return parse_head(("\r\n".join(["GET / HTTP/1.1", *lines]) + "\r\n\r\n").encode())


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        ([], Precondition.SEND),
        (['If-None-Match: "1-4"'], Precondition.NOT_MODIFIED),
        (['If-None-Match: W/"1-4"'], Precondition.NOT_MODIFIED),
        (['If-None-Match: "x", "1-4"'], Precondition.NOT_MODIFIED),
        (['If-None-Match: "x"', 'If-None-Match: "1-4"'], Precondition.NOT_MODIFIED),
        (["If-None-Match: *"], Precondition.NOT_MODIFIED),
        (['If-None-Match: "x"', f"If-Modified-Since: {LATER}"], Precondition.SEND),
        ([f"If-Modified-Since: {DATE}"], Precondition.NOT_MODIFIED),
        ([f"If-Modified-Since: {EARLIER}"], Precondition.SEND),
        (["If-Modified-Since: yesterday"], Precondition.SEND),
        (['If-Match: "1-4"'], Precondition.SEND),
        (['If-Match: W/"1-4"'], Precondition.FAILED),
        (["If-Match: *"], Precondition.SEND),
        (['If-Match: "x"'], Precondition.FAILED),
        (['If-Match: "a,*,b"'], Precondition.FAILED),
        (['If-Match: "a,*,b", "1-4"'], Precondition.SEND),
        (["If-Match: a,*"], Precondition.FAILED),
        (['If-None-Match: "a,*,b"'], Precondition.SEND),
        (['If-None-Match: "x,\\"1-4"'], Precondition.SEND),
        ([f"If-Unmodified-Since: {EARLIER}"], Precondition.FAILED),
        ([f"If-Unmodified-Since: {DATE}"], Precondition.SEND),
        (['If-Match: "1-4"', f"If-Unmodified-Since: {EARLIER}"], Precondition.SEND),
    ],
)
def test_preconditions(lines: list[str], verdict: Precondition) -> None:
    """Stale copies would be kept, or good ones sent again."""
    assert judge_conditions(head(*lines), ETAG, MODIFIED_S) is verdict


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], RangeProblem.WHOLE),
        (["Range: bytes=0-0"], (0, 1)),
        (["Range: bytes=2-"], (2, 8)),
        (["Range: bytes=-3"], (7, 3)),
        (["Range: bytes=-30"], (0, 10)),
        (["Range: bytes=5-99"], (5, 5)),
        (["Range: bytes=10-"], RangeProblem.NOT_SATISFIABLE),
        (["Range: bytes=-0"], RangeProblem.NOT_SATISFIABLE),
        (["Range: bytes=5-2"], RangeProblem.WHOLE),
        (["Range: bytes=5-" + "9" * 60], (5, 5)),
        (["Range: bytes=" + "9" * 60 + "-"], RangeProblem.NOT_SATISFIABLE),
        (["Range: bytes=-" + "9" * 60], (0, 10)),
        (["Range: bytes=" + "9" * 60 + "-" + "9" * 59], RangeProblem.WHOLE),
        (["Range: bytes=" + "0" * 60 + "5-7"], (5, 3)),
        (["Range: bytes=0-1,3-4"], RangeProblem.WHOLE),
        (["Range: lines=0-1"], RangeProblem.WHOLE),
        (["Range: bytes=-"], RangeProblem.WHOLE),
        (["Range: bytes=a-b"], RangeProblem.WHOLE),
        (["Range: bytes=0-1", 'If-Range: "1-4"'], (0, 2)),
        (["Range: bytes=0-1", 'If-Range: "x"'], RangeProblem.WHOLE),
        (["Range: bytes=0-1", f"If-Range: {DATE}"], (0, 2)),
        (["Range: bytes=0-1", f"If-Range: {LATER}"], RangeProblem.WHOLE),
    ],
)
def test_ranges(lines: list[str], expected: object) -> None:
    """A resumed download would be put together wrongly."""
    assert find_range(head(*lines), ETAG, MODIFIED_S, 10) == expected


@pytest.mark.parametrize(
    "text",
    [DATE, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"],
)
def test_all_three_date_forms_are_read(text: str) -> None:
    """Old clients would always get the whole file."""
    assert parse_http_date(text.encode()) == MODIFIED_S


def test_dates_are_written_in_the_preferred_form() -> None:
    """Caches refuse anything else."""
    assert format_http_date(MODIFIED_S) == DATE.encode()


@pytest.mark.parametrize("text", [b"", b"x", b"\xff", b"Sun, 99 Foo 1994 99:99:99 GMT"])
def test_what_is_no_date_is_ignored(text: bytes) -> None:
    """A wrong header would end in an error page."""
    parse_http_date(text)
