"""The IP listen list: on which addresses a binding may be opened.

A list with a mistake in it never means more addresses than one without it: an item
that is none is dropped, and when none is left nothing is opened.

Source:
    Win32 docs, "IP Listen List": it narrows what every binding gets.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.places import place_of
from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place, Severity
from bindctl.model.endpoint import (
    ANY_ADDRESS,
    format_address,
    format_endpoint,
    parse_local_address,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.bindings.table import BindingTable
    from bindctl.findings.finding import Finding
    from bindctl.metabase.tree import Key
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.model.host import HostPattern

LISTEN_ADDRESSES: Final = "ListenAddresses"
LISTEN_PATH: Final = "/LM/HTTP"
ALL_IPV4: Final = IPv4Address(0)
ALL_IPV6: Final = IPv6Address(0)
_EVERY_ADDRESS: Final = (ALL_IPV4, ALL_IPV6)
_IPV4: Final = 4


class InvalidAddress(NamedTuple):
    """An item that is no address: its place in the list, and why it is none."""

    number: int
    problem: str


class ListenList(NamedTuple):
    """Addresses that may be listened on.

    Attributes:
        addresses: In the order of the list; all zeros is a whole family.
        is_limited: Whether there is a list; without one every address is allowed.
        name: Where the list comes from, for messages.
        problems: Items that were left out.
    """

    addresses: tuple[IpAddress, ...] = ()
    is_limited: bool = False
    name: str = LISTEN_ADDRESSES
    problems: tuple[InvalidAddress, ...] = ()

    def addresses_for(self, bound: LocalAddress) -> tuple[IpAddress, ...]:
        """Where a binding to `bound` listens; nothing when the list forbids it."""
        if bound is ANY_ADDRESS:
            return self.addresses if self.is_limited else _EVERY_ADDRESS
        return (bound,) if self.allows(bound) else ()

    def without_ipv6(self) -> ListenList:
        """The same where there is no IPv6, as on IIS 6."""
        listed = self.addresses if self.is_limited else (ALL_IPV4,)
        kept = tuple(item for item in listed if item.version == _IPV4)
        return self._replace(addresses=kept, is_limited=True)

    def allows(self, address: IpAddress) -> bool:
        """Whether that address may be listened on."""
        family = ALL_IPV4 if address.version == _IPV4 else ALL_IPV6
        return (
            not self.is_limited or address in self.addresses or family in self.addresses
        )


EVERYWHERE: Final = ListenList()


def lower_listen_list(root: Key) -> ListenList:
    """The list of property ListenAddresses of key http.

    Args:
        root: The key /LM.
    """
    key = root.child("http")
    raw = None if key is None else key.stored(LISTEN_ADDRESSES)
    if raw is None or raw == []:
        return EVERYWHERE
    addresses: list[IpAddress] = []
    problems: list[InvalidAddress] = []
    for index, item in enumerate(raw if isinstance(raw, list) else ()):
        try:
            address = _parse_item(item)
        except ValueError as error:
            problems.append(InvalidAddress(index, str(error)))
            continue
        if address is ANY_ADDRESS:
            return ListenList(problems=tuple(problems))
        if address not in addresses:
            addresses.append(address)
    return ListenList(tuple(addresses), is_limited=True, problems=tuple(problems))


def listen_list_findings(table: BindingTable, listen: ListenList) -> Iterator[Finding]:
    """What is wrong with the list, and with bindings because of it."""
    yield from invalid_listen_address(listen)
    yield from address_not_listened_on(table, listen)
    yield from unreachable_binding(table, listen)


def invalid_listen_address(listen: ListenList) -> Iterator[Finding]:
    """BND308: an item of the list is no address."""
    for item in listen.problems:
        place = Place(LISTEN_PATH, LISTEN_ADDRESSES, item.number)
        yield make_finding("BND308", place, item.problem)


def address_not_listened_on(
    table: BindingTable, listen: ListenList
) -> Iterator[Finding]:
    """BND309: a binding to an address that the list leaves out, so the site is refused.

    A warning where the site does not start by itself.
    """
    for site, entry, binding in table.entries():
        bound = binding.endpoint.address
        if bound is ANY_ADDRESS or listen.allows(bound):
            continue
        if bound.version == _IPV4 or table.emulated_version.has_ipv6:  # else BND106
            where = format_endpoint(binding.endpoint)
            message = (
                f'"{entry.text}": {where} is not among {listen.name}, so the site does '
                "not start"
            )
            severity = Severity.ERROR if site.auto_start else Severity.WARNING
            yield make_finding("BND309", place_of(entry), message, severity=severity)


def unreachable_binding(table: BindingTable, listen: ListenList) -> Iterator[Finding]:
    """BND206: at every address of the list a nearer binding takes all requests."""
    if not listen.is_limited:
        return  # some address is always left
    nearer: dict[tuple[int, HostPattern], set[IpAddress]] = {}
    for site, _entry, binding in table.entries():
        address, port = binding.endpoint.address, binding.endpoint.port
        if site.auto_start and address is not ANY_ADDRESS:
            nearer.setdefault((port, binding.host), set()).add(address)
    if not nearer:
        return
    for site, entry, binding in table.entries():
        bound = binding.endpoint.address
        if not site.auto_start or bound not in (ANY_ADDRESS, ALL_IPV6):
            continue
        taken = nearer.get((binding.endpoint.port, binding.host), set())
        left = taken - {ALL_IPV6} if bound == ALL_IPV6 else taken
        reached = _addresses_of(listen, bound)
        if reached and all(_is_taken(address, left) for address in reached):
            shown = ", ".join(format_address(address) for address in reached)
            message = (
                f'"{entry.text}" is never reached: at every address of {listen.name} '
                f"({shown}) a nearer binding has the same host"
            )
            yield make_finding("BND206", place_of(entry), message)


def _addresses_of(listen: ListenList, bound: LocalAddress) -> tuple[IpAddress, ...]:
    """Addresses of the list at which a binding to any address, or to [::], counts."""
    if bound is ANY_ADDRESS:
        return listen.addresses
    return tuple(item for item in listen.addresses if item.version != _IPV4)


def _is_taken(address: IpAddress, taken: set[IpAddress]) -> bool:
    return address in taken or (address.version != _IPV4 and ALL_IPV6 in taken)


def _parse_item(item: object) -> LocalAddress:
    if not isinstance(item, str):
        message = f"{item!r} is no text"
        raise ValueError(message)  # noqa: TRY004 - the list is wrong, not its type
    if not item:
        message = "the empty text is no address; * is every address"
        raise ValueError(message)
    return parse_local_address(item)
