"""The supervisor: sockets, plan, workers, signals and control; it serves no request.

1. One thread and no event loop of asyncio's: forking is safe at any time.
2. A plan is in force everywhere or nowhere: what cannot be loaded changes nothing.
3. The files in the runtime directory tell the truth, and go when the service does.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import traceback
from typing import TYPE_CHECKING, Final

from bindctl.findings.errors import BindctlError
from bindctl.server.clock import SYSTEM_CLOCK
from bindctl.server.control_server import ControlRequest, ControlServer
from bindctl.server.frames import NewPlan
from bindctl.server.in_process import run_in_process
from bindctl.server.listeners import ListenerSet, ListenerSpec
from bindctl.server.preparation import LoadPlan, open_plan
from bindctl.server.runtime_files import RuntimeDirectory
from bindctl.server.service_log import log_service
from bindctl.server.status_report import status_report
from bindctl.server.tls import make_base_context
from bindctl.server.worker import run_worker
from bindctl.server.worker_pool import (
    WorkerPool,
    WorkerProcess,
    new_sockets,
    plan_frame,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bindctl.server.clock import Clock
    from bindctl.server.options import ServiceOptions
    from bindctl.server.service_plan import ServicePlan

READY_TIMEOUT_S: Final = 30.0
ACKNOWLEDGE_TIMEOUT_S: Final = 15.0
KILL_GRACE_S: Final = 1.0  # beyond the drain: a worker that is late is killed
_SIGNALS: Final = tuple(
    getattr(signal, name)
    for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGCHLD")
    if hasattr(signal, name)  # Windows has the first two
)
_MAX_WAIT_S: Final = 60.0


def run_supervisor(
    options: ServiceOptions,
    load_plan: LoadPlan,
    on_ready: Callable[[ServicePlan, tuple[ListenerSpec, ...]], None],
    *,
    clock: Clock = SYSTEM_CLOCK,
) -> int:
    """Serve until told to stop; the exit status.

    Args:
        options: How to run.
        load_plan: Gives the plan, without the sites on ports that cannot be opened.
        on_ready: Called once, when connections are answered.
        clock: Where the time comes from.

    Raises:
        BindctlError: The plan cannot be loaded at start, another service runs for the
            metabase, or no worker comes up.
    """
    _raise_descriptor_limit()
    with RuntimeDirectory(options.runtime_directory) as runtime:
        if not hasattr(os, "fork"):
            return run_in_process(options, load_plan, on_ready, runtime, clock)
        return Supervisor(options, load_plan, runtime, clock).run(on_ready)


class Supervisor:
    """A running service."""

    def __init__(
        self,
        options: ServiceOptions,
        load_plan: LoadPlan,
        runtime: RuntimeDirectory,
        clock: Clock,
    ) -> None:
        """Nothing is opened before `run`."""
        self._options = options
        self._load_plan = load_plan
        self._runtime = runtime
        self._clock = clock
        self._listeners = ListenerSet()
        # `_core` is what matters while waiting for workers, `_front` is everything.
        self._core = selectors.DefaultSelector()
        self._front = selectors.DefaultSelector()
        self._pool = WorkerPool(max(1, options.workers), self._core)
        self._base_context = make_base_context()
        self._signals: set[int] = set()
        self._stop_clients: list[socket.socket] = []
        self._is_stopping = False
        self._started_at = 0
        self._message: NewPlan
        self._control: ControlServer | None = None
        self._wakeup: tuple[socket.socket, socket.socket]

    def run(
        self, on_ready: Callable[[ServicePlan, tuple[ListenerSpec, ...]], None]
    ) -> int:
        """Serve until told to stop."""
        old_handlers = self._install_signals()
        try:
            self._start()
            on_ready(self._message.plan, self._message.specs)
            while not self._is_stopping:
                self._serve_once()
            self._listeners.close()
            self._stop_workers()
            self._answer_stop()
        finally:
            self._close(old_handlers)
        return 0

    # --- life ---

    def _start(self) -> None:
        self._started_at = int(self._clock.now())
        plan, specs = open_plan(self._load_plan, self._listeners, self._options)
        self._listeners.keep_only(specs)
        self._message = NewPlan(1, plan, specs)
        self._runtime.write_pid()
        self._runtime.write_states(plan.statuses)
        self._control = ControlServer(self._runtime.open_control(), self._front)
        self._front.register(self._core, selectors.EVENT_READ)
        self._fork_missing()
        self._wait(self._are_all_listening, READY_TIMEOUT_S)
        if not self._are_all_listening() and not self._signals:
            message = "no worker came up"
            raise BindctlError("SRV003", message, "the service log says why")

    def _serve_once(self) -> None:
        wait_s = _MAX_WAIT_S
        if self._pool.missing():
            wait_s = self._pool.wait_s(self._clock.monotonic())
        ready = self._front.select(wait_s)
        self._turn(0)
        self._obey_signals()
        for key, _events in ready:
            if isinstance(key.fileobj, socket.socket) and self._control is not None:
                for client, request in self._control.ready(key.fileobj):
                    self._obey(client, request)
        self._fork_missing()

    def _obey_signals(self) -> None:
        signals, self._signals = self._signals, set()
        if signals & {signal.SIGTERM, signal.SIGINT}:
            self._is_stopping = True
        elif signal.SIGHUP in signals:
            try:
                self._reset(is_hard=False)
            except BindctlError as error:
                log_service(f"reset refused: {error.code} {error.message}")

    def _obey(self, client: socket.socket, request: ControlRequest) -> None:
        if request.command == "stop":
            self._stop_clients.append(client)
            self._is_stopping = True
            return
        answer: Mapping[str, object]
        try:
            if request.command == "reset":
                self._reset(is_hard=request.is_hard)
            answer = self._status()
        except BindctlError as error:
            answer = {
                "ok": False,
                "code": error.code,
                "message": error.message,
                "hint": error.hint,
            }
        if self._control is not None:
            self._control.answer(client, answer)

    def _status(self) -> dict[str, object]:
        return status_report(
            self._message,
            port_offset=self._options.port_offset,
            started_at=self._started_at,
            workers=sorted(self._pool.workers),
            connections=self._pool.connections,
        )

    def _stop_workers(self) -> None:
        timeout_s = self._options.drain_timeout_s
        self._pool.tell_all_to_drain(timeout_s)
        self._wait(lambda: not self._pool.workers, timeout_s + KILL_GRACE_S)
        for worker in tuple(self._pool.workers.values()):
            log_service(f"worker {worker.pid} did not end in time; it is killed")
            self._pool.kill(worker)
        self._wait(lambda: not self._pool.workers, KILL_GRACE_S)

    def _answer_stop(self) -> None:
        # The files go first: who asked may start another service at once.
        self._runtime.remove_files()
        if self._control is not None:
            for client in self._stop_clients:
                self._control.answer(client, {"ok": True, "pid": os.getpid()})

    def _close(self, old_handlers: Mapping[int, object]) -> None:
        for worker in self._pool.workers.values():
            self._pool.kill(worker)
        self._wait(lambda: not self._pool.workers, KILL_GRACE_S)
        if self._control is not None:
            self._control.close()
        self._listeners.close()
        signal.set_wakeup_fd(-1)
        for number, handler in old_handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type] # as it was given
        self._core.close()
        self._front.close()
        for end in self._wakeup:
            end.close()

    # --- reset ---

    def _reset(self, *, is_hard: bool) -> None:
        """Load the plan again and put it in force.

        Raises:
            BindctlError: It cannot be loaded; the old one stays in force.
        """
        old = self._message
        plan = None
        try:
            plan, specs = open_plan(self._load_plan, self._listeners, self._options)
        except BindctlError:
            raise
        except Exception as error:  # a bug in reading must not end what runs
            log_service(traceback.format_exc())
            message = f"the configuration cannot be read: {error!r}"
            hint = "the service goes on as it was; its log has the details"
            raise BindctlError("SRV003", message, hint) from error
        finally:
            # What a refused plan opened goes again; a good one closes below.
            if plan is None:
                self._listeners.keep_only(old.specs)
        self._message = NewPlan(old.generation + 1, plan, specs)
        if is_hard:
            self._stop_workers()
        else:
            self._send_to_workers(old)
        self._listeners.keep_only(specs)
        self._runtime.write_states(plan.statuses)
        self._fork_missing()
        self._wait(self._have_all_acknowledged, ACKNOWLEDGE_TIMEOUT_S)

    def _send_to_workers(self, old: NewPlan) -> None:
        frame = plan_frame(self._message)
        added = new_sockets(self._message.specs, old.specs, self._sockets())
        for worker in tuple(self._pool.workers.values()):
            if not self._pool.send_plan(worker, frame, added):
                self._pool.kill(worker)
        self._wait(self._have_all_acknowledged, ACKNOWLEDGE_TIMEOUT_S)
        for worker in tuple(self._pool.workers.values()):
            if worker.generation != self._message.generation:
                log_service(f"worker {worker.pid} keeps an old plan; it is killed")
                self._pool.kill(worker)

    # --- workers ---

    def _fork_missing(self) -> None:
        now = self._clock.monotonic()
        while not self._is_stopping and self._pool.missing():
            if self._pool.wait_s(now) > 0:
                return
            self._pool.spawn(self._run_worker, now)

    def _run_worker(self, channel: socket.socket, counter: memoryview) -> None:
        """In the new process: let go of what is the supervisor's, and serve."""
        self._core.close()
        self._front.close()
        for end in self._wakeup:
            end.close()
        if self._control is not None:
            self._control.forget()
        self._runtime.forget_lock()
        run_worker(
            self._options,
            self._message,
            self._sockets(),
            channel,
            self._base_context,
            self._clock,
            counter,
        )

    def _sockets(self) -> dict[ListenerSpec, socket.socket]:
        found = ((spec, self._listeners.find(spec)) for spec in self._message.specs)
        return {spec: opened for spec, opened in found if opened is not None}

    def _are_all_listening(self) -> bool:
        return not self._pool.missing() and self._have_all_acknowledged()

    def _have_all_acknowledged(self) -> bool:
        return all(
            worker.generation == self._message.generation
            for worker in self._pool.workers.values()
        )

    def _wait(self, is_done: Callable[[], bool], timeout_s: float) -> None:
        """Mind the workers until `is_done` or the time is over."""
        deadline = self._clock.monotonic() + timeout_s
        while not is_done():
            left = deadline - self._clock.monotonic()
            if left <= 0:
                return
            self._turn(left)

    def _turn(self, timeout_s: float) -> None:
        """What workers and signals have to say; signals are obeyed later."""
        for key, _events in self._core.select(timeout_s):
            if isinstance(key.data, WorkerProcess):
                self._pool.hear(key.data)
            else:
                with contextlib.suppress(BlockingIOError):
                    self._signals.update(self._wakeup[0].recv(4096))
        if signal.SIGCHLD in self._signals:
            self._signals.discard(signal.SIGCHLD)
            self._pool.reap(self._clock.monotonic())

    def _install_signals(self) -> dict[int, object]:
        self._wakeup = socket.socketpair()
        for end in self._wakeup:
            end.setblocking(False)  # noqa: FBT003 - the standard library's signature
        signal.set_wakeup_fd(self._wakeup[1].fileno(), warn_on_full_buffer=False)
        self._core.register(self._wakeup[0], selectors.EVENT_READ, None)
        return {number: signal.signal(number, _ignore) for number in _SIGNALS}


def _ignore(_number: int, _frame: object) -> None:
    """The wakeup descriptor tells; a handler must exist for that."""


def _raise_descriptor_limit() -> None:
    """As many connections as the system allows; the usual soft limit is 1024."""
    try:
        import resource  # noqa: PLC0415 - missing on Windows
    except ImportError:
        return
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
