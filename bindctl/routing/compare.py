"""Two plans compared: the requests that get a different answer.

The certificate depends on address, port and server name, the site on address, port and
host. Each class of names is tried in both phases. So if a pair of a server name and a
host gets a different answer, at least one of the two is listed; a pair of which neither
is listed gets the same answer.

1. A listed class has an answer of its own on both sides, and can be tried.
2. A host whose own name opens no connection is tried on one that another name opens.
3. Only 421 depends on both names at once: `misdirected` handles it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.model.binding import Protocol
from bindctl.model.certificate import is_same_certificate
from bindctl.model.endpoint import ANY_ADDRESS
from bindctl.routing.answers import (
    UNAVAILABLE,
    AnswerChange,
    PortSide,
    address_classes_of,
)
from bindctl.routing.classes import (
    Names,
    host_names,
    join_names,
    server_names,
    split_central_files,
)
from bindctl.routing.misdirected import misdirected_changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bindctl.model.endpoint import IpAddress
    from bindctl.routing.answers import Answer
    from bindctl.routing.classes import NameClass
    from bindctl.routing.reading import Reading


class _Seen(NamedTuple):
    """A change of the answer at one address."""

    address: IpAddress
    before: Answer
    after: Answer
    server_name: str | None = None


def compare(before: Reading, after: Reading) -> Iterator[AnswerChange]:
    """Every class that gets a different answer, by port, scheme and host."""
    folders = {side.table.central_store_path for side in (before, after)}
    is_two = len(folders) > 1
    for port in sorted({*before.plan.ports, *after.plan.ports}):
        sides = (
            PortSide(before, port, names_folder=is_two),
            PortSide(after, port, names_folder=is_two),
        )
        if sides[0].is_like(sides[1]):
            continue
        spoken = {side.plan.protocol for side in sides if side.plan is not None}
        for protocol in Protocol:
            if protocol in spoken:
                yield from _compare_port(sides, protocol, port)
        yield from misdirected_changes(sides, port)


def _compare_port(
    sides: tuple[PortSide, PortSide], protocol: Protocol, port: int
) -> Iterator[AnswerChange]:
    addresses = address_classes_of(sides)
    openers = _Openers(sides)
    for item in _asked(sides, protocol).classes():
        if item.is_wildcard and _is_like_any_other(sides, addresses, item):
            continue
        found: list[_Seen] = []
        open_at = 0
        for address in addresses:
            old, new = (
                side.answer(protocol, address, item.name, item.name) for side in sides
            )
            open_at += old.is_listening or new.is_listening
            if old != new:
                found.append(_Seen(address, old, new))
            if protocol is Protocol.HTTPS and _is_hidden(old, new):
                found += openers.find(address, item)
        yield from _merge(found, open_at, (protocol, item.shown, port))


def _asked(sides: tuple[PortSide, PortSide], protocol: Protocol) -> Names:
    """Names that include every class with a different answer."""
    plans = [side.plan for side in sides if side.plan is not None]
    if _is_alike(*sides):
        hosts, servers = _changed_hosts(*sides), _changed_servers(*sides)
    else:
        hosts, servers = host_names(plans), server_names(plans)
    return join_names(hosts, servers) if protocol is Protocol.HTTPS else hosts


def _is_like_any_other(
    sides: tuple[PortSide, PortSide], addresses: tuple[IpAddress, ...], item: NameClass
) -> bool:
    """Whether names below a suffix get the same as any other name everywhere."""
    name = item.name or ""
    return all(
        side.falls_through(address, name) for side in sides for address in addresses
    )


def _is_hidden(old: Answer, new: Answer) -> bool:
    """Whether a handshake is refused, so that the site is not seen on both sides."""
    if not (old.is_listening and new.is_listening):
        return False
    return old.certificate_hash is None or new.certificate_hash is None


def _merge(
    found: list[_Seen], open_at: int, asked: tuple[Protocol, str, int]
) -> Iterator[AnswerChange]:
    """One change for all addresses at which the answers are alike."""
    addresses: dict[tuple[object, ...], list[_Seen]] = {}
    for seen in found:
        addresses.setdefault(seen[1:], []).append(seen)
    protocol, host, port = asked
    for alike in addresses.values():
        yield AnswerChange(
            protocol,
            host,
            port,
            tuple(seen.address for seen in alike),
            len(alike) == open_at,
            *alike[0][1:],
        )


class _Openers:
    """Server names that open a connection, for hosts whose own name does not."""

    def __init__(self, sides: tuple[PortSide, PortSide]) -> None:
        self._sides = sides
        self._openers: dict[IpAddress, NameClass | None] = {}

    def find(self, address: IpAddress, host: NameClass) -> Iterator[_Seen]:
        """The change for a host on a connection that another name opened, if any.

        Only the site counts: another certificate for the other name is a separate
            change, and `misdirected` handles 421.
        """
        opener = self._opener(address)
        if opener is None:
            return
        old, new = (
            side.answer(Protocol.HTTPS, address, opener.name, host.name)
            for side in self._sides
        )
        is_paused = UNAVAILABLE in (old.refusal, new.refusal)
        if old.site != new.site or (is_paused and old.refusal != new.refusal):
            yield _Seen(address, old, new, opener.shown)

    def _opener(self, address: IpAddress) -> NameClass | None:
        """A name that opens connections in both, if possible with one certificate."""
        if address not in self._openers:
            self._openers[address] = self._search(address)
        return self._openers[address]

    def _search(self, address: IpAddress) -> NameClass | None:
        plans = [side.plan for side in self._sides if side.plan is not None]
        second = None
        for item in reversed(list(server_names(plans).classes())):
            old, new = (side.find_record(address, item.name) for side in self._sides)
            if old is not None and new is not None:
                if is_same_certificate(old, new):
                    return item
                second = second or item
        return second


def _is_alike(old: PortSide, new: PortSide) -> bool:
    """Whether both sides take the same connections of the port."""
    return (
        old.plan is not None
        and new.plan is not None
        and old.plan.protocol is new.plan.protocol
        and old.plan.wildcard_depth == new.plan.wildcard_depth
        and old.takes_as(new)
    )


def _changed_hosts(old_side: PortSide, new_side: PortSide) -> Names:
    """Hosts whose routes differ, or that fall through to routes that differ."""
    old, new = old_side.plan, new_side.plan
    if old is None or new is None:
        return Names(set(), set(), set())
    names = _differing(old.names, new.names)
    everything = host_names((old, new))
    if old.suffixes == new.suffixes and old.blanks == new.blanks:
        return Names(names, set(), everything.depths)
    for routes_by_name in (old.names, new.names):
        for name, routes in routes_by_name.items():
            if ANY_ADDRESS not in routes:
                names.add(name)
    return Names(names, everything.suffixes, everything.depths)


def _changed_servers(old_side: PortSide, new_side: PortSide) -> Names:
    """The same for server names; records of endpoints come before and after them.

    Where names fall through to records that differ, every host of a binding is
    included.
    """
    old, new = old_side.plan, new_side.plan
    if old is None or new is None:
        return Names(set(), set(), set())
    everything = join_names(server_names((old, new)), host_names((old, new)))
    if (
        old.endpoint_records != new.endpoint_records
        or old.suffix_records != new.suffix_records
        or bool(old.central_record) != bool(new.central_record)
        or old_side.folder != new_side.folder
    ):
        return everything
    names = _differing(old.name_records, new.name_records)
    if old.central_files == new.central_files:
        return Names(names, set(), everything.depths)
    files, wildcards = split_central_files(old.central_files ^ new.central_files)
    if wildcards:
        return everything
    return Names(names | files, set(), everything.depths)


def _differing(old: Mapping[str, object], new: Mapping[str, object]) -> set[str]:
    """Keys whose values differ, or that one of the two lacks."""
    found = {key for key, value in old.items() if new.get(key) != value}
    found.update(key for key in new if key not in old)
    return found
