"""serve, reset and status: the World Wide Web Publishing Service of a metabase."""

from __future__ import annotations

import gc
import os
import select
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from bindctl.findings.errors import BindctlError, ExitStatus, file_error
from bindctl.model.endpoint import parse_ip_address
from bindctl.model.site import ServerState, Win32Error
from bindctl.server.service.control_client import send_control
from bindctl.storage.state_folder import open_runtime
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bindctl.operations.versions.drift import Drift
    from bindctl.server.service.service_plan import (
        ServiceConfiguration,
        ServicePlan,
        SiteStatus,
    )
    from bindctl.server.worker.listeners import ListenerSpec

SERVICE_LOG = "service.log"
STATUS_TIMEOUT_S = 5.0
START_TIMEOUT_S = 60.0
RESET_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
_LOG_TAIL_LINES = 5
_MAX_TAIL_OCTETS = 1 << 16
_RETRY_S = 0.05
# Refusals that are not faults of the service.
_OWN_STATUS = frozenset({"SRV001", "SRV004", "SRV006", "MET101"})


class StartOptions(NamedTuple):
    """How to start a service.

    Attributes:
        port_offset: Added to every bound port; ``None`` keeps the running service's.
        listen: Addresses for bindings to any address; empty leaves it to the
            metabase.
        workers: Worker processes; 0 for one a processor, eight at most.
    """

    port_offset: int | None = None
    listen: tuple[str, ...] = ()
    workers: int = 0


class SiteState(NamedTuple):
    """One site of the running service.

    Attributes:
        identifier: The site's number.
        description: ServerComment.
        state: ServerState.
        win32_error: Why it does not run.
        detail: What could not be registered.
    """

    identifier: int
    description: str
    state: ServerState
    win32_error: Win32Error
    detail: str


class ServiceStatus(NamedTuple):
    """The service of a metabase.

    Attributes:
        is_running: Whether one answers; all else is empty when not.
        pid: The supervisor.
        workers: The workers' pids.
        hung_workers: How many were replaced since the start, because they did not answer.
        port_offset: Added to every bound port.
        listeners: ``127.0.0.1:8080 http``.
        not_listening: The same where sites that run are bound and nothing listens, with
            the reason.
        sites: Every site.
        drift: How the service differs from the configuration; ``None`` when no service
            runs.
    """

    is_running: bool
    pid: int = 0
    workers: tuple[int, ...] = ()
    hung_workers: int = 0
    port_offset: int = 0
    listeners: tuple[str, ...] = ()
    not_listening: tuple[str, ...] = ()
    sites: tuple[SiteState, ...] = ()
    drift: Drift | None = None


def service_status(metabase: str) -> ServiceStatus:
    """The status that the service reports.

    Raises:
        BindctlError: SRV003, it is there and does not answer.
    """
    try:
        answer = ask_service(metabase, {"command": "status"}, STATUS_TIMEOUT_S)
    except BindctlError as error:
        if error.code == "SRV001":
            return ServiceStatus(is_running=False)
        raise
    return _status(metabase, answer)


def serve(
    metabase: str,
    options: StartOptions,
    on_ready: Callable[[Sequence[SiteStatus], Sequence[str]], None],
) -> int:
    """Run the service in this process until it is told to stop.

    Args:
        metabase: Absolute path of the file.
        options: How to run it.
        on_ready: Called once, when every listener is open, with the sites and the
            listeners as `ServiceStatus` shows them.

    Returns:
        The exit status: 0 after an orderly stop.

    Raises:
        BindctlError: SRV002, one runs already; or the metabase cannot be read.
    """
    # Imported here: only the service needs the event loop and the parser.
    from bindctl.operations.service.service_plan import (  # noqa: PLC0415
        load_service_configuration,
    )
    from bindctl.server.service.service_plan import ServiceOptions  # noqa: PLC0415
    from bindctl.server.service.supervisor import run_supervisor  # noqa: PLC0415

    gc.enable()  # the command line does without; a service lives on
    try:
        service_options = ServiceOptions(
            workers=options.workers or min(os.cpu_count() or 1, 8),
            port_offset=options.port_offset or 0,
            listen=tuple(parse_ip_address(text) for text in options.listen),
        )
    except ValueError as error:
        raise BindctlError("BND001", str(error)) from error

    def report(plan: ServicePlan, listeners: tuple[ListenerSpec, ...]) -> None:
        on_ready(plan.statuses, [str(listener) for listener in listeners])

    def load() -> ServiceConfiguration:
        return load_service_configuration(DiskWorkspace(metabase))

    with open_runtime(metabase, make=True) as folder:
        return run_supervisor(service_options, load, report, folder)


def start_service(metabase: str, options: StartOptions) -> ServiceStatus:
    """Start the service in the background and wait until it listens.

    When somebody else starts it at the same time, theirs is reset instead, so that
    the metabase as it is now is in force either way.

    Raises:
        BindctlError: SRV003, it did not start; its log says why.
    """
    log_start, log = _open_log(metabase)
    read_end, write_end = os.pipe()
    try:
        with log:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                _command(metabase, options, write_end),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(write_end,),
                start_new_session=True,
            )
        os.close(write_end)
        write_end = -1
        is_ready = _wait_until_ready(read_end)
    finally:
        os.close(read_end)
        if write_end >= 0:
            os.close(write_end)
    if is_ready:
        # A caller that lives on reaps the service when it ends.
        threading.Thread(target=process.wait, daemon=True).start()
        return service_status(metabase)
    if _end_status(process) == ExitStatus.REFUSED:  # SRV002: somebody was quicker
        return _reset_other(metabase)
    raise _start_failed(metabase, log_start)


def reset_service(metabase: str, *, hard: bool) -> ServiceStatus:
    """Give the running service the metabase as it is now.

    Without `hard` no connection of an untouched site is closed and no request is
    dropped; with it the workers really stop and start.

    Raises:
        BindctlError: SRV001, none runs; what is wrong with the metabase, in which
            case the service goes on with the old plan.
    """
    request = {"command": "reset", "hard": hard}
    return _status(metabase, ask_service(metabase, request, RESET_TIMEOUT_S))


def revert_service(metabase: str) -> ServiceStatus:
    """Bring back the plan before the last reset; the metabase stays as it is.

    Raises:
        BindctlError: SRV001, none runs; SRV006, there is nothing to go back to.
    """
    request: dict[str, object] = {"command": "revert"}
    return _status(metabase, ask_service(metabase, request, RESET_TIMEOUT_S))


def stop_service(metabase: str) -> None:
    """Let requests in flight finish, then end the service.

    Raises:
        BindctlError: SRV001, none runs.
    """
    ask_service(metabase, {"command": "stop"}, STOP_TIMEOUT_S)


def ask_service(
    metabase: str, request: dict[str, object], timeout_s: float
) -> dict[str, object]:
    """The running service's answer to a request of the control socket.

    Raises:
        BindctlError: SRV001, none runs; or the error of its refusal.
    """
    try:
        with open_runtime(metabase) as folder:
            answer = send_control(folder, request, timeout_s)
    except FileNotFoundError as error:
        message = "no service runs for this metabase"
        raise BindctlError("SRV001", message, "bindctl reset starts it") from error
    if answer.get("ok") is False:
        code = str(answer.get("code", "SRV003"))
        raise BindctlError(
            code,
            str(answer.get("message", "the service refused")),
            str(answer.get("hint", "")),
            None if code in _OWN_STATUS else ExitStatus.ENGINE_FAILED,
            int(str(answer.get("hresult", 0))),
        )
    return answer


def _status(metabase: str, answer: dict[str, object]) -> ServiceStatus:
    from bindctl.operations.versions.drift import find_drift  # noqa: PLC0415 - when one runs

    sites = answer.get("sites")
    return ServiceStatus(
        is_running=True,
        pid=int(str(answer["pid"])),
        workers=tuple(_integers(answer.get("workers"))),
        hung_workers=int(str(answer.get("hung_workers", 0))),
        port_offset=int(str(answer.get("port_offset", 0))),
        listeners=tuple(map(str, _items(answer.get("listeners")))),
        not_listening=tuple(map(str, _items(answer.get("closed")))),
        sites=tuple(
            site_state(item) for item in _items(sites) if isinstance(item, dict)
        ),
        drift=find_drift(DiskWorkspace(metabase), answer),
    )


def site_state(item: dict[str, object]) -> SiteState:
    """A site as the control socket reports it."""
    return SiteState(
        identifier=int(str(item["identifier"])),
        description=str(item["comment"]),
        state=ServerState(int(str(item["state"]))),
        win32_error=Win32Error(int(str(item["win32_error"]))),
        detail=str(item.get("detail", "")),
    )


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _integers(value: object) -> list[int]:
    return [int(str(item)) for item in _items(value)]


def _command(metabase: str, options: StartOptions, ready: int) -> list[str]:
    command = [sys.executable, "-m", "bindctl", "serve", "--metabase", metabase]
    command += ["--ready-fd", str(ready), "--workers", str(options.workers)]
    command += ["--port-offset", str(options.port_offset or 0)]
    for address in options.listen:
        command += ["--listen", address]
    return command


def _open_log(metabase: str) -> tuple[int, BinaryIO]:
    """How long the service's log is, and the log, to be written to."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    with open_runtime(metabase, make=True) as folder:
        try:
            descriptor = folder.open(SERVICE_LOG, flags)
        except OSError as error:
            raise file_error(folder.where(SERVICE_LOG), error) from error
    return os.fstat(descriptor).st_size, open(descriptor, "ab", buffering=0)


def _wait_until_ready(read_end: int) -> bool:
    """Whether the service wrote its octet before it died or time ran out."""
    readable, _w, _x = select.select([read_end], [], [], START_TIMEOUT_S)
    return bool(readable) and os.read(read_end, 1) == b"\n"


def _end_status(process: subprocess.Popen[bytes]) -> int:
    """The exit status of a service that did not become ready; it is ended."""
    try:
        return process.wait(timeout=STATUS_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.terminate()
        return ExitStatus.ENGINE_FAILED


def _reset_other(metabase: str) -> ServiceStatus:
    """Reset the service that somebody else is starting, once it answers."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            return reset_service(metabase, hard=False)
        except BindctlError as error:
            if error.code != "SRV001" or time.monotonic() > deadline:
                raise
        time.sleep(_RETRY_S)


def _start_failed(metabase: str, log_start: int) -> BindctlError:
    """An error with the last lines that a service logged during this start."""
    with open_runtime(metabase) as folder:
        log_path = folder.where(SERVICE_LOG)
        with open(folder.open(SERVICE_LOG, os.O_RDONLY), "rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(log_start, end - _MAX_TAIL_OCTETS))
            text = log.read(_MAX_TAIL_OCTETS).decode("utf-8", "replace")
    tail = [line.strip() for line in text.splitlines()[-_LOG_TAIL_LINES:]]
    cause = "; ".join(line for line in tail if line) or "it said nothing"
    message = f"the service did not start: {cause}"
    return BindctlError("SRV003", message, f"its log is {log_path}")


def control_site(metabase: str, identifier: int, action: str) -> SiteState:
    """Change the state of one site; all others stay as they are.

    If the site is in that state already, the action succeeds and changes nothing. The
    next reset starts every site with ServerAutoStart again.

    Args:
        metabase: Absolute path of the file.
        identifier: The site's number.
        action: ``start``, ``stop``, ``pause`` or ``continue``.

    Returns:
        The site from now on.

    Raises:
        BindctlError: SRV001, no service runs; MET101, there is no such site; SRV004,
            the service refuses, with the HRESULT that IIS gives.
    """
    request = {"command": "site", "identifier": identifier, "action": action}
    answer = ask_service(metabase, request, RESET_TIMEOUT_S)
    site = answer.get("site")
    if not isinstance(site, dict):
        message = "the service answered without the site"
        raise BindctlError("SRV003", message)
    return site_state(site)
