"""Messages between supervisor and worker: pickled values, and sockets beside them.

Both ends are this program and the pair is private, so pickle reads only what it wrote.
"""

from __future__ import annotations

import array
import pickle
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.server.service.service_plan import ServicePlan
    from bindctl.server.worker.listeners import ListenerSpec

MAX_DESCRIPTORS: Final = 200  # Linux takes 253 in one message (SCM_MAX_FD)
_LENGTH: Final = struct.Struct("!Q")
_READ_OCTETS: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class NewListeners:
    """Sockets to be used from the next `NewPlan` on, in the order of the descriptors."""

    specs: tuple[ListenerSpec, ...]


@dataclass(frozen=True, slots=True)
class NewPlan:
    """The plan to put in force, and all listeners it needs."""

    generation: int
    plan: ServicePlan
    specs: tuple[ListenerSpec, ...]


@dataclass(frozen=True, slots=True)
class Drain:
    """Finish what is in flight within that time, and end."""

    timeout_s: float


@dataclass(frozen=True, slots=True)
class Listening:
    """A worker has put a plan in force."""

    generation: int


@dataclass(frozen=True, slots=True)
class Ping:
    """Asks a worker's event loop whether it still runs."""


@dataclass(frozen=True, slots=True)
class Pong:
    """It does."""


Message: TypeAlias = NewListeners | NewPlan | Drain | Listening | Ping | Pong


def encode_frame(message: Message) -> bytes:
    """The octets of a message."""
    payload = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(payload)) + payload


class FrameReader:
    """Frames from a channel, however they are cut."""

    def __init__(self, channel: socket.socket) -> None:
        """Read from `channel`."""
        self._channel = channel
        self._buffer = bytearray()
        self._descriptors: list[int] = []

    def fileno(self) -> int:
        """The channel's descriptor."""
        return self._channel.fileno()

    def receive(self) -> bool:
        """Read once; ``False`` when the other end is gone.

        Raises:
            BlockingIOError: Nothing is there, on a channel that does not block.
        """
        space = socket.CMSG_SPACE(MAX_DESCRIPTORS * array.array("i").itemsize)
        try:
            data, ancillary, _flags, _address = self._channel.recvmsg(
                _READ_OCTETS, space
            )
        except (ConnectionError, TimeoutError):
            return False
        for level, kind, octets in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                descriptors = array.array("i")
                size = len(octets) - len(octets) % descriptors.itemsize
                descriptors.frombytes(octets[:size])
                self._descriptors.extend(descriptors)
        self._buffer += data
        return bool(data)

    def messages(self) -> Iterator[Message]:
        """Every message that is complete by now."""
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                return
            payload = bytes(self._buffer[_LENGTH.size : end])
            del self._buffer[:end]
            message: Message = pickle.loads(payload)  # noqa: S301 - see the module
            yield message

    def take_descriptors(self, count: int) -> list[int]:
        """The oldest descriptors that came; the caller owns them."""
        taken = self._descriptors[:count]
        del self._descriptors[:count]
        return taken
