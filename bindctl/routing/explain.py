"""Why a request reaches the site it reaches: winner, row, certificate, losers.

The plan gives the winner; this module works out the reasons, with `site_reasons` for
sites and `record_reasons` for certificates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.model.binding import Protocol, SslFlags
from bindctl.routing.classes import (
    OTHER_ADDRESS,
    OTHER_IPV6,
    named_addresses,
    sorted_classes,
)
from bindctl.routing.decision import (
    UNCONNECTED,
    Decision,
    Ending,
    decide,
    is_misdirected,
)
from bindctl.routing.reason import Reason, Why
from bindctl.routing.site_reasons import find_losers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.bindings.table import BindingTable, SiteRow
    from bindctl.model.certificate import SslRecord
    from bindctl.model.endpoint import IpAddress
    from bindctl.routing.plan import Match
    from bindctl.routing.reading import Reading
    from bindctl.routing.record_reasons import RecordLoser
    from bindctl.routing.request import Request
    from bindctl.routing.site_reasons import Loser

_OTHERS: Final = frozenset({OTHER_ADDRESS, OTHER_IPV6})


class Explanation(NamedTuple):
    """What happens to a request that arrives at one local address, and why.

    Attributes:
        address: The address, or `OTHER_ADDRESS` for any that no binding names.
        decision: What becomes of the request.
        is_scheme_right: Whether the port speaks the request's scheme; where it does
            not, HTTP is answered 400 in clear and HTTPS gets no handshake.
        losers: Bindings that one could expect to win, but that do not.
        other_hosts: How many bindings of the port name other hosts.
        record_reason: Why that record decides, or why none does; HTTPS only.
        record_losers: Certificates that one could expect, but that are not shown.
        other_records: How many records are those of other names and addresses.
        is_misdirected: Whether the host would get another certificate than the server
            name did: 421, where the site has MisdirectedRequest.
        emulation: What the rehearsed version of IIS leaves out.
    """

    address: IpAddress
    decision: Decision
    is_scheme_right: bool
    losers: tuple[Loser, ...]
    other_hosts: int
    record_reason: Reason | None = None
    record_losers: tuple[RecordLoser, ...] = ()
    other_records: int = 0
    is_misdirected: bool = False
    emulation: Reason | None = None

    @property
    def match(self) -> Match | None:
        """Site and row; if the handshake is refused, the site that would answer."""
        return self.decision.match

    @property
    def record(self) -> SslRecord | None:
        """The certificate record; ``None`` for HTTP, too."""
        return self.decision.record

    @property
    def is_listening(self) -> bool:
        """Whether anything is bound to the port."""
        return self.decision.ending is not Ending.UNBOUND

    @property
    def is_open(self) -> bool:
        """Whether a connection to that address of it is taken."""
        return self.decision.is_open

    @property
    def is_connected(self) -> bool:
        """Whether a request can be sent: open, right scheme, and a handshake."""
        return self.decision.is_connected

    @property
    def is_answered(self) -> bool:
        """Whether a site has the host, and a request can be sent to it."""
        return self.decision.site is not None


def address_classes(reading: Reading, port: int) -> tuple[IpAddress, ...]:
    """Local addresses that can differ: each one named, and any other.

    Only those at which a connection is taken; `OTHER_ADDRESS` when there is none.
    """
    plan = reading.plan.ports.get(port)
    if plan is None:
        return (OTHER_ADDRESS,)
    named = named_addresses(plan) | set(reading.listen.addresses)
    found = (
        address
        for address in sorted_classes(named)
        if (address != OTHER_IPV6 or OTHER_IPV6 in named)
        and reading.is_open(port, address)
    )
    named_first = sorted(found, key=_OTHERS.__contains__)
    return tuple(named_first) or (OTHER_ADDRESS,)


def group_addresses(
    reading: Reading, addresses: Sequence[IpAddress], request: Request
) -> tuple[tuple[IpAddress, ...], ...]:
    """Those addresses, the ones with the same site and certificates together.

    The certificates are those of the server name and of the host, which may differ.
    """
    groups: dict[tuple[object, ...], list[IpAddress]] = {}
    own = request._replace(server_name=request.host)
    asked = {request, own} if request.protocol is Protocol.HTTPS else {request}
    for address in addresses:
        key = tuple(_shown(decide(reading, item, address)) for item in asked)
        groups.setdefault(key, []).append(address)
    return tuple(map(tuple, groups.values()))


def _shown(decision: Decision) -> tuple[object, ...]:
    match, record = decision.match, decision.record
    return match and match.route, record and record.key


def explain_request(
    reading: Reading, request: Request, address: IpAddress
) -> Explanation:
    """The answer for a request at one local address, with its reasons."""
    decision = decide(reading, request, address)
    plan = reading.plan.ports.get(request.port)
    losers, others = find_losers(reading, request, address, decision.match)
    explanation = Explanation(
        address=address,
        decision=decision,
        is_scheme_right=plan is not None and plan.protocol is request.protocol,
        losers=losers,
        other_hosts=others,
    )
    is_secure = request.protocol is Protocol.HTTPS
    if decision.ending in UNCONNECTED or not is_secure:
        return explanation
    return _with_handshake(explanation, reading, request)


def reading_without(reading: Reading, site: int, port: int) -> Reading:
    """The reading of one port while every site runs but that one."""
    table, start = reading.table, reading.start
    rows = tuple(row for row in table.sites if _has_port(row, port))
    return reading._replace(
        table=table._replace(sites=rows),
        given_listen=reading.listen,
        given_start=start._replace(started=start.started - {site}),
    )


def _with_handshake(
    explanation: Explanation, reading: Reading, request: Request
) -> Explanation:
    # Imported here: requests over HTTP, which are as many, do without.
    from bindctl.routing.record_reasons import (  # noqa: PLC0415
        find_record_losers,
        record_reason,
    )

    address, record = explanation.address, explanation.record
    losers, others = find_record_losers(reading, request, address, record)
    return explanation._replace(
        record_reason=record_reason(record, request.server_name),
        record_losers=losers,
        other_records=others,
        is_misdirected=is_misdirected(reading, request, address),
        emulation=_left_out(reading.table, request.port),
    )


def _left_out(table: BindingTable, port: int) -> Reason | None:
    """How the emulated version changes the choice of certificates, if it does."""
    version = table.emulated_version
    if version.has_sni:
        return None
    choosing = SslFlags.SNI | SslFlags.CENTRAL_CERT_STORE
    meant = any(
        site.ssl_flags & choosing and _has_port(site, port) for site in table.sites
    )
    return Reason(Why.NO_SERVER_NAMES, version=version) if meant else None


def _has_port(site: SiteRow, port: int) -> bool:
    return any(
        entry.binding is not None and entry.binding.endpoint.port == port
        for entry in site.entries
    )
