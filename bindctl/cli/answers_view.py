"""Requests whose answer changes, in words: ``http://a.example:80/ : site 1 -> site 2``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.model.binding import Protocol
from bindctl.model.endpoint import format_address
from bindctl.model.unicode_host import to_unicode
from bindctl.operations.diff import (
    format_witness,
    group_changes,
    is_certificate_alone,
)
from bindctl.routing.classes import OTHER_ADDRESS, OTHER_IPV6

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from bindctl.cli.terminal import Terminal
    from bindctl.model.endpoint import IpAddress
    from bindctl.operations.sources import ReasonedChange
    from bindctl.routing.answers import Answer, AnswerChange

    _Print = Callable[[str], None]

_MAX_HOSTS: Final = 3  # of changes that are alike, by name
_MAX_ADDRESSES: Final = 3
_MAX_SITES: Final = 20  # whose names are told below
_HASH_SHOWN: Final = 8  # digits of a thumbprint, where two are told apart


def print_answers(
    terminal: Terminal, changes: Sequence[ReasonedChange], port_offset: int = 0
) -> None:
    """How many classes of requests there are, then each once."""
    terminal.print(format_count(changes))
    print_changes(terminal.print, changes, port_offset)


def format_count(changes: Collection[ReasonedChange]) -> str:
    """``3 classes of requests are answered otherwise``."""
    count = len(changes)
    if not count:
        return "no request is answered otherwise"
    if count == 1:
        return "1 class of requests is answered otherwise"
    return f"{count:,} classes of requests are answered otherwise"


def print_changes(
    print_line: _Print, changes: Sequence[ReasonedChange], port_offset: int = 0
) -> None:
    """Each class once, its reason and a command that shows it below."""
    for group in group_changes(changes):
        print_line(f"  {format_group([item.change for item in group])}")
        if group[0].reason:
            print_line(f"      {group[0].reason}")
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
            "url": _url(item.change, item.change.host),
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
            "reason": item.reason,
            "witness": format_witness(item, port_offset),
        }
        for item in changes
    ]


def format_group(changes: Sequence[AnswerChange]) -> str:
    """Changes that are alike but for the host, on one line."""
    urls = [_url(change, to_unicode(change.host)) for change in changes]
    shown = " ".join(urls[:_MAX_HOSTS])
    more = len(urls) - _MAX_HOSTS
    if more > 0:
        shown += f" and {more:,} more"
    return f"{shown} {_rest(changes)}"


def format_answer_change(change: AnswerChange) -> str:
    """The URL, where it arrives unless that is everywhere, and both answers."""
    return format_group([change])


def format_addresses(addresses: Sequence[IpAddress]) -> str:
    """``10.0.0.1, 10.0.0.2 and any other address``."""
    named = [format_address(item) for item in addresses if int(item)]
    if len(named) > _MAX_ADDRESSES:
        named = [*named[:_MAX_ADDRESSES], f"{len(named) - _MAX_ADDRESSES} more"]
    others = (OTHER_ADDRESS in addresses, OTHER_IPV6 in addresses)
    if any(others):
        kind = {(True, False): "IPv4 ", (False, True): "IPv6 "}.get(others, "")
        named.append(f"any other {kind}address")
    *first, last = named
    return f"{', '.join(first)} and {last}" if first else last


def _rest(changes: Sequence[AnswerChange]) -> str:
    """Where, and both answers."""
    change = changes[0]
    where = "" if change.is_everywhere else f"at {format_addresses(change.addresses)} "
    if change.server_name is not None:
        where += f"with {_said(change.server_name)} "
    if is_certificate_alone(change):
        old, new = _two_certificates(change)
        return f"{where}: certificate {old} -> {new}"
    befores, afters = (
        [item.before for item in changes],
        [item.after for item in changes],
    )
    old, new = (
        _words(change, answers, shown)
        for answers, shown in zip(
            (befores, afters), _two_certificates(change), strict=True
        )
    )
    return f"{where}: {old} -> {new}"


def _said(server_name: str) -> str:
    return (
        "no server name"
        if server_name == "*"
        else f"server name {to_unicode(server_name)}"
    )


def _url(change: AnswerChange, host: str) -> str:
    return f"{change.protocol.value}://{host}:{change.port}/"


def _words(change: AnswerChange, answers: Sequence[Answer], certificate: str) -> str:
    """One side of changes that are alike."""
    answer = answers[0]
    is_one = len({item.site for item in answers}) == 1
    site = f"site {answer.site}" if is_one else "each its site"
    page = _refusal(change.protocol, answer) or site
    if answer.refusal is not None:
        page += f" by {site if is_one else 'its site'}"
    if not (change.is_other_certificate and certificate):
        return page
    return f"{page}, certificate {certificate}"


def _refusal(protocol: Protocol, answer: Answer) -> str | None:
    """What is answered in place of a site's page, if anything."""
    if not answer.is_listening:
        return "no connection"
    if protocol is Protocol.HTTPS and answer.certificate_hash is None:
        return "handshake refused"
    if answer.site is None:
        return "400"
    return None if answer.refusal is None else str(answer.refusal)


def _answer_data(protocol: Protocol, answer: Answer) -> dict[str, object]:
    return {
        "is_listening": answer.is_listening,
        "site": answer.site,
        "certificate_hash": answer.certificate_hash,
        "refusal": _refusal(protocol, answer),
    }


def _two_certificates(change: AnswerChange) -> tuple[str, str]:
    """Both certificates, as short as tells them apart; empty for none."""
    old, new = (
        answer.certificate_hash or "" for answer in (change.before, change.after)
    )
    short = tuple(_short(item) for item in (old, new))
    return (old, new) if short[0] == short[1] else (short[0], short[1])


def _short(certificate_hash: str) -> str:
    """The first digits of a thumbprint; the whole name of a file."""
    if not certificate_hash or certificate_hash.endswith(".pfx"):
        return certificate_hash
    return f"{certificate_hash[:_HASH_SHOWN]}…"
