"""TLS between a socket and a `Connection`, by memory BIOs.

Why not the event loop's own TLS: the certificate depends on the local address, which is
known only when the connection is there, and a first octet that is no TLS is answered
in clear.

1. The ClientHello is read here first: record, certificate and session keys are chosen
   before OpenSSL sees an octet (ADR 0023). While a certificate is loaded, nothing is read.
2. Nothing passes to the connection before the handshake has ended.
3. The connection treats this as its transport.
4. A few records are read at a turn of the event loop, so that nobody waits for one client.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from typing import TYPE_CHECKING, Any, Final, cast

from bindctl.server.service.service_log import log_service_rarely
from bindctl.server.tls.client_hello import (
    HANDSHAKE_RECORD,
    Alert,
    ClientHello,
    HelloError,
    HelloReader,
    NeedHello,
)
from bindctl.server.tls.handshake import choose_base, choose_record
from bindctl.server.worker.connection import Connection, find_place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bindctl.server.worker.worker_state import WorkerState

# One record at most comes of a read, and a larger buffer is mapped anew for each.
_READ_OCTETS: Final = 16 * 1024
# What answers to one read may add up to before they are sent: one system call then does
# for tickets, answers and close_notify.
_MAX_HELD_OCTETS: Final = 64 * 1024
_RECORDS_A_TURN: Final = 16  # a client can put a request in each


class TlsPipe(asyncio.Transport, asyncio.Protocol):
    """The TLS layer of one connection: protocol to the socket, transport to HTTP."""

    __slots__ = (
        "_connection",
        "_has_begun",
        "_hello",
        "_incoming",
        "_is_broken",
        "_is_held",
        "_is_plain",
        "_is_ready",
        "_is_receiving",
        "_is_waiting",
        "_object",
        "_outgoing",
        "_port",
        "_raw",
        "_reader",
        "_server_name",
    )

    def __init__(self, state: WorkerState, port: int) -> None:
        """A connection that arrives at `port` of the bindings."""
        self._port = port
        self._connection = Connection(state)
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._reader = HelloReader()
        self._hello: ClientHello | None = None
        self._object: ssl.SSLObject  # once the handshake has begun
        self._has_begun = False
        self._server_name: str | None = None
        self._is_ready = False
        self._is_broken = False
        self._is_plain = False
        self._is_receiving = False
        self._is_waiting = False  # for its next turn, with nothing read meanwhile
        self._is_held = False  # the connection wants nothing to be read

    # --- from the socket ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Find out where it arrived."""
        self._raw = cast("asyncio.Transport", transport)  # create_server makes these
        connection = self._connection
        view, client = find_place(connection.state, self._raw, self._port, is_tls=True)
        if view is None:
            self._raw.abort()
            return
        timeout_s = connection.state.options.tls_handshake_timeout_s
        connection.attach(self, view, client, timeout_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the connection, and let go of it.

        Each refers to the other: without this the TLS state of every connection would
        wait for the garbage collector.
        """
        self._is_broken = True
        connection = self._connection
        del self._connection
        connection.connection_lost(exc)

    def eof_received(self) -> bool:
        """The peer sends no more, without close_notify; not even then a reset."""
        return not self._is_plain and self._connection.eof_received()

    def pause_writing(self) -> None:
        """Pass it on."""
        self._connection.pause_writing()

    def resume_writing(self) -> None:
        """Pass it on."""
        self._connection.resume_writing()

    def data_received(self, data: bytes) -> None:
        """Octets from the peer."""
        if self._is_broken:
            return
        self._incoming.write(data)
        if self._is_waiting:
            return
        if self._is_ready or self._advance(data):
            self._receive()

    def _receive(self) -> None:
        self._is_receiving = True
        try:
            self._decrypt()
        except ssl.SSLWantReadError:
            pass
        except (ssl.SSLError, OSError):
            self._flush()
            self._break()
        self._is_receiving = False
        self._flush()

    def _advance(self, data: bytes) -> bool:
        """One step of the handshake; whether it has ended, and more has come."""
        if self._has_begun:
            return self._shake_hands()
        if self._hello is not None:
            return False  # its certificate is being loaded
        if self._reader.is_fresh and data[0] != HANDSHAKE_RECORD:
            self._is_plain = self._is_broken = True
            self._connection.transport = self._raw
            self._connection.refuse_plain_http()
            return False
        try:
            hello = self._reader.receive(data)
        except HelloError as error:
            self._refuse(error)
            return False
        if isinstance(hello, NeedHello):
            return False
        self._hello = hello
        return self._begin(hello)

    def _begin(self, hello: ClientHello) -> bool:
        """Begin the handshake, as soon as its certificate is there."""
        connection = self._connection
        view = connection.view
        name = view.names.server_name(hello.server_name)
        try:
            record = choose_record(view.port_plan, view.address, name, hello)
        except HelloError as error:
            self._refuse(error)
            return False
        leaf = view.contexts.find(record)
        if leaf.loading is not None:
            self._raw.pause_reading()
            leaf.loading.add_done_callback(self._begin_again)
            return False
        if leaf.context is None:  # the contexts have said why
            self._send_alert(Alert.HANDSHAKE_FAILURE)
            return False
        base = choose_base(
            connection.state.base_contexts,
            view.contexts.sessions,
            hello,
            (name, record, leaf),
        )
        self._object = base.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._object.context = leaf.context
        self._server_name = name
        self._hello = None
        self._has_begun = True
        return self._shake_hands()

    def _begin_again(self, _loaded: object) -> None:
        """The certificate is there; the plan may be another by now."""
        if self._is_broken or self._raw.is_closing() or self._hello is None:
            return
        self._raw.resume_reading()
        if self._begin(self._hello):
            self._receive()

    def _refuse(self, error: HelloError) -> None:
        view = self._connection.view
        log_service_rarely(
            f"hello {error.alert} {view.port}",
            f"handshake refused: {error}, at {view.address_text}:{view.port}",
        )
        self._send_alert(error.alert)

    def _send_alert(self, alert: Alert) -> None:
        self._raw.write(alert.record)
        self._break()

    def _shake_hands(self) -> bool:
        try:
            self._object.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
            return False
        except (ssl.SSLError, OSError, ValueError) as error:
            self._flush()  # the alert
            self._break()
            # One key for all reasons: a peer could bring about one after another.
            log_service_rarely(
                "handshake",
                f"TLS handshake failed: {getattr(error, 'reason', None) or error}",
            )
            return False
        self._is_ready = True
        self._connection.server_name = self._server_name
        self._connection.active = True
        # The tickets of TLS 1.3 wait in the BIO and leave with the first answer or,
        # when there is no request yet, now.
        if not self._incoming.pending:
            self._flush()
            return False
        return True

    def _decrypt(self) -> None:
        read, incoming = self._object.read, self._incoming
        for _each in range(_RECORDS_A_TURN):
            data = read(_READ_OCTETS)
            if not data:
                self._end_of_data()
                return
            self._connection.data_received(data)
            # What was read is shorter than asked for: it was all of its record.
            is_all = len(data) < _READ_OCTETS or not self._object.pending()
            if self._is_broken or (is_all and not incoming.pending):
                return
        self._is_waiting = True
        self._raw.pause_reading()
        self._connection.state.loop.call_soon(self._receive_again)

    def _receive_again(self) -> None:
        self._is_waiting = False
        if self._is_broken:
            return
        self._receive()
        if not (self._is_waiting or self._is_held or self._raw.is_closing()):
            self._raw.resume_reading()

    def _end_of_data(self) -> None:
        if not self._connection.eof_received():
            self.close()

    def _break(self) -> None:
        self._is_broken = True
        self._raw.close()

    def _flush(self) -> None:
        octets = self._outgoing.read()
        if octets and not self._raw.is_closing():
            self._raw.write(octets)

    # --- a transport, for the connection ---

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        """Encrypt and send; within `data_received`, send when that ends."""
        if self._is_broken:
            return
        try:
            self._object.write(data)
        except (ssl.SSLError, OSError):
            self._break()
            return
        if not self._is_receiving or self._outgoing.pending > _MAX_HELD_OCTETS:
            self._raw.write(self._outgoing.read())

    def writelines(
        self, list_of_data: Iterable[bytes | bytearray | memoryview[Any]]
    ) -> None:
        """Encrypt and send several pieces."""
        for data in list_of_data:
            self.write(data)

    def close(self) -> None:
        """Send close_notify, then what is queued, then close."""
        self._say_goodbye()
        self._raw.close()

    def can_write_eof(self) -> bool:
        """Whether the sending side can end alone."""
        return True

    def write_eof(self) -> None:
        """Send close_notify and end the sending side."""
        self._say_goodbye()
        if self._raw.can_write_eof() and not self._raw.is_closing():
            self._raw.write_eof()

    def abort(self) -> None:
        """Close at once."""
        self._is_broken = True
        self._raw.abort()

    def is_closing(self) -> bool:
        """Whether it is closed or closing."""
        return self._is_broken or self._raw.is_closing()

    def pause_reading(self) -> None:
        """Stop reading from the socket."""
        self._is_held = True
        self._raw.pause_reading()

    def resume_reading(self) -> None:
        """Read from the socket again."""
        self._is_held = False
        if not (self._is_waiting or self._raw.is_closing()):
            self._raw.resume_reading()

    def get_write_buffer_size(self) -> int:
        """Octets queued and not yet sent."""
        return self._raw.get_write_buffer_size()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Nothing about the socket: its octets are not the connection's."""
        return default if name == "socket" else self._raw.get_extra_info(name, default)

    def _say_goodbye(self) -> None:
        if self._is_broken:
            return
        self._is_broken = True
        if self._is_ready:
            with contextlib.suppress(ssl.SSLError, OSError, ValueError):
                self._object.unwrap()
        self._flush()
