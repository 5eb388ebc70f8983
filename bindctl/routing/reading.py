"""One metabase, read once: what everything that judges or answers requests asks.

Nothing is read here, and nothing is worked out before it is asked for, or twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from bindctl.bindings.records import certificate_claims, ssl_records
from bindctl.bindings.start import start_sites
from bindctl.metabase.tree import make_tree
from bindctl.routing.plan import compile_plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.bindings.listen_list import ListenList
    from bindctl.bindings.records import Claim, RecordKey
    from bindctl.bindings.start import StartResult
    from bindctl.bindings.table import BindingTable, SiteRow
    from bindctl.metabase.tree import Key
    from bindctl.model.certificate import SslRecord
    from bindctl.routing.plan import RoutingPlan


@dataclass(frozen=True, eq=False)
class Reading:
    """What a metabase, or a running service, says.

    Attributes:
        table: Sites, bindings and explicit records.
        octets: The file as read; empty of what runs.
        document: The file as parsed, with what is no key: [check] and [[test]].
        root: The key /LM.
        given_listen: Where listening is allowed, in place of the table's list.
        given_start: Which sites run, where that is known already.
        paused: Running sites that answer 503.
        missing: Certificates that are not in their stores (`facts_key`), as far as
            somebody has looked.
    """

    table: BindingTable
    octets: bytes = b""
    document: Mapping[str, object] = field(default_factory=dict)
    root: Key = field(default_factory=lambda: make_tree({}))
    given_listen: ListenList | None = None
    given_start: StartResult | None = None
    paused: frozenset[int] = frozenset()
    missing: frozenset[str] = frozenset()

    @property
    def listen(self) -> ListenList:
        """Where listening is allowed."""
        given = self.given_listen
        return self.table.listen if given is None else given

    @cached_property
    def start(self) -> StartResult:
        """What starting the service does to each site."""
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
    def sites(self) -> Mapping[int, SiteRow]:
        """Sites by identifier."""
        return {site.identifier: site for site in self.table.sites}
