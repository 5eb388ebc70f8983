"""Rules about the metabase itself: names, types, ranges, places of properties.

No message shows the value of a secure property.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place, Severity
from bindctl.metabase.schema import (
    MAX_DWORD,
    find_class,
    find_nearest,
    find_property,
    is_identifier,
    properties_of,
)
from bindctl.metabase.schema_data import CLASSES, PROPERTIES
from bindctl.metabase.values import expected_type, typed_value
from bindctl.model.path import format_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.findings.finding import Finding
    from bindctl.metabase.schema import Property
    from bindctl.metabase.tree import Key

# Longest value quoted in a message.
_MAX_SHOWN = 40
# Data types of which every value of a type is right.
_TYPES = {"STRING": str, "EXPANDSZ": str, "BOOL": bool}
CUSTOM = "CustomProperties"  # names properties that a key has beside its type's
_ANY_CLASS = "IIsObject"  # a key the schema has no type for may hold everything
_SLIP: Final = 0.85  # of the letters of both names are the same


def metabase_findings(key: Key) -> Iterator[Finding]:
    """Findings about a key's own names and values, and about all keys below it."""
    right_types = _right_types(key.key_type)
    for name, raw in key.values():
        if type(raw) is not right_types.get(name):
            yield from _property_findings(key, name, raw)
    if key.duplicates:
        yield from duplicate_key(key)
    if key.key_type == "IIsWebService":
        yield from ignored_site(key)
    for child in key.children():
        yield from metabase_findings(child)


def _property_findings(key: Key, name: str, raw: object) -> Iterator[Finding]:
    row = find_property(name)
    if row is None and not _is_custom(key, name):
        yield unknown_property(key, name, raw)
    elif row is not None and row.name == "KeyType":
        yield from unknown_key_type(key, name, raw)
    elif row is not None:
        if not _is_custom(key, name):
            yield from property_not_allowed_here(key, name, row)
        if typed_value(row, raw) is None or row.flags is not None:
            yield from wrong_value(key, name, row, raw)


def split_custom(item: object) -> tuple[str, list[str]]:
    """The property an item of `CUSTOM` is about, in lower case, and the parts before it.

    The name is empty if the text is not such an item.
    """
    parts = item.split(",", 4) if isinstance(item, str) else []
    return (parts[4].lower(), parts[:4]) if parts[4:] else ("", [])


def custom_name(item: object) -> str:
    """The property of an item of `CUSTOM`, in lower case; empty for other texts."""
    return split_custom(item)[0]


def _is_custom(key: Key, name: str) -> bool:
    items = key.stored(CUSTOM)
    return isinstance(items, list) and name.lower() in map(custom_name, items)


def unknown_property(key: Key, name: str, raw: object) -> Finding:
    """MET201: a name the schema does not have; an error where it is a slip."""
    place = Place(key.location(), name)
    if isinstance(raw, list) and raw and isinstance(raw[0], dict):
        message = f"[[…{name}]] is an array of tables, which is not a key"
        return make_finding("MET201", place, message)
    near = find_nearest(name)
    severity = Severity.ERROR if near and _is_slip(name, near) else Severity.WARNING
    message = f"the schema has no property {name!r}"
    hint = f"did you mean {near}?" if near else ""
    return make_finding("MET201", place, message, hint, severity=severity)


def _is_slip(name: str, near: str) -> bool:
    """Whether a name is a known one but for a letter or two: it was meant."""
    from difflib import SequenceMatcher  # noqa: PLC0415 - only a misspelling needs it

    matcher = SequenceMatcher(None, name.lower(), near.lower())
    return bool(matcher.ratio() >= _SLIP)


def unknown_key_type(key: Key, name: str, raw: object) -> Iterator[Finding]:
    """MET211: a KeyType the schema does not have."""
    if isinstance(raw, str) and find_class(raw) is not None:
        return
    near = _nearest(raw, tuple(CLASSES)) if isinstance(raw, str) else None
    hint = f"did you mean {near}?" if near else ""
    message = f"the schema has no key type {_shown(raw)}; it is read as {key.key_type}"
    yield make_finding("MET211", Place(key.location(), name), message, hint)


def property_not_allowed_here(key: Key, name: str, row: Property) -> Iterator[Finding]:
    """MET210: a key of this type may not hold the property."""
    if row.name in _allowed_in(key.key_type):
        return
    kinds = [kind for kind in CLASSES if row.name in _allowed_in(kind)]
    listed = ", ".join(kind for kind in kinds if kind != _ANY_CLASS)
    message = f"a key of type {key.key_type} may not hold {row.name}"
    hint = f"set it on a key of type {listed}" if listed else ""
    yield make_finding("MET210", Place(key.location(), name), message, hint)


def wrong_value(key: Key, name: str, row: Property, raw: object) -> Iterator[Finding]:
    """MET202 or MET209: a value that the schema's type, or its range, cannot hold."""
    if typed_value(row, raw) is not None:
        unknown = _unknown_bits(row, raw)
        if unknown:
            message = f"{row.name} is {_shown(raw)}: no flag has the bits {unknown:#x}"
            place = Place(key.location(), name)
            yield make_finding("MET209", place, message, "", Severity.WARNING)
        return
    place = Place(key.location(), name)
    cause, hint = _range_problem(row, raw)
    if cause:
        yield make_finding("MET209", place, cause, hint)
        return
    shown = "a value of another type" if row.is_secure else _shown(raw)
    message = f"{row.name} is {shown}, not {expected_type(row)}"
    yield make_finding("MET202", place, message)


def ignored_site(key: Key) -> Iterator[Finding]:
    """MET206: a key that looks like a site, but whose name is not an identifier."""
    for name in key.child_names():
        if name.isnumeric() and not is_identifier(name):
            message = f"{name!r} is not the identifier of a site, so it is not a site"
            place = Place(format_path((*key.path, name)))
            yield make_finding("MET206", place, message)


def duplicate_key(key: Key) -> Iterator[Finding]:
    """MET203: a second spelling of one name."""
    for name in key.duplicates:
        message = f"{name!r} is there already in other letter case"
        yield make_finding("MET203", Place(key.location(), name), message)


@lru_cache(maxsize=64)  # a large metabase has the same few names ten thousand times
def _right_types(key_type: str) -> dict[str, type]:
    """Properties a key of that type may hold whose value is right by its type alone."""
    found: dict[str, type] = {}
    for name in _allowed_in(key_type) - {"KeyType"}:
        data_type = PROPERTIES[name][1]
        if data_type in _TYPES:
            found[name] = _TYPES[data_type]
    return found


@lru_cache(
    maxsize=256
)  # one misspelling is often in many tables, and the search is slow
@lru_cache(maxsize=256)
def _nearest(name: str, known: tuple[str, ...]) -> str | None:
    import difflib  # noqa: PLC0415 - only a misspelling needs it

    spellings = {word.lower(): word for word in known}
    near = difflib.get_close_matches(name.lower(), spellings, 1)
    return spellings[near[0]] if near else None


@lru_cache(maxsize=64)
def _allowed_in(key_type: str) -> frozenset[str]:
    if key_type == _ANY_CLASS:
        return frozenset(PROPERTIES)
    return frozenset(properties_of(key_type))


def _unknown_bits(row: Property, raw: object) -> int:
    """Bits of a number that no flag of the property has."""
    if row.flags is None or not isinstance(raw, int):
        return 0
    known = 0
    for bit in row.flags.values():
        known |= bit
    return raw & ~known


def _range_problem(row: Property, raw: object) -> tuple[str, str]:
    """Why a value of the right type is out of range, and a hint; else both empty."""
    if row.data_type != "DWORD":
        return "", ""
    if isinstance(raw, int) and not isinstance(raw, bool):
        low, high = row.minimum or 0, row.maximum or MAX_DWORD
        return f"{row.name} is {raw}, not from {low} to {high}", ""
    if row.flags is None or not isinstance(raw, list):
        return "", ""
    known = {name.lower() for name in row.flags}
    names = [name for name in raw if isinstance(name, str)]
    unknown = [name for name in names if name.lower() not in known]
    if len(names) < len(raw) or not unknown:
        return "", ""
    near = _nearest(unknown[0], tuple(row.flags))
    hint = f"did you mean {near}?" if near else f"it has {', '.join(row.flags)}"
    return f"{row.name} has no flag {unknown[0]!r}", hint


def _shown(raw: object) -> str:
    shown = repr(raw)
    if len(shown) > _MAX_SHOWN:
        shown = shown[:_MAX_SHOWN] + "…"
    return shown
