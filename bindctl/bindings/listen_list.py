"""The IP listen list: on which addresses a binding may be opened.

A mistake in the list never opens more addresses: an item that is not an address is
dropped, and when no item is left nothing is opened.

Source:
    Win32 docs, "IP Listen List": it narrows what every binding gets.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.model.endpoint import (
    ANY_ADDRESS,
    parse_local_address,
)

if TYPE_CHECKING:
    from bindctl.metabase.tree import Key
    from bindctl.model.endpoint import IpAddress, LocalAddress

LISTEN_ADDRESSES: Final = "ListenAddresses"
LISTEN_PATH: Final = "/LM/HTTP"
ALL_IPV4: Final = IPv4Address(0)
ALL_IPV6: Final = IPv6Address(0)
_EVERY_ADDRESS: Final = (ALL_IPV4, ALL_IPV6)
_IPV4: Final = 4


class InvalidAddress(NamedTuple):
    """An item that is not an address: its place in the list, and why it is not."""

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
        """Where a binding to `bound` listens; no address when the list forbids it."""
        if bound is ANY_ADDRESS:
            return self.addresses if self.is_limited else _EVERY_ADDRESS
        return (bound,) if self.allows(bound) else ()

    def without_ipv6(self) -> ListenList:
        """The same without IPv6, as on IIS 6."""
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


def _parse_item(item: object) -> LocalAddress:
    if not isinstance(item, str):
        message = f"{item!r} is not text"
        raise ValueError(message)  # noqa: TRY004 - the list is wrong, not its type
    if not item:
        message = "the empty text is not an address; * is every address"
        raise ValueError(message)
    return parse_local_address(item)
