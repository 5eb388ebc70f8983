"""Rules about the IP listen list: its items, and bindings that it leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.bindings.listen_list import ALL_IPV6, LISTEN_ADDRESSES, LISTEN_PATH
from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place, Severity
from bindctl.model.endpoint import ANY_ADDRESS, format_address, format_endpoint
from bindctl.rules.finding_places import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.bindings.listen_list import ListenList
    from bindctl.bindings.table import BindingTable
    from bindctl.findings.finding import Finding
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.model.host import HostPattern

_IPV4: Final = 4


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
