"""Rules about the IP listen list: its items, and bindings that it leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.bindings.listen_list import ALL_IPV6, LISTEN_ADDRESSES, LISTEN_PATH
from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place, Severity
from bindctl.model.endpoint import ANY_ADDRESS, format_address, format_endpoint
from bindctl.routing.classes import sample_name
from bindctl.rules.finding_places import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.bindings.listen_list import ListenList
    from bindctl.findings.finding import Finding
    from bindctl.model.binding import Binding
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.routing.reading import Reading

_IPV4: Final = 4


def invalid_listen_address(reading: Reading) -> Iterator[Finding]:
    """BND308: an item of the list is not an address."""
    for item in reading.listen.problems:
        place = Place(LISTEN_PATH, LISTEN_ADDRESSES, item.number)
        yield make_finding("BND308", place, item.problem)


def address_not_listened_on(reading: Reading) -> Iterator[Finding]:
    """BND309: a binding to an address that the list leaves out, so the site is refused.

    A warning where the site does not start by itself.
    """
    table, listen = reading.table, reading.listen
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


def unreachable_binding(reading: Reading) -> Iterator[Finding]:
    """BND206: at every address of the list a nearer binding takes all requests."""
    listen = reading.listen
    if not listen.is_limited:
        return  # some address is always left
    rows = tuple(reading.table.entries())
    ports = {row[2].endpoint.port for row in rows if _names_address(row[2])}
    if not ports:
        return
    for site, entry, binding in rows:
        bound, port = binding.endpoint.address, binding.endpoint.port
        if port not in ports or site.identifier not in reading.start.started:
            continue
        if bound not in (ANY_ADDRESS, ALL_IPV6):
            continue
        reached = _addresses_of(listen, bound)
        name = sample_name(binding.host)
        matches = (reading.plan.match_site(item, port, name) for item in reached)
        if reached and not any(
            item and item.route.binding == binding for item in matches
        ):
            shown = ", ".join(format_address(address) for address in reached)
            message = (
                f'"{entry.text}" is never reached: at every address of {listen.name} '
                f"({shown}) a nearer binding has the same host"
            )
            yield make_finding("BND206", place_of(entry), message)


def _names_address(binding: Binding) -> bool:
    return binding.endpoint.address is not ANY_ADDRESS


def _addresses_of(listen: ListenList, bound: LocalAddress) -> tuple[IpAddress, ...]:
    """Addresses of the list at which a binding to any address, or to [::], counts."""
    if bound is ANY_ADDRESS:
        return listen.addresses
    return tuple(item for item in listen.addresses if item.version != _IPV4)
