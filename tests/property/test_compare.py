"""Law: what changes, and nothing else, is what the comparison says.

Brute force over a small world: every pair of a server name and a host that its names
can make, at every address, asked of the slow reading of both tables. The lines are read
as `docs/reference/diff.md` says, and must foretell each answer of the second table from
that of the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bindctl.model.binding import Binding, Protocol, SslFlags
from bindctl.model.endpoint import ANY_ADDRESS, Endpoint
from bindctl.model.host import WildcardHost
from bindctl.routing.classes import (
    OTHER_ADDRESS,
    OTHER_IPV6,
    UNNAMED_LABEL,
    Names,
    host_names,
    named_addresses,
    request_classes,
    server_names,
)
from bindctl.routing.compare import compare
from tests.property.request_worlds import (
    LOCAL,
    NAMES,
    THINGS,
    UNNAMED,
    Oracle,
    Told,
    listen_lists,
    one_apart,
    paired,
    pairs,
    site_sets,
    worlds,
)
from tests.property.strategies import HOSTS, PORTS, DraftSite, make_site, tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bindctl.bindings.listen_list import ListenList
    from bindctl.bindings.table import BindingTable
    from bindctl.model.endpoint import IpAddress
    from bindctl.routing.answers import AnswerChange


class Reader:
    """Reads lines as documented: the nearest class of each name, in each phase."""

    def __init__(
        self, old: Oracle, new: Oracle, protocol: Protocol, place: tuple[IpAddress, int]
    ) -> None:
        self.old, self.new, self.protocol = old, new, protocol
        self.address, self.port = place
        plans = [
            side.plan.ports[self.port]
            for side in (old, new)
            if self.port in side.plan.ports
        ]
        self.hosts, self.servers = host_names(plans), server_names(plans)
        named = {*old.listen.addresses, *new.listen.addresses}
        for plan in plans:
            named.update(named_addresses(plan))  # type: ignore[arg-type]  # any is no IpAddress
        other = OTHER_ADDRESS if self.address.version == 4 else OTHER_IPV6
        at = self.address if self.address in named else other
        lines = [
            line
            for line in compare(old.reading, new.reading)
            if (line.protocol, line.port) == (protocol, self.port)
            and at in line.addresses
        ]
        self.handshakes = {
            line.host: line
            for line in lines
            if line.server_name is None and _handshake(line, 0) != _handshake(line, 1)
        }
        self.pages = {
            line.host: line
            for line in lines
            if _page(line, 0) != _page(line, 1) and self._is_seen(line)
        }

    def _is_seen(self, line: AnswerChange) -> bool:
        if not (line.before.is_listening and line.after.is_listening):
            return False
        hashes = (line.before.certificate_hash, line.after.certificate_hash)
        return self.protocol is Protocol.HTTP or None not in hashes

    def foretell(self, server_name: str | None, host: str | None) -> Told:
        """What the second table answers, by the first one's answer and the lines."""
        told = self.old.answer(
            self.protocol, self.address, self.port, server_name, host
        )
        line = self._find(self.handshakes, server_name, self.servers, is_host=False)
        if self.protocol is Protocol.HTTP:
            line = next(iter(self.handshakes.values()), None)
        if line is not None:
            was, handshake = _handshake(line, 0), _handshake(line, 1)
            assert was == told.handshake, line
            if "closed" in (was, handshake) or "refused" in (was, handshake):
                return Told(handshake, *ANYTHING)
            told = told._replace(handshake=handshake)
        elif told.handshake in ("closed", "refused"):
            return told
        line = self._find(self.pages, host, self.hosts, is_host=True)
        if line is not None:
            assert _page(line, 0) == told[1:], line
            told = Told(told.handshake, *_page(line, 1))
        return told

    def _find(
        self,
        lines: dict[str, AnswerChange],
        name: str | None,
        names: Names,
        *,
        is_host: bool,
    ) -> AnswerChange | None:
        if name in lines:
            return lines[name]
        if name is None or self._falls_through(name, is_host=is_host):
            return lines.get("*")
        return lines.get(_class_of(name, names))

    def _falls_through(self, name: str, *, is_host: bool) -> bool:
        place = (self.address, self.port)
        for side in (self.old, self.new):
            ask = side.route if is_host else side.record
            if ask(*place, name) != ask(*place, None):
                return False
        return True


ANYTHING = (-1, -1)  # the page of a connection that the first table does not take


def _handshake(line: AnswerChange, side: int) -> str | None:
    answer = (line.before, line.after)[side]
    if not answer.is_listening:
        return "closed"
    if line.protocol is Protocol.HTTP:
        return None
    return answer.certificate_hash or "refused"


def _page(line: AnswerChange, side: int) -> tuple[int | None, int | None]:
    answer = (line.before, line.after)[side]
    return answer.site, answer.refusal


def _class_of(name: str, names: Names) -> str:
    """The class a name is in: so many labels before the longest suffix."""
    if name in names.names:
        return name
    found = [suffix for suffix in names.suffixes if name.endswith(f".{suffix}")]
    if not found:
        return "*"
    suffix = max(found, key=len)
    extra = name.removesuffix(f".{suffix}").count(".") + 1
    counts = [
        item.shown.count("*.")
        for item in names.classes()
        if item.is_wildcard and item.shown.lstrip("*.") == suffix
    ]
    return "*." * max(count for count in counts if count <= extra) + suffix


def _require_foretold(
    old: Oracle, new: Oracle, places: Iterable[tuple[IpAddress, int]]
) -> None:
    for place in places:
        for protocol in Protocol:
            reader = Reader(old, new, protocol, place)
            is_tls = protocol is Protocol.HTTPS
            for server_name in NAMES if is_tls else (None,):
                for host in NAMES:
                    told = reader.foretell(server_name, host)
                    real = new.answer(protocol, *place, server_name, host)
                    if told[1:] == ANYTHING:
                        told, real = told[:1], real[:1]
                    assert told == real, (protocol, place, server_name, host)


@given(pairs(), st.sampled_from(LOCAL), st.sampled_from(PORTS))
def test_the_lines_foretell_every_answer(
    worlds: tuple[Oracle, Oracle], address: IpAddress, port: int
) -> None:
    """Who reads them knows what each request gets, and no line is proof of none."""
    _require_foretold(*worlds, [(address, port)])


@pytest.mark.parametrize("thing", THINGS)
@settings(max_examples=settings().max_examples // 3)  # of each thing
@given(st.data())
def test_one_thing_apart_is_foretold(thing: str, data: st.DataObject) -> None:
    """Most changes are of one thing, and each has its own way through the code."""
    worlds = data.draw(one_apart(thing))
    _require_foretold(*worlds, [(data.draw(st.sampled_from(LOCAL)), PORTS[1])])


@given(tables, st.sampled_from(HOSTS), st.sampled_from(["new", "b", "x.y"]))
def test_what_a_wildcard_takes_is_foretold(
    before: BindingTable, suffix: str, label: str
) -> None:
    """A new site for all hosts below a name: they are named, and the others are not."""
    binding = Binding(Protocol.HTTP, Endpoint(ANY_ADDRESS, 80), WildcardHost(suffix))
    site = make_site(
        len(before.sites) + 1,
        DraftSite(
            bindings=((Protocol.HTTP, binding),),
            auto_start=True,
            ssl_flags=SslFlags(0),
            certificate_hash=None,
        ),
    )
    after = before._replace(sites=(*before.sites, site))
    old, new = Oracle(before), Oracle(after)
    _require_foretold(old, new, [(UNNAMED[0], 80)])
    lines = [line.host for line in compare(old.reading, new.reading)]
    host = f"{label}.{suffix}"
    route = new.route(UNNAMED[0], 80, host)
    if route is not None and route[0] == site.identifier:
        assert any(shown in {host, f"*.{suffix}"} or "*" in shown for shown in lines)


@given(pairs())
def test_every_line_is_true(worlds: tuple[Oracle, Oracle]) -> None:
    """Each line can be tried out, and none is there twice."""
    old, new = worlds
    assert list(compare(old.reading, old.reading)) == []
    lines = list(compare(old.reading, new.reading))
    assert len(set(lines)) == len(lines)
    for line in lines:
        assert line.before != line.after
        host = _member(line.host)
        name = _member(line.server_name or line.host)
        for address in line.addresses:
            for side, answer in ((old, line.before), (new, line.after)):
                real = side.answer(
                    line.protocol, _address(address), line.port, name, host
                )
                assert real == _as_told(line.protocol, answer)


@given(pairs())
def test_a_change_of_all_addresses_is_one_of_all(
    worlds: tuple[Oracle, Oracle],
) -> None:
    """Without an address a line is about every one that takes connections."""
    old, new = worlds
    for line in compare(old.reading, new.reading):
        if not line.is_everywhere:
            continue
        host = _member(line.host)
        name = _member(line.server_name or line.host)
        told = {_as_told(line.protocol, answer) for answer in (line.before, line.after)}
        for address in LOCAL:
            for side in worlds:
                real = side.answer(line.protocol, address, line.port, name, host)
                assert real in {*told, Told("closed")}


@given(pairs(), site_sets, site_sets, st.sampled_from(LOCAL))
def test_no_misdirected_request_is_missed(
    worlds: tuple[Oracle, Oracle],
    before: frozenset[int],
    after: frozenset[int],
    address: IpAddress,
) -> None:
    """421 depends on both names: a line names the host, or the server name."""
    old, new = paired(
        *(
            Oracle(side.table, side.listen, misdirected=sites, paused=side.paused)
            for side, sites in zip(worlds, (before, after), strict=True)
        )
    )
    place = (Protocol.HTTPS, address, PORTS[1])
    lines = [
        line
        for line in compare(old.reading, new.reading)
        if (line.protocol, line.port) == (place[0], place[2])
    ]
    told = {line.host for line in lines}
    reader = Reader(old, new, place[0], place[1:])
    for line in lines:
        assert line.before != line.after
    for server_name in NAMES:
        for host in NAMES:
            was = old.answer(*place, server_name, host)
            real = new.answer(*place, server_name, host)
            if was == real:
                continue
            hosts = {host, _class_of(host or "", reader.hosts), "*"}
            hosts |= {_class_of(host or "", reader.servers)}
            names = {server_name, _class_of(server_name or "", reader.servers), "*"}
            assert told & (hosts | names), (server_name, host, was, real)


@given(worlds(), site_sets, st.sampled_from(LOCAL))
def test_a_property_alone_makes_requests_misdirected(
    world: Oracle, sites: frozenset[int], address: IpAddress
) -> None:
    """Then exactly those hosts are named that some server name is wrong for."""
    old = Oracle(world.table, world.listen)
    new = Oracle(world.table, world.listen, misdirected=sites)
    lines = list(compare(old.reading, new.reading))
    assert all(
        (line.before.refusal, line.after.refusal) == (None, 421) for line in lines
    )
    changed = any(
        old.answer(Protocol.HTTPS, address, PORTS[1], server_name, host)
        != new.answer(Protocol.HTTPS, address, PORTS[1], server_name, host)
        for server_name in NAMES
        for host in NAMES
    )
    assert not changed or lines


def _member(shown: str) -> str | None:
    return None if shown == "*" else shown.replace("*", UNNAMED_LABEL)


def _address(address: IpAddress) -> IpAddress:
    """An address that nothing names, for one that stands for those."""
    if address == OTHER_ADDRESS:
        return UNNAMED[0]
    return UNNAMED[1] if address == OTHER_IPV6 else address


def _as_told(protocol: Protocol, answer: object) -> Told:
    is_listening, site, shown, refusal = answer  # type: ignore[misc]  # an Answer
    if not is_listening:
        return Told("closed")
    if protocol is Protocol.HTTPS and shown is None:
        return Told("refused")
    return Told(shown, site, refusal)


@given(tables, listen_lists)
def test_every_class_of_requests_takes_connections(
    table: BindingTable, listen: ListenList
) -> None:
    """A probe asks one request of each class: none may be knocked at in vain."""
    oracle = Oracle(table, listen)
    found = list(request_classes(oracle.plan, listen))
    assert len(set(found)) == len(found)
    for item in found:
        assert oracle.protocol(_address(item.address), item.port) is item.protocol
