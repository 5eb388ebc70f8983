"""The APP verbs: applications as far as the metabase knows of them.

The built-in server runs no application, so that unloading, disabling and enabling one
changes nothing and succeeds.

Source:
    adsutil.vbs, generation C: AppCreateCommand and the other five.
"""

from bindctl.adsutil.errors import adsi_error
from bindctl.adsutil.node import open_key
from bindctl.findings.errors import BindctlError
from bindctl.model.path import clean_path, parse_path
from bindctl.operations.editing.applications import (
    IN_PROCESS,
    OUT_OF_PROCESS,
    POOLED,
    application_status,
    create_application,
    delete_application,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

    T = TypeVar("T")

_OPEN_FAILED = "Error trying to get the path of the application: "


def create_in_process_command(
    terminal: "Terminal", workspace: "Workspace", _server: str, words: "Sequence[str]"
) -> int:
    """APPCREATEINPROC: AppIsolated 0.

    Raises:
        AdsiError: There is no such key, or it may hold no application.
    """
    return _create(terminal, workspace, words[0], IN_PROCESS)


def create_out_of_process_command(
    terminal: "Terminal", workspace: "Workspace", _server: str, words: "Sequence[str]"
) -> int:
    """APPCREATEOUTPROC: AppIsolated 1.

    Raises:
        AdsiError: As `create_in_process_command`.
    """
    return _create(terminal, workspace, words[0], OUT_OF_PROCESS)


def create_pooled_command(
    terminal: "Terminal", workspace: "Workspace", _server: str, words: "Sequence[str]"
) -> int:
    """APPCREATEPOOLPROC: AppIsolated 2.

    Raises:
        AdsiError: As `create_in_process_command`.
    """
    return _create(terminal, workspace, words[0], POOLED)


def delete_command(
    terminal: "Terminal", workspace: "Workspace", _server: str, words: "Sequence[str]"
) -> int:
    """APPDELETE: no complaint where there is no application.

    Raises:
        AdsiError: As `create_in_process_command`.
    """
    text = words[0]
    _attempt(
        workspace,
        text,
        "DELETE the application",
        lambda: delete_application(workspace, text),
    )
    terminal.print("Application Deleted.")
    return 0


def unload_command(
    terminal: "Terminal", workspace: "Workspace", _server: str, words: "Sequence[str]"
) -> int:
    """APPUNLOAD.

    Raises:
        AdsiError: As `create_in_process_command`.
    """
    return _acknowledge(terminal, workspace, words[0], "UNLOAD", "Unloaded")


def disable_command(
    terminal: "Terminal", workspace: "Workspace", _server: str, words: "Sequence[str]"
) -> int:
    """APPDISABLE.

    Raises:
        AdsiError: As `create_in_process_command`.
    """
    return _acknowledge(terminal, workspace, words[0], "disable", "Disabled")


def enable_command(
    terminal: "Terminal", workspace: "Workspace", _server: str, words: "Sequence[str]"
) -> int:
    """APPENABLE.

    Raises:
        AdsiError: As `create_in_process_command`.
    """
    return _acknowledge(terminal, workspace, words[0], "Enable", "Enabled")


def status_command(
    terminal: "Terminal", workspace: "Workspace", _server: str, words: "Sequence[str]"
) -> int:
    """APPGETSTATUS: 0 stopped, 1 running, 2 not defined.

    Raises:
        AdsiError: As `create_in_process_command`.
    """
    text = words[0]
    status = _attempt(
        workspace,
        text,
        "retrieve the application STATUS",
        lambda: application_status(workspace, text),
    )
    terminal.print(f"Application Status: {status}")
    return 0


def _create(
    terminal: "Terminal", workspace: "Workspace", text: str, isolation: int
) -> int:
    _attempt(
        workspace,
        text,
        "create the application",
        lambda: create_application(workspace, text, isolation),
    )
    terminal.print("Application Created.")
    return 0


def _acknowledge(
    terminal: "Terminal", workspace: "Workspace", text: str, what: str, done: str
) -> int:
    """What changes nothing here: only whether there is such a key is looked at."""
    _attempt(
        workspace,
        text,
        f"{what} the application",
        lambda: application_status(workspace, text),
    )
    terminal.print(f"Application {done}.")
    return 0


def _attempt(
    workspace: "Workspace", text: str, what: str, do: "Callable[[], T]"
) -> "T":
    """Open the key and do it, each with a failure in words of its own.

    Args:
        workspace: The metabase.
        text: The path as typed.
        what: What could not be done, in the script's letter case.
        do: Does it.

    Raises:
        AdsiError: Either failed.
    """
    path = clean_path(text)
    # Paths are relative to /LM: a typed LM is a key of that name, which is not there.
    open_key(workspace, parse_path(text), f"{_OPEN_FAILED}{path}")
    try:
        return do()
    except BindctlError as error:
        raise adsi_error(error, f"Error trying to {what}: {path}") from error
