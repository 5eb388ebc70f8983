"""When certificates run out, and who fails then: as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.findings.errors import ExitStatus
from bindctl.model.unicode_host import to_unicode
from bindctl.operations.certificates.expiries import list_expiries
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, timedelta

    from bindctl.cli.views.check_report import CheckedDocument
    from bindctl.operations.certificates.expiries import Expiry, FailingHost
    from bindctl.terminal.terminal import Terminal

_MAX_HOSTS: Final = 5  # of one certificate, by name
_HASH_SHOWN: Final = 8


def print_expiries(
    terminal: Terminal, source: CheckedDocument, now: datetime, *, as_json: bool
) -> int:
    """Print when certificates run out; 1 when one has."""
    expiries = list_expiries(source.workspace, source.octets, now)
    has_ended = any(item.at < now for item in expiries)
    status = ExitStatus.FINDINGS if has_ended else ExitStatus.OK
    if as_json:
        data = {"expiries": timeline_data(expiries)}
        print_envelope(terminal, "check", data, status)
    else:
        print_timeline(terminal, expiries)
    return status


def print_timeline(terminal: Terminal, expiries: Sequence[Expiry]) -> None:
    """A certificate a block, the first to run out first."""
    if not expiries:
        terminal.print("no visitor gets a certificate from the stores")
    for item in expiries:
        name = item.certificate_hash
        shown = name if name.endswith(".pfx") else f"{name[:_HASH_SHOWN]}…"
        terminal.print(
            f"{item.at:%Y-%m-%d %H:%M} UTC, {_format_left(item.left)}: "
            f"certificate {shown} ({item.names})"
        )
        if item.through:
            terminal.print(
                f"  because its chain goes through {item.through}, which ends then"
            )
        for line in _lines(item.hosts):
            terminal.print(f"  {line}")


def timeline_data(expiries: Sequence[Expiry]) -> list[dict[str, object]]:
    """The same for JSON."""
    return [
        {
            "at": item.at,
            "days": item.left.days,
            "certificate_hash": item.certificate_hash,
            "names": item.names,
            "through": item.through or None,
            "hosts": item.hosts,
        }
        for item in expiries
    ]


def _lines(hosts: Sequence[FailingHost]) -> Iterator[str]:
    for host in hosts[:_MAX_HOSTS]:
        yield f"https://{to_unicode(host.host)}:{host.port}/ of site {host.site}"
    more = len(hosts) - _MAX_HOSTS
    if more > 0:
        yield f"and {more:,} more"


def _format_left(left: timedelta) -> str:
    """``in 99 days``, ``today``, ``3 days ago``; whole days, rounded down."""
    if left.total_seconds() < 0:
        days = -left.days - 1
        if not days:
            return "ended today"
        return "ended 1 day ago" if days == 1 else f"ended {days:,} days ago"
    if not left.days:
        return "within a day"
    return "in 1 day" if left.days == 1 else f"in {left.days:,} days"
