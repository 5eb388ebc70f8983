"""Dates and times on the command line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bindctl.cli.run.datetime_option import parse_instant
from bindctl.cli.run.option_values import BadValueError


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2027-03-15", datetime(2027, 3, 15, tzinfo=UTC)),
        ("20270315", datetime(2027, 3, 15, tzinfo=UTC)),
        ("2027-03-15T12:00", datetime(2027, 3, 15, 12, tzinfo=UTC)),
        ("2027-03-15 12:00:30Z", datetime(2027, 3, 15, 12, 0, 30, tzinfo=UTC)),
        (" 2027-03-15T00:30+01:00 ", datetime(2027, 3, 14, 23, 30, tzinfo=UTC)),
    ],
)
def test_a_day_is_its_first_instant_in_utc(text: str, instant: datetime) -> None:
    """A certificate's last day is the same everywhere."""
    assert parse_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "2027-13-01", "2027-02-30", "15.3.2027", "0001-01-01T00:00+23:00"],
)
def test_what_is_no_date_is_refused_in_words(text: str) -> None:
    """Guessing a day would judge the wrong certificates."""
    with pytest.raises(BadValueError, match="neither a date, such as 2027-03-15"):
        parse_instant(text)
