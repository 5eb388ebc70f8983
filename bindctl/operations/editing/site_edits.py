"""Sites, virtual directories and applications made and removed, each in one write.

An application of IIS 6 is a mark on a key. The built-in server runs no code of theirs;
the marks are kept for scripts that set and read them.

Source:
    IIS 6 SDK, IIsWebVirtualDir: AppCreate2, AppDelete, AppGetStatus2.
"""

import os

from bindctl.findings.errors import BindctlError
from bindctl.metabase import schema
from bindctl.metabase.schema import MAX_DWORD
from bindctl.metabase.values import toml_value
from bindctl.model.path import format_path, parse_path, without_root
from bindctl.operations.editing.properties import key_type_of
from bindctl.operations.editing.transaction import edit_metabase
from bindctl.storage.site_states import read_states
from bindctl.toml import document
from bindctl.toml.document import HRESULT_ALREADY_EXISTS
from bindctl.toml.limits import is_text
from bindctl.toml.location import find_stored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bindctl.metabase.values import Value
    from bindctl.storage.workspace import Workspace
    from bindctl.toml.editor import Editor

    Values = Mapping[str, Value]

_SERVICE = "w3svc"


def make_folder(workspace: "Workspace", path: str, *words: str) -> None:
    """Make the folder a `Path` names, if it is missing.

    Args:
        workspace: The metabase; a relative path is relative to it.
        path: As it will be stored.
        words: Texts that will be stored beside it: no folder is made if they would be
            refused.

    Raises:
        BindctlError: MET105, a word is not Unicode; or the folder cannot be made.
    """
    for word in (path, *words):
        if not is_text(word):
            message = f"{word!r} is text that a file cannot hold"
            raise BindctlError("MET105", message, "write it in UTF-8")
    folder = os.path.dirname(os.path.realpath(workspace.path))
    workspace.make_folder(os.path.join(folder, path))


def create_site(
    workspace: "Workspace",
    values: "Values",
    root: "Callable[[int], Values] | None",
    identifier: int | None = None,
) -> int:
    """Make a site whose bindings and properties are stored as they are given.

    Args:
        workspace: The metabase.
        values: Properties of the site.
        root: Gives the properties of its ROOT for its number; ``None`` for no ROOT.
        identifier: Its number; the lowest free one by default.

    Returns:
        The site's number.

    Raises:
        BindctlError: MET106, the number is taken; MET105, it is not a site's number; or
            the file cannot be written.
    """
    return edit_metabase(
        workspace, lambda editor: create_site_in(editor, values, root, identifier)
    )[0]


def create_site_in(
    editor: "Editor",
    values: "Values",
    root: "Callable[[int], Values] | None" = None,
    identifier: int | None = None,
    lowest: int = 1,
) -> int:
    """The same in a metabase that is open for edits.

    Args:
        editor: The metabase.
        values: As `create_site`.
        root: As `create_site`.
        identifier: As `create_site`.
        lowest: Where to begin to look for a free number.
    """
    number = find_identifier(editor, identifier, lowest)
    path = (_SERVICE, str(number))
    if editor.read_key((_SERVICE,)) is None:
        editor.create_key((_SERVICE,), {})
    editor.create_key(path, _plain(values))
    if root is not None:
        editor.create_key((*path, "root"), _plain(root(number)))
    return number


def find_identifier(editor: "Editor", identifier: int | None, lowest: int = 1) -> int:
    """The number of a new site: the one asked for, or the lowest free one.

    Raises:
        BindctlError: As `create_site`.
    """
    if identifier is None:
        while editor.read_key((_SERVICE, str(lowest))) is not None:
            lowest += 1
        return lowest
    if not 1 <= identifier <= MAX_DWORD:
        message = f"identifier {identifier} is not between 1 and {MAX_DWORD}"
        raise BindctlError("MET105", message)
    if editor.read_key((_SERVICE, str(identifier))) is not None:
        message = f"site {identifier} exists already"
        raise BindctlError("MET106", message, hresult=HRESULT_ALREADY_EXISTS)
    return identifier


def create_virtual_directory(
    workspace: "Workspace", path: tuple[str, ...], values: "Values"
) -> None:
    """Make a key with properties; keys above it that are missing are web directories.

    Raises:
        BindctlError: MET106, it exists; MET101, there is no such site.
    """
    edit_metabase(workspace, lambda editor: create_directory_in(editor, path, values))


def create_directory_in(
    editor: "Editor", path: tuple[str, ...], values: "Values"
) -> None:
    """The same in a metabase that is open for edits."""
    _require_free(editor, path)
    root = len((_SERVICE, "1", "root"))
    for length in range(root, len(path)):
        if editor.read_key(path[:length]) is None:
            own: dict[str, object] = {}
            if length > root:
                own["KeyType"] = "IIsWebDirectory"
            editor.create_key(path[:length], own)
    above = path[:-1]
    stored = _plain(values)
    stored_type = find_stored(editor.read_key(above) or {}, "keytype")
    if above and stored_type == "IIsWebDirectory":
        stored = {"KeyType": "IIsWebVirtualDir", **stored}
    editor.create_key(path, stored)


def _require_free(editor: "Editor", path: tuple[str, ...]) -> None:
    if editor.read_key(path) is not None:
        message = f"{format_path(path)} exists already"
        raise BindctlError("MET106", message, hresult=HRESULT_ALREADY_EXISTS)


def _plain(values: "Values") -> dict[str, object]:
    return {name: toml_value(value) for name, value in values.items()}


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
