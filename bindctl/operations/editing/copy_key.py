"""copy and move: a key with all below it, by the paths a person types."""

from bindctl.model.path import clean_path, parse_path, without_root
from bindctl.operations.editing.transaction import edit_metabase
from bindctl.toml import subtree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.storage.workspace import Workspace
    from bindctl.toml.editor import Editor

    Copy = Callable[[Editor, tuple[str, ...], tuple[str, ...]], None]


class CopiedKey:
    """What copy or move did.

    Attributes:
        source: The path as it was cleaned, in the letter case typed.
        destination: Likewise.
    """

    __slots__ = ("destination", "source")

    def __init__(self, source: str, destination: str) -> None:
        """Keep the parts."""
        self.source = source
        self.destination = destination


def copy_key(workspace: "Workspace", source: str, destination: str) -> CopiedKey:
    """Copy a key with its properties and all below it; keys above come with it.

    Args:
        workspace: The metabase.
        source: The key.
        destination: Where the copy is to be; nothing may be there yet.

    Raises:
        BindctlError: MET101, there is no source; MET106, the destination exists;
            MET120, it lies below the source; MET108, there is no room for it.
            Nothing is changed then.
    """
    return _edit(workspace, source, destination, subtree.copy_in)


def move_key(workspace: "Workspace", source: str, destination: str) -> CopiedKey:
    """Give a key another place or name, with its properties and all below it.

    Raises:
        BindctlError: As `copy_key`.
    """
    return _edit(workspace, source, destination, subtree.move_in)


def copy_in(editor: "Editor", source: str, destination: str) -> None:
    """`copy_key` in a metabase that is open for edits.

    Raises:
        BindctlError: As `copy_key`.
    """
    subtree.copy_in(editor, *_paths(source, destination))


def move_in(editor: "Editor", source: str, destination: str) -> None:
    """`move_key` in a metabase that is open for edits.

    Raises:
        BindctlError: As `copy_key`.
    """
    subtree.move_in(editor, *_paths(source, destination))


def _edit(
    workspace: "Workspace", source: str, destination: str, copy: "Copy"
) -> CopiedKey:
    paths = _paths(source, destination)
    edit_metabase(workspace, lambda editor: copy(editor, *paths))
    return CopiedKey(clean_path(source), clean_path(destination))


def _paths(source: str, destination: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return without_root(parse_path(source)), without_root(parse_path(destination))
