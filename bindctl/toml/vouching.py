"""Checks that an edited document can be read before it replaces the old one.

The whole document is read again, unless only plain lines of a few tables differ, some
of which may be new: then only those are read, in next to no time. A property test holds
both equal. On the quick path of writers: imports no parser where lines are plain.
"""

from bindctl.findings.errors import BindctlError
from bindctl.toml.reader import parse_document, read_plain_table
from bindctl.toml.scanner import Span, looks_like_value, read_header

_BEFORE_NAMES = (b".", b'."', b".'", b". ", b".\t")
# How a name below another may be spelt that those marks do not find, after the mark
# that all such spellings have.
_ODD_NAMES = {
    b"\\": (b"\\u", b"\\U"),
    b". ": (b".  ", b". \t", b'. "', b". '"),
    b".\t": (b".\t ", b".\t\t", b'.\t"', b".\t'"),
}
_MAX_MADE = 32  # new tables: each is a search of the whole text
_MAX_NAMES = 8  # of a new table: a deeper one is read with the whole
_STEP = 1 << 16  # octets compared at once: so few that copying them costs nothing


def require_readable(before: bytes, after: bytes) -> None:
    """Refuse an edit after which the document could not be read.

    Args:
        before: The document.
        after: What the edit made of it.

    Raises:
        BindctlError: MET002, it cannot be read now; MET108, it could not afterwards.
    """
    if before == after or is_plain_edit(before, after):
        return
    try:
        parse_document(after)
    except BindctlError as error:
        parse_document(before)
        raise BindctlError(
            "MET108",
            f"the edit would leave a file that cannot be read: {error.message}",
            "nothing was written; bindctl edit changes the file by hand",
        ) from error


def is_plain_edit(before: bytes, after: bytes) -> bool:
    """Whether the new text is surely valid if the old one is.

    It is when all the tables that differ have only plain properties, no table has the
    name of a new property, and nothing has the name of a new table.
    """
    if b'"""' in before or b"'''" in before:
        return False
    start, old_end, new_end = differing_range(before, after)
    old_spans = _find_around(before, start, old_end)
    new_spans = _find_around(after, start, new_end)
    if old_spans is None or new_spans is None:
        return False
    # They differ nowhere below these tables.
    is_whole = len(before) - old_spans[-1].end == len(after) - new_spans[-1].end
    if not is_whole or _may_reorder_arrays(old_spans, new_spans):
        return False
    old, new = _read_plain(before, old_spans), _read_plain(after, new_spans)
    if old is None or new is None:
        return False
    added = [
        name
        for path in new.keys() & old.keys()
        for name in new[path]
        if name not in old[path]
    ]
    made = new.keys() - old.keys()
    if len(made) > _MAX_MADE:
        return False
    return not (added and _may_have_key(before, added)) and (
        not made or _are_apart(before, made, new)
    )


def differing_range(before: bytes, after: bytes) -> tuple[int, int, int]:
    """Where two texts begin to differ, and where the difference ends in each."""
    shorter = min(len(before), len(after))
    start = _common_start(before, after, shorter)
    end = _common_end(before, after, shorter - start)
    return start, len(before) - end, len(after) - end


def _common_start(left: bytes, right: bytes, limit: int) -> int:
    """How many octets the beginnings of two texts share, up to the limit."""
    at = 0
    while at < limit and left[at : at + _STEP] == right[at : at + _STEP]:
        at += _STEP
    low, high = min(at, limit), min(at + _STEP, limit)
    while low < high:  # less than a step is left
        middle = (low + high + 1) // 2
        if left[at:middle] == right[at:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(left: bytes, right: bytes, limit: int) -> int:
    """The same at their end."""
    here, there = len(left), len(right)
    at = 0
    while (
        at + _STEP <= limit
        and left[here - at - _STEP : here - at]
        == right[there - at - _STEP : there - at]
    ):
        at += _STEP
    low, high = at, min(at + _STEP, limit)
    while low < high:
        middle = (low + high + 1) // 2
        if left[here - middle : here - at] == right[there - middle : there - at]:
            low = middle
        else:
            high = middle - 1
    return low


def _find_around(octets: bytes, start: int, end: int) -> list[Span] | None:
    """The tables that contain the whole range; ``None`` if that is not certain.

    Args:
        octets: A text without strings of several lines.
        start: Where the range begins.
        end: Where it ends: the octet after its last one.
    """
    found: list[Span] = []
    header = octets.rfind(b"\n[", 0, start) + 1
    while True:
        read = _read_plain_header(octets, header)
        body = octets.find(b"\n", header) + 1
        if read is None or not body:
            return None
        names, is_array = read
        following = octets.find(b"\n[", body - 1) + 1 or len(octets)
        found.append(Span(names, header, body, following, is_array))
        if following >= max(end, body):
            break
        header = following
    if following < len(octets) and _read_plain_header(octets, following) is None:
        return None
    return found


def _may_reorder_arrays(old: list[Span], new: list[Span]) -> bool:
    """Whether a table may come to stand below another one of an array of tables."""
    if len(old) == len(new) == 1 and old[0].path == new[0].path:
        return False
    return any(span.is_array for span in (*old, *new))


def _read_plain(
    octets: bytes, spans: list[Span]
) -> dict[tuple[str, ...], dict[str, object]] | None:
    """The properties of each table; ``None`` where they are not plain, or it has two."""
    found: dict[tuple[str, ...], dict[str, object]] = {}
    for span in spans:
        values = None if span.path in found else read_plain_table(octets, span)
        if values is None:
            return None
        found[span.path] = values
    return found


def _are_apart(
    before: bytes,
    made: set[tuple[str, ...]],
    new: dict[tuple[str, ...], dict[str, object]],
) -> bool:
    """Whether the names of new tables are unused in the document and in each other.

    So it is where a name of the topmost ones is nowhere in the document, and would be
    that of a property of a table that has no such property.
    """
    names = []
    for path in made:
        lengths = range(1, len(path))
        if len(path) > _MAX_NAMES or any(
            path[length] in new.get(path[:length], ()) for length in lengths
        ):
            return False
        if any(path[:length] in made for length in lengths):
            continue
        free = (
            path[length]
            for length in lengths
            if (above := _read_above(before, path[:length])) is not None
            and path[length] not in above
        )
        names.append(next(free, ""))
    return "" not in names and not _may_have_key(before, names)


def _read_above(octets: bytes, path: tuple[str, ...]) -> dict[str, object] | None:
    """The properties of the only table of that name; ``None`` if uncertain."""
    header = ("[" + ".".join(path) + "]").encode()
    start = 0 if octets.startswith(header) else octets.find(b"\n" + header) + 1
    if not octets.startswith(header, start):
        return None
    spans = _find_around(octets, start + 1, start + 1)
    tables = spans and _read_plain(octets, spans)
    return tables.get(path) if tables else None


def _read_plain_header(
    octets: bytes, position: int
) -> tuple[tuple[str, ...], bool] | None:
    """As `read_header`, for a line that surely is a header, not an array's row."""
    if not octets.startswith(b"[", position):
        return None
    found = read_header(octets, position)
    if found is None:
        return None
    first = found[0][0]
    is_spelt = octets.startswith(first.encode(), position + 1 + found[1])
    is_plain = _is_bare(first) and is_spelt and not looks_like_value(first.lower())
    return found if is_plain else None


def _is_bare(name: str) -> bool:
    bare = name.replace("-", "").replace("_", "")
    return bare.isalnum() and bare.isascii()


def _may_have_key(octets: bytes, names: list[str]) -> bool:
    """Whether a header or a dotted name may make a table of one of those names."""
    for mark, odd_names in _ODD_NAMES.items():
        if mark in octets and any(odd in octets for odd in odd_names):
            return True
    spelt = [name.encode() for name in names]
    return any(
        _has_name(octets, mark + name) for name in spelt for mark in _BEFORE_NAMES
    )


def _has_name(octets: bytes, words: bytes) -> bool:
    """Whether the words stand somewhere, not as the beginning of a longer name."""
    at = octets.find(words)
    while at >= 0:
        following = octets[at + len(words) : at + len(words) + 1].decode("latin-1")
        if not _is_bare(following):
            return True
        at = octets.find(words, at + 1)
    return False
