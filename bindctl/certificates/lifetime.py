"""How long a certificate may live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from bindctl.certificates.flaw import Flaw
from bindctl.findings.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.model.certificate import Certificate

# BR 6.3.2, newest first: certificates issued from that day may live so many days.
# Clients that enforce it refuse a longer life; one day less is advised.
MAXIMUM_LIFETIMES: Final[tuple[tuple[datetime, int], ...]] = (
    (datetime(2029, 3, 15, tzinfo=UTC), 47),
    (datetime(2027, 3, 15, tzinfo=UTC), 100),
    (datetime(2026, 3, 15, tzinfo=UTC), 200),
    (datetime(2020, 9, 1, tzinfo=UTC), 398),
)
# BR 6.3.2 from 2018-03; Apple's clients accept no more from any authority (HT210176).
LONGEST_LIFETIME: Final = 825


def maximum_lifetime_days(now: datetime) -> int:
    """The longest life of a publicly trusted certificate issued at that time.

    Source:
        BR 6.3.2 (ballots SC31, SC081v3).
    """
    for since, days in MAXIMUM_LIFETIMES:
        if now >= since:
            return days
    return LONGEST_LIFETIME


def date_flaws(certificate: Certificate, now: datetime, days: int) -> Iterator[Flaw]:
    """CRT301, CRT302 and CRT303: it has ended, has not begun, or ends within `days`.

    Source:
        RFC 5280 §4.1.2.5: both ends belong to the period.
    """
    first, last = certificate.not_before, certificate.not_after
    if now > last:
        yield Flaw("CRT301", f"ended on {last:%Y-%m-%d %H:%M} UTC")
    elif now < first:
        yield Flaw("CRT302", f"begins on {first:%Y-%m-%d %H:%M} UTC")
    elif days and last - now <= timedelta(days=days):
        words = f"ends on {last:%Y-%m-%d %H:%M} UTC, {_time_left((last - now).days)}"
        yield Flaw("CRT303", words, is_refused=False)


def _time_left(days: int) -> str:
    if not days:
        return "within a day"
    return "in 1 day" if days == 1 else f"in {days} days"


def lifetime_flaws(certificate: Certificate, *, is_public: bool) -> Iterator[Flaw]:
    """CRT304: it lives longer than clients accept.

    Args:
        certificate: The certificate.
        is_public: Whether an authority of the machine's bundle issued it. A company's
            own authority in the bundle cannot be recognised, so this never counts as
            refused.
    """
    # The last second belongs to the period: BR count it in.
    life = certificate.not_after - certificate.not_before + timedelta(seconds=1)
    days = -(-life // timedelta(days=1))  # "any amount greater is a day more"
    if is_public:
        limit = maximum_lifetime_days(certificate.not_before)
        if days > limit:
            day = f"{certificate.not_before:%Y-%m-%d}"
            words = f"lives {days} days; issued on {day} and publicly trusted, it "
            words += f"may live {limit}"
            yield Flaw("CRT304", words, is_refused=False)
    elif days > LONGEST_LIFETIME:
        words = f"lives {days} days; Apple's clients accept {LONGEST_LIFETIME}"
        yield Flaw("CRT304", words, Severity.INFO, is_refused=False)
