"""One connection: moves octets, and asks pure objects what to do with them.

1. Answers leave in the order of their requests; nothing is read ahead of an answer that
   is still going out.
2. Nothing grows without bound: input stops being read at `MAX_BUFFERED_OCTETS`, output
   stops being made when the transport says so.
3. `quiet` means: between two requests, nothing buffered, nothing queued. Only then may
   the hot table answer, or a plan swap or a drain close the connection at once.
4. A client that has ended its sending side is answered all that it asked for before.
5. Requests sent all at once are answered a few at a turn of the event loop: whoever sends
   thousands waits for the others, not they for him.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, cast

from bindctl.server.http.answer import answer, unavailable_page
from bindctl.server.http.http1 import NEED_DATA, BodyOctets, Event, RequestReader
from bindctl.server.http.peer_error import PeerProtocolError
from bindctl.server.http.request import RequestHead
from bindctl.server.http.response import (
    FileSlice,
    Response,
    end_of_head,
    error_page,
    http_sys_page,
    is_probe,
    tell_site,
)
from bindctl.server.http.response_cache import open_entry
from bindctl.server.worker.access_log import request_fields
from bindctl.server.worker.file_pump import make_pump
from bindctl.server.worker.hot_answers import (
    MAX_REQUEST_OCTETS,
    HotAnswer,
    hot_log_fields,
    match_request,
    matched_head,
    remember_answer,
    request_key,
)

if TYPE_CHECKING:
    import re

    from bindctl.model.site import SiteContent
    from bindctl.server.http.answer import Target
    from bindctl.server.worker.endpoint_view import EndpointView
    from bindctl.server.worker.file_pump import FilePump
    from bindctl.server.worker.worker_state import WorkerState

MAX_BUFFERED_OCTETS: Final = 64 * 1024
LINGER_S: Final = 2.0
MAX_AWAITED_OCTETS: Final = 64 * 1024  # no answer of ours depends on a body
_JOIN_OCTETS: Final = 64 * 1024
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_PLAIN_TO_TLS: Final = "Plain HTTP was sent to a port that speaks HTTPS."
_MAX_ANSWER_TRIES: Final = 3
_EVENTS_A_TURN: Final = 8  # four requests without a body


class Exchange:
    """One request on its way to its answer.

    Attributes:
        is_cut: It is answered before its body has come: the connection ends.
    """

    __slots__ = ("content", "head", "is_cut", "received", "started", "target")

    def __init__(
        self, head: RequestHead, content: SiteContent, target: Target, started: float
    ) -> None:
        """Start counting octets and time."""
        self.head = head
        self.content = content
        self.target = target
        self.started = started
        self.received = head.octets
        self.is_cut = False

    @property
    def body_octets(self) -> int:
        """Octets of the body that have come."""
        return self.received - self.head.octets

    def is_too_slow(self, now: float, patience_s: float, rate: int) -> bool:
        """Whether its body comes too slowly, all in all.

        Args:
            now: On the clock of `started`.
            patience_s: Judged only after that time, because a pause alone is allowed.
            rate: Octets a second.
        """
        elapsed_s = now - self.started
        return elapsed_s > patience_s and self.body_octets < rate * elapsed_s


class Connection(asyncio.Protocol):
    """HTTP/1.1 on one connection; TLS, if any, is below it (`TlsPipe`)."""

    __slots__ = (
        "_client",
        "_deadline",
        "_exchange",
        "_has_ended",
        "_is_closing",
        "_is_paused",
        "_is_reading_paused",
        "_is_waiting",
        "_key",
        "_pump",
        "_reader",
        "_sending",
        "_sent",
        "_timeout_s",
        "active",
        "is_draining",
        "quiet",
        "server_name",
        "state",
        "transport",
        "view",
    )

    view: EndpointView  # both are set by `attach`
    transport: asyncio.Transport

    def __init__(self, state: WorkerState) -> None:
        """A connection of the worker `state`, not yet attached."""
        self.state = state
        self.server_name: str | None = None
        self.active = False
        self.quiet = False
        self.is_draining = False
        self._reader = RequestReader()
        self._exchange: Exchange | None = None
        self._key: bytes | None = None  # of the request at hand, when it is to be kept
        self._pump: FilePump | None = None
        self._is_paused = self._is_closing = self._is_reading_paused = False
        self._has_ended = False
        self._is_waiting = False  # for its next turn
        self._sent = 0  # octets given to the transport
        self._sending: tuple[float, int] | None = None  # since when, and `_taken` then
        self._client = b"-"
        self._timeout_s = self._deadline = 0.0

    # --- from the event loop ---

    def attach(
        self,
        transport: asyncio.Transport,
        view: EndpointView,
        client: bytes,
        timeout_s: float,
    ) -> None:
        """Begin; `timeout_s` bounds the wait for the first request (or handshake)."""
        self.transport = transport
        self.view = view
        self._client = client
        self._timeout_s = view.idle_timeout_s
        self._deadline = self.state.monotonic + timeout_s
        self.quiet = True
        self.state.connections.add(self)

    def data_received(self, data: bytes) -> None:
        """Answer from the hot table, or take the long way."""
        if self.quiet and len(data) <= MAX_REQUEST_OCTETS:
            match = match_request(data)
            if match is not None:
                key = request_key(match, self.view.mark)
                hot = self.state.hot.get(key)
                if hot is not None and self._answer_hot(hot, match, data):
                    return
                if self.state.hot.is_wanted(key):
                    self._key = key
                self.quiet = False
                self._reader.take(matched_head(match, data))
                self._run()
                self._key = None
                return
        self.receive(data)

    def _answer_hot(
        self, hot: HotAnswer, match: re.Match[bytes], request: bytes
    ) -> bool:
        entry = hot.entry
        if not entry.is_current():
            return False
        ticker, body = self.state.ticker, b""
        if hot.has_body:
            if entry.body is None:
                return False
            body = entry.body
        start = ticker.ok if hot.is_ok else ticker.not_modified
        octets = b"".join((start, hot.head, body))
        self.active = True
        self._timeout_s = hot.timeout_s
        self._sent += len(octets)
        self.transport.write(octets)
        if hot.log is not None:
            fields = hot_log_fields(self.view, match, request)
            status = (200 if hot.is_ok else 304, 0)
            hot.log.add(fields, self._client, status, (len(octets), len(request)), 0)
        if hot.closes:
            self._close()
        return True

    def receive(self, data: bytes) -> None:
        """Take octets and answer whatever they complete."""
        if self._is_closing:
            return
        self.quiet = False
        self._reader.receive(data)
        if not self._is_waiting:
            self._run()
        self._key = None
        if self._reader.buffered > MAX_BUFFERED_OCTETS and not self._is_closing:
            self._is_reading_paused = True
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        """The client sends no more; answers still due go out first."""
        self._has_ended = True
        if not (self._is_paused or self._is_closing or self._pump or self._is_waiting):
            self._run()
        return not self._is_closing

    def pause_writing(self) -> None:
        """The transport's buffer is full."""
        self._is_paused = True
        self.quiet = False
        if self._pump is not None:
            self._pump.is_paused = True

    def resume_writing(self) -> None:
        """The transport has room again."""
        self._is_paused = False
        self.active = True
        if self._pump is not None:
            self._pump.is_paused = False
            self._pump.turn()
        elif not (self._is_closing or self._is_waiting):
            self._run()

    def connection_lost(self, _exc: Exception | None) -> None:
        """Let go of everything."""
        self._is_closing = True
        self.quiet = False
        connections = self.state.connections
        connections.discard(self)
        if not connections:
            self.state.emptied.set()
        if self._pump is not None:
            self._pump.cancel()
            self._pump = None

    # --- from the worker ---

    def drain(self) -> None:
        """Finish the request in flight, if there is one, and close."""
        self.is_draining = True
        if self.quiet:
            self._close()

    def sweep(self, now: float) -> None:
        """Once a second: close when nothing has moved for too long."""
        if self._pump is not None and self._pump.has_moved:
            self._pump.has_moved = False
            self.active = True
        if self._sends_too_slowly() or self._takes_too_slowly(now):
            self.transport.abort()
        elif self.active:
            self.active = False
            if not self._is_closing:
                self._deadline = now + self._timeout_s
        elif now >= self._deadline:
            self.transport.abort()

    def _sends_too_slowly(self) -> bool:
        exchange = self._exchange
        if exchange is None or self._pump is not None or self._is_closing:
            return False  # no body is being read
        rate = self.state.plan.min_octets_per_s
        return exchange.is_too_slow(self.state.now(), self._timeout_s, rate)

    def _takes_too_slowly(self, now: float) -> bool:
        """Whether the client takes what it asked for too slowly, all in all.

        Measured while something waits to be sent; octets that the system has taken
        count as the client's. Source: IIS 6, MinFileBytesPerSec (ms525223).
        """
        waiting = self.transport.get_write_buffer_size()
        if not waiting and self._pump is None:
            self._sending = None
            return False
        moved = 0 if self._pump is None else self._pump.moved
        taken = self._sent + moved - waiting
        if self._sending is None:
            self._sending = (now, taken)
            return False
        since, taken_then = self._sending
        elapsed_s = now - since
        rate = self.state.plan.min_octets_per_s
        return elapsed_s > self._timeout_s and taken - taken_then < rate * elapsed_s

    def refuse_plain_http(self) -> None:
        """Say in clear that the port wants TLS, and close."""
        self.quiet = False
        self._send(http_sys_page(PeerProtocolError(400, _PLAIN_TO_TLS)), None)

    # --- the requests ---

    def _run(self) -> None:
        try:
            for _each in range(_EVENTS_A_TURN):
                if self._is_paused or self._is_closing or self._pump:
                    break
                if self.is_draining and self._reader.is_idle:
                    self._close()
                    return
                event = self._reader.next_event()
                if event is NEED_DATA:
                    break
                self._take(event)
            else:
                self._wait_for_turn()
                return
        except PeerProtocolError as error:
            head = self._exchange.head if self._exchange is not None else None
            self._send(http_sys_page(error), head)
            return
        self._settle()

    def _take(self, event: Event) -> None:
        if isinstance(event, RequestHead):
            self._begin(event)
        elif isinstance(event, BodyOctets):
            self._count_body(event.count)
        elif self._exchange is not None:  # END_OF_REQUEST
            self._finish(self._exchange)

    def _wait_for_turn(self) -> None:
        self._is_waiting = True
        self.state.loop.call_soon(self._run_if_open)

    def _settle(self) -> None:
        blocked = self._is_paused or self._is_closing or self._pump is not None
        if self._has_ended and not blocked:
            self._close()
            return
        self.quiet = not blocked and self._reader.is_idle
        if self._is_reading_paused and not blocked:
            self._is_reading_paused = False
            self.transport.resume_reading()

    def _begin(self, head: RequestHead) -> None:
        self.active = True
        try:
            content, target = self.view.route(head, self.server_name)
        except PeerProtocolError as error:
            self._send(http_sys_page(error), head)
            return
        if is_probe(head, self.state.options.probe_secret):
            self._send(tell_site(content.identifier), head)
            return
        self._timeout_s = content.connection_timeout_s
        exchange = Exchange(head, content, target, self.state.now())
        self._exchange = exchange
        if head.content_length > target.max_entity_octets:
            self._refuse_body(exchange)
        elif head.content_length > MAX_AWAITED_OCTETS:
            exchange.is_cut = True
            self._finish(exchange)
        elif head.expects_continue and head.has_body:
            self.transport.write(_CONTINUE)

    def _count_body(self, count: int) -> None:
        self.active = True
        exchange = self._exchange
        if exchange is None:
            return
        exchange.received += count
        if exchange.body_octets > exchange.target.max_entity_octets:
            self._refuse_body(exchange)
        elif exchange.body_octets > MAX_AWAITED_OCTETS:
            exchange.is_cut = True
            self._finish(exchange)

    def _refuse_body(self, exchange: Exchange) -> None:
        exchange.is_cut = True
        page = error_page(413, "The body of the request is too large.")
        self._send(page, exchange.head)

    def _finish(self, exchange: Exchange) -> None:
        head = exchange.head
        for _try in range(_MAX_ANSWER_TRIES):
            answered = answer(head, exchange.target, self.state.files)
            body = answered.response.body
            if not isinstance(body, FileSlice):
                if self._key is not None:
                    remember_answer(
                        self.state.hot,
                        self.state.logs,
                        self._key,
                        exchange.content,
                        (head, answered),
                        is_tls=self.view.is_tls,
                    )
                self._send(answered.response, head)
                return
            try:
                descriptor = open_entry(body.entry)
                if descriptor is not None:
                    self._stream(answered.response, body, exchange, descriptor)
                    return
            except OSError as error:
                self._send(unavailable_page(error), head)
                return
        self._send(error_page(503, "The file is changing all the time."), head)

    def _send(self, response: Response, head: RequestHead | None) -> None:
        close = self._must_close(response, head)
        octets = self._head_octets(response, head, close=close)
        body = response.body
        if not isinstance(body, bytes) or (head is not None and head.method == "HEAD"):
            body = b""
        if len(body) <= _JOIN_OCTETS:
            self.transport.write(octets + body)
        else:
            self.transport.writelines((octets, body))
        is_abrupt = response.must_close or self._is_cut
        sent = len(octets) + len(body)
        self._sent += sent
        self._log(response, sent)
        if close:
            self._close(is_abrupt=is_abrupt)

    def _head_octets(
        self, response: Response, head: RequestHead | None, *, close: bool
    ) -> bytes:
        status, is_http_sys = response.status, response.is_http_sys
        prefix = self.state.ticker.prefix(status, is_http_sys=is_http_sys)
        return prefix + end_of_head(response, head, close=close)

    def _must_close(self, response: Response, head: RequestHead | None) -> bool:
        exchange = self._exchange
        return (
            response.must_close
            or self.is_draining
            or self._is_cut
            or head is None
            or not head.keep_alive
            or (exchange is not None and not exchange.content.allow_keep_alive)
        )

    @property
    def _is_cut(self) -> bool:
        return self._exchange is not None and self._exchange.is_cut

    def _stream(
        self, response: Response, body: FileSlice, exchange: Exchange, descriptor: int
    ) -> None:
        close = self._must_close(response, exchange.head)
        start = self._head_octets(response, exchange.head, close=close)
        span = (body.offset, body.length)
        pump = make_pump(
            self.transport, descriptor, span, start, is_tls=self.view.is_tls
        )
        self._pump = pump
        self.is_draining = self.is_draining or close
        pump.start(lambda is_whole: self._end_stream(response, is_whole=is_whole))

    def _end_stream(self, response: Response, *, is_whole: bool) -> None:
        pump, self._pump = self._pump, None
        self.active = True
        is_abrupt = self._is_cut
        if pump is not None:
            self._sent += pump.moved
            self._log(response, pump.moved)
        if not is_whole:
            self.transport.abort()
        elif self.is_draining:
            self._close(is_abrupt=is_abrupt)
        else:
            self._wait_for_turn()

    def _run_if_open(self) -> None:
        self._is_waiting = False
        if not self._is_closing and self._pump is None:
            self._run()

    def _close(self, *, is_abrupt: bool = False) -> None:
        """Close; after an error, only once the client has seen the answer.

        A socket closed with unread octets sends a reset, which can overtake the answer
        (RFC 9112 §9.6): so the sending side closes first.
        """
        self._is_closing = True
        self.quiet = False
        if (is_abrupt or self._reader.buffered) and self.transport.can_write_eof():
            self._deadline = self.state.monotonic + LINGER_S
            self.active = False
            self.transport.write_eof()
            if self._is_reading_paused:
                self._is_reading_paused = False
                self.transport.resume_reading()
        else:
            self.transport.close()

    def _log(self, response: Response, sent: int) -> None:
        """Write the line of the exchange that has ended, if its site keeps a log."""
        exchange, self._exchange = self._exchange, None
        if exchange is None:
            return
        content, state = exchange.content, self.state
        log = state.logs.find(content.log_directory, content.identifier)
        if log is not None:
            log.add(
                log_fields(self.view, exchange.head, exchange.target),
                self._client,
                (response.status, response.substatus),
                (sent, exchange.received),
                int((state.now() - exchange.started) * 1000),
            )


def log_fields(
    view: EndpointView, head: RequestHead, target: Target
) -> tuple[bytes, bytes]:
    """The columns that the request decides."""
    path = target.path
    stem = b"*" if path is None else path.stem
    query = None if path is None else path.query
    return request_fields(
        view.log_place,
        (head.method.encode("ascii"), stem, query),
        head.find(b"user-agent"),
        head.find(b"referer"),
        head.find(b"host"),
    )


class PlainConnection(Connection):
    """A connection without TLS."""

    __slots__ = ("_port",)

    def __init__(self, state: WorkerState, port: int) -> None:
        """A connection that arrives at `port` of the bindings."""
        super().__init__(state)
        self._port = port

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Find out where it arrived."""
        stream = cast("asyncio.Transport", transport)  # create_server makes these
        view, client = find_place(self.state, stream, self._port, is_tls=False)
        if view is None:
            stream.abort()
            return
        self.attach(stream, view, client, view.idle_timeout_s)


def find_place(
    state: WorkerState, transport: asyncio.Transport, port: int, *, is_tls: bool
) -> tuple[EndpointView | None, bytes]:
    """The endpoint a connection arrived at, and the client's address for logs.

    There is none when the plan has changed between the connection and its acceptance.
    """
    local = transport.get_extra_info("sockname")
    peer = transport.get_extra_info("peername")
    if not local or not peer:
        return None, b"-"
    client = peer[0].partition("%")[0].encode("ascii")
    view = state.view(local[0], port)
    return (view if view is not None and view.is_tls is is_tls else None), client
