"""The service log: plain lines on standard error, with UTC time; and the server's clocks.

The starter of the service decides where standard error goes.

1. Faults that a peer can cause again and again are logged by `log_service_rarely`,
   under a key that the peer cannot choose, so that the log cannot fill a disk.
2. So are exceptions that nobody catches, once `tell_surprises_rarely` was called.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
import traceback
from typing import TYPE_CHECKING, Final, Protocol

from bindctl.model.harmless_text import harmless_lines, one_line

if TYPE_CHECKING:
    from types import TracebackType

_STDERR: Final = 2
# A fault that repeats (full disk, handshakes without a certificate) is logged once in
# so many seconds.
QUIET_S: Final = 60.0
MAX_KEYS: Final = 256  # further faults within `QUIET_S` are not logged
MAX_CHARACTERS: Final = 8192  # a traceback is 2,000

_last_told: dict[str, float] = {}


class Clock(Protocol):
    """The source of the server's time."""

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC."""

    def monotonic(self) -> float:
        """Seconds that never run backwards, for intervals."""


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return time.time()  # noqa: TID251 - the one place, behind `Clock`

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()


SYSTEM_CLOCK: Clock = SystemClock()


def log_service(message: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Write one line; a closed standard error loses it silently."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(clock.now()))
    line = f"{stamp} [{os.getpid()}] {one_line(message[:MAX_CHARACTERS])}\n"
    with contextlib.suppress(OSError):
        os.write(_STDERR, harmless_lines(line).encode())


def log_service_rarely(key: str, message: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Write one line, for each `key` at most once in `QUIET_S` seconds."""
    now = clock.monotonic()
    if now - _last_told.get(key, -QUIET_S) < QUIET_S:
        return
    if len(_last_told) >= MAX_KEYS:
        for old, told in tuple(_last_told.items()):
            if now - told >= QUIET_S:
                del _last_told[old]
        if len(_last_told) >= MAX_KEYS:
            return
    _last_told[key] = now
    log_service(message, clock=clock)


def tell_surprises_rarely() -> None:
    """Log rarely what would go to standard error for each connection.

    That is what the event loop and other libraries log, and exceptions in callbacks
    that nobody can catch: OpenSSL's, and those of the garbage collector.
    """
    sys.unraisablehook = _tell_unraisable
    logging.getLogger().addHandler(_RareHandler(logging.WARNING))


class _RareHandler(logging.Handler):
    """Log records as lines of the service log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log it, under the place in the code that it comes from."""
        place = f"{record.pathname}:{record.lineno}"
        if record.exc_info is not None:
            place = _place(record.exc_info[1], record.exc_info[2])
        log_service_rarely(place, self.format(record))


def _tell_unraisable(raised: sys.UnraisableHookArgs) -> None:
    error, trace = raised.exc_value, raised.exc_traceback
    lines = traceback.format_exception(raised.exc_type, error, trace)
    log_service_rarely(_place(error, trace), f"ignored: {''.join(lines)}")


def _place(error: BaseException | None, trace: TracebackType | None) -> str:
    """What kind of exception it is, and the line that raised it."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    line = "" if trace is None else f"{trace.tb_frame.f_code.co_filename}:"
    line += "" if trace is None else str(trace.tb_lineno)
    return f"{type(error).__name__} {line}"
