"""START_SERVER, STOP_SERVER, PAUSE_SERVER, CONTINUE_SERVER: one site's state.

The running service changes it at once, without a reset; ServerAutoStart, which
decides what the next start of the service does, stays as it is.

Source:
    adsutil.vbs, generation C: StartServerCommand and its three brothers.
"""

from bindctl.adsutil.errors import (
    E_NO_METHOD,
    E_SERVICE_NOT_ACTIVE,
    AdsiError,
    adsi_error,
)
from bindctl.adsutil.node import open_key
from bindctl.findings.errors import BindctlError
from bindctl.metabase.schema import is_identifier
from bindctl.model.path import clean_path, parse_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Literal

    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

    Action = Literal["start", "stop", "pause", "continue"]
    Control = Callable[[str, int, Action], object]

_SITE_DEPTH = 2
_POOL_ACTIONS = ("start", "stop")


def control_command(
    terminal: "Terminal",
    workspace: "Workspace",
    _server: str,
    words: "Sequence[str]",
    action: "Action",
    done: str,
) -> int:
    """Start, stop, pause or continue a site.

    Raises:
        AdsiError: There is no such site, no service runs, or the service refuses.
    """
    text = words[0]
    path = clean_path(text)
    opening = f"Error trying to open the object: {path}"
    failed = f"Error trying to {action.upper()} the server: {path}"
    key = open_key(workspace, parse_path(text), opening)
    if key.key_type == "IIsApplicationPool":
        control_pool(workspace, action, failed)
    elif key.key_type == "IIsWebServer":
        control_site(workspace, key.path, action, failed)
    else:
        raise AdsiError(E_NO_METHOD, failed)
    terminal.print(f"Server {path} Successfully {done}")
    return 0


def control_site(
    workspace: "Workspace",
    path: tuple[str, ...],
    action: "Action",
    line: str,
    control: "Control | None" = None,
) -> None:
    """Have the service start, stop, pause or continue a site.

    Args:
        workspace: The metabase.
        path: The site's key.
        action: ``start``, ``stop``, ``pause`` or ``continue``.
        line: What a failure says after its number.
        control: Does it, given metabase, identifier and action; by default the running
            service.

    Raises:
        AdsiError: The key is not a site of the service, no service runs, or it refuses.
    """
    if len(path) != _SITE_DEPTH or not is_identifier(path[1]):
        raise AdsiError(E_NO_METHOD, line)  # a template below Info, say
    if control is None:
        from bindctl.operations.service.service import control_site as control_served  # noqa: PLC0415 - loads sockets

        control = control_served
    try:
        control(workspace.path, int(path[1]), action)
    except BindctlError as error:
        raise adsi_error(error, line) from error


def control_pool(workspace: "Workspace", action: str, line: str) -> None:
    """Start or stop an application pool: only the message is printed.

    The built-in server runs no code of applications, so a pool has no process.

    Raises:
        AdsiError: No service runs, or a pool does not have the action.
    """
    if action not in _POOL_ACTIONS:
        raise AdsiError(E_NO_METHOD, line)
    from bindctl.operations.service.service import service_status  # noqa: PLC0415 - as above

    try:
        is_running = service_status(workspace.path).is_running
    except BindctlError as error:
        raise adsi_error(error, line) from error
    if not is_running:
        cause = BindctlError(
            "SRV001", "no service runs for this metabase", "bindctl reset starts it"
        )
        raise AdsiError(E_SERVICE_NOT_ACTIVE, line, cause=cause)
