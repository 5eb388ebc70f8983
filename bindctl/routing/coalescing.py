"""Which other hosts a browser may ask for on one connection, and the answers.

A browser with HTTP/2 sends a request for another host on a connection it has, when the
host resolves to the connection's address and its certificate covers the host. The site
is still chosen by the Host of the request; the certificate, and with it the rules of
the handshake, are those of the first host.

Source:
    RFC 9113 §9.1.1 (reuse), §9.1.2 (421).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from bindctl.model.binding import SslFlags
from bindctl.routing.classes import UNNAMED_LABEL, server_names
from bindctl.routing.reason import Reason, Why
from bindctl.routing.site_reasons import address_matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.bindings.table import BindingTable
    from bindctl.model.certificate import Certificate, SslRecord
    from bindctl.model.endpoint import IpAddress
    from bindctl.routing.plan import PortPlan
    from bindctl.routing.reading import Reading
    from bindctl.routing.request import Request

_WILDCARD = "*."


class CoalescingOutcome(Enum):
    """The outcome for a browser that asks for a host on another host's connection."""

    SAME = "same"
    OTHER_CERTIFICATE = "other_certificate"
    OTHER_POLICY = "other_policy"
    REFUSED_ALONE = "refused_alone"
    MISDIRECTED = "misdirected"
    ELSEWHERE = "elsewhere"


class CoalescedHost(NamedTuple):
    """A host that may be asked for on the connection.

    Attributes:
        host: A name, or ``*.example.com`` for every name below that nothing names.
        site: The site that answers there, by Host; ``None`` is 400. It is the one that
            answers on a connection of the host's own to the same address.
        certificate_hash: What a connection of its own would show; ``None`` when its
            handshake would be refused.
        outcome: What is otherwise than on a connection of its own.
    """

    host: str
    site: int | None
    certificate_hash: str | None
    outcome: CoalescingOutcome


class Coalescing(NamedTuple):
    """The hosts that may share one connection over HTTP/2.

    Attributes:
        impossible: Why no browser shares the connection; ``None`` when one may.
        at_risk: Hosts that get a different answer than on a separate connection.
        harmless: Hosts that are not.
        elsewhere: Hosts that are bound to other addresses alone: asked for here only
            when their name resolves here too, and then not answered by their own site.
    """

    impossible: Reason | None = None
    at_risk: tuple[CoalescedHost, ...] = ()
    harmless: tuple[CoalescedHost, ...] = ()
    elsewhere: tuple[CoalescedHost, ...] = ()

    @property
    def hosts(self) -> tuple[CoalescedHost, ...]:
        """All of them."""
        return (*self.at_risk, *self.elsewhere, *self.harmless)


def find_coalescing(
    reading: Reading,
    address: IpAddress,
    request: Request,
    shown: tuple[SslRecord, Certificate],
) -> Coalescing:
    """The other hosts of a connection.

    Args:
        reading: What is served.
        address: Where the connection arrived.
        request: The first request on it.
        shown: The record that decided its certificate, and the certificate.
    """
    record, certificate = shown
    impossible = _why_not(reading.table, record)
    if impossible is not None:
        return Coalescing(impossible)
    plan = reading.plan.ports[request.port]
    at_risk: list[CoalescedHost] = []
    harmless: list[CoalescedHost] = []
    elsewhere: list[CoalescedHost] = []
    own = {request.host, request.server_name}
    ids = frozenset(certificate.presented_ids)
    for host, name in _covered_names(plan, ids):
        if name in own:
            continue
        item = _judge(plan, address, record, host, name)
        if _is_elsewhere(plan, address, name):
            elsewhere.append(item._replace(outcome=CoalescingOutcome.ELSEWHERE))
        elif item.outcome is CoalescingOutcome.SAME:
            harmless.append(item)
        else:
            is_refused = (
                item.outcome is not CoalescingOutcome.OTHER_POLICY
                and item.site in reading.strict_sites
            )
            outcome = CoalescingOutcome.MISDIRECTED if is_refused else item.outcome
            at_risk.append(item._replace(outcome=outcome))
    return Coalescing(None, _sorted(at_risk), _sorted(harmless), _sorted(elsewhere))


def _why_not(table: BindingTable, record: SslRecord) -> Reason | None:
    version = table.emulated_version
    if not version.has_later_flags:
        return Reason(Why.NO_HTTP2, version=version)
    if record.flags & SslFlags.DISABLE_HTTP2:
        return Reason(Why.HTTP2_IS_OFF)
    return None


def _covered_names(plan: PortPlan, ids: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Hosts that the certificate covers: the name to show and the name to ask for.

    First those that a binding, a record or a central file of the port names, then the
    certificate's other names, and the unnamed hosts below its wildcards.
    """
    told: set[str] = set()
    for name in plan.names.keys() | server_names((plan,)).names:
        if _is_covered(name, ids):
            told.add(name)
            yield name, name
    for presented_id in sorted(ids - told):
        if "*" not in presented_id:
            yield presented_id, presented_id
        elif presented_id.rfind("*") == 0 and presented_id.startswith(_WILDCARD):
            suffix = presented_id.removeprefix(_WILDCARD)
            yield presented_id, f"{UNNAMED_LABEL}.{suffix}"


def _is_covered(name: str, ids: frozenset[str]) -> bool:
    # As `coverage.covering_ids`, without a value for each of ten thousand names.
    if name in ids:
        return True
    parent = name.partition(".")[2]
    return f"{_WILDCARD}{parent}" in ids


def _is_elsewhere(plan: PortPlan, address: IpAddress, name: str) -> bool:
    """Whether bindings name the host, and none of them at that address."""
    routes = plan.names.get(name)
    if routes is None:
        return False
    return not any(address_matches(bound, address) for bound in routes)


def _judge(
    plan: PortPlan, address: IpAddress, record: SslRecord, shown: str, name: str
) -> CoalescedHost:
    match = plan.match(address, name)
    site = None if match is None else match.route.site
    own = plan.select_certificate(address, name)
    if site is None or own is record:
        outcome = (
            CoalescingOutcome.SAME
        )  # 400 on either connection, or the very same handshake
    elif own is None:
        outcome = CoalescingOutcome.REFUSED_ALONE
    elif _identity(own) != _identity(record):
        outcome = CoalescingOutcome.OTHER_CERTIFICATE
    elif own.flags != record.flags:
        outcome = CoalescingOutcome.OTHER_POLICY
    else:
        outcome = CoalescingOutcome.SAME
    certificate_hash = None if own is None else own.certificate_hash
    return CoalescedHost(shown, site, certificate_hash, outcome)


def _identity(record: SslRecord) -> tuple[str, str]:
    return record.certificate_store_name.upper(), record.certificate_hash


def _sorted(hosts: list[CoalescedHost]) -> tuple[CoalescedHost, ...]:
    return tuple(sorted(hosts, key=lambda item: (item.host[:1] == "*", item.host)))
