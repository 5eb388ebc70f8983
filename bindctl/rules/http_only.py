"""Hosts that have HTTP only, and the site that answers when a browser tries HTTPS."""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.listen_list import ALL_IPV6
from bindctl.findings.codes import make_finding
from bindctl.model.binding import Protocol
from bindctl.model.endpoint import ANY_ADDRESS
from bindctl.model.host import HostName, to_unicode
from bindctl.model.witness import format_request
from bindctl.routing.classes import sample_address
from bindctl.routing.plan import Route
from bindctl.rules.finding_places import name_of, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.bindings.table import BindingEntry, SiteRow
    from bindctl.findings.finding import Finding
    from bindctl.model.binding import Binding
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.routing.plan import PortPlan
    from bindctl.routing.reading import Reading

_HTTP_PORT: Final = 80  # RFC 9110 §4.2: the ports that URLs leave out
_HTTPS_PORT: Final = 443


class _Taken(NamedTuple):
    """A host that has HTTP only, its site, and where another site answers."""

    host: HostName
    site: SiteRow
    address: LocalAddress


def secure_request_elsewhere(reading: Reading) -> Iterator[Finding]:
    """BND207: HTTPS to a host that has HTTP only is answered by another site.

    It looks at the ports that URLs leave out, and reports once for each binding that
    answers; a site that is refused at start answers nothing.
    """
    if not any(
        _is_taker(binding) for _site, _entry, binding in reading.table.entries()
    ):
        return
    entries = {
        Route(site.identifier, binding): entry
        for site, entry, binding in reading.table.entries()
        if binding.protocol is Protocol.HTTPS and binding.endpoint.port == _HTTPS_PORT
    }
    named = {
        route.binding.host for route in entries if reading.sites[route.site].auto_start
    }
    found: dict[Route, list[_Taken]] = {}
    for site, _entry, binding in reading.table.entries():
        host, endpoint = binding.host, binding.endpoint
        is_plain = binding.protocol is Protocol.HTTP and endpoint.port == _HTTP_PORT
        if not (site.auto_start and is_plain and isinstance(host, HostName)):
            continue
        if host not in named:
            taker = _find_taker(reading, host, site, endpoint.address)
            if taker is not None:
                route, address = taker
                found.setdefault(route, []).append(_Taken(host, site, address))
    for route, hosts in found.items():
        yield _answers(entries[route], hosts)


def _is_taker(binding: Binding) -> bool:
    return (
        binding.protocol is Protocol.HTTPS
        and binding.endpoint.port == _HTTPS_PORT
        and not isinstance(binding.host, HostName)
    )


def _find_taker(
    reading: Reading, host: HostName, site: SiteRow, bound: LocalAddress
) -> tuple[Route, LocalAddress] | None:
    """What answers a host that has no binding of its own, and at which address."""
    plan = reading.plan.ports.get(_HTTPS_PORT)
    if plan is None or plan.protocol is Protocol.HTTP:
        return None
    for address in (bound, *_nearer_addresses(plan, bound)):
        match = plan.match(sample_address(address), host.name)
        if match is not None and match.route.site != site.identifier:
            return match.route, address
    return None


def _nearer_addresses(plan: PortPlan, bound: LocalAddress) -> Iterator[IpAddress]:
    """Addresses within those of a binding, which may be answered in other ways."""
    if bound not in (ANY_ADDRESS, ALL_IPV6):
        return
    for routes in (*plan.suffixes.values(), plan.blanks):
        for address in routes:
            if address is not ANY_ADDRESS and (
                bound is ANY_ADDRESS or isinstance(address, IPv6Address)
            ):
                yield address


def _answers(entry: BindingEntry, hosts: list[_Taken]) -> Finding:
    host, site, address = hosts[0]
    more = len({taken.host for taken in hosts}) - 1
    rest = f", and {more} more host{'s' if more > 1 else ''}" if more else ""
    message = (
        f'"{entry.text}" answers https://{to_unicode(host.name)}/, which '
        f"{name_of(site)} has over HTTP only{rest}"
    )
    witness = format_request(Protocol.HTTPS, address, _HTTPS_PORT, host.name)
    return make_finding("BND207", place_of(entry), message, witness=witness)
