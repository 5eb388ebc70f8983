"""Rules about the metabase itself: names, types, letter case."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place
from bindctl.metabase.schema import find_nearest, find_property, is_identifier
from bindctl.metabase.values import expected_type, typed_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.findings.finding import Finding
    from bindctl.metabase.tree import Key

# Longest value quoted in a message.
_MAX_SHOWN = 40


def metabase_findings(key: Key) -> Iterator[Finding]:
    """What is wrong with a key's own names and values, and with all keys below it."""
    yield from unknown_property(key)
    yield from wrong_type(key)
    yield from duplicate_key(key)
    yield from ignored_site(key)
    for child in key.children():
        yield from metabase_findings(child)


def unknown_property(key: Key) -> Iterator[Finding]:
    """MET201: a name the schema does not have."""
    for name, raw in key.raw.items():
        if find_property(name) is not None:
            continue
        message, hint = f"the schema has no property {name!r}", _spelling_hint(name)
        if isinstance(raw, list) and raw and isinstance(raw[0], dict):
            message, hint = f"[[…{name}]] is an array of tables, which is no key", ""
        yield make_finding("MET201", Place(key.location(), name), message, hint)


@lru_cache(maxsize=256)  # one slip is often in many tables, and the search is slow
def _spelling_hint(name: str) -> str:
    near = find_nearest(name)
    return f"did you mean {near}?" if near else ""


def wrong_type(key: Key) -> Iterator[Finding]:
    """MET202: a value that the schema's type cannot hold."""
    for name, raw in key.raw.items():
        row = find_property(name)
        if row is None or typed_value(row, raw) is not None:
            continue
        shown = repr(raw)
        if len(shown) > _MAX_SHOWN:
            shown = shown[:_MAX_SHOWN] + "…"
        message = f"{row.name} is {shown}, not {expected_type(row)}"
        yield make_finding("MET202", Place(key.location(), name), message)


def ignored_site(key: Key) -> Iterator[Finding]:
    """MET206: a key meant as a site whose name is no identifier."""
    if key.key_type != "IIsWebService":
        return
    for child in key.children():
        name = child.path[-1]
        if name.isnumeric() and not is_identifier(name):
            message = f"{name!r} is no site's identifier, so it is no site"
            yield make_finding("MET206", Place(child.location()), message)


def duplicate_key(key: Key) -> Iterator[Finding]:
    """MET203: a second spelling of one name."""
    for name in key.duplicates:
        message = f"{name!r} is there already in other letter case"
        yield make_finding("MET203", Place(key.location(), name), message)
