"""Streaming a file to a connection: by `sendfile` on plain TCP, by copies under TLS.

1. A turn of the event loop moves at most `TURN_OCTETS`, so that others get theirs.
2. Any failure after the head was sent ends the connection, because a response that is
   cut short must not look whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

TURN_OCTETS: Final = 1024 * 1024
COPY_OCTETS: Final = 64 * 1024
_RETRY_S: Final = 0.01

CAN_SENDFILE: Final = hasattr(os, "sendfile")


class Sink(Protocol):
    """What a pump needs of a connection's transport."""

    def write(self, data: bytes) -> None:
        """Queue octets."""

    def get_write_buffer_size(self) -> int:
        """Octets queued and not yet sent."""


class FilePump:
    """Moves part of a file into a transport; subclasses know how.

    Attributes:
        is_paused: The transport's buffer is full.
        has_moved: Octets moved since this was last cleared.
    """

    def __init__(
        self, sink: Sink, descriptor: int, span: tuple[int, int], head: bytes
    ) -> None:
        """Own `descriptor`; `span` is the first octet and how many."""
        self.sink = sink
        self.descriptor = descriptor
        self.offset, self.left = span
        self.head = head
        self._total = len(head) + self.left
        self.is_paused = False
        self.has_moved = False
        self._loop = asyncio.get_running_loop()
        self._on_end: Callable[[bool], None] | None = None
        self._timer: asyncio.Handle | None = None

    def start(self, on_end: Callable[[bool], None]) -> None:
        """Move everything, then call `on_end` with whether all octets went out."""
        self._on_end = on_end
        self.turn()

    @property
    def moved(self) -> int:
        """Octets that have left, the head's included."""
        return self._total - self.left

    def turn(self) -> None:
        """Move some octets now."""
        raise NotImplementedError

    def cancel(self) -> None:
        """Release everything; `on_end` is not called."""
        self._on_end = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def _end(self, *, is_whole: bool) -> None:
        on_end = self._on_end
        self.cancel()
        if on_end is not None:
            on_end(is_whole)

    def _advance(self, count: int) -> None:
        self.offset += count
        self.left -= count
        self.has_moved = True


class CopyPump(FilePump):
    """Reads and writes: for TLS, and where `sendfile` is missing."""

    def start(self, on_end: Callable[[bool], None]) -> None:
        """Send the head, then the file."""
        os.lseek(self.descriptor, self.offset, os.SEEK_SET)
        self.sink.write(self.head)
        super().start(on_end)

    def turn(self) -> None:
        """Write until the transport is full or the turn is over."""
        self._timer = None
        budget = TURN_OCTETS
        while self.left and not self.is_paused:
            if budget <= 0:
                self._timer = self._loop.call_soon(self.turn)
                return
            try:
                data = os.read(self.descriptor, min(COPY_OCTETS, self.left))
            except OSError:
                data = b""
            if not data:
                self._end(is_whole=False)
                return
            budget -= len(data)
            self._advance(len(data))
            self.sink.write(data)
            if self.descriptor < 0:
                return  # the write found the connection broken
        if not self.left:
            self._end(is_whole=True)


class SendfilePump(FilePump):
    """`sendfile` to a duplicate of the socket, once its transport has nothing queued."""

    def __init__(
        self,
        sink: Sink,
        descriptor: int,
        span: tuple[int, int],
        head: bytes,
        socket_descriptor: int,
    ) -> None:
        """Own `descriptor` and `socket_descriptor`."""
        super().__init__(sink, descriptor, span, head)
        self._socket = socket_descriptor
        self._is_watching = False

    def turn(self) -> None:
        """Send until the socket is full or the turn is over."""
        self._timer = None
        if self.sink.get_write_buffer_size():
            self._timer = self._loop.call_later(_RETRY_S, self.turn)
            return
        try:
            is_done = self._send()
        except (BlockingIOError, InterruptedError):
            is_done = False
        except OSError:
            self._end(is_whole=False)
            return
        if is_done:
            self._end(is_whole=not self.left)
        elif not self._is_watching:
            self._is_watching = True
            self._loop.add_writer(self._socket, self.turn)

    def cancel(self) -> None:
        """Close the sockets, too."""
        if self._is_watching:
            self._is_watching = False
            self._loop.remove_writer(self._socket)
        if self._socket >= 0:
            with contextlib.suppress(OSError):
                os.close(self._socket)
            self._socket = -1
        super().cancel()

    def _send(self) -> bool:
        """Whether this is over: everything was sent, or the file is shorter now."""
        while self.head:
            self.head = self.head[os.write(self._socket, self.head) :]
        budget = TURN_OCTETS
        while self.left and budget > 0:
            want = min(self.left, budget)
            count = os.sendfile(self._socket, self.descriptor, self.offset, want)
            if not count:
                return True
            budget -= count
            self._advance(count)
        return not self.left


def make_pump(
    transport: asyncio.Transport,
    descriptor: int,
    span: tuple[int, int],
    head: bytes,
    *,
    is_tls: bool,
) -> FilePump:
    """The quickest pump for a connection; it owns `descriptor`."""
    raw = transport.get_extra_info("socket")
    if CAN_SENDFILE and raw is not None and not is_tls:
        # Copying needs no more descriptors, so it works when none are left.
        with contextlib.suppress(OSError):
            duplicate = os.dup(raw.fileno())
            return SendfilePump(transport, descriptor, span, head, duplicate)
    return CopyPump(transport, descriptor, span, head)
