"""Why a request is answered otherwise: what differs between two readings.

Only words: that the answer differs, and how, is `compare`'s to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.bindings.records import facts_key, format_record_key
from bindctl.model.binding import Protocol, format_binding
from bindctl.model.certificate import CentralKey, SniKey
from bindctl.model.host import HostName, WildcardHost
from bindctl.model.site import Win32Error
from bindctl.model.unicode_host import to_unicode
from bindctl.routing.answers import MISDIRECTED, UNAVAILABLE
from bindctl.routing.classes import UNNAMED_LABEL

if TYPE_CHECKING:
    from bindctl.bindings.start import Refusal
    from bindctl.model.binding import Binding
    from bindctl.model.certificate import SslRecord
    from bindctl.routing.answers import AnswerChange
    from bindctl.routing.plan import Match
    from bindctl.routing.reading import Reading


def member_of(shown: str) -> str | None:
    """A name of a class as it is shown: `NameClass.name`."""
    return None if shown == "*" else shown.replace("*", UNNAMED_LABEL)


class Reasons:
    """Says why, of the changes between two readings."""

    def __init__(self, before: Reading, after: Reading) -> None:
        """Nothing is looked up before it is asked for."""
        self._before = _Side(before)
        self._after = _Side(after)

    def explain(self, change: AnswerChange) -> str:
        """Why the answer is another: one clause, for people; or empty."""
        if change.before.is_listening != change.after.is_listening:
            return self._listening(change)
        words = []
        if change.is_other_certificate:
            words.append(self._certificate(change))
        if _is_answered(change):
            if change.before.site != change.after.site:
                words.append(self._site(change))
            elif change.before.refusal != change.after.refusal:
                words.append(self._refusal(change))
        return "; ".join(word for word in words if word)

    def _listening(self, change: AnswerChange) -> str:
        opened = change.after.is_listening
        side, other = (
            (self._after, self._before) if opened else (self._before, self._after)
        )
        port = change.port
        if other.reading.listen != side.reading.listen and other.has_port(change):
            versions = [item.reading.table.emulated_version for item in (side, other)]
            if versions[0].has_ipv6 != versions[1].has_ipv6:
                word = "knows" if opened else "knows no"
                return f"{self._after.reading.table.emulated_version} {word} IPv6"
            return f"{other.reading.listen.name} is another"
        openers = side.sites_of_port(port)
        if opened:
            if len(openers) == 1:
                return f"site {openers[0]} opens port {port}"
            return f"port {port} is bound there now"
        if len(openers) == 1:
            return f"{other.gone(openers[0])}, which opened port {port}"
        return f"no running site is bound to port {port} there any more"

    def _site(self, change: AnswerChange) -> str:
        old, new = self._before.match(change), self._after.match(change)
        if old is not None and not self._after.has_route(old):
            return self._after.gone(old.route.site, _written(old.route.binding))
        if new is not None and not self._before.has_route(new):
            site, shown = new.route.site, _written(new.route.binding)
            if site in self._before.reading.sites and not self._before.runs(site):
                return f'site {site} starts, with "{shown}"'
            return f'site {site} has "{shown}" now'
        depth = self._after.reading.table.wildcard_depth
        if self._before.reading.table.wildcard_depth != depth:
            return f"WildcardHostDepth is {depth} now"
        return ""

    def _refusal(self, change: AnswerChange) -> str:
        site = change.after.site
        if change.after.refusal == UNAVAILABLE:
            return f"site {site} is paused"
        if change.before.refusal == UNAVAILABLE:
            return f"site {site} is not paused any more"
        had, has = self._before.misdirects(site), self._after.misdirects(site)
        if had != has:
            return f"site {site} has MisdirectedRequest {'on' if has else 'off'} now"
        if change.after.refusal == MISDIRECTED:
            return "the server name's certificate is not the host's any more"
        return "the server name's certificate is the host's now"

    def _certificate(self, change: AnswerChange) -> str:
        old, new = self._before.record(change), self._after.record(change)
        for side, record in ((self._after, new), (self._before, old)):
            if record is not None and facts_key(record) in side.reading.missing:
                where = "its store" if side is self._after else "its store before"
                return f"certificate {record.certificate_hash[:8]}… is not in {where}"
        if old is not None and new is not None and old.key == new.key:
            return self._same_record(old, new)
        if new is not None and not self._before.has_record(new):
            return f"{_maker(new)} makes a record {_named(new)} now"
        if _is_central(new):
            return "the central store has a file for the name now"
        decides = "no other matches" if new is None else f"{_named(new)} decides"
        if old is not None and _is_central(old) and self._after.has_record(old):
            return f"the central store has no file for the name any more: {decides}"
        return f"the record {_named(old)} is gone: {decides}"

    def _same_record(self, old: SslRecord, new: SslRecord) -> str:
        if isinstance(new.key, CentralKey):
            folders = {
                side.reading.table.central_store_path
                for side in (self._before, self._after)
            }
            if len(folders) > 1:
                return "CentralCertStorePath has changed"
            return "the central store has another file for the name"
        if old.site == new.site:
            return f"{_maker(new)} names another certificate for {_named(new)}"
        return f"{_maker(new)} makes the record {_named(new)} now, not {_maker(old)}"


class _Side:
    """A reading, with what is looked up in it again and again."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._ports: dict[int, tuple[int, ...]] = {}

    def runs(self, site: int) -> bool:
        """Whether a site runs."""
        return site in self.reading.start.started

    def misdirects(self, site: int | None) -> bool:
        """Whether a site has MisdirectedRequest."""
        row = None if site is None else self.reading.sites.get(site)
        return row is not None and row.misdirected_request

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
        """What the request of a change reaches here."""
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

    def gone(self, site: int, binding: str = "") -> str:
        """Why a site that answered elsewhere does not here, by what it is here."""
        if site not in self.reading.sites:
            return f"site {site} is gone"
        refusal = self.reading.start.refusals.get(site)
        if refusal is not None:
            return f"site {site} does not start: {_cause(refusal)}"
        if not self.runs(site):
            return f"site {site} is stopped"
        shown = f'"{binding}"' if binding else "its binding"
        return f"site {site} no longer has {shown}"


def _is_answered(change: AnswerChange) -> bool:
    """Whether the site was asked on both sides, or the scheme has no handshake."""
    if change.protocol is Protocol.HTTP:
        return True
    return None not in (change.before.certificate_hash, change.after.certificate_hash)


def _cause(refusal: Refusal) -> str:
    if refusal.reason:
        return refusal.reason
    if refusal.error is not Win32Error.ALREADY_EXISTS:
        return f'"{refusal.prefix}" is no binding'
    return f"{refusal.prefix} collides with one of site {refusal.holder}"


def _is_central(record: SslRecord | None) -> bool:
    return record is not None and isinstance(record.key, CentralKey)


def _named(record: SslRecord | None) -> str:
    if record is None:
        return "none"
    host, _colon, port = format_record_key(record.key).rpartition(":")
    return f"{to_unicode(host)}:{port}"


def _written(binding: Binding) -> str:
    """As people write it."""
    address, _colon, host = format_binding(binding).rpartition(":")
    return f"{address}:{to_unicode(host)}"


def _maker(record: SslRecord) -> str:
    return "http/sslcert" if record.site is None else f"site {record.site}"
