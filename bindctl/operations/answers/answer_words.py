"""Requests whose answer changes, in words: ``http://a.example:80/ : site 1 -> site 2``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.model.binding import Protocol
from bindctl.model.endpoint import format_address
from bindctl.model.host import to_unicode
from bindctl.operations.answers.diff import is_certificate_alone
from bindctl.routing.classes import OTHER_ADDRESS, OTHER_IPV6

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bindctl.model.endpoint import IpAddress
    from bindctl.operations.load.sources import ReasonedChange
    from bindctl.routing.answers import Answer, AnswerChange

_MAX_HOSTS: Final = 3  # of changes that are alike, by name
_MAX_ADDRESSES: Final = 3
_HASH_SHOWN: Final = 8  # digits of a thumbprint, where two are told apart


def format_count(changes: Collection[ReasonedChange]) -> str:
    """``3 classes of requests get a different answer``."""
    count = len(changes)
    if not count:
        return "no request gets a different answer"
    if count == 1:
        return "1 class of requests gets a different answer"
    return f"{count:,} classes of requests get a different answer"


def format_group(changes: Sequence[AnswerChange]) -> str:
    """Changes that differ only in the host, on one line."""
    urls = [format_url(change, to_unicode(change.host)) for change in changes]
    shown = " ".join(urls[:_MAX_HOSTS])
    more = len(urls) - _MAX_HOSTS
    if more > 0:
        shown += f" and {more:,} more"
    return f"{shown} {_rest(changes)}"


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


def format_url(change: AnswerChange, host: str) -> str:
    """The URL of a class, with that host in it."""
    return f"{change.protocol.value}://{host}:{change.port}/"


def _words(change: AnswerChange, answers: Sequence[Answer], certificate: str) -> str:
    """One side of changes that are alike."""
    answer = answers[0]
    is_one = len({item.site for item in answers}) == 1
    site = f"site {answer.site}" if is_one else "each its site"
    page = format_refusal(change.protocol, answer) or site
    if answer.refusal is not None:
        page += f" by {site if is_one else 'its site'}"
    if not (change.is_other_certificate and certificate):
        return page
    return f"{page}, certificate {certificate}"


def format_refusal(protocol: Protocol, answer: Answer) -> str | None:
    """The answer in place of a site's page, if any."""
    if not answer.is_listening:
        return "no connection"
    if protocol is Protocol.HTTPS and answer.certificate_hash is None:
        return "handshake refused"
    if answer.site is None:
        return "400"
    return None if answer.refusal is None else str(answer.refusal)


def _two_certificates(change: AnswerChange) -> tuple[str, str]:
    """Both certificates, as short as tells them apart; empty for none."""
    old, new = (
        answer.certificate_hash or "" for answer in (change.before, change.after)
    )
    short = tuple(_short(item) for item in (old, new))
    return (old, new) if short[0] == short[1] else (short[0], short[1])


def _short(certificate_hash: str) -> str:
    """The first digits of a thumbprint, after its store; the whole name of a file."""
    if not certificate_hash or certificate_hash.endswith(".pfx"):
        return certificate_hash
    store, slash, digits = certificate_hash.rpartition("/")
    return f"{store}{slash}{digits[:_HASH_SHOWN]}…"
