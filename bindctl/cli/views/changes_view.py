"""Changes in words: a line each, then how many there were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.metabase.schema import find_flag, find_property
from bindctl.metabase.values import STARS, format_value
from bindctl.operations.editing.changes import CREATE, SET
from bindctl.operations.editing.properties import flag_row

if TYPE_CHECKING:
    from bindctl.metabase.schema import Property
    from bindctl.operations.editing.changes import Change, Edits
    from bindctl.terminal.terminal import Terminal


def print_changes(
    terminal: Terminal, edits: Edits, *, is_quiet: bool, is_dry_run: bool
) -> None:
    """A line a change unless `is_quiet`, and their number."""
    if not is_quiet:
        for change in edits.changes:
            terminal.print(format_change(change))
    if not edits.is_changed:
        terminal.print("nothing to change" if is_dry_run else "nothing changed")
        return
    count = len(edits.changes)
    words = "1 change" if count == 1 else f"{count} changes"
    terminal.print(f"{words}, not written" if is_dry_run else words)


def changes_data(edits: Edits, *, is_dry_run: bool) -> dict[str, object]:
    """The same for JSON."""
    return {
        "changed": edits.is_changed and not is_dry_run,
        "would_change": edits.is_changed,
        "changes": edits.changes,
    }


def format_change(change: Change) -> str:
    """``set /LM/W3SVC/1/ServerComment: <STRING> "x"``, ``created /LM/W3SVC/2``."""
    place = change.path
    if change.property:
        place += f"/{change.property}"
    if change.verb != SET:
        return f"{'created' if change.verb == CREATE else 'deleted'} {place}"
    value = change.value
    shown = f'"{STARS}"' if value == STARS else _format(change.property or "", value)
    return f"set {place}: <{change.syntax}> {shown}".rstrip()


def _format(name: str, value: object) -> str:
    row = _row_of(name)
    typed = tuple(value) if isinstance(value, list) else value
    return format_value(row, typed)  # type: ignore[arg-type]  # it was a value of `row`


def _row_of(name: str) -> Property:
    row = find_property(name)
    flag = find_flag(name)
    if row is None and flag is not None:
        return flag_row(flag[0])
    if row is None:
        message = f"the schema has no property {name}"
        raise LookupError(message)
    return row
