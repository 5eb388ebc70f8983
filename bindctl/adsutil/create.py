"""CREATE, CREATE_VDIR and CREATE_VSERV: a new, empty key.

Source:
    adsutil.vbs, generation C: CreateCommand.
"""

from bindctl.adsutil.errors import (
    E_PATH_NOT_FOUND,
    E_UNKNOWN_OBJECT,
    AdsiError,
    adsi_error,
)
from bindctl.findings.errors import BindctlError
from bindctl.metabase import schema
from bindctl.model.path import clean_path, parse_path
from bindctl.operations.editing.properties import key_type_by
from bindctl.operations.editing.transaction import edit_metabase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal
    from bindctl.toml.editor import Editor

_WARNING_STATUS = 1
_NO_TYPE = "IIsObject"
_NO_TYPE_WARNING = (
    "",
    "WARNING: The Object Type of this object was not specified or was specified as",
    "    IIsObject.  This means that you will not be able to set or get properties",
    "    on the object until the KeyType property is set.",
    "",
)


def create_command(
    terminal: "Terminal", workspace: "Workspace", _server: str, words: "Sequence[str]"
) -> int:
    """Make a key of the type named; the exit status, 1 after a warning.

    Raises:
        AdsiError: The key exists, there is no such type, or nothing can be written.
    """
    return _create(terminal, workspace, words, _NO_TYPE)


def create_vdir_command(
    terminal: "Terminal", workspace: "Workspace", _server: str, words: "Sequence[str]"
) -> int:
    """Make a virtual directory; a third word is its type all the same.

    Raises:
        AdsiError: As `create_command`.
    """
    return _create(terminal, workspace, words, "IIsWebVirtualDir")


def create_vserv_command(
    terminal: "Terminal", workspace: "Workspace", _server: str, words: "Sequence[str]"
) -> int:
    """Make a site; a third word is its type all the same.

    Raises:
        AdsiError: As `create_command`.
    """
    return _create(terminal, workspace, words, "IIsWebServer")


def _create(
    terminal: "Terminal",
    workspace: "Workspace",
    words: "Sequence[str]",
    default_type: str,
) -> int:
    text = clean_path(words[0])
    typed = words[1] if len(words) > 1 else default_type
    has_parent = _make_key(workspace, text, typed)
    status = 0
    if not has_parent:
        for line in _parent_warning(text.rpartition("/")[0]):
            terminal.print(line)
        status = _WARNING_STATUS
    if typed.lower() == _NO_TYPE.lower():
        for line in _NO_TYPE_WARNING:
            terminal.print(line)
        status = _WARNING_STATUS
    terminal.print(f'created "{text}"')
    return status


def _make_key(workspace: "Workspace", text: str, typed: str) -> bool:
    """Make the key with those above it; whether its parent was there.

    Raises:
        AdsiError: See `create_command`.
    """
    line = f"Error creating the object: {text}"
    path = parse_path(text)
    key_type = schema.find_class(typed)
    if key_type is None:
        raise AdsiError(E_UNKNOWN_OBJECT, line, is_spaced=True)
    if path[:1] and path[0].upper() == "LM":
        # It would make /LM/LM, which nobody means and no other verb finds.
        raise AdsiError(E_PATH_NOT_FOUND, line, is_spaced=True)

    def change(editor: "Editor") -> bool:
        has_parent = editor.read_key(path[:-1]) is not None
        # The type is stored only where path and schema do not decide it.
        is_decided = key_type in (_NO_TYPE, key_type_by(editor.read_key, path))
        editor.create_key(path, {} if is_decided else {"KeyType": key_type})
        return has_parent

    try:
        return edit_metabase(workspace, change)[0]
    except BindctlError as error:
        raise adsi_error(error, line, is_spaced=True) from error


def _parent_warning(parent: str) -> "Sequence[str]":
    return (
        "",
        f"WARNING: The parent path ({parent}) was not already created.",
        "    This means that some of the intermediate objects will not have an accurate",
        "    Object Type. You should fix this by setting the KeyType on the intermediate",
        "    objects.",
        "",
    )
