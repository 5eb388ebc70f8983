"""How a handshake starts: the record, the TLS versions, the session keys.

1. No record, or files that cannot be used: the handshake is refused, never served with
   another certificate.
2. A protocol that a record forbids is not used.
3. The first context of a handshake has the keys of its sessions, the one set afterwards
   has its certificate (ADR 0022): TLS 1.3 has a few such contexts, made before workers
   fork, so that all of them resume; TLS 1.2 has one for each name and certificate, so
   that a session is never resumed under another.
"""

from __future__ import annotations

import ssl
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from bindctl.model.binding import SslFlags
from bindctl.server.tls.client_hello import Alert, HelloError

if TYPE_CHECKING:
    import asyncio

    from bindctl.model.certificate import SslRecord
    from bindctl.model.endpoint import IpAddress
    from bindctl.routing.plan import PortPlan
    from bindctl.server.tls.client_hello import ClientHello

ALPN_PROTOCOLS: Final = ("http/1.1",)
MAX_NAMES: Final = 1024  # about 13 KiB each
# The octets of its files choose which of them a certificate has: of so many certificates
# that replace another, one gets the same. Each takes a fifth of a millisecond at start.
_SHARED_KEYS: Final = 32
_KNOWN_PROTOCOLS: Final = frozenset(name.encode("ascii") for name in ALPN_PROTOCOLS)

BaseContexts: TypeAlias = tuple[ssl.SSLContext, ...]
FileMark: TypeAlias = tuple[int, int, int, int]


class LoadedFiles(NamedTuple):
    """The result of reading the files of a certificate.

    Attributes:
        mark: Changes when the files change; ``None`` if there are none.
        context: With the certificate; ``None`` where they cannot be used.
        fingerprint: Of their octets.
        problem: Why they cannot be used; or empty.
    """

    mark: tuple[FileMark, ...] | None
    context: ssl.SSLContext | None
    fingerprint: int
    problem: str


class Leaf:
    """A certificate of the plan, as far as it is loaded.

    Attributes:
        context: With the certificate, its chain and its key; ``None`` while its files
            cannot be used.
        fingerprint: Of the octets of its files.
        loading: Done when its files have been checked; ``None`` if that was in this
            second.
    """

    __slots__ = ("checked", "context", "fingerprint", "loading", "mark", "problem")

    def __init__(self) -> None:
        """Nothing is loaded."""
        self.context: ssl.SSLContext | None = None
        self.fingerprint = 0
        self.loading: asyncio.Future[LoadedFiles | None] | None = None
        self.mark: tuple[FileMark, ...] | None = None
        self.problem = ""
        self.checked = -1

    def unchecked(self) -> Leaf:
        """The same as far as it is loaded; whatever is being loaded does not count."""
        leaf = Leaf()
        leaf.context, leaf.fingerprint = self.context, self.fingerprint
        leaf.mark, leaf.problem = self.mark, self.problem
        return leaf


def make_base_contexts() -> BaseContexts:
    """The contexts with which all workers start handshakes of TLS 1.3."""
    made = tuple(make_context() for _each in range(_SHARED_KEYS))
    for context in made:
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.num_tickets = 1  # OpenSSL: 2; Go: 1; each costs the handshake a tenth
        context.sni_callback = _acknowledge
    return made


def make_context() -> ssl.SSLContext:
    """A context of a server, without a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(list(ALPN_PROTOCOLS))
    return context


def choose_record(
    plan: PortPlan, address: IpAddress, name: str | None, hello: ClientHello
) -> SslRecord:
    """The record of a handshake.

    Args:
        plan: Certificates of the port.
        address: The local address.
        name: The server name of `hello` as routed.
        hello: What the client sent.

    Raises:
        HelloError: There is none, or the client offers only protocols that this server
            does not speak.

    Source:
        RFC 6066 §3; RFC 7301 §3.2: no protocol in common is a fatal alert.
    """
    record = plan.select_certificate(address, name)
    if record is None:
        raise HelloError(
            Alert.UNRECOGNIZED_NAME,
            f"no certificate record for {name or 'no name'}",
        )
    protocols = hello.protocols
    if protocols is not None and _KNOWN_PROTOCOLS.isdisjoint(protocols):
        raise HelloError(
            Alert.NO_APPLICATION_PROTOCOL,
            f"the client offers none of {', '.join(ALPN_PROTOCOLS)} by ALPN",
        )
    if hello.wants_finite_field and hello.offers_tls13:
        # Measured: ffdhe8192 costs us 150 ms, and the client nothing but random octets.
        raise HelloError(
            Alert.HANDSHAKE_FAILURE,
            "the client wants a key exchange over a finite field",
        )
    return record


def choose_base(
    shared: BaseContexts,
    sessions: NamedSessions,
    hello: ClientHello,
    chosen: tuple[str | None, SslRecord, Leaf],
) -> ssl.SSLContext:
    """The context a handshake starts with.

    Args:
        shared: As `make_base_contexts` made them.
        sessions: The worker's.
        hello: What the client sent.
        chosen: Its server name as routed, the record, and the certificate.
    """
    name, record, leaf = chosen
    forbids_tls13 = SslFlags.DISABLE_TLS13 in record.flags
    if hello.offers_tls13 and not forbids_tls13:
        return shared[leaf.fingerprint % len(shared)]
    if not hello.takes_tickets:
        # Its session would be kept in this process and found by its number.
        return _make_tls12_base(forbids_tls13=forbids_tls13)
    return sessions.find(name, leaf, forbids_tls13=forbids_tls13)


class NamedSessions:
    """Keys of TLS 1.2 sessions, each for one name and one certificate.

    A session of TLS 1.2 has its own server name, which must equal that of the
    ClientHello (RFC 6066 §3), and its resumption shows no certificate: OpenSSL checks
    neither.
    """

    __slots__ = ("_contexts", "_limit")

    def __init__(self, limit: int = MAX_NAMES) -> None:
        """Remember `limit` of them, least recently used first out."""
        self._limit = limit
        self._contexts: OrderedDict[
            tuple[str | None, ssl.SSLContext | None, bool], ssl.SSLContext
        ] = OrderedDict()

    def find(
        self, name: str | None, leaf: Leaf, *, forbids_tls13: bool
    ) -> ssl.SSLContext:
        """The context for that name while the certificate is what it is now."""
        key = (name, leaf.context, forbids_tls13)
        found = self._contexts.get(key)
        if found is None:
            found = self._contexts[key] = _make_tls12_base(forbids_tls13=forbids_tls13)
            if len(self._contexts) > self._limit:
                self._contexts.popitem(last=False)
        else:
            self._contexts.move_to_end(key)
        return found


def _make_tls12_base(*, forbids_tls13: bool) -> ssl.SSLContext:
    """The context for clients without TLS 1.3, and for records that forbid it.

    If the record does not forbid it, the context supports it: so its answer shows a
    client that did offer TLS 1.3 that somebody removed the offer (RFC 8446 §4.1.3).
    """
    context = make_context()
    if forbids_tls13:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.sni_callback = _acknowledge
    return context


def _acknowledge(
    _object: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext
) -> None:
    """Does nothing: because this callback exists, OpenSSL acknowledges the server name.

    Source:
        RFC 6066 §3: a server that uses the name "SHALL include" the extension.
    """
