"""Why the other bindings of a port do not answer a request: the losers of its rows."""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.model.endpoint import ANY_ADDRESS
from bindctl.model.host import ANY_HOST, HostName, WildcardHost, suffixes_of
from bindctl.routing.plan import ANY_IPV6
from bindctl.routing.reason import Reason, Why

if TYPE_CHECKING:
    from bindctl.bindings.start import StartResult
    from bindctl.bindings.table import BindingEntry, SiteRow
    from bindctl.model.binding import Binding
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.routing.plan import Match
    from bindctl.routing.reading import Reading
    from bindctl.routing.request import Request

# The names of http.sys (Win32 docs, "UrlPrefix Strings"); the category of a wildcard
# host is not documented.
ROW_CATEGORIES: Final = {
    1: "explicit",
    2: "explicit",
    3: "explicit, wildcard host",
    4: "IP-bound weak wildcard",
    5: "weak wildcard",
}
_NO_ROW: Final = len(ROW_CATEGORIES) + 1


class Loser(NamedTuple):
    """A binding that was considered and did not win.

    Attributes:
        site: Its site.
        binding: As it is stored.
        reason: The rule by which it lost.
        row: The row by which it would have won; ``None`` without a row.
    """

    site: int
    binding: str
    reason: Reason
    row: int | None = None


def find_losers(
    reading: Reading, request: Request, address: IpAddress, match: Match | None
) -> tuple[tuple[Loser, ...], int]:
    """Bindings that one could expect to win, but that do not; and how many others.

    The nearest come first: bindings to the address, by row, then those to other
    addresses and ports. The others are bindings of the port that name other hosts.

    Args:
        reading: Every binding, which sites run, and why the others do not.
        request: What is asked for.
        address: Where the request arrives.
        match: The site that answers; ``None`` without one, or without a connection.
    """
    table, start = reading.table, reading.start
    near: list[Loser] = []
    far: list[Loser] = []
    others = 0
    for site, entry, binding in table.entries():
        if binding.endpoint.port != request.port:
            far.extend(_other_port(site, entry, binding, request))
            continue
        if _is_winner(site, binding, match):
            continue
        row, host_reason = row_of(binding, request.host, table.wildcard_depth)
        if row is None and host_reason is None:
            others += 1
            continue
        if binding.protocol is not request.protocol:
            reason = Reason(Why.OTHER_SCHEME, scheme=binding.protocol)
        else:
            reason = host_reason or _reason(start, site, binding, address, row, match)
        is_near = address_matches(binding.endpoint.address, address)
        losers = near if is_near else far
        losers.append(Loser(site.identifier, entry.text, reason, row))
    for losers in (near, far):
        losers.sort(key=lambda item: item.row or _NO_ROW)
    return (*near, *far), others


def row_of(
    binding: Binding, host: str | None, depth: int
) -> tuple[int | None, Reason | None]:
    """The row by which a binding would win, or why its host rules it out.

    Neither when it simply names another host.
    """
    any_address = binding.endpoint.address is ANY_ADDRESS
    pattern = binding.host
    if pattern is ANY_HOST:
        return (5 if any_address else 4), None
    if host is None:
        return None, None
    if isinstance(pattern, HostName):
        row = 2 if any_address else 1
        return (row if pattern.name == host else None), None
    return _row_of_wildcard(pattern, host, depth)


def _row_of_wildcard(
    pattern: WildcardHost, host: str, depth: int
) -> tuple[int | None, Reason | None]:
    if not host.endswith(pattern.suffix):  # most bindings end here
        return None, None
    if pattern.suffix in suffixes_of(host, depth):
        return 3, None
    if pattern.suffix in suffixes_of(host, 0):
        return None, Reason(Why.TOO_DEEP, host=pattern, depth=depth)
    return None, None


def address_matches(bound: LocalAddress, address: IpAddress) -> bool:
    """Whether a binding to `bound` takes requests that arrive at `address`."""
    if bound is ANY_ADDRESS or bound == address:
        return True
    return bound == ANY_IPV6 and isinstance(address, IPv6Address)


def stopped_reason(identifier: int, start: StartResult) -> Reason:
    """Why a site does not run."""
    refusal = start.refusals.get(identifier)
    if refusal is None:
        return Reason(Why.STOPPED)
    return Reason(Why.REFUSED, refusal=refusal)


def _is_winner(site: SiteRow, binding: Binding, match: Match | None) -> bool:
    if match is None or site.identifier != match.route.site:
        return False
    return binding == match.route.binding


def _other_port(
    site: SiteRow, entry: BindingEntry, binding: Binding, request: Request
) -> tuple[Loser, ...]:
    """A binding of exactly this host at another port is mentioned; others are not."""
    if binding.protocol is not request.protocol or request.host is None:
        return ()
    if not isinstance(binding.host, HostName) or binding.host.name != request.host:
        return ()
    reason = Reason(Why.OTHER_PORT, port=binding.endpoint.port)
    return (Loser(site.identifier, entry.text, reason),)


def _reason(  # noqa: PLR0913, PLR0917 - the whole question, asked once
    start: StartResult,
    site: SiteRow,
    binding: Binding,
    address: IpAddress,
    row: int | None,
    match: Match | None,
) -> Reason:
    """The rule by which a binding lost although its host fits."""
    if site.identifier not in start.started:
        return stopped_reason(site.identifier, start)
    bound = binding.endpoint.address
    if not address_matches(bound, address):
        if bound == ANY_IPV6:
            return Reason(Why.NOT_IPV6)
        at = address if int(address) else "any other address"
        return Reason(Why.OTHER_ADDRESS, address=bound, at=at)
    if match is None or row is None:
        return Reason(Why.NOWHERE)
    return _outranked(binding, row, match)


def _outranked(binding: Binding, row: int, match: Match) -> Reason:
    """Why the winner comes before a binding that also fits."""
    if row != match.row:
        return Reason(Why.LATER_ROW, row=row, best=match.row)
    winner = match.route.binding
    if isinstance(winner.host, WildcardHost) and winner.host != binding.host:
        return Reason(Why.SHORTER_HOST, row=row, host=winner.host)
    return Reason(Why.FARTHER, row=row, address=winner.endpoint.address)
