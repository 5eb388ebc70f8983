"""Dates and times on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.findings.errors import BindctlError

if TYPE_CHECKING:
    from datetime import datetime

    from bindctl.cli.terminal import Terminal

AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="Judge certificates as on that day, 2027-03-15, or at that ISO time, in "
        "UTC. Default: now.",
    ),
]


def judged_at(terminal: Terminal, as_of: str | None) -> datetime:
    """The instant of `AsOfOption`, else now.

    Raises:
        BindctlError: CLI004.
    """
    return terminal.clock() if as_of is None else parse_instant("--as-of", as_of)


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
