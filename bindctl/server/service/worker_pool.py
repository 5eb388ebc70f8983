"""Worker processes: makes, informs, watches and replaces them."""

from __future__ import annotations

import contextlib
import mmap
import os
import selectors
import signal
import socket
import traceback
from collections import deque
from typing import TYPE_CHECKING, Final

from bindctl.server.service.service_log import log_service, log_service_rarely
from bindctl.server.worker.frames import (
    MAX_DESCRIPTORS,
    Drain,
    FrameReader,
    Listening,
    NewListeners,
    NewPlan,
    Ping,
    Pong,
    encode_frame,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bindctl.server.worker.listeners import ListenerSpec

FIRST_BACKOFF_S: Final = 0.1
MAX_BACKOFF_S: Final = 5.0
STABLE_AFTER_S: Final = 5.0  # a worker that lived this long starts the backoff anew
START_SILENCE_S: Final = 30.0
_WATCH_S: Final = 1.0
_SLOT_OCTETS: Final = 8


class WorkerProcess:
    """One worker, seen from the supervisor.

    Attributes:
        pid: Its process.
        channel: The supervisor's end of the pair.
        generation: The last plan that it reported to use; -1 before the first.
        outbox: Octets that it has not taken yet, with their descriptors; the supervisor
            never waits for a worker to read.
        is_leaving: It has been told to end.
        silent_s: Seconds that it has owed an answer; ``None`` when it owes none.
    """

    def __init__(
        self, pid: int, channel: socket.socket, slot: int, born: float
    ) -> None:
        """A worker just forked."""
        self.pid = pid
        self.channel = channel
        self.slot = slot
        self.born = born
        self.reader = FrameReader(channel)
        self.generation = -1
        self.outbox: deque[tuple[memoryview, list[int]]] = deque()
        self.is_leaving = False
        self.silent_s: int | None = None


class WorkerPool:
    """The workers of a service.

    Attributes:
        size: How many there should be.
        workers: Those that have not been reaped, by their pid.
    """

    def __init__(self, size: int, selector: selectors.BaseSelector) -> None:
        """No worker yet; channels will be registered with `selector`."""
        self.size = size
        self.workers: dict[int, WorkerProcess] = {}
        self._hung = 0  # were killed because they did not answer
        self._watch_at = 0.0
        self._selector = selector
        self._counters = mmap.mmap(-1, size * _SLOT_OCTETS)
        self._backoff_s = 0.0
        self._not_before = 0.0

    @property
    def connections(self) -> int:
        """Open connections, as the workers counted them in the last second."""
        view = memoryview(self._counters).cast("Q")
        return sum(view[worker.slot] for worker in self.workers.values())

    def missing(self) -> int:
        """How many workers are to be forked."""
        return self.size - len(self.workers)

    def have_all(self, generation: int) -> bool:
        """Whether every worker has put that plan in force."""
        workers = self.workers.values()
        return all(worker.generation == generation for worker in workers)

    def wait_s(self, now: float) -> float:
        """Seconds until a worker may be forked."""
        return max(0.0, self._not_before - now)

    def spawn(
        self, run: Callable[[socket.socket, memoryview], None], now: float
    ) -> WorkerProcess | None:
        """Fork a worker that runs `run` on its end of the channel.

        `run` must close what belongs to the supervisor; this method closes what belongs
        to the pool.

        Returns:
            The worker; ``None`` when the system has no process or descriptor left.
            Then the next may be forked after a growing pause.
        """
        used = {worker.slot for worker in self.workers.values()}
        slot = next(slot for slot in range(self.size) if slot not in used)
        counter = memoryview(self._counters)
        counter = counter[slot * _SLOT_OCTETS : (slot + 1) * _SLOT_OCTETS]
        counter[:] = bytes(_SLOT_OCTETS)
        try:
            ours, theirs, pid = _fork_with_channel()
        except OSError as error:
            cause = error.strerror or str(error)
            log_service_rarely("fork", f"a worker cannot be forked: {cause}")
            self._delay_next(now)
            return None
        if pid == 0:
            self._become_worker(ours, lambda: run(theirs, counter))
        theirs.close()
        ours.setblocking(False)  # noqa: FBT003 - the standard library's signature
        worker = WorkerProcess(pid, ours, slot, now)
        self.workers[pid] = worker
        self._selector.register(ours, selectors.EVENT_READ, worker)
        return worker

    def _become_worker(self, ours: socket.socket, run: Callable[[], None]) -> None:
        # Whatever happens, this process must never return into the supervisor's code.
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            ours.close()
            for worker in self.workers.values():
                worker.channel.close()
            run()
            status = 0
        except BaseException:  # noqa: BLE001 - the last frame of this process
            log_service(f"worker failed: {traceback.format_exc()}")
        finally:
            os._exit(status)

    def send_plan(
        self,
        worker: WorkerProcess,
        frame: bytes,
        sockets: Sequence[tuple[ListenerSpec, socket.socket]],
    ) -> None:
        """Send new sockets and the plan, as fast as the worker takes them."""
        for start in range(0, len(sockets), MAX_DESCRIPTORS):
            part = sockets[start : start + MAX_DESCRIPTORS]
            specs = tuple(spec for spec, _socket in part)
            descriptors = [each.fileno() for _spec, each in part]
            held = encode_frame(NewListeners(specs))
            worker.outbox.append((memoryview(held), descriptors))
        worker.outbox.append((memoryview(frame), []))
        self.flush(worker)

    def flush(self, worker: WorkerProcess) -> None:
        """Send as much as the worker takes now; without a channel it is killed."""
        outbox = worker.outbox
        try:
            while outbox:
                view, descriptors = outbox[0]
                sent = socket.send_fds(worker.channel, [view], descriptors)
                if sent < len(view):
                    outbox[0] = (view[sent:], [])
                else:
                    outbox.popleft()
        except (BlockingIOError, InterruptedError):
            pass
        except OSError as error:
            log_service(f"worker {worker.pid} cannot be reached: {error}")
            self.kill(worker)
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if outbox else 0)
        with contextlib.suppress(KeyError, ValueError):
            self._selector.modify(worker.channel, events, worker)

    def tell_all_to_drain(self, timeout_s: float) -> None:
        """Tell every worker to end."""
        frame = encode_frame(Drain(timeout_s))
        for worker in self.workers.values():
            worker.is_leaving = True
            worker.outbox.append((memoryview(frame), []))
            self.flush(worker)

    def report(self) -> dict[str, object]:
        """Their part of a status, ready for JSON."""
        return {
            "workers": sorted(self.workers),
            "connections": self.connections,
            "hung_workers": self._hung,
        }

    def watch_wait_s(self, now: float) -> float:
        """Seconds until `watch` has something to do."""
        return max(0.0, self._watch_at - now)

    def watch(self, now: float, silence_s: float) -> None:
        """Once a second: ask every worker for an answer; kill one that owes it too long.

        To be called after their messages were read. It counts its own calls, not the
        clock: if the machine, or the service, was stopped for an hour, no worker is
        late.

        Args:
            now: The time, monotonic.
            silence_s: How long is too long; a worker that starts has more time.
        """
        if now < self._watch_at:
            return
        self._watch_at = now + _WATCH_S
        for worker in tuple(self.workers.values()):
            if worker.is_leaving:
                continue
            if worker.silent_s is None:
                worker.silent_s = 0
                worker.outbox.append((memoryview(encode_frame(Ping())), []))
                self.flush(worker)
                continue
            worker.silent_s += 1
            limit_s = silence_s if worker.generation >= 0 else START_SILENCE_S
            if worker.silent_s >= limit_s:
                log_service(
                    f"worker {worker.pid} has not answered for {worker.silent_s} s; "
                    "it is killed"
                )
                self._hung += 1
                worker.silent_s = 0
                self.kill(worker)

    def kill(self, worker: WorkerProcess) -> None:
        """End a worker at once; `reap` finds it later."""
        worker.outbox.clear()
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker.pid, signal.SIGKILL)

    def hear(self, worker: WorkerProcess) -> None:
        """Read the messages of a worker."""
        try:
            is_open = worker.reader.receive()
        except (BlockingIOError, InterruptedError):
            return
        if not is_open:
            self._forget_channel(worker)
            if not worker.is_leaving:
                self.kill(worker)  # a worker that takes no messages is useless
            return
        for message in worker.reader.messages():
            if isinstance(message, Listening):
                worker.generation = message.generation
            elif isinstance(message, Pong):
                worker.silent_s = None

    def reap(self, now: float) -> None:
        """Forget workers that have ended."""
        for worker in tuple(self.workers.values()):
            try:
                pid, status = os.waitpid(worker.pid, os.WNOHANG)
            except ChildProcessError:
                pid, status = worker.pid, 0
            if pid == 0:
                continue
            del self.workers[worker.pid]
            self._forget_channel(worker)
            if not worker.is_leaving:
                if now - worker.born >= STABLE_AFTER_S:
                    self._backoff_s = 0.0
                self._delay_next(now)
                code = os.waitstatus_to_exitcode(status)
                log_service(f"worker {pid} ended with {code}; it is replaced")

    def _delay_next(self, now: float) -> None:
        self._not_before = now + self._backoff_s
        grown = max(FIRST_BACKOFF_S, self._backoff_s * 2)
        self._backoff_s = min(MAX_BACKOFF_S, grown)

    def _forget_channel(self, worker: WorkerProcess) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(worker.channel)
        worker.channel.close()


def _fork_with_channel() -> tuple[socket.socket, socket.socket, int]:
    """Both ends of a pair, and the result of `fork`; nothing stays open if it fails."""
    ours, theirs = socket.socketpair()
    try:
        return ours, theirs, os.fork()
    except OSError:
        ours.close()
        theirs.close()
        raise


def plan_frame(message: NewPlan) -> bytes:
    """The octets of a plan: made once, sent to every worker."""
    return encode_frame(message)


def new_sockets(
    specs: Sequence[ListenerSpec],
    known: Sequence[ListenerSpec],
    sockets: Mapping[ListenerSpec, socket.socket],
) -> list[tuple[ListenerSpec, socket.socket]]:
    """The sockets that workers which know `known` need in order to serve `specs`."""
    old = set(known)
    return [
        (spec, sockets[spec]) for spec in specs if spec not in old and spec in sockets
    ]
