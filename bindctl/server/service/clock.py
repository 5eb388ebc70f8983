"""The one place that reads the machine's clocks."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Where the server takes the time from."""

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC."""

    def monotonic(self) -> float:
        """Seconds that never run backwards, for intervals."""


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return time.time()  # noqa: TID251 - the one place, behind `Clock`

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()


SYSTEM_CLOCK: Clock = SystemClock()
