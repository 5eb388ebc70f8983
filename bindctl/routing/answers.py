"""What one plan answers on one port, and how two such answers are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.records import facts_key
from bindctl.model.binding import Protocol
from bindctl.model.certificate import CENTRAL_STORE_NAME, is_same_certificate
from bindctl.routing.classes import is_open, named_addresses, sorted_classes

if TYPE_CHECKING:
    from bindctl.bindings.listen_list import ListenList
    from bindctl.model.certificate import SslRecord
    from bindctl.model.endpoint import IpAddress, LocalAddress
    from bindctl.routing.plan import PortPlan

MISDIRECTED: Final = 421  # RFC 9110 §15.5.20
UNAVAILABLE: Final = 503  # of a site that is paused


class Answer(NamedTuple):
    """What a request gets.

    Attributes:
        is_listening: Whether the port takes connections of the scheme there.
        site: The site that answers; ``None`` is 400, or no handshake.
        certificate_hash: The certificate shown, ``STORE/`` before it where that is not
            MY, or the file of the central store; ``None`` refuses the handshake, and
            for HTTP.
        refusal: 421 or 503, with which the site itself refuses; else ``None``.
    """

    is_listening: bool
    site: int | None
    certificate_hash: str | None
    refusal: int | None = None


CLOSED = Answer(is_listening=False, site=None, certificate_hash=None)
NO_HANDSHAKE = Answer(is_listening=True, site=None, certificate_hash=None)


class AnswerChange(NamedTuple):
    """A class of requests that two plans answer differently.

    Attributes:
        protocol: HTTP or HTTPS.
        host: ``a.example``, ``*.a.example`` for hosts below that nothing names, or
            ``*`` for any host that nothing names.
        port: The port.
        addresses: The local addresses; `OTHER_ADDRESS` and `OTHER_IPV6` stand for
            those that nothing names.
        is_everywhere: Whether it is so at every address that either plan listens on.
        before: The answer of the first plan.
        after: The answer of the second plan.
        server_name: What the ClientHello names, where that is not the host: a name,
            or ``*`` for a client that sends none or one that nothing has.
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
        """Whether the handshake differs; that of another server name is its own."""
        return (
            self.server_name is None
            and self.before.certificate_hash != self.after.certificate_hash
        )


class PortSide(NamedTuple):
    """One plan's port, and the addresses bound there.

    Attributes:
        plan: ``None`` when nothing is bound to the port.
        bound: Addresses of its bindings.
        listen: Where listening is allowed.
        folder: Of the central store, where the two sides have two; else empty.
        misdirected: Sites that answer 421 on a connection of another certificate.
        paused: Sites that answer 503.
        missing: Certificates that cannot be shown (`facts_key`).
    """

    plan: PortPlan | None
    bound: frozenset[LocalAddress]
    listen: ListenList
    folder: str = ""
    misdirected: frozenset[int] = frozenset()
    paused: frozenset[int] = frozenset()
    missing: frozenset[str] = frozenset()

    def port_plan(self, protocol: Protocol, address: IpAddress) -> PortPlan | None:
        """The plan that takes a connection of that scheme there."""
        plan = self.plan
        if plan is None or plan.protocol is not protocol:
            return None
        return plan if is_open(address, self.bound, self.listen) else None

    def answer(
        self,
        protocol: Protocol,
        address: IpAddress,
        server_name: str | None,
        host: str | None,
    ) -> Answer:
        """What a request gets here.

        Args:
            protocol: HTTP or HTTPS.
            address: Where it arrives.
            server_name: What the ClientHello names, if anything; not asked for HTTP.
            host: What the request names, if anything.
        """
        plan = self.port_plan(protocol, address)
        if plan is None:
            return CLOSED
        shown, refusal = None, None
        match = plan.match(address, host)
        site = None if match is None else match.route.site
        if protocol is Protocol.HTTPS:
            record = self._shown_record(plan, address, server_name)
            if record is None:
                return NO_HANDSHAKE
            shown = self._shown(record)
            if site in self.misdirected and server_name != host:
                right = plan.select_certificate(address, host)
                refusal = None if is_same_certificate(record, right) else MISDIRECTED
        if site in self.paused:
            refusal = UNAVAILABLE  # the server looks at this first
        return Answer(
            is_listening=True, site=site, certificate_hash=shown, refusal=refusal
        )

    def find_record(
        self, address: IpAddress, server_name: str | None
    ) -> SslRecord | None:
        """The record of a handshake; ``None`` when there is none to be had."""
        plan = self.port_plan(Protocol.HTTPS, address)
        return None if plan is None else self._shown_record(plan, address, server_name)

    def falls_through(self, address: IpAddress, name: str) -> bool:
        """Whether a name is answered as one that nothing names, in both phases."""
        plan = self.plan
        if plan is None:
            return True
        if plan.match(address, name) != plan.match(address, None):
            return False
        return plan.select_certificate(address, name) == plan.select_certificate(
            address, None
        )

    def _shown_record(
        self, plan: PortPlan, address: IpAddress, server_name: str | None
    ) -> SslRecord | None:
        record = plan.select_certificate(address, server_name)
        if record is not None and self.missing and facts_key(record) in self.missing:
            return None  # it decides all the same
        return record

    def _shown(self, record: SslRecord) -> str:
        if record.certificate_store_name != CENTRAL_STORE_NAME:
            # One store may lack what another has under the same thumbprint.
            return facts_key(record)
        if self.folder:
            return f"{self.folder}/{record.certificate_hash}"
        return record.certificate_hash


def address_classes_of(sides: tuple[PortSide, PortSide]) -> tuple[IpAddress, ...]:
    """Local addresses that either side may tell from others."""
    named: set[LocalAddress] = set()
    for side in sides:
        if side.plan is not None:
            named |= named_addresses(side.plan)
        named.update(side.listen.addresses)
    return sorted_classes(named)
