"""Small worlds whose every request can be asked for, and a slow answer to each."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import strategies as st

from bindctl.bindings.listen_list import ALL_IPV4, EVERYWHERE, ListenList
from bindctl.bindings.start import start_sites
from bindctl.model.binding import EmulatedVersion, Protocol, SslFlags
from bindctl.model.certificate import CentralKey
from bindctl.model.endpoint import ANY_ADDRESS
from bindctl.routing.classes import OTHER_IPV6
from bindctl.routing.reading import Reading
from tests.oracle import _choose_record, route_naive, select_certificate_naive
from tests.property.strategies import ADDRESSES, HOSTS, busy_tables, tables

if TYPE_CHECKING:
    from bindctl.bindings.table import BindingTable
    from bindctl.model.endpoint import IpAddress

LABELS = ("", "x.", "y.x.", "z.y.x.", "w.z.y.x.")  # before each host of the tables
NAMES = (
    None,
    "nowhere.test",
    *dict.fromkeys(label + host for host in HOSTS for label in LABELS),
)
UNNAMED = (IPv4Address("192.0.2.1"), IPv6Address("2001:db8::99"))
LOCAL = (*ADDRESSES, *UNNAMED)
CENTRAL_FILES = (
    "a.example.pfx",
    "b.a.example.pfx",
    "x.a.example.pfx",
    "_.a.example.pfx",
    "_.example.pfx",
)

listen_lists = st.one_of(
    st.just(EVERYWHERE),
    st.just(EVERYWHERE),
    st.lists(st.sampled_from((*ADDRESSES, ALL_IPV4)), min_size=1, max_size=2).map(
        lambda found: ListenList(tuple(found), is_limited=True)
    ),
)
site_sets = st.frozensets(st.integers(1, 6), max_size=3)
folders = st.sampled_from(("ccs", "ccs", "other"))
versions = st.sampled_from((EmulatedVersion.IIS10,) * 9 + tuple(EmulatedVersion))


# What two worlds may differ in.
THINGS = (
    "a site less",
    "other sites",
    "records",
    "ssl_flags",
    "wildcard_depth",
    "central_files",
    "central_store_path",
    "emulated_version",
    "listen",
    "paused",
)


@st.composite
def worlds(draw: st.DrawFn, *, busy: bool = False) -> Oracle:
    """A table, and what it depends on outside of itself."""
    some = busy_tables() if busy else st.one_of(tables, busy_tables(), busy_tables())
    found = draw(some)._replace(
        central_files=draw(st.frozensets(st.sampled_from(CENTRAL_FILES), max_size=4)),
        central_store_path=draw(folders),
        emulated_version=draw(versions),
    )
    return Oracle(found, draw(listen_lists), paused=draw(site_sets | NOBODY))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Oracle, Oracle]:
    """Two worlds: far apart, or but one thing apart."""
    before = draw(worlds())
    if draw(st.booleans()):
        return paired(before, draw(worlds()))
    return _change(draw, before, draw(worlds()), draw(st.sampled_from(THINGS)))


@st.composite
def one_apart(draw: st.DrawFn, thing: str) -> tuple[Oracle, Oracle]:
    """Two busy worlds that differ in that thing, if at all."""
    before, other = draw(worlds(busy=True)), draw(worlds(busy=True))
    if thing.startswith("central"):
        asking = (
            site._replace(ssl_flags=SslFlags.CENTRAL_CERT_STORE)
            for site in before.table.sites
        )
        table = before.table._replace(sites=tuple(asking))
        before = Oracle(table, before.listen, paused=before.paused)
    return _change(draw, before, other, thing)


def _change(
    draw: st.DrawFn, before: Oracle, other: Oracle, thing: str
) -> tuple[Oracle, Oracle]:
    table, listen, paused = before.table, before.listen, before.paused
    sites = table.sites
    number = draw(st.integers(0, max(0, len(sites) - 1)))
    if thing == "a site less":
        table = table._replace(sites=sites[:number] + sites[number + 1 :])
    elif thing == "other sites":
        rest = other.table.sites[number:]
        table = table._replace(sites=sites[:number] + rest)
    elif thing == "ssl_flags":
        flags = SslFlags(draw(st.integers(0, 5)))
        changed = (site._replace(ssl_flags=flags) for site in sites[: number + 1])
        table = table._replace(sites=(*changed, *sites[number + 1 :]))
    elif thing == "listen":
        listen = other.listen
    elif thing == "paused":
        paused = frozenset(sorted(before.started)[: number + 1])
    else:
        table = table._replace(**{thing: getattr(other.table, thing)})
    return paired(before, Oracle(table, listen, paused=paused))


def paired(before: Oracle, after: Oracle) -> tuple[Oracle, Oracle]:
    """Two worlds that call their central stores by name, where these are two."""
    paths = {side.table.central_store_path for side in (before, after)}
    before.names_folder = after.names_folder = len(paths) > 1
    return before, after


NOBODY = st.just(frozenset[int]())


class Told(NamedTuple):
    """What a client sees of a request; all ``None`` but the first when it sees less."""

    handshake: str | None  # "closed", "refused", or what was shown
    site: int | None = None
    refusal: int | None = None


class Oracle:
    """The slow reading of a table: every question walks every binding."""

    def __init__(
        self,
        table: BindingTable,
        listen: ListenList = EVERYWHERE,
        *,
        misdirected: frozenset[int] = frozenset(),
        paused: frozenset[int] = frozenset(),
    ) -> None:
        sites = (
            site._replace(misdirected_request=site.identifier in misdirected)
            for site in table.sites
        )
        table = table._replace(sites=tuple(sites))
        start = start_sites(table, listen=listen)
        self.table = table
        self.started = start.started
        self.listen = listen
        self.misdirected = misdirected
        self.paused = paused
        self.reading = Reading(table, given_listen=listen, paused=paused)
        self.plan = self.reading.plan
        self.names_folder = False
        self._known: dict[tuple[object, ...], object] = {}

    def protocol(self, address: IpAddress, port: int) -> Protocol | None:
        """The scheme of a connection, ``None`` when there is none to be had."""
        for site, _entry, binding in self.table.entries():
            if site.identifier in self.started and binding.endpoint.port == port:
                bound = binding.endpoint.address
                if self._opens(bound, address):
                    return binding.protocol
        return None

    def _opens(self, bound: object, address: IpAddress) -> bool:
        for opened in self.listen.addresses_for(bound):  # type: ignore[arg-type]  # of a binding
            is_family = int(opened) == 0 and opened.version == address.version
            if opened == address:
                return True
            if is_family and (bound is ANY_ADDRESS or bound == OTHER_IPV6):
                return True
        return False

    def certificate(
        self, address: IpAddress, port: int, server_name: str | None
    ) -> str | None:
        """What a handshake shows: a file of one folder, or a thumbprint of one store."""
        key = ("certificate", address, port, server_name)
        if key not in self._known:
            asked = (self.table, self.started, address, port, server_name)
            shown, record = select_certificate_naive(*asked), _choose_record(*asked)
            if record is not None and isinstance(record.key, CentralKey):
                folder = self.table.central_store_path
                shown = f"{folder}/{shown}" if self.names_folder else shown
            elif record is not None and record.certificate_store_name.upper() != "MY":
                shown = f"{record.certificate_store_name.upper()}/{shown}"
            self._known[key] = shown
        return self._known[key]  # type: ignore[return-value]  # put there above

    def route(
        self, address: IpAddress, port: int, host: str | None
    ) -> tuple[int, int] | None:
        """Site and row."""
        key = ("route", address, port, host)
        if key not in self._known:
            self._known[key] = route_naive(
                self.table, self.started, address, port, host
            )
        return self._known[key]  # type: ignore[return-value]  # put there above

    def record(self, address: IpAddress, port: int, name: str | None) -> object:
        """The record a handshake uses."""
        return _choose_record(self.table, self.started, address, port, name)

    def answer(
        self,
        protocol: Protocol,
        address: IpAddress,
        port: int,
        server_name: str | None,
        host: str | None,
    ) -> Told:
        """Everything a client sees of a request."""
        if self.protocol(address, port) is not protocol:
            return Told("closed")
        shown = None
        if protocol is Protocol.HTTPS:
            shown = self.certificate(address, port, server_name)
            if shown is None:
                return Told("refused")
        found = self.route(address, port, host)
        site = None if found is None else found[0]
        refusal = None
        if site in self.misdirected and protocol is Protocol.HTTPS:
            right = self.certificate(address, port, host)
            refusal = None if shown == right else 421
        return Told(shown, site, 503 if site in self.paused else refusal)
