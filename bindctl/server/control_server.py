"""The supervisor's end of the control socket: requests in, answers out, no decisions."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_REQUEST_OCTETS: Final = 4096
MAX_CLIENTS: Final = 64
COMMANDS: Final = frozenset({"status", "reset", "stop"})
_ANSWER_TIMEOUT_S: Final = 5.0
_PEER: Final = struct.Struct("=3i")  # pid, uid, gid (Linux, struct ucred)


@dataclass(frozen=True, slots=True)
class ControlRequest:
    """What a client asks.

    Attributes:
        command: One of `COMMANDS`.
        is_hard: Workers are really stopped and started.
    """

    command: str
    is_hard: bool


def parse_request(line: bytes) -> ControlRequest:
    """One line of a client.

    Raises:
        ValueError: It is no request; the message says why.
    """
    value = json.loads(line)
    if not isinstance(value, dict) or value.get("command") not in COMMANDS:
        message = f"expected a command, one of {', '.join(sorted(COMMANDS))}"
        raise ValueError(message)
    return ControlRequest(value["command"], value.get("hard") is True)


class ControlServer:
    """The listening socket and its clients, registered with a selector."""

    def __init__(
        self, listening: socket.socket, selector: selectors.BaseSelector
    ) -> None:
        """Own `listening`."""
        self._listening = listening
        self._selector = selector
        self._clients: dict[socket.socket, bytearray] = {}
        selector.register(listening, selectors.EVENT_READ, self)

    def ready(
        self, ready: socket.socket
    ) -> Iterator[tuple[socket.socket, ControlRequest]]:
        """Read from a socket the selector named; the requests that are complete."""
        if ready is self._listening:
            self._accept()
            return
        buffer = self._clients[ready]
        try:
            data = ready.recv(MAX_REQUEST_OCTETS)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        buffer += data
        if not data or (b"\n" not in buffer and len(buffer) > MAX_REQUEST_OCTETS):
            self._drop(ready)
            return
        while b"\n" in buffer:
            line, _newline, rest = bytes(buffer).partition(b"\n")
            buffer[:] = rest
            try:
                request = parse_request(line)
            except ValueError as error:
                self.answer(
                    ready, {"ok": False, "code": "SRV003", "message": str(error)}
                )
            else:
                yield ready, request

    def answer(self, client: socket.socket, value: Mapping[str, object]) -> None:
        """Send one line; a client that does not read it is dropped."""
        if client not in self._clients:
            return
        try:
            client.settimeout(_ANSWER_TIMEOUT_S)
            client.sendall(json.dumps(value).encode("ascii") + b"\n")
            client.setblocking(False)  # noqa: FBT003
        except OSError:
            self._drop(client)

    def close(self) -> None:
        """Close everything, without a word to the clients."""
        for client in tuple(self._clients):
            self._drop(client)
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(self._listening)
        self._listening.close()

    def forget(self) -> None:
        """Close this process's copies only: called in a worker after the fork."""
        for each in (*self._clients, self._listening):
            each.close()

    def _accept(self) -> None:
        try:
            client, _address = self._listening.accept()
        except OSError:
            return
        if len(self._clients) >= MAX_CLIENTS or not _is_same_user(client):
            client.close()
            return
        client.setblocking(False)  # noqa: FBT003 - the standard library's signature
        self._clients[client] = bytearray()
        self._selector.register(client, selectors.EVENT_READ, self)

    def _drop(self, client: socket.socket) -> None:
        self._clients.pop(client, None)
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(client)
        client.close()


def _is_same_user(client: socket.socket) -> bool:
    if not hasattr(socket, "SO_PEERCRED"):
        return True  # the mode of the socket and its folder must do
    octets = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    _pid, uid, _gid = _PEER.unpack(octets)
    return uid in {0, os.geteuid()}
