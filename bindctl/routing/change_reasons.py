"""Why a request gets a different answer: the difference between two readings.

`compare` says which answers differ, and how.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.bindings.records import facts_key
from bindctl.model.binding import Protocol
from bindctl.model.certificate import CentralKey, SniKey
from bindctl.model.host import HostName, WildcardHost
from bindctl.routing.answers import MISDIRECTED, UNAVAILABLE
from bindctl.routing.classes import UNNAMED_LABEL
from bindctl.routing.reason import Reason, Why

if TYPE_CHECKING:
    from bindctl.model.binding import Binding
    from bindctl.model.certificate import SslRecord
    from bindctl.routing.answers import AnswerChange
    from bindctl.routing.plan import Match
    from bindctl.routing.reading import Reading


def member_of(shown: str) -> str | None:
    """A name of a class as it is shown: `NameClass.name`."""
    return None if shown == "*" else shown.replace("*", UNNAMED_LABEL)


class Reasons:
    """Gives the reason for each change between two readings."""

    def __init__(self, before: Reading, after: Reading) -> None:
        """Everything is looked up when it is first asked for."""
        self._sides = (_Side(before), _Side(after))
        self._before, self._after = self._sides

    def explain(self, change: AnswerChange) -> tuple[Reason, ...]:
        """Why the answer differs; nothing if no reason is known."""
        if change.before.is_listening != change.after.is_listening:
            return (self._listening(change),)
        found: list[Reason | None] = []
        if change.is_other_certificate:
            found.append(self._certificate(change))
        if _is_answered(change):
            if change.before.site != change.after.site:
                found.append(self._site(change))
            elif change.before.refusal != change.after.refusal:
                found.append(self._refusal(change))
        return tuple(reason for reason in found if reason is not None)

    def _listening(self, change: AnswerChange) -> Reason:
        opened = change.after.is_listening
        side, other = (
            (self._after, self._before) if opened else (self._before, self._after)
        )
        port = change.port
        if other.reading.listen != side.reading.listen and other.has_port(change):
            versions = [item.reading.table.emulated_version for item in (side, other)]
            if versions[0].has_ipv6 != versions[1].has_ipv6:
                why = Why.KNOWS_IPV6 if opened else Why.KNOWS_NO_IPV6
                version = self._after.reading.table.emulated_version
                return Reason(why, version=version)
            return Reason(Why.OTHER_LISTEN_LIST, name=other.reading.listen.name)
        openers = side.sites_of_port(port)
        if len(openers) == 1:
            site = openers[0]
            if opened:
                return Reason(Why.SITE_OPENS_PORT, site=site, port=port)
            return Reason(Why.CLOSES_PORT, gone=other.gone(site), port=port)
        return Reason(Why.PORT_IS_BOUND if opened else Why.PORT_IS_FREE, port=port)

    def _site(self, change: AnswerChange) -> Reason | None:
        old, new = self._before.match(change), self._after.match(change)
        if old is not None and not self._after.has_route(old):
            return self._after.gone(old.route.site, old.route.binding)
        if new is not None and not self._before.has_route(new):
            site, binding = new.route
            had = site in self._before.reading.sites and not self._before.runs(site)
            why = Why.SITE_STARTS if had else Why.BINDING_NEW
            return Reason(why, site=site, binding=binding)
        depth = self._after.reading.table.wildcard_depth
        if self._before.reading.table.wildcard_depth != depth:
            return Reason(Why.OTHER_DEPTH, depth=depth)
        return None

    def _refusal(self, change: AnswerChange) -> Reason:
        site = change.after.site
        if change.after.refusal == UNAVAILABLE:
            return Reason(Why.PAUSED, site=site)
        if change.before.refusal == UNAVAILABLE:
            return Reason(Why.PAUSED_NO_MORE, site=site)
        had, has = (site in side.reading.strict_sites for side in self._sides)
        if had != has:
            return Reason(Why.STRICT if has else Why.STRICT_NO_MORE, site=site)
        if change.after.refusal == MISDIRECTED:
            return Reason(Why.OWN_CERTIFICATE_NO_MORE)
        return Reason(Why.OWN_CERTIFICATE)

    def _certificate(self, change: AnswerChange) -> Reason:
        old, new = self._before.record(change), self._after.record(change)
        for side, record, why in (
            (self._after, new, Why.NOT_IN_STORE),
            (self._before, old, Why.NOT_IN_STORE_BEFORE),
        ):
            if record is not None and facts_key(record) in side.reading.missing:
                return Reason(why, certificate_hash=record.certificate_hash)
        if old is not None and new is not None and old.key == new.key:
            return self._same_record(old, new)
        if new is not None and not self._before.has_record(new):
            return Reason(Why.RECORD_MADE, maker=new.site, record=new.key)
        return Reason(Why.FILE_MADE) if _is_central(new) else self._gone(old, new)

    def _gone(self, old: SslRecord | None, new: SslRecord | None) -> Reason:
        """The record, or its file, that showed the certificate before."""
        if old is not None and _is_central(old) and self._after.has_record(old):
            if new is None:
                return Reason(Why.FILE_GONE_FOR_NONE)
            return Reason(Why.FILE_GONE, other=new.key)
        key = "none" if old is None else old.key
        if new is None:
            return Reason(Why.RECORD_GONE_FOR_NONE, record=key)
        return Reason(Why.RECORD_GONE, record=key, other=new.key)

    def _same_record(self, old: SslRecord, new: SslRecord) -> Reason:
        if isinstance(new.key, CentralKey):
            folders = {side.reading.table.central_store_path for side in self._sides}
            return Reason(Why.OTHER_FOLDER if len(folders) > 1 else Why.OTHER_FILE)
        if old.site == new.site:
            return Reason(Why.OTHER_CERTIFICATE, maker=new.site, record=new.key)
        return Reason(
            Why.OTHER_MAKER, maker=new.site, record=new.key, other_maker=old.site
        )


class _Side:
    """A reading, with values that are looked up in it again and again."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._ports: dict[int, tuple[int, ...]] = {}

    def runs(self, site: int) -> bool:
        """Whether a site runs."""
        return site in self.reading.start.started

    def sites_of_port(self, port: int) -> tuple[int, ...]:
        """Running sites bound to a port, in ascending order."""
        if port not in self._ports:
            plan = self.reading.plan.ports.get(port)
            routes = () if plan is None else plan.routes()
            self._ports[port] = tuple(sorted({route.site for route in routes}))
        return self._ports[port]

    def has_port(self, change: AnswerChange) -> bool:
        """Whether the port of a change is bound to, and speaks its scheme."""
        plan = self.reading.plan.ports.get(change.port)
        return plan is not None and plan.protocol is change.protocol

    def match(self, change: AnswerChange) -> Match | None:
        """The site that the request of a change reaches here."""
        host = member_of(change.host)
        return self.reading.plan.match_site(change.addresses[0], change.port, host)

    def record(self, change: AnswerChange) -> SslRecord | None:
        """The certificate record of its handshake."""
        name = member_of(change.server_name or change.host)
        address = change.addresses[0]
        return self.reading.plan.select_certificate(address, change.port, name)

    def has_route(self, match: Match) -> bool:
        """Whether that site has that route here."""
        binding = match.route.binding
        plan = self.reading.plan.ports.get(binding.endpoint.port)
        if plan is None or plan.protocol is not binding.protocol:
            return False
        host = binding.host
        if isinstance(host, HostName):
            routes = plan.names.get(host.name, {})
        elif isinstance(host, WildcardHost):
            routes = plan.suffixes.get(host.suffix, {})
        else:
            routes = plan.blanks
        route = routes.get(binding.endpoint.address)
        return route is not None and route.site == match.route.site

    def has_record(self, record: SslRecord) -> bool:
        """Whether there is a record of that key here."""
        key = record.key
        plan = self.reading.plan.ports.get(key.port)
        if plan is None:
            return False
        if isinstance(key, CentralKey):
            return plan.central_record is not None
        if not isinstance(key, SniKey):
            return key.address in plan.endpoint_records
        if isinstance(key.host, HostName):
            return key.host.name in plan.name_records
        return key.host.suffix in plan.suffix_records

    def gone(self, site: int, binding: Binding | None = None) -> Reason:
        """Why a site that answered in the other reading does not answer in this one."""
        if site not in self.reading.sites:
            return Reason(Why.SITE_GONE, site=site)
        refusal = self.reading.start.refusals.get(site)
        if refusal is not None:
            return Reason(Why.SITE_REFUSED, site=site, refusal=refusal)
        if not self.runs(site):
            return Reason(Why.SITE_STOPPED, site=site)
        if binding is None:
            return Reason(Why.ITS_BINDING_GONE, site=site)
        return Reason(Why.BINDING_GONE, site=site, binding=binding)


def _is_answered(change: AnswerChange) -> bool:
    """Whether both sides get as far as the site."""
    if change.protocol is Protocol.HTTP:
        return True
    return None not in (change.before.certificate_hash, change.after.certificate_hash)


def _is_central(record: SslRecord | None) -> bool:
    return record is not None and isinstance(record.key, CentralKey)
