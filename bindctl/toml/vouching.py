"""Whether a document may take another's place: every reader has to be able to read it.

A whole document is read again, unless what differs is plain lines of one table: those
are read alone, in a time that does not count beside the write. A property test holds
both equal. On the quick path of writers: imports no parser where lines are plain.
"""

from bindctl.findings.errors import BindctlError
from bindctl.toml.reader import parse_document, read_plain_table
from bindctl.toml.scanner import Span, looks_like_value, read_header

_BEFORE_NAMES = (b".", b'."', b".'", b". ", b".\t")
# How a name below another may be spelt that those marks do not find.
_ODD_NAMES = (
    *(b"\\u", b"\\U"),
    *(b".  ", b". \t", b".\t ", b".\t\t"),
    *(b'. "', b". '", b'.\t"', b".\t'"),
)
_STEP = 1 << 16  # octets compared at once: few enough to be copied for nothing


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
    """Whether the text after surely is a document if the one before is.

    So it is where they differ in one table, all of that is plain properties, and no
    table has the name of one that is new.
    """
    if any(mark in text for text in (before, after) for mark in (b'"""', b"'''")):
        return False
    start, old_end, new_end = differing_range(before, after)
    old_table = _find_around(before, start, old_end)
    new_table = _find_around(after, start, new_end)
    if old_table is None or new_table is None:
        return False
    if len(before) - old_table.end != len(after) - new_table.end:
        return False  # a header came or went
    old = read_plain_table(before, old_table)
    new = read_plain_table(after, new_table)
    if old is None or new is None:
        return False
    added = [name for name in new if name not in old]
    return not (added and _may_have_key(before, added))


def differing_range(before: bytes, after: bytes) -> tuple[int, int, int]:
    """Where two texts begin to differ, and where that ends in each of them."""
    shorter = min(len(before), len(after))
    start = _common_start(before, after, shorter)
    end = _common_end(before, after, shorter - start)
    return start, len(before) - end, len(after) - end


def _common_start(left: bytes, right: bytes, limit: int) -> int:
    """How many octets two texts have in common at their beginning, up to the limit."""
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


def _find_around(octets: bytes, start: int, end: int) -> Span | None:
    """The one table that all of a range stands in; ``None`` if that is not so plain.

    Args:
        octets: A text without strings of several lines.
        start: Where the range begins.
        end: Where it ends: the octet after its last one.
    """
    header = octets.rfind(b"\n[", 0, start) + 1
    body = octets.find(b"\n", header) + 1
    if not 0 < body <= start or not _is_header(octets, header):
        return None
    following = octets.find(b"\n[", max(end, body) - 1) + 1 or len(octets)
    if following < len(octets) and not _is_header(octets, following):
        return None
    return Span((), header, body, following)


def _is_header(octets: bytes, position: int) -> bool:
    """Whether a line is a header, whatever stands around it: no row of an array."""
    if not octets.startswith(b"[", position):
        return False
    found = read_header(octets, position)
    if found is None:
        return False
    first = found[0][0]
    bare = first.replace("-", "").replace("_", "")
    is_spelt = octets.startswith(first.encode(), position + 1 + found[1])
    is_bare = bare.isalnum() and bare.isascii() and is_spelt
    return is_bare and not looks_like_value(first.lower())


def _may_have_key(octets: bytes, names: list[str]) -> bool:
    """Whether a header or a dotted name may make a table of one of those names."""
    if any(odd in octets for odd in _ODD_NAMES):
        return True
    spelt = [name.encode() for name in names]
    return any(mark + name in octets for name in spelt for mark in _BEFORE_NAMES)
