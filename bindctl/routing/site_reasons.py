"""Why the other bindings of a port do not answer a request: the losers of its rows."""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.model.binding import Protocol
from bindctl.model.endpoint import ANY_ADDRESS, format_address
from bindctl.model.host import ANY_HOST, HostName, WildcardHost, suffixes_of
from bindctl.model.site import Win32Error
from bindctl.routing.plan import ANY_IPV6

if TYPE_CHECKING:
    from bindctl.bindings.start import StartResult
    from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
    from bindctl.model.binding import Binding
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.routing.plan import Match
    from bindctl.routing.request import Request

# The rows of `plan`, in words.
ROW_NAMES: Final = {
    1: "this address, this host",
    2: "any address, this host",
    3: "a wildcard host",
    4: "this address, any host",
    5: "any address, any host",
}
# What http.sys calls them (Win32 docs, "UrlPrefix Strings"); where a wildcard host
# stands among its categories is not documented.
ROW_CATEGORIES: Final = {
    1: "explicit",
    2: "explicit",
    3: "explicit, wildcard host",
    4: "IP-bound weak wildcard",
    5: "weak wildcard",
}


_SCHEMES: Final = {Protocol.HTTP: "HTTP", Protocol.HTTPS: "HTTPS"}
_NO_ROW: Final = len(ROW_NAMES) + 1


class Loser(NamedTuple):
    """A binding that was considered and did not win.

    Attributes:
        site: Its site.
        binding: As it is stored.
        reason: The rule that ended it.
        row: The row it would have won by; ``None`` when no row has it.
    """

    site: int
    binding: str
    reason: str
    row: int | None = None


def find_losers(
    table: BindingTable,
    start: StartResult,
    address: IpAddress,
    request: Request,
    match: Match | None,
) -> tuple[tuple[Loser, ...], int]:
    """Bindings that could be expected to win and do not, and how many others there are.

    The nearest come first: bindings to the address, by row, then those to other
    addresses and ports. The others are bindings of the port that name other hosts.

    Args:
        table: Every binding.
        start: Which sites run, and why the others do not.
        address: Where the request arrives.
        request: What it asks for.
        match: Who answers it; ``None`` when no site does, or nothing takes it there.
    """
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
            reason = f"it is for {_SCHEMES[binding.protocol]}"
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
) -> tuple[int | None, str | None]:
    """The row a binding would win by, or why its host rules it out.

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
) -> tuple[int | None, str | None]:
    if not host.endswith(pattern.suffix):  # most are told apart so
        return None, None
    if pattern.suffix in suffixes_of(host, depth):
        return 3, None
    if pattern.suffix in suffixes_of(host, 0):
        return None, f"{pattern} {too_deep_reason(depth)}"
    return None, None


def too_deep_reason(depth: int) -> str:
    """Why a wildcard does not match a name that ends as it does."""
    labels = "one label" if depth == 1 else f"{depth} labels at most"
    return f"stands for {labels} (WildcardHostDepth is {depth})"


def address_matches(bound: LocalAddress, address: IpAddress) -> bool:
    """Whether a binding to `bound` takes requests that arrive at `address`."""
    if bound is ANY_ADDRESS or bound == address:
        return True
    return bound == ANY_IPV6 and isinstance(address, IPv6Address)


def stopped_reason(identifier: int, start: StartResult) -> str:
    """Why a site does not run."""
    refusal = start.refusals.get(identifier)
    if refusal is None:
        return "the site is stopped (ServerAutoStart is false)"
    cause = refusal.reason
    if not cause and refusal.error is Win32Error.INVALID_PARAMETER:
        cause = f'"{refusal.prefix}" is no binding'
    elif not cause:
        cause = f"{refusal.prefix} collides with a binding of site {refusal.holder}"
    return f"the site cannot start: {cause}"


def _is_winner(site: SiteRow, binding: Binding, match: Match | None) -> bool:
    if match is None or site.identifier != match.route.site:
        return False
    return binding == match.route.binding


def _other_port(
    site: SiteRow, entry: BindingEntry, binding: Binding, request: Request
) -> tuple[Loser, ...]:
    """A binding of exactly this host elsewhere is worth a word; others are not."""
    if binding.protocol is not request.protocol or request.host is None:
        return ()
    if not isinstance(binding.host, HostName) or binding.host.name != request.host:
        return ()
    port = binding.endpoint.port
    return (Loser(site.identifier, entry.text, f"it is bound to port {port}"),)


def _reason(  # noqa: PLR0913, PLR0917 - the whole question, asked once
    start: StartResult,
    site: SiteRow,
    binding: Binding,
    address: IpAddress,
    row: int | None,
    match: Match | None,
) -> str:
    """The rule that ended a binding whose host would do."""
    if site.identifier not in start.started:
        return stopped_reason(site.identifier, start)
    bound = binding.endpoint.address
    if not address_matches(bound, address):
        if bound == ANY_IPV6:
            return "it is bound to [::], and the connection is not IPv6"
        at = format_address(address) if int(address) else "any other address"
        return f"it is bound to {format_address(bound)}, not to {at}"
    if match is None or row is None:
        return "nothing listens there"
    if row == match.row:
        return f"row {row} too, but {_nearer(binding, match.route.binding)}"
    return (
        f"row {row} ({ROW_NAMES[row]}) comes after row {match.row} "
        f"({ROW_NAMES[match.row]})"
    )


def _nearer(binding: Binding, winner: Binding) -> str:
    """What puts the winner before a binding of its own row."""
    if isinstance(winner.host, WildcardHost) and winner.host != binding.host:
        return f"{winner.host} is longer"
    return f"{format_address(winner.endpoint.address)} is nearer"
