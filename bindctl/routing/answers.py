"""The answers of one plan on one port, and how two such answers differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.records import facts_key
from bindctl.model.binding import Protocol
from bindctl.model.certificate import CENTRAL_STORE_NAME
from bindctl.routing.classes import named_addresses, sorted_classes
from bindctl.routing.decision import UNCONNECTED, UNSHAKEN, Ending, decide
from bindctl.routing.request import Request

if TYPE_CHECKING:
    from bindctl.model.certificate import SslRecord
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.routing.reading import Reading

MISDIRECTED: Final = 421  # RFC 9110 §15.5.20
UNAVAILABLE: Final = 503  # of a site that is paused


class Answer(NamedTuple):
    """The answer to a request.

    Attributes:
        is_listening: Whether the port takes connections of the scheme there.
        site: The site that answers; ``None`` is 400, or no handshake.
        certificate_hash: The certificate shown, with ``STORE/`` before it unless that
            is MY, or the file of the central store; ``None`` for HTTP, or if the
            handshake is refused.
        refusal: 421 or 503, with which the site itself refuses; else ``None``.
    """

    is_listening: bool
    site: int | None
    certificate_hash: str | None
    refusal: int | None = None


CLOSED = Answer(is_listening=False, site=None, certificate_hash=None)
NO_HANDSHAKE = Answer(is_listening=True, site=None, certificate_hash=None)
_REFUSALS: Final[dict[Ending | None, int]] = {
    Ending.PAUSED: UNAVAILABLE,
    Ending.MISDIRECTED: MISDIRECTED,
}


class AnswerChange(NamedTuple):
    """A class of requests that two plans answer differently.

    Attributes:
        protocol: HTTP or HTTPS.
        host: ``a.example``, ``*.a.example`` for hosts below that nothing names, or
            ``*`` for any host that nothing names.
        port: The port.
        addresses: The local addresses; `OTHER_ADDRESS` and `OTHER_IPV6` stand for
            those that nothing names.
        is_everywhere: Whether it is the same at every address on which either plan
            listens.
        before: The answer of the first plan.
        after: The answer of the second plan.
        server_name: The server name, if it is not the host: a name, or ``*`` for a
            client that sends none or one that nothing has.
    """

    protocol: Protocol
    host: str
    port: int
    addresses: tuple[IpAddress, ...]
    is_everywhere: bool
    before: Answer
    after: Answer
    server_name: str | None = None

    @property
    def is_other_certificate(self) -> bool:
        """Whether the handshake differs; another server name's counts separately."""
        return (
            self.server_name is None
            and self.before.certificate_hash != self.after.certificate_hash
        )


class PortSide:
    """One reading's port, beside another's.

    Attributes:
        port: Its number.
        plan: ``None`` when nothing is bound to the port.
        bound: Addresses of its bindings.
        listen: Where listening is allowed.
        folder: Of the central store, where the two sides have two; else empty.
        misdirected: Sites that answer 421 on a connection of another certificate.
        paused: Sites that answer 503.
        missing: Certificates that cannot be shown (`facts_key`).
    """

    def __init__(
        self, reading: Reading, port: int, *, names_folder: bool = False
    ) -> None:
        """Take the values on which the port depends."""
        self.reading = reading
        self.port = port
        self.plan = plan = reading.plan.ports.get(port)
        self.bound = reading.bound(port)
        self.listen = reading.listen
        self.folder = ""
        self.misdirected = self.paused = frozenset[int]()
        self.missing = frozenset[str]()
        if plan is None:
            return
        if names_folder and plan.central_record is not None:
            self.folder = reading.table.central_store_path
        if reading.paused or reading.strict_sites:
            sites = {route.site for route in plan.routes()}
            self.paused = reading.paused & sites
            if plan.protocol is Protocol.HTTPS:
                self.misdirected = reading.strict_sites & sites
        if reading.missing:
            keys = {facts_key(record) for record in plan.records()}
            self.missing = reading.missing & keys

    def is_like(self, other: PortSide) -> bool:
        """Whether every request gets the same on both sides."""
        return self.takes_as(other) and (
            (self.plan, self.folder, self.misdirected)
            == (other.plan, other.folder, other.misdirected)
        )

    def takes_as(self, other: PortSide) -> bool:
        """Whether both sides listen alike, pause and lack the same."""
        return (self.bound, self.listen, self.paused, self.missing) == (
            other.bound,
            other.listen,
            other.paused,
            other.missing,
        )

    def takes(self, protocol: Protocol, address: IpAddress) -> bool:
        """Whether it takes a connection of that scheme there."""
        plan = self.plan
        if plan is None or plan.protocol is not protocol:
            return False
        return self.reading.is_open(self.port, address)

    def answer(
        self,
        protocol: Protocol,
        address: IpAddress,
        server_name: str | None,
        host: str | None,
    ) -> Answer:
        """The answer to a request here.

        Args:
            protocol: HTTP or HTTPS.
            address: Where it arrives.
            server_name: What the ClientHello names, if anything; not asked for HTTP.
            host: What the request names, if anything.
        """
        request = Request(protocol, self.port, host, server_name)
        ending, record, match, _directory = decide(self.reading, request, address)
        if ending in UNCONNECTED:
            return CLOSED
        if ending in UNSHAKEN:
            return NO_HANDSHAKE
        return Answer(
            is_listening=True,
            site=None if match is None else match.route.site,
            certificate_hash=None if record is None else self._shown(record),
            refusal=_REFUSALS.get(ending),
        )

    def find_record(
        self, address: IpAddress, server_name: str | None
    ) -> SslRecord | None:
        """The record of a handshake; ``None`` when there is none that can be shown."""
        request = Request(Protocol.HTTPS, self.port, None, server_name)
        decision = decide(self.reading, request, address)
        return None if decision.ending in UNSHAKEN else decision.record

    def falls_through(self, address: IpAddress, name: str) -> bool:
        """Whether a name gets the same as a name that nothing has, in both phases."""
        plan = self.plan
        if plan is None:
            return True
        if plan.match(address, name) != plan.match(address, None):
            return False
        return plan.select_certificate(address, name) == plan.select_certificate(
            address, None
        )

    def _shown(self, record: SslRecord) -> str:
        if record.certificate_store_name != CENTRAL_STORE_NAME:
            # One store may lack what another has under the same thumbprint.
            return facts_key(record)
        if self.folder:
            return f"{self.folder}/{record.certificate_hash}"
        return record.certificate_hash


def address_classes_of(sides: tuple[PortSide, PortSide]) -> tuple[IpAddress, ...]:
    """Local addresses that either side may treat separately."""
    named: set[LocalAddress] = set()
    for side in sides:
        if side.plan is not None:
            named |= named_addresses(side.plan)
        named.update(side.listen.addresses)
    return sorted_classes(named)
