"""Result values as plain JSON data."""

from __future__ import annotations

import json
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def encode(value: object) -> str:
    """`value` as indented JSON."""
    return json.dumps(plain(value), indent=2, ensure_ascii=False)


def plain(value: object) -> object:  # noqa: PLR0911 - one a kind of value
    """`value` as dictionaries, lists, strings, numbers, booleans and ``None``.

    Enumerations become their names in lower case, or their values when those are
    words; times ISO 8601 in UTC.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Enum):
        return value.value if isinstance(value.value, str) else value.name.lower()
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    parts = _parts(value)
    if parts is not None:
        return {str(key): plain(item) for key, item in parts.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return str(value)


def _parts(value: object) -> Mapping[object, object] | None:
    """A mapping, or a named tuple by its names; ``None`` for anything else."""
    if isinstance(value, dict):
        return value
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        named: dict[object, object] = value._asdict()
        return named
    return None
