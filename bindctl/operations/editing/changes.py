"""The changes of an operation, as values, and how many edits become one write."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.metabase.values import STARS, toml_value
from bindctl.model.path import format_path
from bindctl.operations.editing.transaction import edit_metabase

if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.metabase.schema import Property
    from bindctl.metabase.values import Value
    from bindctl.storage.workspace import Workspace
    from bindctl.toml.editor import Editor

SET, CREATE, DELETE = "set", "create", "delete"


class Change(NamedTuple):
    """One property or key that was changed.

    Attributes:
        verb: ``set``, ``create`` or ``delete``.
        path: The key, as IIS writes it.
        property: The property, or ``None`` for the key itself.
        syntax: The property's ADSI syntax; empty for a key.
        value: What was set, as JSON has it; secure values are ten stars.
        line: The line of the script that asked for it; ``None`` without a script.
    """

    verb: str
    path: str
    property: str | None = None
    syntax: str = ""
    value: object = None
    line: int | None = None


class Edits(NamedTuple):
    """The edits of a transaction that was made, or would be made.

    Attributes:
        changes: In the order they were made.
        before: The document's octets.
        after: The octets after the edits.
    """

    changes: tuple[Change, ...]
    before: bytes
    after: bytes

    @property
    def is_changed(self) -> bool:
        """Whether the document was changed."""
        return self.before != self.after


def make_edits(
    workspace: Workspace, change: Callable[[Editor], tuple[Change, ...]]
) -> Edits:
    """Let `change` edit the metabase: all is written, or nothing.

    Args:
        workspace: The metabase.
        change: Edits through the editor; whatever it raises, nothing is written.

    Raises:
        BindctlError: The file cannot be read, locked or written, or the write is
            refused; what `change` raises.
    """

    def edit(editor: Editor) -> Edits:
        before = editor.octets()
        changes = change(editor)
        return Edits(changes, before, editor.octets())

    return edit_metabase(workspace, edit)[0]


def set_change(
    path: tuple[str, ...], row: Property, value: Value, line: int | None = None
) -> Change:
    """A property set at a key; without the value of one that is secret."""
    shown = STARS if row.is_secure else toml_value(value)
    return Change(SET, format_path(path), row.name, row.syntax, shown, line)
