"""batch: many changes of a metabase as one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.metabase import schema
from bindctl.metabase.values import toml_value
from bindctl.model.path import (
    format_path,
    parse_path,
    split_property,
    without_root,
)
from bindctl.operations.editing.batch_lines import parse_script
from bindctl.operations.editing.changes import (
    CREATE,
    DELETE,
    Change,
    Edits,
    make_edits,
    set_change,
)
from bindctl.operations.editing.copy_key import copy_in, move_in
from bindctl.operations.editing.keys import delete_in, plan_key
from bindctl.operations.editing.old_names import translate
from bindctl.operations.editing.properties import (
    Assignment,
    key_type_by,
    require_allowed,
)
from bindctl.toml import document
from bindctl.toml.location import find_spelling

if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.operations.editing.batch_lines import Command
    from bindctl.storage.workspace import Workspace
    from bindctl.toml.editor import Editor


_TYPES = {"CREATE_VDIR": "IIsWebVirtualDir", "CREATE_VSERV": "IIsWebServer"}


class BatchResult(NamedTuple):
    """What a batch did, or would do.

    Attributes:
        commands: How many lines hold a command.
        edits: What they changed.
    """

    commands: int
    edits: Edits


def run_batch(
    workspace: Workspace,
    script: str,
) -> BatchResult:
    """Run every line of a script, or none.

    Args:
        workspace: The metabase.
        script: A line each: ``SET w3svc/1/ServerComment "My site"``.

    Raises:
        BindctlError: What a line alone would raise, with its number; CLI002, a line
            is none. Nothing is changed then.
    """
    commands = parse_script(script)

    def change(editor: Editor) -> tuple[Change, ...]:
        changes: list[Change] = []
        for command in commands:
            changes += _run(editor, command)
        return tuple(changes)

    edits = make_edits(workspace, change)
    return BatchResult(len(commands), edits)


def _run(editor: Editor, command: Command) -> list[Change]:
    try:
        return _VERBS[command.verb](editor, command)
    except BindctlError as error:
        error.line = command.line
        raise


def _set(editor: Editor, command: Command) -> list[Change]:
    text, words = translate(command.words[0], command.words[1:])
    assignment = Assignment(text, words, command.edit)
    path, row = assignment.path, assignment.row
    raw = editor.read_key(path)
    if raw is None:
        raise document.path_not_found(path)
    require_allowed(row, path, key_type_by(editor.read_key, path))
    stored = assignment.value_to_store(editor.read_key)
    plain = toml_value(stored)
    if _is_stored(raw, row.name, plain):
        return []
    editor.set_property(path, row.name, plain)
    shown, value = assignment.shown_row(), assignment.shown_value(stored)
    return [set_change(path, shown, value, command.line)]


def _create(editor: Editor, command: Command) -> list[Change]:
    key_type = command.words[1] if len(command.words) > 1 else None
    path, stored = plan_key(command.words[0], key_type)
    editor.create_key(path, stored)
    return [Change(CREATE, format_path(path), line=command.line)]


def _create_typed(editor: Editor, command: Command) -> list[Change]:
    """CREATE_VDIR and CREATE_VSERV: a second word is the type instead."""
    typed = command.words[1] if len(command.words) > 1 else _TYPES[command.verb]
    path, _stored = plan_key(command.words[0], typed)
    key_type = schema.find_class(typed)
    # Stored only where neither the path nor the types above decide it.
    is_decided = key_type in ("IIsObject", key_type_by(editor.read_key, path))
    editor.create_key(path, {} if is_decided else {"KeyType": key_type})
    return [Change(CREATE, format_path(path), line=command.line)]


def _copy(editor: Editor, command: Command) -> list[Change]:
    source, destination = command.words
    copy_in(editor, source, destination)
    path = without_root(parse_path(destination))
    return [Change(CREATE, format_path(path), line=command.line)]


def _move(editor: Editor, command: Command) -> list[Change]:
    source, destination = command.words
    move_in(editor, source, destination)
    old, new = (without_root(parse_path(text)) for text in (source, destination))
    return [
        Change(CREATE, format_path(new), line=command.line),
        Change(DELETE, format_path(old), line=command.line),
    ]


def _delete(editor: Editor, command: Command) -> list[Change]:
    text = _without_flag(editor, command.words[0])
    deletion = delete_in(editor, text)
    path = without_root(parse_path(text))
    name = deletion.property_name
    where = path if name is None else path[:-1]
    return [Change(DELETE, format_path(where), name, line=command.line)]


def _without_flag(editor: Editor, text: str) -> str:
    """The flag property in place of one of its flags, which are deleted together."""
    node, name = split_property(text)
    node = without_root(node)
    flag = schema.find_flag(name)
    if flag is None or text.endswith("/"):
        return text
    row = flag[1]
    stored = {key.lower() for key in editor.read_key(node) or {}}
    if row.name.lower() not in stored and editor.read_key((*node, name)) is not None:
        return text  # a key of that name
    return "/".join((*node, row.name))


def _is_stored(raw: dict[str, object], name: str, plain: object) -> bool:
    """Whether a key holds that very value, so that a set would change nothing."""
    spelling = find_spelling(raw, name)
    if spelling is None:
        return False
    # Python holds True equal to 1; TOML does not.
    old = raw[spelling]
    return old == plain and isinstance(old, bool) == isinstance(plain, bool)


_VERBS: dict[str, Callable[[Editor, Command], list[Change]]] = {
    "SET": _set,
    "CREATE": _create,
    "CREATE_VDIR": _create_typed,
    "CREATE_VSERV": _create_typed,
    "DELETE": _delete,
    "COPY": _copy,
    "MOVE": _move,
}
