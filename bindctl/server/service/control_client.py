"""Asks a running service: sends one line of JSON and reads one back.

Imported by the quickest commands, so it imports next to nothing.
"""

from __future__ import annotations

import json
import os
import socket

from bindctl.findings.errors import BindctlError, ExitStatus

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Protocol

    class RuntimeFolder(Protocol):
        """A service's folder, open: `storage.state_folder` gives it."""

        path: str
        descriptor: int | None


CONTROL_NAME = "control"
_READ_OCTETS = 65536
_START = "bindctl reset starts it"
_MAX_ANSWER_OCTETS = 256 * 1024 * 1024


def send_control(
    runtime: RuntimeFolder,
    request: Mapping[str, object],
    timeout_s: float,
) -> dict[str, Any]:  # Any: JSON, whose shape the caller knows
    """The service's answer to a request.

    Args:
        runtime: Of the service, open.
        request: ``{"command": "status" | "reset" | "stop", "hard": bool}``.
        timeout_s: Longest wait for each step.

    Raises:
        BindctlError: SRV001 when no service runs, or it ends meanwhile; SRV003 when it
            does not answer in time or not sensibly.
    """
    line = json.dumps(request).encode("ascii") + b"\n"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
        channel.settimeout(timeout_s)
        _connect(channel, runtime)
        try:
            channel.sendall(line)
            answer = json.loads(_read_line(channel))
        except ConnectionError as error:  # it was about to end
            message = "the service ended before it answered"
            raise BindctlError("SRV001", message, _START) from error
        except (OSError, ValueError) as error:
            message = f"the service does not answer: {error}"
            raise BindctlError(
                "SRV003", message, f"its log is beside {runtime.path}"
            ) from error
    if not isinstance(answer, dict):
        message = "the service answered with something else than an object"
        raise BindctlError("SRV003", message)
    return answer


def control_address(runtime: RuntimeFolder) -> str:
    """The control socket's address, by the open folder if the system allows that.

    Such a path is short enough for the kernel and leads into exactly that folder.
    """
    opened = f"/proc/self/fd/{runtime.descriptor}"
    if runtime.descriptor is not None and os.path.isdir(opened):
        return f"{opened}/{CONTROL_NAME}"
    return os.path.join(runtime.path, CONTROL_NAME)


def _connect(channel: socket.socket, runtime: RuntimeFolder) -> None:
    try:
        channel.connect(control_address(runtime))
    except TimeoutError as error:
        message = "the service does not answer: its control socket is busy"
        raise BindctlError("SRV003", message) from error
    except PermissionError as error:
        message = f"{runtime.path}: the service belongs to another user"
        raise BindctlError("SRV003", message, "", ExitStatus.PERMISSION) from error
    except OSError as error:
        message = "no service runs for this metabase"
        raise BindctlError("SRV001", message, _START) from error


def _read_line(channel: socket.socket) -> bytes:
    answer = bytearray()
    while not answer.endswith(b"\n"):
        part = channel.recv(_READ_OCTETS)
        if not part and not answer:
            raise ConnectionResetError
        if not part or len(answer) > _MAX_ANSWER_OCTETS:
            message = "the connection ended within the answer"
            raise ValueError(message)
        answer += part
    return bytes(answer)
