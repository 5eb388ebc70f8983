"""Applications of IIS 6: the properties that mark a key as the root of one.

The built-in server runs no code of theirs; the marks are kept for scripts that set
and read them.

Source:
    IIS 6 SDK, IIsWebVirtualDir: AppCreate2, AppDelete, AppGetStatus2.
"""

from bindctl.findings.errors import BindctlError
from bindctl.metabase import schema
from bindctl.model.path import format_path, parse_path, without_root
from bindctl.operations.editing.properties import key_type_of
from bindctl.storage.site_states import read_states
from bindctl.toml import document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.storage.workspace import Workspace

# AppIsolated: in the server's process, in one of its own, in a pooled one.
IN_PROCESS, OUT_OF_PROCESS, POOLED = 0, 1, 2
# What AppGetStatus2 answers.
STATUS_STOPPED, STATUS_RUNNING, STATUS_NOT_DEFINED = 0, 1, 2

HRESULT_NO_METHOD = 438  # VBScript: Object doesn't support this property or method
_STARTED = 2
_ROOT_NAME = "Default Application"
_PROPERTIES = (
    "AppRoot",
    "AppIsolated",
    "AppFriendlyName",
    "AppPackageID",
    "AppPackageName",
    "AppWamClsid",
)


def create_application(workspace: "Workspace", text: str, isolation: int) -> str:
    """Mark a key as the root of an application; an existing one gets the new isolation.

    Args:
        workspace: The metabase.
        text: ``/w3svc/1/root``.
        isolation: One of IN_PROCESS, OUT_OF_PROCESS, POOLED.

    Returns:
        AppRoot as stored.

    Raises:
        BindctlError: MET101, there is no such key; MET103, it may hold no application.
    """
    path = without_root(parse_path(text))
    root = _app_root(path)

    def change(octets: bytes) -> bytes:
        stored = require_application_key(octets, path)
        octets = document.set_property(octets, path, "AppRoot", root)
        octets = document.set_property(octets, path, "AppIsolated", isolation)
        if "appfriendlyname" in stored:
            return octets
        name = _ROOT_NAME if path[-1].lower() == "root" else path[-1]
        return document.set_property(octets, path, "AppFriendlyName", name)

    workspace.update(change)
    return root


def delete_application(workspace: "Workspace", text: str) -> bool:
    """Take the marks of an application off a key; whether there were any.

    Raises:
        BindctlError: MET101, there is no such key; MET103, it may hold no application.
    """
    path = without_root(parse_path(text))

    def change(octets: bytes) -> bytes:
        require_application_key(octets, path)
        for name in _PROPERTIES:
            shorter = document.delete_property(octets, path, name)
            octets = octets if shorter is None else shorter
        return octets

    return workspace.update(change)


def application_status(workspace: "Workspace", text: str) -> int:
    """Whether an application is defined at that very key, and its site started.

    Raises:
        BindctlError: MET101, there is no such key; MET103, it may hold no application.
    """
    path = without_root(parse_path(text))
    stored = require_application_key(workspace.read(), path)
    if not stored.get("approot"):
        return STATUS_NOT_DEFINED
    site = path[1] if len(path) > 1 and path[1].isdigit() else "0"
    state, _error = read_states(workspace.path).get(int(site), (0, 0))
    return STATUS_RUNNING if state == _STARTED else STATUS_STOPPED


def require_application_key(
    octets: bytes, path: tuple[str, ...]
) -> "Mapping[str, object]":
    """The raw values, by lower-case name, of a key that may be an application.

    Raises:
        BindctlError: MET101 or MET103.
    """
    raw = document.read_key(octets, path)
    if raw is None:
        raise document.path_not_found(path)
    key_type = key_type_of(octets, path)
    if "AppRoot" not in schema.properties_of(key_type):
        raise BindctlError(
            "MET103",
            f"{format_path(path)} is {key_type}, which may not be an application",
            "an application starts at a site's ROOT or at a key below it",
            hresult=HRESULT_NO_METHOD,
        )
    return {name.lower(): value for name, value in raw.items()}


def _app_root(path: tuple[str, ...]) -> str:
    """``/LM/W3SVC/1/ROOT/shop``: fixed names in upper case, others as typed."""
    fixed = ("w3svc", "root")
    return "/LM/" + "/".join(n.upper() if n.lower() in fixed else n for n in path)
