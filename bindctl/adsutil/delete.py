"""DELETE: a property, or else the key of that name with all below it.

Source:
    adsutil.vbs, generation C: DeleteCommand.
"""

from bindctl.adsutil.errors import E_PATH_NOT_FOUND, AdsiError, adsi_error
from bindctl.adsutil.node import may_hold
from bindctl.findings.errors import BindctlError
from bindctl.metabase import schema
from bindctl.model.path import split_property
from bindctl.operations.editing.properties import key_type_by
from bindctl.operations.editing.transaction import edit_metabase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal
    from bindctl.toml.editor import Editor


def delete_command(
    terminal: "Terminal", workspace: "Workspace", _server: str, words: "Sequence[str]"
) -> int:
    """Delete what the word names; a slash at its end means the key.

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
    """Clear a property; whether the name meant one, and not a key.

    A property that the key may hold and does not is deleted already: scripts clear
    what they do not know to be set.
    """
    flag = schema.find_flag(name)
    row = flag[1] if flag else schema.find_property(name)
    if editor.delete_property(node, row.name if row else name):
        return True
    if row is None or editor.read_key((*node, name)) is not None:
        return False
    return may_hold(key_type_by(editor.read_key, node), row)
