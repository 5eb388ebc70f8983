"""Signals for a selector: they are noted at once and obeyed later."""

from __future__ import annotations

import contextlib
import signal
import socket
from typing import Final

STOP_SIGNALS: Final = frozenset({signal.SIGTERM, signal.SIGINT})
_SIGNALS: Final = tuple(
    getattr(signal, name)
    for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGCHLD")
    if hasattr(signal, name)  # Windows has the first two
)


class SignalMailbox:
    """The signals that came and have not been obeyed.

    Attributes:
        pending: Their numbers.
    """

    def __init__(self) -> None:
        """Note signals from now on."""
        self.pending: set[int] = set()
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)  # noqa: FBT003 - the standard library's signature
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._old = {number: signal.signal(number, _ignore) for number in _SIGNALS}

    @property
    def asks_to_stop(self) -> bool:
        """Whether one of them ends the service."""
        return not STOP_SIGNALS.isdisjoint(self.pending)

    def fileno(self) -> int:
        """The socket that becomes readable when a signal comes."""
        return self._reader.fileno()

    def collect(self) -> None:
        """Note the signals that have come."""
        with contextlib.suppress(BlockingIOError):
            self.pending.update(self._reader.recv(4096))

    def take(self) -> set[int]:
        """The signal to obey now."""
        taken, self.pending = self.pending, set()
        return taken

    def take_one(self, number: int) -> bool:
        """Whether that signal came; it then counts as obeyed."""
        found = number in self.pending
        self.pending.discard(number)
        return found

    def forget(self) -> None:
        """Close this process's copies only: called in a worker after the fork."""
        self._reader.close()
        self._writer.close()

    def close(self) -> None:
        """Restore the handlers from before."""
        signal.set_wakeup_fd(-1)
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self.forget()


def _ignore(_number: int, _frame: object) -> None:
    """The wakeup descriptor reports the signal, but only if a handler exists."""
