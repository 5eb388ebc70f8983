"""Hosts that have HTTP only, and who answers when a browser tries HTTPS."""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.listen_list import ALL_IPV6
from bindctl.bindings.start import start_sites
from bindctl.findings.codes import make_finding
from bindctl.model.binding import Protocol
from bindctl.model.endpoint import ANY_ADDRESS
from bindctl.model.host import ANY_HOST, HostName, WildcardHost, suffixes_of
from bindctl.model.unicode_host import to_unicode
from bindctl.model.witness import format_request
from bindctl.rules.finding_places import name_of, place_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
    from bindctl.findings.finding import Finding
    from bindctl.model.binding import Binding
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.model.host import HostPattern

_HTTP_PORT: Final = 80  # RFC 9110 §4.2: the ports that URLs leave out
_HTTPS_PORT: Final = 443


class _Taker(NamedTuple):
    """An HTTPS binding that answers hosts it does not name."""

    site: SiteRow
    entry: BindingEntry
    binding: Binding


class _Taken(NamedTuple):
    """A host that has HTTP only, its site, and where it is answered otherwise."""

    host: HostName
    site: SiteRow
    address: LocalAddress


def secure_request_elsewhere(table: BindingTable) -> Iterator[Finding]:
    """BND207: HTTPS to a host that has HTTP only is answered by another site.

    Of the ports that URLs leave out. Said once a binding that answers: a site that is
    refused at start answers nothing.
    """
    if not any(_is_taker(binding) for _site, _entry, binding in table.entries()):
        return
    secure = _SecurePort(table, start_sites(table).started)
    found: dict[Binding, tuple[_Taker, list[_Taken]]] = {}
    for site, _entry, binding in table.entries():
        host, endpoint = binding.host, binding.endpoint
        is_plain = binding.protocol is Protocol.HTTP and endpoint.port == _HTTP_PORT
        if not (site.auto_start and is_plain and isinstance(host, HostName)):
            continue
        if host in secure.named:
            continue
        for address in secure.addresses_of(host, endpoint.address):
            taker = secure.find(host, address)
            if taker is not None and taker.site is not site:
                taken = _Taken(host, site, address)
                found.setdefault(taker.binding, (taker, []))[1].append(taken)
                break
    for taker, hosts in found.values():
        yield _answers(taker, hosts)


def _is_taker(binding: Binding) -> bool:
    return (
        binding.protocol is Protocol.HTTPS
        and binding.endpoint.port == _HTTPS_PORT
        and not isinstance(binding.host, HostName)
    )


class _SecurePort:
    """What is bound to the HTTPS port.

    Attributes:
        named: Hosts with a binding of their own, on whatever site that should start.
        takers: Every other binding of a site that starts, by address and pattern.
    """

    def __init__(self, table: BindingTable, started: Collection[int]) -> None:
        self.named: set[HostName] = set()
        self.takers: dict[tuple[LocalAddress, HostPattern], _Taker] = {}
        self._depth = table.wildcard_depth
        self._concrete: dict[HostPattern, list[IpAddress]] = {}
        for site, entry, binding in table.entries():
            address, port = binding.endpoint.address, binding.endpoint.port
            if binding.protocol is Protocol.HTTP or port != _HTTPS_PORT:
                continue
            if not site.auto_start:
                continue
            if isinstance(binding.host, HostName):
                self.named.add(binding.host)
                continue
            if site.identifier not in started:
                continue
            taker = _Taker(site, entry, binding)
            self.takers.setdefault((address, binding.host), taker)
            if address is not ANY_ADDRESS:
                self._concrete.setdefault(binding.host, []).append(address)

    def addresses_of(
        self, host: HostName, bound: LocalAddress
    ) -> Iterator[LocalAddress]:
        """Where a host may be answered in different ways: its own address first."""
        yield bound
        if bound in (ANY_ADDRESS, ALL_IPV6):
            for pattern in self._patterns_of(host):
                for address in self._concrete.get(pattern, ()):
                    if bound is ANY_ADDRESS or isinstance(address, IPv6Address):
                        yield address

    def find(self, host: HostName, address: LocalAddress) -> _Taker | None:
        """Which binding takes a host that has none of its own, at an address.

        Source:
            reference/iis-semantics.md §1.4: the longest suffix, then no host; within
            each the nearest address.
        """
        near = [address, ANY_ADDRESS]
        if isinstance(address, IPv6Address) and address != ALL_IPV6:
            near.insert(1, ALL_IPV6)
        for pattern in self._patterns_of(host):
            for bound in near:
                taker = self.takers.get((bound, pattern))
                if taker is not None:
                    return taker
        return None

    def _patterns_of(self, host: HostName) -> Iterator[HostPattern]:
        yield from map(WildcardHost, suffixes_of(host.name, self._depth))
        yield ANY_HOST


def _answers(taker: _Taker, hosts: list[_Taken]) -> Finding:
    host, site, address = hosts[0]
    more = len({taken.host for taken in hosts}) - 1
    rest = f", and {more} more host{'s' if more > 1 else ''}" if more else ""
    message = (
        f'"{taker.entry.text}" answers https://{to_unicode(host.name)}/, which '
        f"{name_of(site)} has over HTTP only{rest}"
    )
    witness = format_request(Protocol.HTTPS, address, _HTTPS_PORT, host.name)
    return make_finding("BND207", place_of(taker.entry), message, witness=witness)
