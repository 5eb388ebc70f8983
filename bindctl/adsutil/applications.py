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
from bindctl.operations.editing.site_edits import (
    IN_PROCESS,
    OUT_OF_PROCESS,
    POOLED,
    application_status,
    create_application,
    delete_application,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

    Action = Callable[[Workspace, str], object]

_OPEN_FAILED = "Error trying to get the path of the application: "


# By verb: what could not be done, in the script's letter case; what is said; what does
# it. What changes nothing here only asks whether there is such a key.
_ACTIONS: "Mapping[str, tuple[str, str, Action]]" = {
    "APPCREATEINPROC": (
        *("create the application", "Application Created."),
        lambda workspace, text: create_application(workspace, text, IN_PROCESS),
    ),
    "APPCREATEOUTPROC": (
        *("create the application", "Application Created."),
        lambda workspace, text: create_application(workspace, text, OUT_OF_PROCESS),
    ),
    "APPCREATEPOOLPROC": (
        *("create the application", "Application Created."),
        lambda workspace, text: create_application(workspace, text, POOLED),
    ),
    "APPDELETE": ("DELETE the application", "Application Deleted.", delete_application),
    "APPUNLOAD": (
        "UNLOAD the application",
        "Application Unloaded.",
        application_status,
    ),
    "APPDISABLE": (
        "disable the application",
        "Application Disabled.",
        application_status,
    ),
    "APPENABLE": ("Enable the application", "Application Enabled.", application_status),
    "APPGETSTATUS": (
        *("retrieve the application STATUS", "Application Status: {}"),
        application_status,
    ),
}


def application_command(
    terminal: "Terminal",
    workspace: "Workspace",
    _server: str,
    words: "Sequence[str]",
    verb: str,
) -> int:
    """Run an APP verb; deleting is no complaint where there is no application.

    Raises:
        AdsiError: There is no such key, or it may hold no application.
    """
    what, said, act = _ACTIONS[verb]
    text = words[0]
    path = clean_path(text)
    # Paths are relative to /LM: a typed LM is a key of that name, which is not there.
    open_key(workspace, parse_path(text), f"{_OPEN_FAILED}{path}")
    try:
        answer = act(workspace, text)
    except BindctlError as error:
        raise adsi_error(error, f"Error trying to {what}: {path}") from error
    # 0 stopped, 1 running, 2 not defined
    terminal.print(said.format(answer))
    return 0
