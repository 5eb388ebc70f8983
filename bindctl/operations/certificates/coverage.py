"""Coverage: whether browsers accept the certificate of each secure host.

The plan says, for every local address that it tells apart, which certificate a visitor
of that host gets there; the site may name another. Only bindings that answer are
judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.bindings.records import facts_key
from bindctl.certificates.flaw import handshake_flaws
from bindctl.certificates.verdict import judge
from bindctl.model.binding import Protocol
from bindctl.model.host import format_host_pattern
from bindctl.model.witness import format_handshake
from bindctl.routing.classes import (
    named_addresses,
    sample_name,
    sorted_classes,
)
from bindctl.routing.decision import decide
from bindctl.routing.request import Request
from bindctl.rules.finding_places import visitor_host

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from bindctl.certificates.flaw import Flaw
    from bindctl.model.certificate import Certificate, SslRecord
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.model.host import HostPattern
    from bindctl.operations.load.known_certificates import KnownCertificates
    from bindctl.routing.plan import Route
    from bindctl.routing.reading import Reading


class Gap(NamedTuple):
    """A host for which browsers refuse the connection.

    Attributes:
        site: Identifier of the site of that host.
        host: ``a.example``, ``*.a.example``, or ``*`` for a binding of any host.
        port: The port.
        address: The local address; all zeros for any that nothing names.
        code: CRT101 without a certificate, CRT102 to CRT104 if it cannot be used, else
            that of the flaw.
        words: Why.
        witness: A handshake that shows it.
    """

    site: int
    host: str
    port: int
    address: IpAddress
    code: str
    words: str
    witness: str

    @property
    def identity(self) -> tuple[object, ...]:
        """What two equal gaps have in common; their certificates may differ."""
        return self.site, self.host, self.port, self.address, self.code


class ShownHost(NamedTuple):
    """A host of a secure binding, and the record that its visitors get at an address.

    Attributes:
        route: The binding, and its site.
        host: As of a `Gap`.
        port: The port.
        address: The local address; all zeros for any that nothing names.
        record: The record that decides; ``None`` when the handshake is refused.
    """

    route: Route
    host: str
    port: int
    address: IpAddress
    record: SslRecord | None


class Judge:
    """Judges certificates as a browser would at one instant."""

    def __init__(self, known: KnownCertificates, now: datetime, days: int = 0) -> None:
        """Take all that is known.

        Args:
            known: The certificates, and whom browsers trust.
            now: Aware UTC.
            days: They have to be valid for so many days more.
        """
        self._known = {**known.certificates, **known.central}
        self._problems = known.problems
        self._unreadable = known.unreadable
        self._anchors = known.anchors
        self._now = now
        self._days = days
        self._verdicts: dict[tuple[str, HostPattern], tuple[Flaw, ...]] = {}

    def find(self, record: SslRecord) -> Certificate | None:
        """The certificate of a record; ``None`` when it cannot be read."""
        return self._known.get(facts_key(record))

    def flaws(
        self, record: SslRecord | None, host: HostPattern
    ) -> Iterator[tuple[str, str]]:
        """Code and words of each reason for which a browser refuses it."""
        certificate = None if record is None else self.find(record)
        if record is None or certificate is None:
            refusal = self.refusal(record)
            if refusal is not None:
                yield refusal
            return
        key = facts_key(record)
        if (key, host) not in self._verdicts:
            self._verdicts[key, host] = judge(
                certificate, host, self._now, self._anchors, self._days
            )
        for flaw in self._verdicts[key, host]:
            yield flaw.code, f"certificate {record.certificate_hash} {flaw.words}"

    def refusal(self, record: SslRecord | None) -> tuple[str, str] | None:
        """Code and words of why no handshake is made at all; ``None`` if one is."""
        if record is None:
            return "CRT101", "no certificate is shown: the handshake is refused"
        certificate = self.find(record)
        if certificate is None:
            return self._absent(facts_key(record), record)
        for flaw in handshake_flaws(certificate):
            return flaw.code, f"certificate {record.certificate_hash} {flaw.words}"
        return None

    def _absent(self, key: str, record: SslRecord) -> tuple[str, str]:
        shown = record.certificate_hash
        if key in self._problems:
            return (
                "CRT103",
                f"certificate {shown} cannot be used: {self._problems[key]}",
            )
        reason = self._unreadable.get(record.certificate_store_name.upper())
        if reason is not None:
            return "CRT104", f"certificate {shown} cannot be used: {reason}"
        return "CRT102", f"certificate {shown} is not in its store"


def find_gaps(
    reading: Reading, judge_of: Judge, more: Collection[LocalAddress] = ()
) -> Iterator[Gap]:
    """Every host of a secure binding that browsers refuse at some address.

    Args:
        reading: Sites, what runs, and the plan.
        judge_of: Judges the certificates.
        more: Addresses to ask at besides those that the plan tells apart.
    """
    for item in shown_hosts(reading, more):
        for code, words in judge_of.flaws(item.record, item.route.binding.host):
            yield _gap(item, code, words)


def find_refusals(reading: Reading, judge_of: Judge) -> Iterator[Gap]:
    """Those among them for which no handshake is made, whoever asks."""
    for item in shown_hosts(reading):
        refusal = judge_of.refusal(item.record)
        if refusal is not None:
            yield _gap(item, *refusal)


def _gap(item: ShownHost, code: str, words: str) -> Gap:
    host = visitor_host(item.route.binding.host)
    witness = format_handshake(item.address, item.port, host)
    site = item.route.site
    return Gap(site, item.host, item.port, item.address, code, words, witness)


def shown_hosts(
    reading: Reading, more: Collection[LocalAddress] = ()
) -> Iterator[ShownHost]:
    """The record of each secure binding's visitors, at each address where it answers.

    Args:
        reading: Sites, what runs, and the plan.
        more: Addresses to ask at besides those that the plan tells apart.
    """
    for port, plan in sorted(reading.plan.ports.items()):
        if plan.protocol is not Protocol.HTTPS:
            continue
        named = named_addresses(plan) | set(reading.listen.addresses) | set(more)
        for route in plan.routes():
            for address in sorted_classes(named):
                yield from _shown_at(reading, port, route, address)


def _shown_at(
    reading: Reading, port: int, route: Route, address: IpAddress
) -> Iterator[ShownHost]:
    """None where another binding answers for the host, or no connection is taken."""
    host = route.binding.host
    name = sample_name(host)
    request = Request(Protocol.HTTPS, port, name, name)
    decision = decide(reading, request, address)
    if decision.match is not None and decision.match.route == route:
        shown = format_host_pattern(host) or "*"
        yield ShownHost(route, shown, port, address, decision.record)
