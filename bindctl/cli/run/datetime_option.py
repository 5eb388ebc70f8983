"""Dates and times on the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from bindctl.cli.run.option_values import BadValueError

if TYPE_CHECKING:
    from bindctl.terminal.terminal import Terminal

_EXAMPLE: Final = "2027-03-15"


def parse_instant(text: str) -> datetime:
    """An aware UTC time of a date (its first instant) or an ISO 8601 time.

    Args:
        text: ``2027-03-15``, ``2027-03-15T12:00Z`` or ``2027-03-15T12:00:00+01:00``;
            without an offset it is UTC.

    Raises:
        BadValueError: It is neither.
    """
    try:
        instant = datetime.fromisoformat(text.strip())
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=UTC)
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        cause = f"it is neither a date, such as {_EXAMPLE}, nor an ISO time"
        raise BadValueError(text, cause, _EXAMPLE) from error


def judged_at(terminal: Terminal, as_of: datetime | None) -> datetime:
    """The instant of ``--as-of``, else now."""
    return terminal.clock() if as_of is None else as_of
