"""CREATE, CREATE_VDIR, CREATE_VSERV, DELETE, COPY and MOVE: whole keys.

DELETE also deletes a property, where the name is that of one.

Source:
    adsutil.vbs, generation C: CreateCommand, DeleteCommand, CopyMoveCommand.
"""

from bindctl.adsutil.errors import (
    E_PATH_NOT_FOUND,
    E_UNKNOWN_OBJECT,
    AdsiError,
    adsi_error,
)
from bindctl.adsutil.node import may_hold, open_key
from bindctl.findings.errors import BindctlError
from bindctl.metabase import schema
from bindctl.model.path import clean_path, parse_path, split_property
from bindctl.operations.editing.keys import copy_key, move_key
from bindctl.operations.editing.properties import key_type_by
from bindctl.operations.editing.transaction import edit_metabase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal
    from bindctl.toml.editor import Editor

_COPY_FAILED = "Error trying to Copy/Move Source to Dest."
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
    terminal: "Terminal",
    workspace: "Workspace",
    _server: str,
    words: "Sequence[str]",
    default_type: str,
) -> int:
    """Make a key; the exit status, 1 after a warning.

    The second word is its type, also where the verb has one of its own.

    Raises:
        AdsiError: The key exists, there is no such type, or nothing can be written.
    """
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
        # It would make /LM/LM, which is never meant and which no other verb finds.
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


def delete_command(
    terminal: "Terminal", workspace: "Workspace", _server: str, words: "Sequence[str]"
) -> int:
    """Delete the property or key that the word names; a slash at its end means the key.

    Raises:
        AdsiError: There is neither property nor key of that name.
    """
    node, name = split_property(words[0])
    text = f"{'/'.join(node)}/{name}"
    line = f"Error deleting the object: {text}"
    is_key_only = words[0].endswith("/")

    def change(editor: "Editor") -> str:
        if editor.read_key(node) is None or not name:
            raise AdsiError(E_PATH_NOT_FOUND, line, is_spaced=True)
        if not is_key_only and _delete_property(editor, node, name):
            return f'deleted property "{name}"'
        editor.delete_key((*node, name))
        return f'deleted path "{text}"'

    try:
        deleted, _is_changed = edit_metabase(workspace, change)
    except BindctlError as error:
        raise adsi_error(error, line, is_spaced=True) from error
    terminal.print(deleted)
    return 0


def _delete_property(editor: "Editor", node: tuple[str, ...], name: str) -> bool:
    """Clear a property; whether the name is that of a property and not of a key.

    A property that the key may hold, but does not, counts as deleted, because scripts
    clear properties without knowing whether they are set.
    """
    flag = schema.find_flag(name)
    row = flag[1] if flag else schema.find_property(name)
    if editor.delete_property(node, row.name if row else name):
        return True
    if row is None or editor.read_key((*node, name)) is not None:
        return False
    return may_hold(key_type_by(editor.read_key, node), row)


def copy_command(
    terminal: "Terminal",
    workspace: "Workspace",
    server: str,
    words: "Sequence[str]",
    done: str,
) -> int:
    """Copy or move a key; the exit status.

    Raises:
        AdsiError: There is no source, or the destination is there already.
    """
    copy = copy_key if done == "copied" else move_key
    source, destination = clean_path(words[0]), clean_path(words[1])
    above = _common_parent(parse_path(source), parse_path(destination))
    parent = "/".join((f"IIS://{server}", *above))
    open_key(workspace, above, f"Error trying to open the object: {parent}")
    for path in (source, destination):
        if path.partition("/")[0].upper() == "LM":  # it would be /LM/LM
            raise AdsiError(E_PATH_NOT_FOUND, _COPY_FAILED)
    try:
        copy(workspace, source, destination)
    except BindctlError as error:
        raise adsi_error(error, _COPY_FAILED) from error
    terminal.print(f"{done} from /{source} to /{destination}")
    return 0


def _common_parent(
    source: tuple[str, ...], destination: tuple[str, ...]
) -> tuple[str, ...]:
    """The names both paths begin with; at least one name of each path remains.

    Letter case counts, as in the script: with other spellings the common parent is just
    shorter.
    """
    length = 0
    shorter = min(len(source), len(destination)) - 1
    while length < shorter and source[length] == destination[length]:
        length += 1
    return source[:length]
