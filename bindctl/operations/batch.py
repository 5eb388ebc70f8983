"""batch: many changes of a metabase as one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import BindctlError
from bindctl.metabase import document
from bindctl.metabase.path import format_path, parse_path, without_root
from bindctl.metabase.values import toml_value
from bindctl.operations.batch_lines import parse_script
from bindctl.operations.changes import (
    CREATE,
    DELETE,
    Change,
    Edits,
    make_edits,
    set_change,
)
from bindctl.operations.keys import delete_in, plan_key
from bindctl.operations.properties import Assignment, key_type_by, require_allowed

if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.metabase.editor import Editor
    from bindctl.operations.batch_lines import Command
    from bindctl.operations.strict import Judge


class BatchResult(NamedTuple):
    """What a batch did, or would do.

    Attributes:
        commands: How many lines asked for something.
        edits: What became of it.
    """

    commands: int
    edits: Edits


def run_batch(
    metabase: str,
    script: str,
    *,
    is_dry_run: bool = False,
    judge: Judge | None = None,
) -> BatchResult:
    """Run every line of a script, or none.

    Args:
        metabase: Absolute path of the file.
        script: A line each: ``SET w3svc/1/ServerComment "My site"``.
        is_dry_run: Whether to write nothing at all.
        judge: Raises when the result may not be written.

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

    edits = make_edits(metabase, change, is_dry_run=is_dry_run, judge=judge)
    return BatchResult(len(commands), edits)


def _run(editor: Editor, command: Command) -> list[Change]:
    try:
        return _VERBS[command.verb](editor, command)
    except BindctlError as error:
        error.line = command.line
        raise


def _set(editor: Editor, command: Command) -> list[Change]:
    text, *words = command.words
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


def _delete(editor: Editor, command: Command) -> list[Change]:
    text = command.words[0]
    deletion = delete_in(editor, text)
    path = without_root(parse_path(text))
    name = deletion.property_name
    where = path if name is None else path[:-1]
    return [Change(DELETE, format_path(where), name, line=command.line)]


def _is_stored(raw: dict[str, object], name: str, plain: object) -> bool:
    """Whether a key holds that very value, so that a set would change nothing."""
    folded = name.lower()
    spelling = next((key for key in raw if key.lower() == folded), None)
    if spelling is None:
        return False
    # Python holds True equal to 1; TOML does not.
    old = raw[spelling]
    return old == plain and isinstance(old, bool) == isinstance(plain, bool)


_VERBS: dict[str, Callable[[Editor, Command], list[Change]]] = {
    "SET": _set,
    "CREATE": _create,
    "DELETE": _delete,
}
