"""Command lines that show an answer of `explain` on the running server."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from bindctl.model.binding import Protocol
from bindctl.model.witness import (
    format_handshake,
    format_request,
    format_request_as,
    is_address_literal,
)
from bindctl.routing.classes import OTHER_ADDRESS, OTHER_IPV6

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bindctl.bindings.listen_list import ListenList
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.operations.answers.explain_question import Question

# Characters that a URL may hold (RFC 3986 §2); the apostrophe would end a shell's
# quotes.
_OF_URLS: Final = "/?:@!$&()*+,;=-._~%[]"
# Those of them that a shell leaves alone in a word.
_PLAIN: Final = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-~%+:,@="
)
# 127.0.0.0/8 is the loopback (RFC 1122 §3.2.1.3): on Linux all of it, elsewhere .1.
_LOOPBACKS: Final[dict[IpAddress, tuple[IpAddress, ...]]] = {
    OTHER_ADDRESS: tuple(IPv4Address(f"127.0.0.{number}") for number in range(1, 9)),
    OTHER_IPV6: (IPv6Address("::1"),),
}


def find_witnesses(
    question: Question,
    listen: ListenList,
    named: Collection[LocalAddress],
    addresses: Sequence[IpAddress],
) -> tuple[str, ...]:
    """A curl line, and for HTTPS an openssl line before it.

    Args:
        question: What is asked.
        listen: Where listening is allowed.
        named: Addresses that bindings or records of the port name.
        addresses: Those that have this answer.
    """
    request, port = question.request, question.real_port
    where = _reachable(listen, named, addresses)
    said, host = request.server_name, request.host
    if request.protocol is Protocol.HTTP:
        line = format_request(request.protocol, where, port, host)
        return (_with_target(line, question.target),)
    is_plain = host == said or (said is None and is_address_literal(host or ""))
    if is_plain:
        line = format_request(request.protocol, where, port, host)
    else:
        line = format_request_as(where, port, said, host)
    return format_handshake(where, port, said), _with_target(line, question.target)


def _with_target(line: str, target: str) -> str:
    """The line, which ends with the root's slash, for another path and query."""
    if "/." in target:
        line = line.replace("curl", "curl --path-as-is", 1)
    if "[" in target or "]" in target:
        line = line.replace("curl", "curl --globoff", 1)  # else they are ranges
    rest = quote(target[1:], _OF_URLS, encoding="utf-8", errors="surrogateescape")
    command, _space, root = line.rpartition(" ")
    url = root.strip("'") + rest
    return f"{command} {url}" if _PLAIN.issuperset(url) else f"{command} '{url}'"


def _reachable(
    listen: ListenList,
    named: Collection[LocalAddress],
    addresses: Sequence[IpAddress],
) -> LocalAddress:
    """The address to try it at: loopback, if one of them stands for it."""
    for standing, loopbacks in _LOOPBACKS.items():
        if standing not in addresses:
            continue
        own = (item for item in listen.addresses if item.version == standing.version)
        for candidate in (*loopbacks, *own):
            if int(candidate) and candidate not in named and listen.allows(candidate):
                return candidate
    return addresses[0]
