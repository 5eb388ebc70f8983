"""A worker: one event loop, one plan, the listening sockets it inherited or was sent."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import signal
import socket
import struct
from typing import TYPE_CHECKING, Final

from bindctl.model.binding import Protocol
from bindctl.server.service.service_log import tell_surprises_rarely
from bindctl.server.worker.connection import PlainConnection
from bindctl.server.worker.frames import (
    Drain,
    FrameReader,
    Listening,
    Message,
    NewListeners,
    NewPlan,
    Ping,
    Pong,
    encode_frame,
)
from bindctl.server.worker.listeners import BACKLOG, is_narrowed
from bindctl.server.worker.tls_pipe import TlsPipe
from bindctl.server.worker.worker_state import WorkerState

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from bindctl.server.service.service_log import Clock
    from bindctl.server.service.service_plan import ServiceOptions
    from bindctl.server.tls.handshake import BaseContexts
    from bindctl.server.worker.listeners import ListenerSpec

COUNTER: Final = struct.Struct("=Q")
HANDOVER_S: Final = 0.25  # a handshake across a continent


class Worker:
    """Accepts and serves until it is told to stop."""

    def __init__(
        self,
        options: ServiceOptions,
        message: NewPlan,
        base_contexts: BaseContexts,
        clock: Clock,
    ) -> None:
        """Serve `message`'s plan; must be made within the event loop."""
        loop = asyncio.get_running_loop()
        self.state = WorkerState(
            loop, options, message.plan, message.specs, base_contexts, clock
        )
        self._loop = loop
        self._servers: dict[ListenerSpec, asyncio.AbstractServer] = {}
        self._pending: dict[ListenerSpec, socket.socket] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def listen(self, sockets: Mapping[ListenerSpec, socket.socket]) -> None:
        """Accept on those sockets."""
        for spec, listening in sockets.items():
            factory = functools.partial(
                TlsPipe if spec.protocol is Protocol.HTTPS else PlainConnection,
                self.state,
                spec.port,
            )
            self._servers[spec] = await self._loop.create_server(
                factory, sock=listening, backlog=BACKLOG
            )

    def start_ticking(self, counter: memoryview | None = None) -> None:
        """Keep time until the loop ends; tell how many connections there are."""
        self.state.tick()
        if counter is not None:
            COUNTER.pack_into(counter, 0, len(self.state.connections))
        delay = 1.0 - self.state.wall() % 1.0
        self._timer = self._loop.call_later(delay + 0.001, self.start_ticking, counter)

    def hold(self, message: NewListeners, descriptors: list[int]) -> None:
        """Keep sockets for the plan that follows."""
        for spec, descriptor in zip(message.specs, descriptors, strict=False):
            self._pending[spec] = socket.socket(fileno=descriptor)

    async def swap(self, message: NewPlan) -> None:
        """Put a plan in force: then its new sockets, and removed ones go.

        Where a narrower socket takes over from a wider one, connections wait on the
        wider one still, made or half made: it is served for a moment longer.
        """
        pending, self._pending = self._pending, {}
        wanted = {spec: pending[spec] for spec in message.specs if spec in pending}
        for spec in pending.keys() - wanted.keys():
            pending[spec].close()
        self.state.swap(message.plan, message.specs)
        await self.listen(wanted)
        gone = self._servers.keys() - set(message.specs)
        if any(is_narrowed(spec, message.specs) for spec in gone):
            await asyncio.sleep(HANDOVER_S)
        for spec in gone:
            self._servers.pop(spec).close()

    async def drain(self, timeout_s: float) -> None:
        """Stop accepting, let requests in flight end, and close the rest."""
        for server in self._servers.values():
            server.close()
        self._servers.clear()
        for connection in tuple(self.state.connections):
            connection.drain()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while self.state.connections:
                    self.state.emptied.clear()
                    await self.state.emptied.wait()
        for connection in tuple(self.state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)
        if self._timer is not None:
            self._timer.cancel()
        self.state.logs.flush()


async def serve_channel(
    worker: Worker, message: NewPlan, channel: socket.socket
) -> None:
    """Obey the supervisor until it says drain, or is gone."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[Message] = asyncio.Queue()
    reader = FrameReader(channel)
    last_wish = Drain(worker.state.options.drain_timeout_s)
    loop.add_signal_handler(signal.SIGTERM, queue.put_nowait, last_wish)
    channel.setblocking(False)  # noqa: FBT003 - the standard library's signature
    told = (channel, reader, worker, queue)
    loop.add_reader(channel.fileno(), _read_channel, *told, last_wish)
    _tell(channel, Listening(message.generation))
    while True:
        match await queue.get():
            case NewPlan() as plan:
                await worker.swap(plan)
                _tell(channel, Listening(plan.generation))
            case Drain(timeout_s):
                await worker.drain(timeout_s)
                return
            case _:
                pass


def run_worker(  # noqa: PLR0913, PLR0917 - what a process needs, once
    options: ServiceOptions,
    message: NewPlan,
    sockets: Mapping[ListenerSpec, socket.socket],
    channel: socket.socket,
    base_contexts: BaseContexts,
    clock: Clock,
    counter: memoryview | None,
) -> None:
    """A worker process from its first instruction to its last."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    gc.collect()
    gc.freeze()  # what was inherited stays shared with the supervisor
    gc.set_threshold(20_000, 20, 20)  # requests make no cycles; look seldom

    async def main() -> None:
        worker = Worker(options, message, base_contexts, clock)
        await worker.listen(sockets)
        worker.start_ticking(counter)
        await serve_channel(worker, message, channel)

    run_loop(main())


def run_loop(main: Coroutine[object, object, None]) -> None:
    """Run a coroutine on uvloop, or on asyncio where it is not installed."""
    tell_surprises_rarely()
    try:
        import uvloop  # noqa: PLC0415 - a worker's alone
    except ImportError:
        asyncio.run(main)
        return
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)


def _read_channel(
    channel: socket.socket,
    reader: FrameReader,
    worker: Worker,
    queue: asyncio.Queue[Message],
    last_wish: Drain,
) -> None:
    try:
        is_open = reader.receive()
    except (BlockingIOError, InterruptedError):
        return
    for message in reader.messages():
        if isinstance(message, NewListeners):
            worker.hold(message, reader.take_descriptors(len(message.specs)))
        elif isinstance(message, Ping):
            _tell(channel, Pong())  # whatever waits in the queue
        else:
            queue.put_nowait(message)
    if not is_open:
        # Without a supervisor nothing could stop this worker any more.
        worker.state.loop.remove_reader(reader.fileno())
        queue.put_nowait(last_wish)


def _tell(channel: socket.socket, message: Message) -> None:
    with contextlib.suppress(OSError):
        channel.sendall(encode_frame(message))
