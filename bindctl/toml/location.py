"""Where a key's values stand in a document, and what they are.

On the quickest path: imports no parser unless a table needs one.
"""

from __future__ import annotations

from bindctl.findings.errors import BindctlError
from bindctl.model.path import (
    format_path,
    is_reserved,
    is_same_path,
    spelling_rank,
)
from bindctl.toml.reader import read_table
from bindctl.toml.scanner import Span, find_table, read_header, scan_tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
    """The table that counts first for a key's values; ``None`` when no table does.

    A key may exist without one: ``[w3svc.1.root]`` alone implies ``w3svc.1``.
    """
    if is_reserved(path) or is_in_array(octets, path):
        return None
    quick = find_table(octets, path)
    if quick is not None:
        return Location(quick)
    return next(iter(_locate_exactly(octets, path)), None)


def locate_all(octets: bytes, path: tuple[str, ...]) -> list[Location]:
    """Every table that holds values of a key, in whatever letter case it is spelt.

    What an earlier one says counts, as in the tree.
    """
    if is_reserved(path) or is_in_array(octets, path):
        return []
    quick = find_table(octets, path)
    if quick is not None and is_spelt_once(octets, path):
        return [Location(quick)]
    return _locate_exactly(octets, path)


def _locate_exactly(octets: bytes, path: tuple[str, ...]) -> list[Location]:
    # Imported here: few files need it, and none for a key that they spell once.
    from bindctl.toml.table_splitter import cut_spans  # noqa: PLC0415

    found = []
    for span in cut_spans(octets):
        length = len(span.path)
        if span.is_array or not is_same_path(span.path, path[:length]):
            continue
        inners = _resolve(read_table(octets, span), path[length:])
        found += [Location(span, inner) for inner in inners]
    return sorted(found, key=lambda item: spelling_rank(item.span.path + item.inner))


def is_spelt_once(octets: bytes, path: tuple[str, ...]) -> bool:
    """Whether surely no header and no name spells a key, or one above, otherwise.

    For a key whose table `find_table` finds. So it is where the names are nowhere but
    in headers in lower case, looked for as text.
    """
    folded = octets.lower()
    header = ""
    for depth, name in enumerate(path):
        if not name.isascii():
            return False
        bare = name.replace("_", "").replace("-", "").isalnum()
        text = name.lower() if bare else f'"{name.lower()}"'
        header += f".{text}" if depth else text
        if text.lower() == text.upper():
            continue
        plain = octets.count(f"\n[{header}".encode())
        plain += octets.startswith(f"[{header}".encode())
        if folded.count(header.encode()) != plain:
            return False
        above = find_table(octets, path[:depth]) if depth > 1 else None
        inside = b"" if above is None else folded[above.body : above.end]
        if name.lower().encode() in inside:
            return False
    return True


def is_in_array(octets: bytes, path: tuple[str, ...]) -> bool:
    """Whether the path leads to or into an array of tables: those are not keys."""
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


def spell_in_all_ways(
    spans: list[Span], path: tuple[str, ...]
) -> list[tuple[str, ...]]:
    """Every way in which headers spell a key, what counts first in front."""
    length = len(path)
    found = {
        span.path[:length]: None
        for span in spans
        if len(span.path) - span.is_array >= length
        and is_same_path(span.path[:length], path)
    }
    return sorted(found, key=spelling_rank)


def read_key(octets: bytes, path: tuple[str, ...]) -> dict[str, object] | None:
    """The raw values of one key; ``None`` when the document has no such key."""
    locations = locate_all(octets, path)
    if not locations:
        if is_reserved(path) or is_in_array(octets, path):
            return None
        implied = spell_in_all_ways(scan_tables(octets), path)
        return {} if implied or not path else None
    values = read_location(octets, locations[0])
    for location in locations[1:]:
        known = {name.lower() for name in values}
        more = read_location(octets, location)
        values |= {name: more[name] for name in more if name.lower() not in known}
    return values


def read_first(octets: bytes, path: tuple[str, ...]) -> dict[str, object] | None:
    """What the table that counts first says of a key; what it says holds.

    ``None`` when the document has no such key.
    """
    quick = None if is_reserved(path) else find_table(octets, path)
    if quick is None or is_in_array(octets, path):
        return read_key(octets, path)
    return read_table(octets, quick)


def read_location(octets: bytes, location: Location) -> dict[str, object]:
    """The raw values that stand at one place."""
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


def _resolve(values: object, names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """`names` in each spelling of nested tables that they lead to."""
    if not isinstance(values, dict):
        return
    if not names:
        yield ()
        return
    for spelling in values:
        if spelling.lower() == names[0].lower():
            for rest in _resolve(values[spelling], names[1:]):
                yield (spelling, *rest)


def find_spelling(table: object, name: str) -> str | None:
    """How a table spells that name; ``None`` when it does not have it."""
    folded = name.lower()
    names: Sequence[str] = list(table)  # type: ignore[call-overload]  # a mapping
    return next((key for key in names if key.lower() == folded), None)


def find_stored(table: Mapping[str, object], name: str) -> object | None:
    """What a table has under that name in any letter case; ``None`` for nothing."""
    spelling = find_spelling(table, name)
    return None if spelling is None else table[spelling]
