"""Dates and times on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.findings.errors import BindctlError

if TYPE_CHECKING:
    from datetime import datetime


def parse_instant(option: str, text: str) -> datetime:
    """An aware UTC time of a date (its first instant) or an ISO 8601 time.

    Args:
        option: The option it was given for, for the message.
        text: ``2027-03-15``, ``2027-03-15T12:00Z`` or ``2027-03-15T12:00:00+01:00``;
            without an offset it is UTC.

    Raises:
        BindctlError: CLI004.
    """
    from datetime import UTC, datetime  # noqa: PLC0415 - slow to import

    try:
        instant = datetime.fromisoformat(text.strip())
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=UTC)
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        message = f"{option}: {text!r} is no date, such as 2027-03-15, and no ISO time"
        raise BindctlError("CLI004", message) from error
