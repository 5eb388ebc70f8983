"""The values that the search for fixes needs, each worked out once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from bindctl.bindings.records import DEFAULT_STORE, ssl_records
from bindctl.certificates.candidates import Candidates
from bindctl.model.host import AnyHost
from bindctl.routing.effective_records import shown_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from bindctl.bindings.records import RecordKey
    from bindctl.bindings.table import SiteRow
    from bindctl.model.certificate import Certificate, SslRecord, TrustAnchors
    from bindctl.model.host import HostPattern
    from bindctl.routing.effective_records import ShownRecord
    from bindctl.routing.reading import Reading


class FixContext:
    """A reading, and the certificates at hand.

    Attributes:
        reading: Sites, bindings and records.
        table: Those of the reading.
        certificates: Facts, as `facts_key` finds them.
        now: Aware UTC.
        anchors: Whom this machine trusts; ``None`` when that is not known.
        authority: Subject of the development authority, when it can issue now.
    """

    def __init__(
        self,
        reading: Reading,
        certificates: Mapping[str, Certificate],
        now: datetime,
        anchors: TrustAnchors | None,
        authority: str | None,
    ) -> None:
        """Keep the parts; the rest is worked out when it is needed."""
        self.reading = reading
        self.table = reading.table
        self.certificates = certificates
        self.now = now
        self.anchors = anchors
        self.authority = authority

    @cached_property
    def shown(self) -> tuple[ShownRecord, ...]:
        """The record of each HTTPS binding's visitors."""
        return tuple(shown_records(self.reading))

    @cached_property
    def records(self) -> dict[RecordKey, SslRecord]:
        """The records in force when every site with ServerAutoStart runs."""
        starting = {site.identifier for site in self.table.sites if site.auto_start}
        return ssl_records(self.table, starting, self.reading.claims)

    @cached_property
    def candidates(self) -> Candidates:
        """Certificates of the store MY, which sites can be given."""
        items = self.certificates.values()
        own = [item for item in items if item.certificate_store_name == DEFAULT_STORE]
        return Candidates(own, self.now, self.anchors)

    def hosts_of(self, sites: Iterable[SiteRow]) -> list[HostPattern]:
        """Hosts of HTTPS bindings of those sites, and others that see their record."""
        numbers = {site.identifier for site in sites}
        found: dict[HostPattern, None] = {}
        for item in self.shown:
            own = item.site.identifier in numbers
            seen = item.record is not None and item.record.site in numbers
            if (own or seen) and not isinstance(item.binding.host, AnyHost):
                found[item.binding.host] = None
        return list(found)
