"""Which certificate a handshake gets: records of the plan, contexts made at first use.

1. One base context, made before workers fork: all of them share its ticket keys.
2. No record, or files that cannot be used: the handshake is refused, never served with
   another certificate.
"""

from __future__ import annotations

import os
import ssl
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from bindctl.server.service_log import log_service_rarely

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.model.certificate import SslRecord
    from bindctl.server.endpoint_view import EndpointView
    from bindctl.server.ticker import Ticker

MAX_CONTEXTS: Final = 16384  # about 20 KiB each
ALPN_PROTOCOLS: Final = ("http/1.1",)

_FilesMark = tuple[tuple[int, int, int], tuple[int, int, int]]


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

    __slots__ = ("_contexts", "_limit", "_stores", "_ticker")

    def __init__(
        self,
        stores: Mapping[str, str],
        ticker: Ticker,
        limit: int = MAX_CONTEXTS,
    ) -> None:
        """Look for certificates in `stores`, by upper-case store name."""
        self._stores = stores
        self._ticker = ticker
        self._limit = limit
        self._contexts: OrderedDict[tuple[str, str], _Kept] = OrderedDict()

    def replace_stores(self, stores: Mapping[str, str]) -> None:
        """Take the stores of a new plan; contexts of unchanged files stay."""
        if stores != self._stores:
            self._stores = stores
            self._contexts.clear()

    def find(self, record: SslRecord) -> ssl.SSLContext | None:
        """The context of a record; ``None`` when its files cannot be used.

        Files are looked at again at most once a second.
        """
        key = (record.certificate_store_name.upper(), record.certificate_hash)
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

    def _refresh(self, kept: _Kept, store: str, certificate_hash: str) -> None:
        try:
            stem = os.path.join(self._stores[store], certificate_hash)
            mark = (_mark(f"{stem}.pem"), _mark(f"{stem}.key"))
            if mark == kept.mark:
                return
            kept.context, kept.mark = None, None
            kept.context = make_leaf_context(f"{stem}.pem", f"{stem}.key")
            kept.mark = mark
        except (OSError, KeyError) as error:  # ssl.SSLError is an OSError
            kept.context, kept.mark = None, None
            log_service_rarely(
                f"certificate {store} {certificate_hash}",
                f"certificate {certificate_hash} of store {store} cannot be used: "
                f"{error}; handshakes that need it are refused",
            )


class _Kept:
    __slots__ = ("checked", "context", "mark")

    def __init__(self) -> None:
        self.context: ssl.SSLContext | None = None
        self.mark: _FilesMark | None = None
        self.checked = -1


def make_base_context() -> ssl.SSLContext:
    """The context every handshake starts with; it has no certificate."""
    context = _make_context()
    context.sslobject_class = EndpointSslObject
    context.num_tickets = 1  # OpenSSL: 2; Go: 1; each costs the handshake a tenth
    context.sni_callback = choose_certificate  # type: ignore[assignment] # our class
    return context


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
    context = view.contexts.find(record)
    if context is None:
        return int(ssl.AlertDescription.ALERT_DESCRIPTION_HANDSHAKE_FAILURE)
    connection.context = context
    return None


def _make_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(list(ALPN_PROTOCOLS))
    return context


def _mark(path: str) -> tuple[int, int, int]:
    status = os.stat(path)
    return (status.st_mtime_ns, status.st_size, status.st_ino)
