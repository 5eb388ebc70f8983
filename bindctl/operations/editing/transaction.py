"""Several edits of a metabase as one: all are written, or none."""

from __future__ import annotations

from bindctl.toml.editor import Editor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from bindctl.storage.workspace import Workspace

    T = TypeVar("T")


def edit_metabase(
    workspace: Workspace, change: Callable[[Editor], T]
) -> tuple[T, bool]:
    """Let `change` edit the metabase, under its lock, and write the result at once.

    Args:
        workspace: The metabase.
        change: Edits through the editor; whatever it raises, nothing is written.

    Returns:
        What `change` returned, and whether the file changed.

    Raises:
        BindctlError: The file cannot be read, locked or written.
    """
    results: list[T] = []

    def rewrite(octets: bytes) -> bytes:
        editor = Editor(octets)
        results.append(change(editor))
        return editor.octets()

    is_changed = workspace.update(rewrite)
    return results[-1], is_changed
