"""One metabase, read once, for all code that judges or answers requests.

It does no I/O, and works out each value once, when it is first asked for.
"""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from bindctl.bindings.records import certificate_claims, ssl_records
from bindctl.bindings.start import start_sites
from bindctl.metabase.tree import make_tree
from bindctl.routing.classes import is_open
from bindctl.routing.plan import compile_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bindctl.bindings.listen_list import ListenList
    from bindctl.bindings.records import Claim, RecordKey
    from bindctl.bindings.start import StartResult
    from bindctl.bindings.table import BindingTable, SiteRow
    from bindctl.metabase.tree import Key
    from bindctl.model.certificate import Certificate, SslRecord
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.model.site import SiteContent
    from bindctl.routing.plan import RoutingPlan
    from bindctl.routing.reason import Reason


class ShownCertificate(NamedTuple):
    """The certificate of a record.

    Attributes:
        certificate: Its facts; ``None`` when it cannot be read.
        problem: Why no handshake can be made with it; ``None`` when one can.
    """

    certificate: Certificate | None
    problem: Reason | None


class _Facts(NamedTuple):
    table: BindingTable
    octets: bytes = b""
    document: Mapping[str, object] = MappingProxyType({})
    root: Key = make_tree({})
    given_listen: ListenList | None = None
    given_start: StartResult | None = None
    paused: frozenset[int] = frozenset()
    missing: frozenset[str] = frozenset()
    find_certificate: Callable[[SslRecord], ShownCertificate] | None = None
    read_content: Callable[[int], SiteContent] | None = None


class Reading(_Facts):
    """The content of a metabase, or of a running service.

    Attributes:
        table: Sites, bindings and explicit records.
        octets: The file as read; empty for a running service.
        document: The file as parsed, with entries that are not keys: [check] and
            [[test]].
        root: The key /LM.
        given_listen: Where listening is allowed, in place of the table's list.
        given_start: Which sites run, where that is known already.
        paused: Running sites that answer 503.
        missing: Certificates that are not in their stores (`facts_key`), as far as
            somebody has looked.
        find_certificate: Reads what a record has to show; ``None`` where every record
            but those of `missing` is taken to have something.
        read_content: Reads what a site answers from; ``None`` where nobody asks.
    """

    # Two are the same only where they are one: a comparison would take long.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def listen(self) -> ListenList:
        """Where listening is allowed."""
        given = self.given_listen
        return self.table.listen if given is None else given

    @cached_property
    def start(self) -> StartResult:
        """The result of starting the service, for each site."""
        if self.given_start is not None:
            return self.given_start
        return start_sites(self.table, listen=self.listen)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """Every HTTPS binding that wants a record, in table order."""
        return certificate_claims(self.table)

    @cached_property
    def records(self) -> Mapping[RecordKey, SslRecord]:
        """The certificate records while those sites run."""
        return ssl_records(self.table, self.start.started, self.claims)

    @cached_property
    def plan(self) -> RoutingPlan:
        """Routing while those sites run."""
        return compile_plan(self.table, self.start.started, self.records.values())

    @cached_property
    def strict_sites(self) -> frozenset[int]:
        """Sites that answer 421 on a connection of another certificate."""
        sites = self.table.sites
        return frozenset(site.identifier for site in sites if site.misdirected_request)

    @cached_property
    def _open(self) -> dict[tuple[int, IpAddress], bool]:
        return {}

    def is_open(self, port: int, address: IpAddress) -> bool:
        """Whether a connection to a port that is bound is taken at an address."""
        key = port, address
        found = self._open.get(key)
        if found is None:
            bound = self.bound(port)
            found = self._open[key] = is_open(address, bound, self.listen)
        return found

    def bound(self, port: int) -> frozenset[LocalAddress]:
        """Addresses that running sites bind on a port."""
        if port not in self.plan.ports:
            return frozenset()
        return self.plan.listening_addresses(port)

    @cached_property
    def sites(self) -> Mapping[int, SiteRow]:
        """Sites by identifier."""
        return {site.identifier: site for site in self.table.sites}
