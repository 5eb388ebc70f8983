"""iisvdir: create, delete and query virtual directories.

Source:
    iisvdir.vbs of Windows Server 2003: messages and columns.
"""

import os

from bindctl.companions.errors import (
    E_PATH_NOT_FOUND,
    E_WMI_INVALID_PATH,
    E_WMI_NOT_FOUND,
    ScriptError,
)
from bindctl.companions.script import Operation, Script, cell
from bindctl.companions.sites import NEW_DIRECTORY, find_site, site_path
from bindctl.operations.editing.keys import delete as delete_key
from bindctl.operations.editing.keys import require_key
from bindctl.operations.editing.site_edits import (
    POOLED,
    create_virtual_directory,
    make_folder,
)
from bindctl.operations.editing.sites import list_sites

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bindctl.companions.script import Call
    from bindctl.metabase.tree import Key
    from bindctl.metabase.values import Value

_VIRTUAL = "IIsWebVirtualDir"
_ALIAS_WIDTH = 35
_RULE = "=" * 78
_SEE_HELP = "Type IIsVDir /{} /? for help."


def create(call: "Call") -> int:
    """/create: make a virtual directory that is an application, and report."""
    typed, alias, root = call.words
    if "/" in alias or "\\" in alias or not alias:
        line = "Alias contains invalid character(s)."
        raise ScriptError(line, _SEE_HELP.format("create"))
    above = _resolve(call, typed)
    path = (*above, alias)
    shown = _show(path)
    if _find(call, path) is not None:
        raise ScriptError(f"Virtual directory '{shown}' already exists.")
    _require_folder_above(call, above)
    make_folder(call.workspace, root, alias)
    folder = root.removesuffix("\\")
    values: "dict[str, Value]" = {
        "Path": folder,
        **NEW_DIRECTORY,
        "AppRoot": f"/LM/{shown}",
        "AppIsolated": POOLED,
        "AppFriendlyName": alias,
    }
    create_virtual_directory(call.workspace, _stored(path), values)
    parent = typed.removesuffix("/")
    call.print(f"{'Virtual Path':<14}= {parent}/{alias}")
    call.print(f"{'ROOT':<14}= {folder}")
    call.print(f"{'Metabase Path':<14}= {shown}")
    return 0


def delete(call: "Call") -> int:
    """/delete: remove a virtual directory with all below it."""
    typed = call.words[0]
    path = _resolve(call, typed)
    if path[-1] == "ROOT":
        raise ScriptError(
            "Cannot delete the ROOT virtual directory. Please specify another one."
        )
    key = _find(call, path)
    if key is None:
        line = f"Virtual directory doesn't exist ({typed})"
        raise ScriptError(line, number=E_WMI_NOT_FOUND)
    if key.key_type != _VIRTUAL:
        line = "Specified metabase path is not a virtual directory."
        raise ScriptError(line, number=E_WMI_INVALID_PATH)
    delete_key(call.workspace, _show(path) + "/")
    call.print(f"Web directory {typed} has been DELETED")
    return 0


def query(call: "Call") -> int:
    """/query: the virtual directories directly below a path."""
    path = _resolve(call, call.words[0])
    key = _find(call, path)
    rows = [] if key is None else list(key.children())
    found = [row for row in rows if row.key_type == _VIRTUAL]
    if not found:
        call.print("No virtual sub-directories available.")
        return 0
    call.print(f"{'Alias':<{_ALIAS_WIDTH}}Physical Root")
    call.print(_RULE)
    for row in found:
        call.print(cell(f"/{row.path[-1]}", _ALIAS_WIDTH) + row.text("Path"))
    return 0


def _resolve(call: "Call", typed: str) -> tuple[str, ...]:
    """The key of ``W3SVC/1[/ROOT][/path]`` or ``Site Name[/path]``.

    Raises:
        ScriptError: There is no such site.
    """
    parts = [part for part in typed.replace("\\", "/").split("/") if part]
    name, rest = "/".join(parts[:1]), parts[1:]
    if name.upper() == "W3SVC":
        if not rest or not rest[0].isdigit():
            raise ScriptError("Invalid site path.")
        name, rest = f"W3SVC/{rest[0]}", rest[1:]
        if rest and rest[0].upper() == "ROOT":
            del rest[0]
    site = find_site(list_sites(call.workspace), name)
    if site is None:
        line = f'Could not find website "{name}".'
        raise ScriptError(line, _SEE_HELP.format(call.operation))
    return ("W3SVC", str(site.identifier), "ROOT", *rest)


def _find(call: "Call", path: tuple[str, ...]) -> "Key | None":
    return require_key(call.workspace.read(), ()).find(*path)


def _require_folder_above(call: "Call", above: tuple[str, ...]) -> None:
    """Refuse a path above the new directory that neither metabase nor disk has.

    Raises:
        ScriptError: There is no such folder.
    """
    length = len(above)
    key = None
    while length > len(("W3SVC", "1")) and key is None:
        key = _find(call, above[:length])
        length -= 1
    below = above[length + 1 :]
    if key is None or (not below and key.key_type in (_VIRTUAL, "IIsWebDirectory")):
        return
    base = os.path.dirname(os.path.realpath(call.workspace.path))
    if not os.path.isdir(os.path.join(base, key.text("Path"), *below)):
        line = "Parent virtual directory points to an unexistant file system path."
        raise ScriptError(line, number=E_PATH_NOT_FOUND)


def _show(path: tuple[str, ...]) -> str:
    return "/".join((site_path(int(path[1])), *path[2:]))


def _stored(path: tuple[str, ...]) -> tuple[str, ...]:
    """The path as bindctl writes keys: the service and its root in lower case."""
    return ("w3svc", path[1], "root", *path[3:])


_PATH = "    <site>  W3SVC/n, or the ServerComment; <path> is below its ROOT"

SCRIPT = Script(
    "IIsVDir",
    "Create, delete or query virtual directories.",
    {
        "create": Operation(
            create,
            3,
            "",
            "/create <site>[/<path>] <alias> <root>",
            _PATH,
            "    <root>  folder of the directory; made when it is missing",
        ),
        "delete": Operation(delete, 1, "", "/delete <site>[/<path>]/<alias>", _PATH),
        "query": Operation(query, 1, "", "/query <site>[/<path>]", _PATH),
    },
    {},
    {"c": "create", "d": "delete", "q": "query"},
)
