"""The slow, obvious reading of the routing rules: the oracle of the compiled plan.

Every question walks every binding. Nothing here may share code with `plan`.
"""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final

from bindctl.model.binding import Protocol
from bindctl.model.certificate import CentralKey, SniKey, SslRecord
from bindctl.model.endpoint import ANY_ADDRESS, Endpoint
from bindctl.model.host import ANY_HOST, HostName, WildcardHost

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bindctl.bindings.table import BindingTable
    from bindctl.model.binding import Binding, SslFlags
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.model.host import HostPattern

_FIRST_WITH_SNI: Final = 8
_FIRST_WITH_LATER_FLAGS: Final = 10


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
    """The certificate hash for a ClientHello; ``None`` refuses the handshake.

    Of the central store it is the name of the file.
    """
    found = _choose_record(table, started, address, port, server_name)
    if found is None or not isinstance(found.key, CentralKey):
        return None if found is None else found.certificate_hash
    return _central_file(table, server_name)


def select_flags_naive(
    table: BindingTable,
    started: Collection[int],
    address: IpAddress,
    port: int,
    server_name: str | None,
) -> int:
    """The later bits of SslFlags in force for a ClientHello; 0 without a record."""
    found = _choose_record(table, started, address, port, server_name)
    if found is None or table.emulated_version < _FIRST_WITH_LATER_FLAGS:
        return 0
    if found.site is not None:
        maker = next(site for site in table.sites if site.identifier == found.site)
        return int(maker.ssl_flags) & ~3
    claimants = [
        int(site.ssl_flags) & ~3
        for site, _entry, binding in table.entries()
        if site.identifier in started
        and binding.protocol is Protocol.HTTPS
        and _key_of(table, site.ssl_flags, binding) == found.key
    ]
    return claimants[0] if claimants else 0


def _choose_record(
    table: BindingTable,
    started: Collection[int],
    address: IpAddress,
    port: int,
    server_name: str | None,
) -> SslRecord | None:
    records = list(_records(table, started))
    ports = {
        binding.endpoint.port
        for site, _entry, binding in table.entries()
        if site.identifier in started
    }
    if port not in ports:
        return None
    for wanted in _order(table, address, server_name):
        found = [
            record
            for record in records
            if record.key.port == port
            and _record_matches(record, wanted, server_name, table.wildcard_depth)
        ]
        found.sort(key=lambda record: -len(_suffix(record)))
        if found:
            return found[0]
    return None


def _order(
    table: BindingTable, address: IpAddress, server_name: str | None
) -> Iterator[object]:
    if int(address):  # else it stands for any other address of its family
        yield address
    yield "name"
    yield "wildcard"
    if _central_file(table, server_name) is not None:
        yield "central"
    if isinstance(address, IPv6Address):
        yield IPv6Address("::")
    yield ANY_ADDRESS


def _central_file(table: BindingTable, server_name: str | None) -> str | None:
    if server_name is None:
        return None
    if f"{server_name}.pfx" in table.central_files:
        return f"{server_name}.pfx"
    labels = server_name.split(".")
    wildcard = ".".join(["_", *labels[1:], "pfx"])
    return wildcard if len(labels) > 1 and wildcard in table.central_files else None


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
    taken: set[object] = set()
    for record in table.records:
        is_known = (
            isinstance(record.key, Endpoint)
            or table.emulated_version >= _FIRST_WITH_SNI
        )
        if is_known and record.key not in taken:
            taken.add(record.key)
            yield record
    for site, _entry, binding in table.entries():
        if binding.protocol is not Protocol.HTTPS or site.identifier not in started:
            continue
        key = _key_of(table, site.ssl_flags, binding)
        if key is None or key in taken:
            continue
        if isinstance(key, CentralKey):
            taken.add(key)
            yield SslRecord(key, "", "CENTRAL", site.identifier)
        elif site.certificate_hash is not None:
            taken.add(key)
            store = site.certificate_store_name
            yield SslRecord(key, site.certificate_hash, store, site.identifier)


def _key_of(
    table: BindingTable, flags: SslFlags, binding: Binding
) -> Endpoint | SniKey | CentralKey | None:
    asks_by_name = int(flags) & 3 and table.emulated_version >= _FIRST_WITH_SNI
    if not asks_by_name:
        return binding.endpoint
    if not isinstance(binding.host, HostName | WildcardHost):
        return None
    if int(flags) & 2:
        return CentralKey(binding.endpoint.port)
    return SniKey(binding.host, binding.endpoint.port)


def _record_matches(
    record: SslRecord, wanted: object, server_name: str | None, depth: int
) -> bool:
    key = record.key
    if isinstance(key, CentralKey):
        return wanted == "central"
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
