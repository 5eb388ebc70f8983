"""Requests whose answer changes, in words: ``http://a.example:80/ : site 1 -> site 2``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.model.binding import Protocol
from bindctl.routing.explain import format_local_address

if TYPE_CHECKING:
    from bindctl.cli.terminal import Terminal
    from bindctl.routing.compare import Answer, AnswerChange

_AT_ANY_OTHER = "any other address"


def print_answers(terminal: Terminal, changes: tuple[AnswerChange, ...]) -> None:
    """A line a class of requests, under their number."""
    count = len(changes)
    words = "1 request is" if count == 1 else f"{count or 'no'} requests are"
    terminal.print(f"{words} answered otherwise")
    for change in changes:
        terminal.print(f"  {format_answer_change(change)}")


def answers_data(changes: tuple[AnswerChange, ...]) -> list[dict[str, object]]:
    """The same for JSON."""
    return [
        {
            "url": _url(change),
            "address": None if change.address is None else str(change.address),
            "before": change.before,
            "after": change.after,
        }
        for change in changes
    ]


def format_answer_change(change: AnswerChange) -> str:
    """The URL, where it arrives unless that is everywhere, and both answers."""
    where = ""
    if change.address is not None:
        shown = format_local_address(change.address)
        where = f"at {_AT_ANY_OTHER if shown == 'any' else shown} "
    is_other_certificate = (
        change.protocol is Protocol.HTTPS
        and change.before.certificate_hash != change.after.certificate_hash
    )
    before, after = (
        _words(answer, with_certificate=is_other_certificate)
        for answer in (change.before, change.after)
    )
    return f"{_url(change)} {where}: {before} -> {after}"


def _url(change: AnswerChange) -> str:
    return f"{change.protocol.value}://{change.host}:{change.port}/"


def _words(answer: Answer, *, with_certificate: bool) -> str:
    if not answer.is_listening:
        return "no connection"
    site = "400" if answer.site is None else f"site {answer.site}"
    if not with_certificate:
        return site
    return f"{site}, certificate {answer.certificate_hash or 'none'}"
