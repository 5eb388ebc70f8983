"""Which certificate a handshake gets: records of the plan, contexts made at first use.

1. One base context a range of TLS versions, made before workers fork: all of them share
   its ticket keys.
2. No record, or files that cannot be used: the handshake is refused, never served with
   another certificate.
3. What a record forbids is not spoken, whatever became of looking ahead.
"""

from __future__ import annotations

import os
import ssl
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.model.binding import SslFlags
from bindctl.model.certificate import CentralKey
from bindctl.server.central_certificates import load_into
from bindctl.server.service_log import log_service_rarely

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from bindctl.model.certificate import SslRecord
    from bindctl.routing.plan import PortPlan
    from bindctl.server.central_certificates import CentralFiles
    from bindctl.server.endpoint_view import EndpointView
    from bindctl.server.ticker import Ticker

    _FileMark: TypeAlias = tuple[int, int, int]

MAX_CONTEXTS: Final = 16384  # about 20 KiB each
ALPN_PROTOCOLS: Final = ("http/1.1",)
_CENTRAL: Final = ""  # the central store's place among stores, which all have names
_TLS13: Final = "TLSv1.3"


class BaseContexts(NamedTuple):
    """What handshakes start with; neither has a certificate.

    Attributes:
        usual: TLS 1.2 and 1.3.
        without_tls13: TLS 1.2 alone: for records with the bit DisableTLS13.
    """

    usual: ssl.SSLContext
    without_tls13: ssl.SSLContext


class EndpointSslObject(ssl.SSLObject):
    """One connection's TLS state, with what choosing its certificate needs.

    Attributes:
        view: Where the connection arrived.
        server_name: The name its ClientHello gave, as routed; ``None`` for none.
    """

    view: EndpointView
    server_name: str | None


class CertificateContexts:
    """TLS contexts by certificate, least recently used first out."""

    __slots__ = ("_central", "_contexts", "_limit", "_stores", "_ticker")

    def __init__(
        self,
        stores: Mapping[str, str],
        central: CentralFiles | None,
        ticker: Ticker,
        limit: int = MAX_CONTEXTS,
    ) -> None:
        """Look for certificates in `stores`, by upper-case store name, and in `central`."""
        self._stores = stores
        self._central = central
        self._ticker = ticker
        self._limit = limit
        self._contexts: OrderedDict[tuple[str, str], _Kept] = OrderedDict()

    def replace_stores(
        self, stores: Mapping[str, str], central: CentralFiles | None
    ) -> None:
        """Take the stores of a new plan; contexts of unchanged files stay."""
        if (stores, central) != (self._stores, self._central):
            self._stores, self._central = stores, central
            self._contexts.clear()

    def find(self, record: SslRecord) -> ssl.SSLContext | None:
        """The context of a record; ``None`` when its files cannot be used.

        Files are looked at again at most once a second.
        """
        is_central = isinstance(record.key, CentralKey)
        store = _CENTRAL if is_central else record.certificate_store_name.upper()
        key = (store, record.certificate_hash)
        kept = self._contexts.get(key)
        if kept is None:
            kept = _Kept()
            self._contexts[key] = kept
            if len(self._contexts) > self._limit:
                self._contexts.popitem(last=False)
        else:
            self._contexts.move_to_end(key)
        if kept.checked != self._ticker.second:
            kept.checked = self._ticker.second
            self._refresh(kept, *key)
        return kept.context

    def _refresh(self, kept: _Kept, store: str, name: str) -> None:
        try:
            if store == _CENTRAL:
                self._refresh_central(kept, name)
            else:
                self._refresh_stored(kept, os.path.join(self._stores[store], name))
        except BindctlError as error:
            _complain(store, name, error)
        except (OSError, KeyError) as error:  # ssl.SSLError is an OSError
            kept.context, kept.mark = None, None
            _complain(store, name, error)

    def _refresh_stored(self, kept: _Kept, stem: str) -> None:
        marks = (_mark(f"{stem}.pem"), _mark(f"{stem}.key"))
        if marks != kept.mark:
            kept.context, kept.mark = None, None
            kept.context = make_leaf_context(f"{stem}.pem", f"{stem}.key")
            kept.mark = marks

    def _refresh_central(self, kept: _Kept, name: str) -> None:
        if self._central is None:
            raise KeyError(name)
        path = self._central.path(name)
        marks = (_mark(path),)
        if marks != kept.mark:
            # A file that cannot be opened is not tried again until it changes: trying a
            # password costs as much as a handshake.
            kept.context, kept.mark = None, marks
            context = _make_context()
            load_into(context, path, self._central.password)
            kept.context = context


class _Kept:
    __slots__ = ("checked", "context", "mark")

    def __init__(self) -> None:
        self.context: ssl.SSLContext | None = None
        self.mark: tuple[_FileMark, ...] | None = None
        self.checked = -1


def make_base_contexts() -> BaseContexts:
    """The contexts handshakes start with."""
    without_tls13 = _make_base_context()
    without_tls13.maximum_version = ssl.TLSVersion.TLSv1_2
    return BaseContexts(_make_base_context(), without_tls13)


def restricts_versions(plan: PortPlan) -> bool:
    """Whether the version of TLS depends on the record: one of them forbids TLS 1.3."""
    return any(record.flags & SslFlags.DISABLE_TLS13 for record in plan.records())


def choose_base(
    bases: BaseContexts, view: EndpointView, server_name: str | None
) -> ssl.SSLContext:
    """The base context of a handshake, by what its record allows.

    Args:
        bases: Both of them.
        view: Where the connection arrived.
        server_name: As its ClientHello gives it.
    """
    name = view.names.server_name(server_name)
    record = view.port_plan.select_certificate(view.address, name)
    if record is not None and record.flags & SslFlags.DISABLE_TLS13:
        return bases.without_tls13
    return bases.usual


def make_leaf_context(certificate_path: str, key_path: str) -> ssl.SSLContext:
    """A context with one certificate, its chain and its key.

    Raises:
        OSError: They cannot be read or do not belong together.
    """
    context = _make_context()
    # An encrypted key must fail here, never ask at a terminal.
    context.load_cert_chain(certificate_path, key_path, password=lambda: b"")
    return context


def choose_certificate(
    connection: EndpointSslObject, server_name: str | None, _base: ssl.SSLContext
) -> int | None:
    """OpenSSL's server name callback: set the context, or return the alert.

    OpenSSL calls it for every ClientHello, with or without a name.
    """
    view = connection.view
    name = view.names.server_name(server_name)
    connection.server_name = name
    record = view.port_plan.select_certificate(view.address, name)
    if record is None:
        log_service_rarely(
            f"no record {view.port}",
            f"handshake refused: no certificate record for {name or 'no name'} "
            f"at {view.address_text}:{view.port}",
        )
        return int(ssl.AlertDescription.ALERT_DESCRIPTION_UNRECOGNIZED_NAME)
    if record.flags & SslFlags.DISABLE_TLS13 and connection.version() == _TLS13:
        return int(ssl.AlertDescription.ALERT_DESCRIPTION_PROTOCOL_VERSION)
    context = view.contexts.find(record)
    if context is None:
        return int(ssl.AlertDescription.ALERT_DESCRIPTION_HANDSHAKE_FAILURE)
    connection.context = context
    return None


def _complain(store: str, name: str, error: Exception) -> None:
    where = "the central store" if store == _CENTRAL else f"store {store}"
    log_service_rarely(
        f"certificate {store} {name}",
        f"certificate {name} of {where} cannot be used: {error}; "
        "handshakes that need it are refused",
    )


def _make_base_context() -> ssl.SSLContext:
    context = _make_context()
    context.sslobject_class = EndpointSslObject
    context.num_tickets = 1  # OpenSSL: 2; Go: 1; each costs the handshake a tenth
    context.sni_callback = choose_certificate  # type: ignore[assignment] # our class
    return context


def _make_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(list(ALPN_PROTOCOLS))
    return context


def _mark(path: str) -> tuple[int, int, int]:
    status = os.stat(path)
    return (status.st_mtime_ns, status.st_size, status.st_ino)
