"""Asking a running service: one JSON line there, one back.

Imported by the quickest commands, so it imports next to nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket

from bindctl.findings.errors import BindctlError, ExitStatus

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

CONTROL_NAME = "control"
# Linux: 108 octets with the closing NUL; macOS and the BSDs: 104.
MAX_ADDRESS_OCTETS = 103
_READ_OCTETS = 65536
_MAX_ANSWER_OCTETS = 256 * 1024 * 1024


def send_control(
    runtime_directory: str,
    request: Mapping[str, object],
    timeout_s: float,
) -> dict[str, Any]:  # Any: JSON, whose shape the caller knows
    """The service's answer to a request.

    Args:
        runtime_directory: Of the service.
        request: ``{"command": "status" | "reset" | "stop", "hard": bool}``.
        timeout_s: Longest wait for each step.

    Raises:
        BindctlError: SRV001 when no service answers, SRV003 when it does not answer in
            time or not sensibly.
    """
    line = json.dumps(request).encode("ascii") + b"\n"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
        channel.settimeout(timeout_s)
        _connect(channel, runtime_directory)
        try:
            channel.sendall(line)
            answer = json.loads(_read_line(channel))
        except (OSError, ValueError) as error:
            message = f"the service does not answer: {error}"
            raise BindctlError(
                "SRV003", message, f"its log is beside {runtime_directory}"
            ) from error
    if not isinstance(answer, dict):
        message = "the service answered with something else than an object"
        raise BindctlError("SRV003", message)
    return answer


@contextlib.contextmanager
def control_address(runtime_directory: str) -> Iterator[str]:
    """The control socket's address, short enough for the kernel.

    Raises:
        OSError: The directory cannot be opened, or the path is too long here.
    """
    path = os.path.join(runtime_directory, CONTROL_NAME)
    if len(os.fsencode(path)) <= MAX_ADDRESS_OCTETS:
        yield path
        return
    directory = os.open(runtime_directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{directory}/{CONTROL_NAME}"
    finally:
        os.close(directory)


def _connect(channel: socket.socket, runtime_directory: str) -> None:
    try:
        with control_address(runtime_directory) as address:
            channel.connect(address)
    except TimeoutError as error:
        message = "the service does not answer: its control socket is busy"
        raise BindctlError("SRV003", message) from error
    except PermissionError as error:
        message = f"{runtime_directory}: the service belongs to another user"
        raise BindctlError("SRV003", message, "", ExitStatus.PERMISSION) from error
    except OSError as error:
        message = "no service runs for this metabase"
        raise BindctlError("SRV001", message, "bindctl reset starts it") from error


def _read_line(channel: socket.socket) -> bytes:
    answer = bytearray()
    while not answer.endswith(b"\n"):
        part = channel.recv(_READ_OCTETS)
        if not part or len(answer) > _MAX_ANSWER_OCTETS:
            message = "the connection ended within the answer"
            raise ValueError(message)
        answer += part
    return bytes(answer)
