"""Where a key's values stand in a document, and what they are.

On the quickest path: imports no parser unless a table needs one.
"""

from __future__ import annotations

from bindctl.findings.errors import BindctlError
from bindctl.model.path import format_path, is_reserved, is_same_path
from bindctl.toml.reader import read_table
from bindctl.toml.scanner import Span, find_table, read_header, scan_tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HRESULT_PATH_NOT_FOUND = 0x80070003
# Letters from rare to common in host names, paths and names of properties.
_RARE_FIRST = b"qzjxkvwybgfhdupmlcnortiase"
_MAX_LOOKS = 2000  # above it, folding the whole is quicker


class Location:
    """Where a key's values stand.

    Attributes:
        span: The table of the document that holds them.
        inner: Names below that table, for a key written inline or dotted.
    """

    __slots__ = ("inner", "span")

    def __init__(self, span: Span, inner: tuple[str, ...] = ()) -> None:
        """Keep the parts."""
        self.span = span
        self.inner = inner


def locate(octets: bytes, path: tuple[str, ...]) -> Location | None:
    """The table that holds a key's values; ``None`` when no table does.

    A key may exist without one: ``[w3svc.1.root]`` alone implies ``w3svc.1``.
    """
    if is_reserved(path) or is_in_array(octets, path):
        return None
    quick = find_table(octets, path)
    if quick is not None:
        return Location(quick)
    spans = scan_tables(octets)
    path = spell_key(spans, path)
    for length in range(len(path), -1, -1):
        for span in spans:
            if span.is_array or span.path != path[:length]:
                continue
            if length == len(path):
                return Location(span)
            inner = _resolve(read_table(octets, span), path[length:])
            if inner is not None:
                return Location(span, inner)
    return None


def is_in_array(octets: bytes, path: tuple[str, ...]) -> bool:
    """Whether the path leads to or into an array of tables: those are no keys."""
    position = octets.find(b"[[") if path else -1
    while position >= 0:
        header = read_header(octets, position)
        if header is not None and header[1] and _leads_to(header[0], path):
            # It could be inside a string of several lines.
            spans = scan_tables(octets)
            return any(s.is_array and _leads_to(s.path, path) for s in spans)
        position = octets.find(b"[[", position + 2)
    return False


def _leads_to(above: tuple[str, ...], path: tuple[str, ...]) -> bool:
    return is_same_path(above, path[: len(above)])


def spell_key(spans: list[Span], path: tuple[str, ...]) -> tuple[str, ...]:
    """`path` in the spelling that counts for the tree.

    If headers spell it in several ways, lower case counts, or else the first. Names
    that no header has stay as they are.
    """
    for depth, name in enumerate(path):
        above, folded = path[:depth], name.lower()
        found: str | None = None
        for span in spans:
            if len(span.path) - span.is_array <= depth or span.path[:depth] != above:
                continue
            spelling = span.path[depth]
            if spelling == folded:
                found = spelling
                break
            if found is None and spelling.lower() == folded:
                found = spelling
        if found is None:
            return path
        path = (*above, found, *path[depth + 1 :])
    return path


def read_key(octets: bytes, path: tuple[str, ...]) -> dict[str, object] | None:
    """The raw values of one key; ``None`` when the document has no such key."""
    location = locate(octets, path)
    if location is None:
        if is_reserved(path) or is_in_array(octets, path):
            return None
        spans = scan_tables(octets)
        path = spell_key(spans, path)
        return {} if any(implies(span, path) for span in spans) else None
    values: object = read_table(octets, location.span)
    for name in location.inner:
        values = values[name] if isinstance(values, dict) else {}
    return values if isinstance(values, dict) else {}


def mentions(octets: bytes, word: str) -> bool:
    """Whether `word` stands anywhere in the octets, in any letter case.

    Args:
        octets: Any.
        word: ASCII, lower case, and not empty.
    """
    folded = word.encode("ascii")
    length = len(folded)
    # One octet is quick to find, and the rarest one is the quickest.
    letter = next((bytes((o,)) for o in _RARE_FIRST if o in folded), folded[:1])
    offset = folded.index(letter)
    looks = 0
    for octet in {letter, letter.upper()}:
        position = octets.find(octet, offset)
        while position >= 0:
            start = position - offset
            if octets[start : start + length].lower() == folded:
                return True
            looks += 1
            if looks > _MAX_LOOKS:
                return folded in octets.lower()
            position = octets.find(octet, position + 1)
    return False


def path_not_found(path: tuple[str, ...]) -> BindctlError:
    """MET101 for that key."""
    return BindctlError(
        "MET101",
        f"{format_path(path)} is not in the metabase",
        "bindctl enum PATH lists the keys below a path",
        hresult=HRESULT_PATH_NOT_FOUND,
    )


def implies(span: Span, path: tuple[str, ...]) -> bool:
    """Whether the table's header alone makes `path`, in its letter case, a key."""
    below = len(span.path) > len(path) or not span.is_array
    return below and span.path[: len(path)] == path


def _resolve(values: object, names: tuple[str, ...]) -> tuple[str, ...] | None:
    """`names` in the spelling of nested tables; ``None`` when they do not lead on."""
    spelt = []
    for name in names:
        if not isinstance(values, dict):
            return None
        spelling = find_spelling(values, name)
        if spelling is None:
            return None
        values = values[spelling]
        spelt.append(spelling)
    return tuple(spelt) if isinstance(values, dict) else None


def find_spelling(table: object, name: str) -> str | None:
    """How a table spells that name; ``None`` when it does not have it."""
    folded = name.lower()
    names: Sequence[str] = list(table)  # type: ignore[call-overload]  # a mapping
    return next((key for key in names if key.lower() == folded), None)


def find_stored(table: Mapping[str, object], name: str) -> object | None:
    """What a table has under that name in any letter case; ``None`` for nothing."""
    spelling = find_spelling(table, name)
    return None if spelling is None else table[spelling]
