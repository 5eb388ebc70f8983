"""The service log: plain lines on standard error, with UTC time.

Who starts the service decides where standard error goes.
"""

from __future__ import annotations

import contextlib
import os
import time

from bindctl.model.harmless_text import harmless_lines, one_line
from bindctl.server.clock import SYSTEM_CLOCK, Clock

_STDERR = 2
# A fault that repeats (full disk, handshakes without a certificate) is told once in
# this many seconds, so that the log cannot fill a disk.
QUIET_S = 10.0
_MAX_KEYS = 1024

_last_told: dict[str, float] = {}


def log_service(message: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Write one line; a closed standard error loses it silently."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(clock.now()))
    line = f"{stamp} [{os.getpid()}] {one_line(message)}\n"
    with contextlib.suppress(OSError):
        os.write(_STDERR, harmless_lines(line).encode())


def log_service_rarely(key: str, message: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Write one line unless `key` was told in the last `QUIET_S` seconds."""
    now = clock.monotonic()
    if now - _last_told.get(key, -QUIET_S) < QUIET_S:
        return
    if len(_last_told) >= _MAX_KEYS:
        _last_told.clear()
    _last_told[key] = now
    log_service(message, clock=clock)
