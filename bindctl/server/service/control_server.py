"""The supervisor's end of the control socket: requests in, answers out, no decisions."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import socket
import struct
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bindctl.server.service.service_log import log_service_rarely
from bindctl.server.service.site_control import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_REQUEST_OCTETS: Final = 4096
MAX_CLIENTS: Final = 64
COMMANDS: Final = frozenset({"status", "served", "reset", "revert", "stop", "site"})
_ANSWER_TIMEOUT_S: Final = 5.0
_SHORTAGE_PAUSE_S: Final = 0.05
_PEER: Final = struct.Struct("=3i")  # pid, uid, gid (Linux, struct ucred)


@dataclass(frozen=True, slots=True)
class ControlRequest:
    """What a client asks.

    Attributes:
        command: One of `COMMANDS`.
        is_hard: Of a reset: workers are really stopped and started.
        site: Of ``site``: the identifier.
        action: Of ``site``: one of `ACTIONS`.
    """

    command: str
    is_hard: bool = False
    site: int = 0
    action: str = ""


def parse_request(line: bytes) -> ControlRequest:
    """One line of a client.

    Raises:
        ValueError: It is not a request; the message says why.
    """
    try:
        value = json.loads(line)
    except RecursionError as error:
        message = "the request is nested too deeply"
        raise ValueError(message) from error
    command = value.get("command") if isinstance(value, dict) else None
    if not isinstance(command, str) or command not in COMMANDS:
        message = f"expected a command, one of {', '.join(sorted(COMMANDS))}"
        raise ValueError(message)
    if command == "site":
        return _parse_site(value)
    return ControlRequest(command, is_hard=value.get("hard") is True)


def _parse_site(value: Mapping[str, object]) -> ControlRequest:
    site, action = value.get("identifier"), value.get("action")
    if not isinstance(site, int) or isinstance(site, bool):
        message = "expected the identifier of a site, a number"
        raise ValueError(message)  # noqa: TRY004 - the request is wrong
    if not isinstance(action, str) or action not in ACTIONS:
        message = f"expected an action, one of {', '.join(ACTIONS)}"
        raise ValueError(message)
    return ControlRequest("site", site=site, action=action)


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
        """Read from a socket that is ready; the requests that are complete."""
        if ready is self._listening:
            self._accept()
            return
        buffer = self._receive(ready)
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

    def _receive(self, client: socket.socket) -> bytearray:
        """The octets a client has sent so far; none when it was dropped."""
        buffer = self._clients.get(client)
        if buffer is None:
            return bytearray()  # dropped since the selector named it
        try:
            data = client.recv(MAX_REQUEST_OCTETS)
        except (BlockingIOError, InterruptedError):
            return buffer
        except OSError:
            data = b""
        buffer += data
        if not data or (b"\n" not in buffer and len(buffer) > MAX_REQUEST_OCTETS):
            self._drop(client)
            return bytearray()
        return buffer

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
        """Close everything, without an answer to the clients."""
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
        except (BlockingIOError, ConnectionError):
            return
        except OSError as error:
            # No descriptor is left: the client has to wait, so do not accept again at
            # once.
            cause = error.strerror or str(error)
            log_service_rarely(
                "control", f"the control socket takes no requests: {cause}"
            )
            time.sleep(_SHORTAGE_PAUSE_S)
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
        return True  # the mode of the socket and of its folder has to be enough
    octets = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    _pid, uid, _gid = _PEER.unpack(octets)
    return uid in {0, os.geteuid()}
