"""Requests whose answer changes: as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.operations.answers.answer_words import (
    format_count,
    format_group,
    format_refusal,
    format_url,
)
from bindctl.operations.answers.diff import format_witness, group_changes
from bindctl.routing.reason import format_reasons

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from bindctl.model.binding import Protocol
    from bindctl.operations.load.sources import ReasonedChange
    from bindctl.routing.answers import Answer
    from bindctl.terminal.terminal import Terminal

    _Print = Callable[[str], None]

_MAX_SITES: Final = 20  # whose names are told below


def print_answers(
    terminal: Terminal, changes: Sequence[ReasonedChange], port_offset: int = 0
) -> None:
    """How many classes of requests there are, then each once."""
    terminal.print(format_count(changes))
    print_changes(terminal.print, changes, port_offset)


def print_changes(
    print_line: _Print, changes: Sequence[ReasonedChange], port_offset: int = 0
) -> None:
    """Each class once, its reason and a command that shows it below."""
    for group in group_changes(changes):
        print_line(f"  {format_group([item.change for item in group])}")
        if group[0].reasons:
            print_line(f"      {format_reasons(group[0].reasons)}")
        print_line(f"      $ {format_witness(group[0], port_offset)}")


def print_sites(
    print_line: _Print,
    changes: Collection[ReasonedChange],
    comments: Mapping[int, str],
) -> None:
    """Which sites the numbers are, where they have a name."""
    answers = (
        answer for item in changes for answer in (item.change.before, item.change.after)
    )
    named = {item.site: comments.get(item.site or 0, "") for item in answers}
    sites = sorted(site for site, comment in named.items() if site and comment)
    for site in sites[:_MAX_SITES]:
        print_line(f'site {site} is "{named[site]}"')
    if len(sites) > _MAX_SITES:
        print_line(f"and {len(sites) - _MAX_SITES:,} more sites")


def answers_data(
    changes: Collection[ReasonedChange], port_offset: int = 0
) -> list[dict[str, object]]:
    """The same for JSON."""
    return [
        {
            "url": format_url(item.change, item.change.host),
            "protocol": item.change.protocol.value,
            "host": item.change.host,
            "port": item.change.port,
            "server_name": item.change.server_name,
            "address": None
            if item.change.is_everywhere
            else str(item.change.addresses[0]),
            "addresses": [str(address) for address in item.change.addresses],
            "is_everywhere": item.change.is_everywhere,
            "before": _answer_data(item.change.protocol, item.change.before),
            "after": _answer_data(item.change.protocol, item.change.after),
            "reason": format_reasons(item.reasons),
            "witness": format_witness(item, port_offset),
        }
        for item in changes
    ]


def _answer_data(protocol: Protocol, answer: Answer) -> dict[str, object]:
    return {
        "is_listening": answer.is_listening,
        "site": answer.site,
        "certificate_hash": answer.certificate_hash,
        "refusal": format_refusal(protocol, answer),
    }
