"""Arrays over several lines, edited item by item.

If a person wrote a comment beside each item, the items that stay keep theirs, and the
list keeps its indentation. Imports tomlkit, which is slow to import.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import tomlkit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tomlkit.items import Array


def edit_array(old: object, value: object) -> object:
    """`value` in the layout of `old`; `old` itself is changed if tomlkit can do that.

    Args:
        old: What the table holds: tomlkit's, or a plain value.
        value: A plain TOML value.

    Returns:
        What the table is to hold: `old` itself, a new array or the plain value.
    """
    if not isinstance(value, list) or type(old) is list:
        return value
    if not isinstance(old, tomlkit.items.Array):
        return value
    is_multiline = "\n" in old.as_string()
    if is_multiline and _is_changed_in_place(old, value):
        return old
    array = tomlkit.array()
    array.extend(value)
    array.multiline(is_multiline)
    return array


def _is_changed_in_place(array: Array, value: list[object]) -> bool:
    """Make the array hold `value`; whether its text says so."""
    try:
        for start, end, items in _differences(array.unwrap(), value):
            _replace_items(array, start, end, items)
        written = tomlkit.parse(f"items = {array.as_string()}\n").unwrap()
    except (tomlkit.exceptions.TOMLKitError, LookupError, ValueError):
        return False
    return repr(written["items"]) == repr(value)


def _differences(
    old: list[object], new: list[object]
) -> Iterator[tuple[int, int, list[object]]]:
    """Ranges of `old` with their replacements from `new`, the last range first."""
    # True is not equal to 1 here, and tables are not hashable.
    texts = [repr(item) for item in old], [repr(item) for item in new]
    matcher = difflib.SequenceMatcher(None, *texts, autojunk=False)
    for tag, start, end, new_start, new_end in reversed(matcher.get_opcodes()):
        if tag != "equal":
            yield start, end, new[new_start:new_end]


def _replace_items(array: Array, start: int, end: int, items: list[object]) -> None:
    common = min(end - start, len(items))
    for offset in range(common):
        array[start + offset] = items[offset]
    for index in range(end - 1, start + common - 1, -1):
        del array[index]
    for offset in range(common, len(items)):
        array.insert(start + offset, items[offset])
