"""The supervisor: sockets, plan, workers, signals and control; it serves no request.

1. One thread and no event loop of asyncio's: forking is safe at any time.
2. A plan is in force in all workers or in none: one that cannot be loaded changes
   nothing.
3. The files in the runtime directory are true, and are removed when the service ends.
4. A failure while a request or a signal is obeyed does not end the service.

Where `fork` is missing, one process does it all, without a control socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import selectors
import signal
import socket
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bindctl.findings.errors import BindctlError
from bindctl.server.service.active_plan import InForce, Planner
from bindctl.server.service.control_server import ControlRequest, ControlServer
from bindctl.server.service.runtime_files import RuntimeDirectory, StateFolder
from bindctl.server.service.service_log import SYSTEM_CLOCK, log_service
from bindctl.server.service.signal_mailbox import STOP_SIGNALS, SignalMailbox
from bindctl.server.service.status_report import (
    error_report,
    report_of,
    site_report,
    status_report,
    tell_served,
)
from bindctl.server.service.worker_pool import (
    WorkerPool,
    WorkerProcess,
    new_sockets,
    plan_frame,
)
from bindctl.server.tls.handshake import make_base_contexts
from bindctl.server.worker.listeners import ListenerSet, ListenerSpec, widest
from bindctl.server.worker.worker import Worker, run_loop, run_worker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bindctl.server.service.preparation import LoadConfiguration
    from bindctl.server.service.service_log import Clock
    from bindctl.server.service.service_plan import ServiceOptions, ServicePlan
    from bindctl.server.worker.frames import NewPlan

READY_TIMEOUT_S: Final = 30.0
ACKNOWLEDGE_TIMEOUT_S: Final = 5.0
KILL_GRACE_S: Final = 1.0  # after the drain: a worker that is late is killed
_PLAN_OCTETS_PER_S: Final = (
    1 << 20
)  # a worker takes ten times as much, if not disturbed


def run_supervisor(
    options: ServiceOptions,
    load: LoadConfiguration,
    on_ready: Callable[[ServicePlan, tuple[ListenerSpec, ...]], None],
    folder: StateFolder,
    *,
    clock: Clock = SYSTEM_CLOCK,
) -> int:
    """Serve until told to stop; the exit status.

    Args:
        options: How to run.
        load: Reads the metabase.
        on_ready: Called once, when connections are answered.
        folder: Where pid, states, lock and control socket are, open.
        clock: The source of time.

    Raises:
        BindctlError: The metabase cannot be read, or no worker comes up.
    """
    _raise_descriptor_limit()
    with RuntimeDirectory(folder) as runtime:
        options = replace(options, probe_secret=runtime.make_probe_secret())
        if not hasattr(os, "fork"):
            return run_in_process(options, load, on_ready, runtime, clock)
        return Supervisor(options, load, runtime, clock).run(on_ready)


def _raise_descriptor_limit() -> None:
    """As many connections as the system allows; the usual soft limit is 1024."""
    try:
        import resource  # noqa: PLC0415 - missing on Windows
    except ImportError:
        return
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def run_in_process(
    options: ServiceOptions,
    load: LoadConfiguration,
    on_ready: Callable[[ServicePlan, tuple[ListenerSpec, ...]], None],
    runtime: RuntimeDirectory,
    clock: Clock,
) -> int:
    """Serve in this process alone until interrupted; the exit status.

    A change of the metabase needs a stop and a start.
    """
    listeners = ListenerSet()
    message = Planner(load, listeners, options, clock).first().message
    plan, specs = message.plan, message.specs
    runtime.write_pid()
    runtime.write_states(plan.statuses)

    async def main() -> None:
        worker = Worker(options, message, make_base_contexts(), clock)
        await worker.listen(listeners.find_all(specs))
        worker.start_ticking()
        try:
            on_ready(plan, specs)
            await _until_signalled()
        finally:  # uvloop does not end while connections are open
            await worker.drain(options.drain_timeout_s)

    with contextlib.suppress(KeyboardInterrupt):
        run_loop(main())
    return 0


async def _until_signalled() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:
            # The loop of Windows has no signal handlers: the interrupt arrives as an
            # exception.
            continue
    await stop.wait()


class Supervisor:
    """A running service."""

    def __init__(
        self,
        options: ServiceOptions,
        load: LoadConfiguration,
        runtime: RuntimeDirectory,
        clock: Clock,
    ) -> None:
        """Nothing is opened before `run`."""
        self._options = options
        self._runtime = runtime
        self._clock = clock
        self._listeners = ListenerSet()
        self._planner = Planner(load, self._listeners, options, clock)
        # `_core` has the sockets that matter while waiting for workers, `_front` all of
        # them.
        self._core = selectors.DefaultSelector()
        self._front = selectors.DefaultSelector()
        self._pool = WorkerPool(max(1, options.workers), self._core)
        self._base_contexts = make_base_contexts()
        self._stop_clients: list[socket.socket] = []
        self._waiting: deque[tuple[socket.socket, ControlRequest]] = deque()
        self._is_stopping = False
        self._started_at = 0
        self._in_force: InForce
        self._control: ControlServer | None = None
        self._signals: SignalMailbox

    def run(
        self, on_ready: Callable[[ServicePlan, tuple[ListenerSpec, ...]], None]
    ) -> int:
        """Serve until told to stop."""
        self._signals = SignalMailbox()
        self._core.register(self._signals, selectors.EVENT_READ, None)
        try:
            self._start()
            message = self._in_force.message
            on_ready(message.plan, widest(message.specs))
            while not self._is_stopping:
                self._serve_once()
            self._listeners.close()
            self._stop_workers()
            self._answer_stop()
        finally:
            self._close()
        return 0

    # --- life ---

    def _start(self) -> None:
        self._started_at = int(self._clock.now())
        self._in_force = self._planner.first()
        message = self._in_force.message
        self._listeners.keep_only(message.specs)
        self._runtime.write_pid()
        self._runtime.write_states(message.plan.statuses)
        self._control = ControlServer(self._runtime.open_control(), self._front)
        self._front.register(self._core, selectors.EVENT_READ)
        deadline = self._clock.monotonic() + READY_TIMEOUT_S
        while not (self._are_all_listening() or self._signals.pending):
            self._fork_missing()
            now = self._clock.monotonic()
            if now >= deadline:
                message_text = "no worker came up"
                raise BindctlError("SRV003", message_text, "the service log says why")
            pause_s = self._pool.wait_s(now) if self._pool.missing() else deadline - now
            self._turn(min(pause_s, deadline - now))

    def _serve_once(self) -> None:
        now = self._clock.monotonic()
        wait_s = 0.0 if self._waiting else self._pool.watch_wait_s(now)
        if self._pool.missing():
            wait_s = min(wait_s, self._pool.wait_s(now))
        self._listen_to_control(wait_s)
        self._turn(0)
        self._pool.watch(self._clock.monotonic(), self._options.worker_silence_s)
        self._obey_signals()
        while self._waiting and not self._is_stopping:
            self._obey(*self._waiting.popleft())
        if self._runtime.states_are_stale:  # this comes round once a second
            self._runtime.write_states(self._in_force.message.plan.statuses)
        self._fork_missing()

    def _listen_to_control(self, timeout_s: float) -> None:
        """Answer requests that can be answered at any time; the others wait."""
        for key, _events in self._front.select(timeout_s):
            if isinstance(key.fileobj, socket.socket) and self._control is not None:
                for client, request in self._control.ready(key.fileobj):
                    if request.command == "stop":
                        self._stop_clients.append(client)
                        self._is_stopping = True
                    elif request.command == "status":
                        self._control.answer(client, self._status())
                    else:
                        self._waiting.append((client, request))

    def _obey_signals(self) -> None:
        signals = self._signals.take()
        if signals & STOP_SIGNALS:
            self._is_stopping = True
        elif signal.SIGHUP in signals:
            answer = report_of(lambda: self._reset(is_hard=False))
            if answer["ok"] is False:
                log_service(f"reset refused: {answer['code']} {answer['message']}")

    def _obey(self, client: socket.socket, request: ControlRequest) -> None:
        answer = report_of(lambda: self._fulfil(request))
        if self._control is not None:
            self._control.answer(client, answer)

    def _fulfil(self, request: ControlRequest) -> Mapping[str, object]:
        match request.command:
            case "site":
                return self._change_site(request.site, request.action)
            case "served":
                return tell_served(self._runtime, self._in_force, self._options)
            case "revert":
                return self._revert()
            case _:
                return self._reset(is_hard=request.is_hard)

    def _status(self) -> dict[str, object]:
        return status_report(
            self._in_force,
            port_offset=self._options.port_offset,
            started_at=self._started_at,
            workers=self._pool.report(),
        )

    def _stop_workers(self) -> None:
        timeout_s = self._options.drain_timeout_s
        self._pool.tell_all_to_drain(timeout_s)
        longest_s = timeout_s + KILL_GRACE_S
        self._wait(lambda: not self._pool.workers, longest_s, obliging=True)
        for worker in tuple(self._pool.workers.values()):
            log_service(f"worker {worker.pid} did not end in time; it is killed")
            self._pool.kill(worker)
        self._wait(lambda: not self._pool.workers, KILL_GRACE_S)

    def _answer_stop(self) -> None:
        # The files are removed first: the client may start another service at once.
        self._runtime.remove_files()
        if self._control is not None:
            for client in self._stop_clients:
                self._control.answer(client, {"ok": True, "pid": os.getpid()})
            refusal = error_report(BindctlError("SRV001", "the service is stopping"))
            for client, _request in self._waiting:
                self._control.answer(client, refusal)

    def _close(self) -> None:
        for worker in self._pool.workers.values():
            self._pool.kill(worker)
        self._wait(lambda: not self._pool.workers, KILL_GRACE_S)
        if self._control is not None:
            self._control.close()
        self._listeners.close()
        self._signals.close()
        self._core.close()
        self._front.close()

    # --- reset, and one site ---

    def _reset(self, *, is_hard: bool) -> Mapping[str, object]:
        """Read the metabase again and put it in force.

        Raises:
            BindctlError: It cannot be read; the old plan stays in force.
        """
        self._put_in_force(self._planner.reset(self._in_force), is_hard=is_hard)
        return self._status()

    def _revert(self) -> Mapping[str, object]:
        """Bring back the plan before the last reset.

        Raises:
            BindctlError: SRV006, it was not kept; SRV003, it cannot be made again.
        """
        self._put_in_force(self._planner.revert(self._in_force), is_hard=False)
        return self._status()

    def _put_in_force(self, new: InForce, *, is_hard: bool) -> None:
        old = self._in_force.message
        frame = plan_frame(new.message)
        self._in_force = new
        if is_hard:
            self._stop_workers()
        else:
            self._send_to_workers(old, frame)
        self._settle()

    def _change_site(self, identifier: int, action: str) -> Mapping[str, object]:
        """Start, stop, pause or continue one site.

        Raises:
            BindctlError: There is no such site, or it refuses.
        """
        old = self._in_force.message
        outcome = self._planner.change_site(self._in_force, identifier, action)
        new = outcome.in_force.message
        if new.generation != old.generation:
            frame = plan_frame(new)
            self._in_force = outcome.in_force
            self._send_to_workers(old, frame)
            self._settle()
        elif new is not old:
            self._in_force = outcome.in_force
            self._runtime.write_states(new.plan.statuses)
        if outcome.refusal is not None:
            raise outcome.refusal
        return {"ok": True, "site": site_report(outcome.status)}

    def _send_to_workers(self, old: NewPlan, frame: bytes) -> None:
        message = self._in_force.message
        sockets = self._listeners.find_all(message.specs)
        added = new_sockets(message.specs, old.specs, sockets)
        for worker in tuple(self._pool.workers.values()):
            self._pool.send_plan(worker, frame, added)
        self._wait_for_workers(len(frame) / _PLAN_OCTETS_PER_S)
        if self._is_asked_to_stop():
            return
        for worker in tuple(self._pool.workers.values()):
            if worker.generation != message.generation:
                log_service(f"worker {worker.pid} keeps an old plan; it is killed")
                self._pool.kill(worker)

    def _settle(self) -> None:
        """Close what only the old plan needed, and report what is in force."""
        message = self._in_force.message
        self._listeners.keep_only(message.specs)
        self._runtime.write_states(message.plan.statuses)
        self._fork_missing()
        self._wait_for_workers()

    def _wait_for_workers(self, more_s: float = 0.0) -> None:
        self._wait(
            lambda: self._have_all_acknowledged() or self._is_asked_to_stop(),
            ACKNOWLEDGE_TIMEOUT_S + more_s,
            obliging=True,
        )

    def _is_asked_to_stop(self) -> bool:
        return self._is_stopping or self._signals.asks_to_stop

    # --- workers ---

    def _fork_missing(self) -> None:
        now = self._clock.monotonic()
        while not self._is_stopping and self._pool.missing():
            if self._pool.wait_s(now) > 0:
                return
            if self._pool.spawn(self._run_worker, now) is None:
                return

    def _run_worker(self, channel: socket.socket, counter: memoryview) -> None:
        """In the new process: close what belongs to the supervisor, and serve."""
        self._core.close()
        self._front.close()
        self._signals.forget()
        if self._control is not None:
            self._control.forget()
        self._runtime.forget_lock()
        run_worker(
            self._options,
            self._in_force.message,
            self._listeners.find_all(self._in_force.message.specs),
            channel,
            self._base_contexts,
            self._clock,
            counter,
        )

    def _are_all_listening(self) -> bool:
        return not self._pool.missing() and self._have_all_acknowledged()

    def _have_all_acknowledged(self) -> bool:
        return self._pool.have_all(self._in_force.message.generation)

    def _wait(
        self, is_done: Callable[[], bool], timeout_s: float, *, obliging: bool = False
    ) -> None:
        """Watch the workers until `is_done`, or until the time is over.

        Args:
            is_done: Asked again and again.
            timeout_s: Longest wait.
            obliging: Whether to answer on the control socket meanwhile.
        """
        deadline = self._clock.monotonic() + timeout_s
        while not is_done():
            left = deadline - self._clock.monotonic()
            if left <= 0:
                return
            if obliging:
                self._listen_to_control(left)
            self._turn(0 if obliging else left)

    def _turn(self, timeout_s: float) -> None:
        """Read messages of workers and note signals; signals are obeyed later."""
        for key, events in self._core.select(timeout_s):
            if isinstance(key.data, WorkerProcess):
                if events & selectors.EVENT_WRITE:
                    self._pool.flush(key.data)
                if events & selectors.EVENT_READ:
                    self._pool.hear(key.data)
            else:
                self._signals.collect()
        if self._signals.take_one(signal.SIGCHLD):
            self._pool.reap(self._clock.monotonic())
