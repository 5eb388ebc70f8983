"""The slow, obvious reading of the routing rules: the oracle of the compiled plan.

Every question walks every binding. Nothing here may share code with `plan`.
"""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from bindctl.model.binding import Protocol, SslFlags
from bindctl.model.certificate import SniKey, SslRecord
from bindctl.model.endpoint import ANY_ADDRESS, Endpoint
from bindctl.model.host import ANY_HOST, HostName, WildcardHost

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bindctl.bindings.table import BindingTable
    from bindctl.model.binding import Binding
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.model.host import HostPattern


def route_naive(
    table: BindingTable,
    started: Collection[int],
    address: IpAddress,
    port: int,
    host: str | None,
) -> tuple[int, int] | None:
    """Site and row for a request; ``None`` is 400.

    Reads the five rows one after another, and within a row the nearest address.
    """
    candidates = [
        (site.identifier, binding)
        for site, _entry, binding in table.entries()
        if site.identifier in started
        and binding.endpoint.port == port
        and _address_matches(binding.endpoint.address, address)
    ]
    for row in (1, 2, 3, 4, 5):
        found = [
            (site, binding)
            for site, binding in candidates
            if _row_of(binding, host, table.wildcard_depth) == row
        ]
        found.sort(key=lambda item: _nearness(item[1], address))
        if found:
            return found[0][0], row
    return None


def select_certificate_naive(
    table: BindingTable,
    started: Collection[int],
    address: IpAddress,
    port: int,
    server_name: str | None,
) -> str | None:
    """The certificate hash for a ClientHello; ``None`` refuses the handshake."""
    records = list(_records(table, started))
    ports = {
        binding.endpoint.port
        for site, _entry, binding in table.entries()
        if site.identifier in started
    }
    if port not in ports:
        return None
    for wanted in (address, "name", "wildcard", IPv6Address("::"), ANY_ADDRESS):
        if wanted == IPv6Address("::") and not isinstance(address, IPv6Address):
            continue
        found = [
            record
            for record in records
            if record.key.port == port
            and _record_matches(record, wanted, server_name, table.wildcard_depth)
        ]
        found.sort(key=lambda record: -len(_suffix(record)))
        if found:
            return found[0].certificate_hash
    return None


def _row_of(binding: Binding, host: str | None, depth: int) -> int | None:
    any_address = binding.endpoint.address is ANY_ADDRESS
    if binding.host is ANY_HOST:
        return 5 if any_address else 4
    if host is None:
        return None
    if isinstance(binding.host, HostName):
        if binding.host.name != host:
            return None
        return 2 if any_address else 1
    return 3 if _wildcard_matches(binding.host, host, depth) else None


def _nearness(binding: Binding, address: IpAddress) -> tuple[int, int]:
    host = binding.host
    length = len(host.suffix.split(".")) if isinstance(host, WildcardHost) else 0
    if binding.endpoint.address == address:
        rank = 0
    elif binding.endpoint.address is ANY_ADDRESS:
        rank = 2
    else:
        rank = 1
    return (-length, rank)


def _address_matches(bound: LocalAddress, address: IpAddress) -> bool:
    if bound is ANY_ADDRESS or bound == address:
        return True
    return bound == IPv6Address("::") and isinstance(address, IPv6Address)


def _wildcard_matches(pattern: HostPattern, host: str, depth: int) -> bool:
    if not isinstance(pattern, WildcardHost):
        return False
    labels, suffix = host.split("."), pattern.suffix.split(".")
    extra = len(labels) - len(suffix)
    if extra < 1 or labels[extra:] != suffix:
        return False
    return depth == 0 or extra <= depth


def _records(table: BindingTable, started: Collection[int]) -> Iterator[SslRecord]:
    taken: set[Endpoint | SniKey] = set()
    for record in table.records:
        if record.key not in taken:
            taken.add(record.key)
            yield record
    for site, _entry, binding in table.entries():
        if binding.protocol is not Protocol.HTTPS or site.identifier not in started:
            continue
        if site.certificate_hash is None:
            continue
        key = _key_of(site.ssl_flags, binding)
        if key is not None and key not in taken:
            taken.add(key)
            store = site.certificate_store_name
            yield SslRecord(key, site.certificate_hash, store, site.identifier)


def _key_of(flags: SslFlags, binding: Binding) -> Endpoint | SniKey | None:
    if flags & SslFlags.CENTRAL_CERT_STORE:
        return None
    if not flags & SslFlags.SNI:
        return binding.endpoint
    if isinstance(binding.host, HostName | WildcardHost):
        return SniKey(binding.host, binding.endpoint.port)
    return None


def _record_matches(
    record: SslRecord, wanted: object, server_name: str | None, depth: int
) -> bool:
    key = record.key
    if not isinstance(key, SniKey):
        return key.address == wanted
    if server_name is None:
        return False
    if isinstance(key.host, HostName):
        return wanted == "name" and key.host.name == server_name
    return wanted == "wildcard" and _wildcard_matches(key.host, server_name, depth)


def _suffix(record: SslRecord) -> list[str]:
    key = record.key
    if isinstance(key, SniKey) and isinstance(key.host, WildcardHost):
        return key.host.suffix.split(".")
    return []
