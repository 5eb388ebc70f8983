"""Workers seen from the supervisor: who owes an answer, and how long."""

from __future__ import annotations

import selectors
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bindctl.server.service.worker_pool import (
    START_SILENCE_S,
    WorkerPool,
    WorkerProcess,
)
from bindctl.server.worker.frames import (
    FrameReader,
    Listening,
    Ping,
    Pong,
    encode_frame,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SILENCE_S = 3.0


class Watched:
    """A pool with one worker that only a test answers for."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """The process does nothing."""
        self.process = process
        self.selector = selectors.DefaultSelector()
        self.pool = WorkerPool(1, self.selector)
        ours, self.theirs = socket.socketpair()
        ours.setblocking(False)
        self.theirs.setblocking(False)
        self.reader = FrameReader(self.theirs)
        self.worker = WorkerProcess(process.pid, ours, 0, 0.0)
        self.pool.workers[process.pid] = self.worker
        self.selector.register(ours, selectors.EVENT_READ, self.worker)
        self.now = 1000.0

    def pass_seconds(self, count: int) -> None:
        """As the supervisor's rounds, each a second after the other."""
        for _each in range(count):
            self.now += 1
            self.pool.hear(self.worker)
            self.pool.watch(self.now, SILENCE_S)

    def asked(self) -> int:
        """How often the worker was asked since the last time."""
        try:
            self.reader.receive()
        except BlockingIOError:
            return 0
        return sum(isinstance(message, Ping) for message in self.reader.messages())

    def say(self, message: Listening | Pong) -> None:
        """As the worker."""
        self.theirs.sendall(encode_frame(message))

    @property
    def hung(self) -> object:
        """How many were killed."""
        return self.pool.report()["hung_workers"]


@pytest.fixture
def watched() -> Iterator[Watched]:
    """A worker that has just begun to listen."""
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE
    ) as process:
        made = Watched(process)
        made.say(Listening(0))
        try:
            yield made
        finally:
            process.kill()
            made.theirs.close()
            made.worker.channel.close()
            made.selector.close()


def test_who_answers_is_left_alone(watched: Watched) -> None:
    """Workers would be killed one after another."""
    for _each in range(10):
        watched.pass_seconds(int(SILENCE_S))
        assert watched.asked() == 1
        watched.say(Pong())
    assert watched.hung == 0


def test_who_does_not_is_killed(watched: Watched) -> None:
    """Its connections would wait for ever; and it is asked once, not for ever."""
    watched.pass_seconds(int(SILENCE_S))
    assert watched.hung == 0
    watched.pass_seconds(1)
    assert watched.hung == 1
    assert watched.asked() == 1
    assert watched.process.wait(20) < 0


def test_who_is_killed_counts_once(watched: Watched) -> None:
    """A process that the system is slow to end would look like many."""
    watched.pass_seconds(2 * int(SILENCE_S))
    assert watched.hung == 1


def test_time_that_the_supervisor_slept_does_not_count(watched: Watched) -> None:
    """A machine that wakes up would lose every connection."""
    watched.pass_seconds(2)
    watched.now += 3600
    watched.pass_seconds(1)
    assert watched.hung == 0
    watched.say(Pong())
    watched.pass_seconds(int(SILENCE_S))
    assert watched.hung == 0


def test_many_rounds_in_a_second_are_one(watched: Watched) -> None:
    """A busy supervisor would count faster."""
    watched.pass_seconds(1)
    for _each in range(100):
        watched.pool.watch(watched.now, SILENCE_S)
    assert watched.hung == 0
    assert watched.pool.watch_wait_s(watched.now) == 1.0


def test_who_starts_or_leaves_has_time(watched: Watched) -> None:
    """A worker with a hundred thousand sites would never come up, or drain."""
    watched.pool.hear(watched.worker)
    watched.worker.generation = -1
    watched.pass_seconds(int(START_SILENCE_S))
    assert watched.hung == 0
    watched.worker.is_leaving = True
    watched.pass_seconds(100)
    assert watched.hung == 0
