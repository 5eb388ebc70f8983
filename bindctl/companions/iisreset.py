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
)
from bindctl.companions.script import require_this_computer
from bindctl.companions.switches import SwitchError, parse_colon
from bindctl.operations.service.reset_gate import (
    disable_reset,
    enable_reset,
    is_reset_enabled,
)
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
_SERVICES = (
    "World Wide Web Publishing Service ( W3SVC )",
    "IIS Admin Service ( IISADMIN )",
)
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
            number=E_NOT_SUPPORTED,
        )
    for name in _NUMBERS:
        value = switches.get(name, "0")
        if not (value.isascii() and value.isdigit()):
            raise _usage_error(f"Invalid number: {value}")


def _usage_error(line: str) -> ScriptError:
    return ScriptError(line, "", *USAGE, number=E_INVALID_PARAMETER)


def _act(
    terminal: Terminal, metabase: str, action: str, switches: Mapping[str, str]
) -> int:
    if action in ("enable", "disable"):
        (enable_reset if action == "enable" else disable_reset)(metabase)
        terminal.print(f"iisreset is {action}d for this metabase.")
        return 0
    if action != "status":
        if not is_reset_enabled(metabase):
            raise ScriptError(
                "Access denied, iisreset is disabled for this metabase.",
                "iisreset /ENABLE allows it again.",
                number=E_ACCESS_DENIED,
            )
        terminal.print()
    _control(terminal, metabase, action, switches)
    return 0


def _control(
    terminal: Terminal, metabase: str, action: str, switches: Mapping[str, str]
) -> None:
    """Ask the service how it is, or stop and start it."""
    from bindctl.operations.service.service import (  # noqa: PLC0415 - help does without
        StartOptions,
        reset_service,
        service_status,
        start_service,
        stop_service,
    )

    before = service_status(metabase)
    if action == "status":
        word = "Running" if before.is_running else "Stopped"
        for service in _SERVICES:
            terminal.print(f"Status for {service} : {word}")
        return
    offset = int(switches[_PORT_OFFSET]) if _PORT_OFFSET in switches else None
    is_swap = action == "restart" and before.is_running
    is_swap = is_swap and offset in (None, before.port_offset)
    if action != "start":
        terminal.print("Attempting stop...")
        if is_swap:
            reset_service(metabase, hard="noforce" not in switches)
        elif before.is_running:
            stop_service(metabase)
        terminal.print("Internet services successfully stopped")
    if action != "stop":
        terminal.print("Attempting start...")
        if not is_swap and not service_status(metabase).is_running:
            start_service(metabase, StartOptions(offset))
        terminal.print(f"Internet services successfully {action}ed")
