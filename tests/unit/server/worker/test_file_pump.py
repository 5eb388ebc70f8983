"""A file on its way to a client, by either way."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import TYPE_CHECKING, Any

import pytest

from bindctl.server.worker import file_pump
from bindctl.server.worker.file_pump import (
    COPY_OCTETS,
    TURN_OCTETS,
    CopyPump,
    SendfilePump,
    make_pump,
)
from tests.unit.server.serving import FakeTransport

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DATA = bytes(range(256)) * (9 * TURN_OCTETS // 1024)  # two turns and a quarter


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[], int]:
    """Opens a file with `DATA`."""
    path = tmp_path / "file"
    path.write_bytes(DATA)
    return lambda: os.open(path, os.O_RDONLY)


def is_closed(descriptor: int) -> bool:
    """Whether nobody has it open."""
    try:
        os.fstat(descriptor)
    except OSError:
        return True
    return False


async def turns(count: int) -> None:
    """Let the event loop turn."""
    for _each in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize("span", [(0, len(DATA)), (5, 300), (7, 0)])
def test_a_copy_is_whole_and_lets_others_have_their_turn(
    opened: Callable[[], int], span: tuple[int, int]
) -> None:
    """One download would stop the worker, or a range be another one."""

    async def main() -> None:
        sink, ends = FakeTransport(), []
        pump = CopyPump(sink, descriptor := opened(), span, b"head")
        pump.start(ends.append)
        assert len(sink.octets) <= len(b"head") + TURN_OCTETS
        await turns(5)
        assert sink.octets == b"head" + DATA[span[0] : sum(span)]
        assert (ends, pump.moved) == ([True], len(sink.octets))
        assert pump.has_moved is (span[1] > 0)
        assert is_closed(descriptor)

    asyncio.run(main())


def test_a_client_that_takes_nothing_is_sent_nothing(
    opened: Callable[[], int],
) -> None:
    """The file would wait in memory, once for each client."""

    async def main() -> None:
        sink, ends = FakeTransport(), []
        pump = CopyPump(sink, opened(), (0, len(DATA)), b"")

        def write(data: bytes) -> None:
            sink.octets += data
            pump.is_paused = bool(data)  # as the connection does

        sink.write = write  # type: ignore[method-assign] # it is full at once
        pump.start(ends.append)
        await turns(5)
        assert len(sink.octets) == COPY_OCTETS
        pump.is_paused = False
        pump.turn()
        assert len(sink.octets) == 2 * COPY_OCTETS
        pump.cancel()
        await turns(5)
        assert (ends, len(sink.octets)) == ([], 2 * COPY_OCTETS)

    asyncio.run(main())


def test_a_write_may_end_the_pump(opened: Callable[[], int]) -> None:
    """A connection that breaks at a write would be told twice of the end."""

    async def main() -> None:
        sink, ends = FakeTransport(), []
        pump = CopyPump(sink, opened(), (0, 100), b"")
        sink.write = lambda data: data and pump.cancel()  # type: ignore[method-assign,assign,return-value] # as when it is lost
        pump.start(ends.append)
        assert ends == []

    asyncio.run(main())


@pytest.mark.parametrize("way", ["copy", "sendfile"])
def test_a_file_that_has_shrunk_is_not_whole(
    opened: Callable[[], int], tmp_path: Path, way: str
) -> None:
    """The client would take half of it for all."""

    async def main() -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ends: list[bool] = []
            descriptor, span = opened(), (0, len(DATA))
            os.truncate(tmp_path / "file", 100)
            pump: file_pump.FilePump = (
                CopyPump(FakeTransport(), descriptor, span, b"h")
                if way == "copy"
                else SendfilePump(
                    FakeTransport(), descriptor, span, b"h", os.dup(ours.fileno())
                )
            )
            pump.start(ends.append)
            assert (ends, pump.moved) == ([False], 101)
            assert is_closed(descriptor)

    asyncio.run(main())


def test_sendfile_waits_for_what_is_queued_and_for_a_full_socket(
    opened: Callable[[], int],
) -> None:
    """The file would overtake its head, or the worker wait for one client."""

    async def main() -> None:
        ours, theirs = socket.socketpair()
        loop = asyncio.get_running_loop()
        for end in (ours, theirs):
            end.setblocking(False)
        with ours, theirs:
            sink, ends = FakeTransport(), []
            sink.waiting = 1
            duplicate = os.dup(ours.fileno())
            pump = SendfilePump(sink, opened(), (0, len(DATA)), b"head", duplicate)
            pump.start(ends.append)
            assert (ends, pump.moved) == ([], len(b"head"))
            assert not pump.has_moved
            sink.waiting = 0
            pump.turn()
            assert 0 < pump.moved < len(DATA)
            received = b""
            while len(received) < len(b"head") + len(DATA):
                received += await loop.sock_recv(theirs, 1 << 20)
            await turns(2)
            assert received == b"head" + DATA
            assert ends == [True]
            assert is_closed(duplicate)

    asyncio.run(main())


@pytest.mark.parametrize("is_full", [False, True])
def test_a_client_that_has_gone_ends_it(
    opened: Callable[[], int], *, is_full: bool
) -> None:
    """Descriptors of every download that was broken off would stay open."""

    async def main() -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        ends: list[bool] = []
        descriptor, duplicate = opened(), os.dup(ours.fileno())
        with ours:
            pump = SendfilePump(
                FakeTransport(), descriptor, (0, len(DATA)), b"", duplicate
            )
            if is_full:
                pump.start(ends.append)
                pump.cancel()
                assert not asyncio.get_running_loop().remove_writer(duplicate)
                theirs.close()
                await turns(3)
                assert ends == []
            else:
                theirs.close()
                pump.start(ends.append)
                assert ends == [False]
            assert is_closed(descriptor)
            assert is_closed(duplicate)

    asyncio.run(main())


def test_which_way_a_file_goes(
    opened: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Octets would go past TLS in clear; or none go where descriptors have run out."""

    def exhausted(_descriptor: int) -> int:
        raise OSError

    async def main() -> None:
        with socket.socket() as raw:

            def kind(transport: Any, *, is_tls: bool = False) -> type:
                pump = make_pump(transport, opened(), (0, 1), b"", is_tls=is_tls)
                pump.cancel()
                return type(pump)

            plain = FakeTransport(socket=raw)
            assert kind(plain) is SendfilePump
            assert kind(plain, is_tls=True) is CopyPump
            assert kind(FakeTransport()) is CopyPump
            with monkeypatch.context() as patch:
                patch.setattr(os, "dup", exhausted)
                assert kind(plain) is CopyPump
            monkeypatch.setattr(file_pump, "CAN_SENDFILE", False)
            assert kind(plain) is CopyPump

    asyncio.run(main())
