"""A worker and its supervisor's words, without a process."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bindctl.bindings.listen_list import ALL_IPV4
from bindctl.server.service.service_plan import ServiceOptions
from bindctl.server.worker import worker as worker_module
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
from bindctl.server.worker.worker import COUNTER, Worker, serve_channel
from tests.unit.server.serving import CONTENT, SPECS, FakeClock, make_plan

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bindctl.server.worker.listeners import ListenerSpec

OPTIONS = ServiceOptions(1, drain_timeout_s=0.0)
CLEAR = SPECS[0]
GET = b"GET / HTTP/1.1\r\nHost: s1\r\n\r\n"


def listening() -> tuple[ListenerSpec, socket.socket]:
    """A socket of the loopback, and what a plan calls it."""
    opened = socket.create_server(("127.0.0.1", 0))
    opened.setblocking(False)
    return replace(CLEAR, real_port=opened.getsockname()[1]), opened


def plan(generation: int, *specs: ListenerSpec) -> NewPlan:
    """Site 1 on those sockets."""
    return NewPlan(generation, make_plan(CONTENT), specs)


def make_worker(message: NewPlan) -> Worker:
    """A worker that serves it."""
    return Worker(OPTIONS, message, (), FakeClock(1e9))


async def ask(spec: ListenerSpec) -> bytes:
    """The first line of an answer there."""
    reader, writer = await asyncio.open_connection("127.0.0.1", spec.real_port)
    writer.write(GET)
    async with asyncio.timeout(20):
        line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return line


def is_refused(spec: ListenerSpec) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as client:
        address = ("127.0.0.1", spec.real_port)
        return client.connect_ex(address) == errno.ECONNREFUSED


def test_new_sockets_are_used_from_the_plan_on() -> None:
    """A site would answer before its plan is in force, or never."""

    async def main() -> None:
        old, opened = listening()
        new, added = listening()
        unwanted, surplus = listening()
        worker = make_worker(plan(1, old))
        await worker.listen({old: opened})
        specs = (new, unwanted)
        descriptors = [os.dup(each.fileno()) for each in (added, surplus)]
        added.close()
        surplus.close()
        worker.hold(NewListeners(specs), descriptors)
        assert (await ask(old)).startswith(b"HTTP/1.1 404 ")
        await worker.swap(plan(2, new))
        assert (await ask(new)).startswith(b"HTTP/1.1 404 ")
        await asyncio.sleep(0)
        assert is_refused(old)
        assert is_refused(unwanted)
        await worker.drain(0.0)
        assert is_refused(new)

    asyncio.run(main())


def test_a_wider_socket_is_served_a_moment_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Connections that were half made would be reset."""
    waited = []

    async def note(seconds: float) -> None:
        waited.append(seconds)

    async def main() -> None:
        narrow, opened = listening()
        wide = replace(narrow, address=ALL_IPV4)
        worker = make_worker(plan(1, wide))
        await worker.listen({wide: opened})
        other = opened.dup()
        worker.hold(NewListeners((narrow,)), [other.detach()])
        monkeypatch.setattr(worker_module.asyncio, "sleep", note)
        await worker.swap(plan(2, narrow))
        assert waited == [worker_module.HANDOVER_S]
        await worker.swap(plan(3))
        assert len(waited) == 1
        await worker.drain(0.0)

    asyncio.run(main())


def test_a_drain_is_bounded_and_closes_what_is_left() -> None:
    """A client that sends half a request would keep the service from ending."""

    async def main() -> None:
        spec, opened = listening()
        worker = make_worker(plan(1, spec))
        await worker.listen({spec: opened})
        worker.start_ticking(memoryview(counter := bytearray(COUNTER.size)))
        with socket.create_connection(("127.0.0.1", spec.real_port)) as client:
            client.sendall(GET[:9])
            async with asyncio.timeout(20):
                while all(each.quiet for each in worker.state.connections):  # noqa: ASYNC110 - no event tells
                    await asyncio.sleep(0)
            worker.start_ticking(memoryview(counter))
            assert COUNTER.unpack(counter) == (1,)
            await worker.drain(0.0)
            await asyncio.sleep(0)
            assert not worker.state.connections
            assert client.recv(1) == b""

    asyncio.run(main())


@asynccontextmanager
async def obeying(
    generation: int = 1,
) -> AsyncIterator[tuple[socket.socket, FrameReader, asyncio.Task[None], ListenerSpec]]:
    """A worker that hears its supervisor's end of the pair."""
    spec, opened = listening()
    message = plan(generation, spec)
    worker = make_worker(message)
    await worker.listen({spec: opened})
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            task = group.create_task(serve_channel(worker, message, theirs))
            yield ours, FrameReader(ours), task, spec
        asyncio.get_running_loop().remove_reader(theirs.fileno())


async def hear(reader: FrameReader) -> Message:
    """The next word of the worker."""
    while True:
        try:
            reader.receive()
        except BlockingIOError:
            await asyncio.sleep(0)
        for message in reader.messages():
            return message


@pytest.mark.parametrize("ending", ["drain", "gone", "signal"])
def test_what_a_worker_says_and_when_it_ends(ending: str) -> None:
    """The supervisor would take it for hung; or a worker live on without one."""

    async def main() -> None:
        async with obeying(7) as (ours, reader, task, spec):
            assert await hear(reader) == Listening(7)
            ours.sendall(encode_frame(Ping()))
            assert await hear(reader) == Pong()
            ours.sendall(encode_frame(plan(8, spec)))
            assert await hear(reader) == Listening(8)
            assert not task.done()
            if ending == "drain":
                ours.sendall(encode_frame(Drain(0.0)))
            elif ending == "gone":
                ours.close()
            else:
                os.kill(os.getpid(), signal.SIGTERM)
            await task
            assert is_refused(spec)

    asyncio.run(main())


def test_sockets_come_with_the_words_about_them() -> None:
    """A worker would listen on the wrong one, or keep them open for nothing."""

    async def main() -> None:
        async with obeying() as (ours, reader, _task, old):
            assert await hear(reader) == Listening(1)
            new, opened = listening()
            frame = encode_frame(NewListeners((new,)))
            socket.send_fds(ours, [frame], [opened.fileno()])
            opened.close()
            ours.sendall(encode_frame(plan(2, old, new)))
            assert await hear(reader) == Listening(2)
            for spec in (old, new):
                assert (await ask(spec)).startswith(b"HTTP/1.1 404 ")
            ours.sendall(encode_frame(Drain(0.0)))

    asyncio.run(main())
