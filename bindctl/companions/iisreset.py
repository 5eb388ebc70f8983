"""iisreset: stop, start and restart the service.

Source:
    iisreset.exe 10.0.17763: its switches and the lines it prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.companions.errors import (
    E_ACCESS_DENIED,
    E_INVALID_PARAMETER,
    E_NOT_SUPPORTED,
    ScriptError,
    exit_status,
)
from bindctl.companions.script import require_this_computer
from bindctl.companions.switches import SwitchError, parse_colon
from bindctl.terminal.boundary import about_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

_ACTIONS = ("restart", "start", "stop", "status", "enable", "disable", "?")
_REBOOTS = ("reboot", "rebootonerror")
_PORT_OFFSET = "-port-offset"  # bindctl's own, typed --port-offset:8000
_NUMBERS = ("timeout", _PORT_OFFSET)
# The actions that a modifier belongs to.
MODIFIED = {
    "noforce": ("restart", "start", "stop"),
    "timeout": ("restart", "start", "stop"),
    _PORT_OFFSET: ("restart", "start"),
}
USAGE = (
    "Usage:",
    "iisreset [computername]",
    "",
    "    /RESTART            Stop and then restart the service [default].",
    "    /START              Start the service if it is stopped.",
    "    /STOP               Stop the service if it runs.",
    "    /STATUS             Say whether the service runs.",
    "    /NOFORCE            Swap the configuration without closing connections.",
    "    /TIMEOUT:val        Accepted; requests in flight always get their time.",
    "    /ENABLE             Allow iisreset for this metabase.",
    "    /DISABLE            Refuse iisreset for this metabase.",
    "    /REBOOT             Not supported.",
    "    /REBOOTONERROR      Not supported.",
    "",
    "    --port-offset:val   Added to every port when the service is started.",
)


def run(
    terminal: Terminal, arguments: Sequence[str], find: Callable[[], Workspace]
) -> int:
    """Run one command line; the exit status.

    Raises:
        ScriptError: It is not a command, or not allowed.
        BindctlError: The service does not start, or does not answer.
    """
    switches, words = _parse(arguments)
    action = _require_action(switches, words)
    if action == "?":
        for line in USAGE:
            terminal.print(line)
        return 0
    for word in words:
        require_this_computer(terminal, word)
    metabase = find().path
    return about_file(metabase, lambda: _act(terminal, metabase, action, switches))


def _parse(arguments: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    try:
        return parse_colon(arguments)
    except SwitchError as error:
        raise _usage_error(f"Argument given twice: /{error.switch}") from error


def _require_action(switches: Mapping[str, str], words: Sequence[str]) -> str:
    _require_known(switches, words)
    asked = [name for name in _ACTIONS if name in switches]
    if "?" in asked:
        return "?"
    if len(asked) > 1:
        raise _usage_error(f"Only one of /{asked[0]} and /{asked[1]} can be given.")
    action = asked[0] if asked else "restart"
    for name, actions in MODIFIED.items():
        if name in switches and action not in actions:
            raise _usage_error(f"/{action} does not take /{name}")
    return action


def _require_known(switches: Mapping[str, str], words: Sequence[str]) -> None:
    """Refuse switches, values and words that the action does not take."""
    known = (*_ACTIONS, *_REBOOTS, *MODIFIED)
    wrong = [f"/{name}" for name in switches if name not in known]
    wrong += [f"/{n}:{v}" for n, v in switches.items() if v and n not in _NUMBERS]
    wrong += words[1:]
    if wrong:
        raise _usage_error(f"Invalid argument: {wrong[0]}")
    if any(name in switches for name in _REBOOTS):
        raise ScriptError(
            "Rebooting the computer is not supported: bindctl stops and starts its "
            "own service only.",
            status=exit_status(E_NOT_SUPPORTED),
        )
    for name in _NUMBERS:
        value = switches.get(name, "0")
        if not (value.isascii() and value.isdigit()):
            raise _usage_error(f"Invalid number: {value}")


def _usage_error(line: str) -> ScriptError:
    return ScriptError(line, "", *USAGE, status=exit_status(E_INVALID_PARAMETER))


def _act(
    terminal: Terminal, metabase: str, action: str, switches: Mapping[str, str]
) -> int:
    if action == "status":
        return _print_status(terminal, metabase)
    if action in ("enable", "disable"):
        return _set_gate(terminal, metabase, action)
    from bindctl.operations.service.reset_gate import is_reset_enabled  # noqa: PLC0415

    if not is_reset_enabled(metabase):
        raise ScriptError(
            "Access denied, iisreset is disabled for this metabase.",
            "iisreset /ENABLE allows it again.",
            status=exit_status(E_ACCESS_DENIED),
        )
    terminal.print()
    offset = int(switches[_PORT_OFFSET]) if _PORT_OFFSET in switches else None
    if action == "stop":
        _stop(terminal, metabase)
    elif action == "start":
        _start(terminal, metabase, offset)
    else:
        _restart(terminal, metabase, offset, is_graceful="noforce" in switches)
    return 0


def _print_status(terminal: Terminal, metabase: str) -> int:
    from bindctl.operations.service.service import service_status  # noqa: PLC0415

    word = "Running" if service_status(metabase).is_running else "Stopped"
    for service in (
        "World Wide Web Publishing Service ( W3SVC )",
        "IIS Admin Service ( IISADMIN )",
    ):
        terminal.print(f"Status for {service} : {word}")
    return 0


def _set_gate(terminal: Terminal, metabase: str, action: str) -> int:
    from bindctl.operations.service import reset_gate  # noqa: PLC0415

    if action == "enable":
        reset_gate.enable_reset(metabase)
    else:
        reset_gate.disable_reset(metabase)
    terminal.print(f"iisreset is {action}d for this metabase.")
    return 0


def _stop(terminal: Terminal, metabase: str) -> None:
    from bindctl.operations.service.service import (  # noqa: PLC0415
        service_status,
        stop_service,
    )

    terminal.print("Attempting stop...")
    if service_status(metabase).is_running:
        stop_service(metabase)
    terminal.print("Internet services successfully stopped")


def _start(
    terminal: Terminal, metabase: str, offset: int | None, word: str = "started"
) -> None:
    from bindctl.operations.service.service import (  # noqa: PLC0415
        StartOptions,
        service_status,
        start_service,
    )

    terminal.print("Attempting start...")
    if not service_status(metabase).is_running:
        start_service(metabase, StartOptions(offset))
    terminal.print(f"Internet services successfully {word}")


def _restart(
    terminal: Terminal, metabase: str, offset: int | None, *, is_graceful: bool
) -> None:
    from bindctl.operations.service.service import (  # noqa: PLC0415
        reset_service,
        service_status,
    )

    before = service_status(metabase)
    if not before.is_running or offset not in (None, before.port_offset):
        _stop(terminal, metabase)
        _start(terminal, metabase, offset, "restarted")
        return
    terminal.print("Attempting stop...")
    reset_service(metabase, hard=not is_graceful)
    terminal.print("Internet services successfully stopped")
    terminal.print("Attempting start...")
    terminal.print("Internet services successfully restarted")
