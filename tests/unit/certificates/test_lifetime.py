"""Dates and lifetimes: what ends, and what lives longer than clients bear."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bindctl.certificates.lifetime import (
    LONGEST_LIFETIME,
    MAXIMUM_LIFETIMES,
    date_flaws,
    lifetime_flaws,
    maximum_lifetime_days,
)
from bindctl.findings.finding import Severity
from tests.unit.certificates.made import NOW, certificate

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("day", "days"),
    [
        ("2020-08-31", 825),
        ("2020-09-01", 398),
        ("2026-03-14", 398),
        ("2026-03-15", 200),
        ("2027-03-14", 200),
        ("2027-03-15", 100),
        ("2029-03-14", 100),
        ("2029-03-15", 47),
        ("2040-01-01", 47),
    ],
)
def test_longest_life_on_a_day(day: str, days: int) -> None:
    """Certificates would be made that browsers refuse on their first day."""
    assert maximum_lifetime_days(datetime.fromisoformat(day).replace(tzinfo=UTC)) == (
        days
    )


def test_newest_limit_stands_first() -> None:
    """The first that fits is taken: an older one in front would hide it."""
    begins = [since for since, _days in MAXIMUM_LIFETIMES]
    assert begins == sorted(begins, reverse=True)
    days = [limit for _since, limit in MAXIMUM_LIFETIMES]
    assert [*days, LONGEST_LIFETIME] == sorted([*days, LONGEST_LIFETIME])


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (NOW, NOW, "CRT303"),
        (NOW - SECOND, NOW - SECOND, "CRT301"),
        (NOW + SECOND, NOW + timedelta(days=90), "CRT302"),
        (NOW, NOW + timedelta(days=30), "CRT303"),
        (NOW, NOW + timedelta(days=30) + SECOND, None),
    ],
)
def test_dates(first: datetime, last: datetime, code: str | None) -> None:
    """Both ends belong to the period: a second more or less is a wrong alarm."""
    given = certificate("a.example")._replace(not_before=first, not_after=last)
    codes = [flaw.code for flaw in date_flaws(given, NOW, 30)]
    assert codes == ([] if code is None else [code])


def test_zero_days_warn_of_nothing() -> None:
    """Who asks only whether it is valid now would be told of its end."""
    given = certificate("a.example")._replace(not_after=NOW)
    assert not list(date_flaws(given, NOW, 0))


def test_end_is_told_with_what_is_left() -> None:
    """An administrator would have to count the days."""
    given = certificate("a.example", days=20)
    (flaw,) = date_flaws(given, NOW, 30)
    assert flaw.words == "ends on 2026-06-21 11:59 UTC, in 19 days"
    assert not flaw.is_refused
    for days, words in ((2, "in 1 day"), (1, "within a day")):
        (flaw,) = date_flaws(certificate("a.example", days=days), NOW, 30)
        assert flaw.words.endswith(f" UTC, {words}")


@pytest.mark.parametrize(
    ("days", "is_public", "expected"),
    [
        (200, True, None),
        (201, True, (None, "lives 201 days; issued on 2026-05-31 and publicly")),
        (825, False, None),
        (826, False, (Severity.INFO, "lives 826 days; Apple's clients accept 825")),
    ],
)
def test_life_that_clients_do_not_bear(
    days: int, *, is_public: bool, expected: tuple[Severity | None, str] | None
) -> None:
    """A certificate of ten years works in one browser and not in the next."""
    given = certificate("a.example", age=1, days=days - 1)
    flaws = [*lifetime_flaws(given, is_public=is_public)]
    assert len(flaws) == (expected is not None)
    if expected is not None:
        assert flaws[0].severity is expected[0]
        assert flaws[0].words.startswith(expected[1])
        assert not flaws[0].is_refused


def test_last_second_belongs_to_the_life() -> None:
    """One of 200 days and a second is one too long."""
    given = certificate("a.example", age=1, days=199)
    longer = given._replace(not_after=given.not_after + SECOND)
    assert not list(lifetime_flaws(given, is_public=True))
    assert list(lifetime_flaws(longer, is_public=True))


def test_a_second_too_much_is_a_day_too_much() -> None:
    """It lives 398 days and may live 398, it would say: BR count begun days."""
    given = certificate("a.example", age=1, days=199)
    longer = given._replace(not_after=given.not_after + SECOND)
    (flaw,) = lifetime_flaws(longer, is_public=True)
    assert flaw.words.startswith("lives 201 days;")
    assert flaw.words.endswith("may live 200")
