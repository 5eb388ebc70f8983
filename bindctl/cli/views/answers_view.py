"""Requests whose answer changes: as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.model.host import to_unicode
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
    from bindctl.operations.certificates.coverage import Gap
    from bindctl.operations.gate.what_if import Refusals
    from bindctl.operations.load.sources import ReasonedChange
    from bindctl.routing.answers import Answer
    from bindctl.terminal.terminal import Terminal

    _Print = Callable[[str], None]

_MAX_SITES: Final = 20  # whose names are printed below


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
    print_line: _Print, changes: Collection[ReasonedChange], comments: Mapping[int, str]
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


_MAX_HOSTS: Final = 3  # that are refused alike, by name


def print_refusals(print_line: Callable[[str], None], found: Refusals) -> None:
    """How many hosts, then each once with the reason and a handshake below."""
    hosts = len({(gap.host, gap.port) for gap in found.gaps})
    words = "1 host" if hosts == 1 else f"{hosts or 'no'} hosts"
    print_line(f"at {found.at:%Y-%m-%d %H:%M} UTC browsers refuse {words}")
    for group in _group(found.gaps):
        print_line(f"  {_format_urls(group)} : {group[0].words}")
        if found.known.issuperset(group):
            print_line("      now as well")
        print_line(f"      $ {group[0].witness}")


def refusals_data(found: Refusals) -> list[dict[str, object]]:
    """The same for JSON: one a host and a reason."""
    groups: dict[tuple[object, ...], list[Gap]] = {}
    for gap in found.gaps:
        key = (gap.site, gap.host, gap.port, gap.words, gap in found.known)
        groups.setdefault(key, []).append(gap)
    return [
        {
            "site": group[0].site,
            "host": group[0].host,
            "port": group[0].port,
            "addresses": [str(gap.address) for gap in group],
            "code": group[0].code,
            "reason": group[0].words,
            "is_refused_now": group[0] in found.known,
            "witness": group[0].witness,
        }
        for group in groups.values()
    ]


def _group(gaps: Collection[Gap]) -> list[list[Gap]]:
    """Gaps that are alike but for the host and the address."""
    groups: dict[tuple[object, ...], list[Gap]] = {}
    for gap in gaps:
        groups.setdefault((gap.port, gap.code, gap.words), []).append(gap)
    return list(groups.values())


def _format_urls(gaps: Sequence[Gap]) -> str:
    urls = [
        f"https://{to_unicode(host)}:{port}/"
        for host, port in dict.fromkeys((gap.host, gap.port) for gap in gaps)
    ]
    shown = " ".join(urls[:_MAX_HOSTS])
    more = len(urls) - _MAX_HOSTS
    return f"{shown} and {more:,} more" if more > 0 else shown
