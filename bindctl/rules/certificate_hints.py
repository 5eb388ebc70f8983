"""The next step of rules about hosts: the command that gets a host covered.

1. A hint is a command that mends the finding, or names the step that does.
2. It uncovers no other host: a site names one certificate for all its hosts, and
   bindings without SNI share the one of their endpoint.
3. The store is searched only when a host needs it: in most tables no host does.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from bindctl.bindings.records import (
    DEFAULT_STORE,
    LATER_FLAGS,
    facts_key,
    format_record_key,
)
from bindctl.bindings.records import store_facts_key as store_key
from bindctl.certificates.candidates import Candidates
from bindctl.certificates.coverage import covers
from bindctl.model.binding import Protocol, SslFlags
from bindctl.model.certificate import SniKey
from bindctl.model.host import AnyHost, format_host_pattern
from bindctl.routing.plan import record_row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bindctl.bindings.records import RecordKey
    from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
    from bindctl.model.certificate import Certificate, SslRecord, TrustAnchors
    from bindctl.model.host import HostPattern
    from bindctl.routing.effective_records import ShownRecord

_BY_ADDRESS: Final = 1  # the row of records that come before every server name
_MAX_NAMES: Final = 6  # of a certificate to be made: more do not fit a line
_MAX_SITES: Final = 20  # that one command names; each finding of theirs looks anew
# Hosts that share a certificate and are looked for together; each of them looks.
_MAX_GROUP: Final = 100


class CertificateHints:
    """Looks for the command that mends a finding about a host."""

    def __init__(
        self,
        table: BindingTable,
        shown: Sequence[ShownRecord],
        certificates: Mapping[str, Certificate],
        now: datetime,
        anchors: TrustAnchors | None,
    ) -> None:
        """Take the values that the rules have.

        Args:
            table: Sites, bindings and explicit records.
            shown: The record of each binding's visitors.
            certificates: Facts, as `facts_key` finds them.
            now: Aware UTC.
            anchors: Whom this machine trusts; ``None`` when that is not known.
        """
        self._has_sni = table.emulated_version.has_sni
        self._shown = shown
        self._certificates = certificates
        self._now = now
        self._anchors = anchors

    def find(self, shown: ShownRecord) -> str:
        """The command that gets the binding's host covered."""
        record, site = shown.record, shown.site
        host = shown.binding.host
        if isinstance(host, AnyHost):
            return f"bindctl cert assign NAME {site.identifier}"
        if record is None or record.site == site.identifier:
            return self._assign((site.identifier,), host)
        if record.site is None:
            return self._rewrite(record, host)
        if isinstance(record.key, SniKey):
            return self._assign((record.site,), host)
        return self._of_endpoint(record.key, record.site, site, host)

    def _of_endpoint(
        self, key: RecordKey, maker: int, site: SiteRow, host: HostPattern
    ) -> str:
        """The hint for a record that another site makes for a whole endpoint."""
        if not self._has_sni:
            return self._share(key, maker, host)
        if record_row(key) == _BY_ADDRESS:
            shown_key = format_record_key(key)
            return (
                f"give site {maker} any address, or a host and SslFlags 1: its "
                f"record {shown_key} comes before every server name"
            )
        if any(map(_has_no_name, site.entries)):  # SNI would leave that one no record
            return self._share(key, maker, host)
        return self._separate(site, host)

    def _separate(self, site: SiteRow, host: HostPattern) -> str:
        """A record by server name of its own, instead of another site's."""
        steps = []
        own = site.certificate_hash
        if own is not None:
            key = store_key(site.certificate_store_name, own)
            certificate = self._certificates.get(key)
            if certificate is None or not covers(certificate, host):
                own = None
        if own is None:
            steps.append(self._assign((site.identifier,), host))
        if not site.ssl_flags & SslFlags.SNI:
            flags = int(site.ssl_flags & LATER_FLAGS | SslFlags.SNI)
            steps.append(f"bindctl set /w3svc/{site.identifier}/SslFlags {flags}")
        return "; ".join(steps)

    def _share(self, key: RecordKey, maker: int, host: HostPattern) -> str:
        """One certificate for all sites of a record, so that none names another."""
        sites = {
            item.site.identifier
            for item in self._shown
            if item.record is not None and item.record.key == key
        }
        return self._assign(
            tuple(sorted(sites)) if len(sites) <= _MAX_SITES else (maker,), host
        )

    def _assign(self, sites: tuple[int, ...], host: HostPattern) -> str:
        """A certificate for those sites, and for every host that is shown it."""
        group: dict[HostPattern, None] = {}
        for site in sites:
            group.update(self._hosts_of_sites.get(site, {}))
        found, create = self._look(host, group)
        name = format_host_pattern(host)
        if found is not None:
            name = self._candidates.name_for_assign(found, host)
        assign = f"bindctl cert assign {quote_word(name)} {' '.join(map(str, sites))}"
        return assign if found is not None else f"{create}; {assign}"

    def _rewrite(self, record: SslRecord, host: HostPattern) -> str:
        """Another certificate in a record that stands in the metabase."""
        group = self._hosts_of_records.get(record.key, {})
        path = f"/http/sslcert/{format_record_key(record.key)}"
        found, create = self._look(host, group)
        key = quote_word(f"{path}/CertHash")
        if found is None:
            return f"{create}; bindctl set {key} THUMBPRINT"
        hint = f"bindctl set {key} {found.certificate_hash}"
        if record.certificate_store_name.upper() != DEFAULT_STORE:
            hint += f"; bindctl set {quote_word(f'{path}/StoreName')} {DEFAULT_STORE}"
        return hint

    def _look(
        self, host: HostPattern, group: Mapping[HostPattern, None]
    ) -> tuple[Certificate | None, str]:
        """A certificate for `host` and its whole group, and how one is made."""
        if len(group) > _MAX_GROUP:
            return None, f"bindctl cert create NAMES, with all {len(group)} hosts"
        rest = [item for item in group if item != host]
        found = self._candidates.choose([host, *rest])
        return found, create_command([*group] if host in group else [host, *rest])

    @cached_property
    def _candidates(self) -> Candidates:
        """Those of the store that ``cert assign`` reads."""
        items = self._certificates.items()
        own = [item for key, item in items if key == item.certificate_hash]
        return Candidates(own, self._now, self._anchors)

    @cached_property
    def _hosts_of_sites(self) -> dict[int, dict[HostPattern, None]]:
        """Hosts that a site's certificate has to cover, its own first.

        Hosts of other sites that get it are included, too. If the version knows SNI,
        only those that it covers now: the others are better off with a certificate of
        their own.
        """
        hosts: dict[int, dict[HostPattern, None]] = {}
        for item in self._shown:
            if not isinstance(item.binding.host, AnyHost):
                own = hosts.setdefault(item.site.identifier, {})
                own[item.binding.host] = None
        for item in self._shown:
            record, host = item.record, item.binding.host
            if record is None or record.site is None or isinstance(host, AnyHost):
                continue
            certificate = self._certificates.get(facts_key(record))
            is_covered = certificate is not None and covers(certificate, host)
            if is_covered or not self._has_sni:
                hosts.setdefault(record.site, {})[host] = None
        return hosts

    @cached_property
    def _hosts_of_records(self) -> dict[RecordKey, dict[HostPattern, None]]:
        hosts: dict[RecordKey, dict[HostPattern, None]] = {}
        for item in self._shown:
            if item.record is not None and not isinstance(item.binding.host, AnyHost):
                hosts.setdefault(item.record.key, {})[item.binding.host] = None
        return hosts


def _has_no_name(entry: BindingEntry) -> bool:
    """Whether a binding needs a certificate but has no host to find one by."""
    binding = entry.binding
    if binding is None or binding.protocol is Protocol.HTTP:
        return False
    return isinstance(binding.host, AnyHost)


def create_command(hosts: Sequence[HostPattern]) -> str:
    """``cert create`` for those hosts."""
    names = [quote_word(format_host_pattern(host)) for host in hosts]
    if len(names) > _MAX_NAMES:
        return f"bindctl cert create NAMES, with all {len(names)} hosts"
    return f"bindctl cert create {' '.join(names)}"


def quote_word(word: str) -> str:
    """A word of a command as a shell takes it."""
    return f"'{word}'" if "*" in word or "[" in word else word
