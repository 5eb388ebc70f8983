"""Edits of a metabase's text that change no answer at all.

Told from the lines that differ, in a time that does not count beside the write. Says so
only where it is sure: what looks odd may change anything. On the path of the quick
verbs: imports nothing but what every write has loaded.
"""

from bindctl.toml.vouching import differing_range

# What routing depends on, in lower case: a test tries all other properties of the
# schema. KeyType says which keys are sites.
ROUTING_PROPERTIES = frozenset(
    {
        b"centralcertstorepassword",
        b"centralcertstorepath",
        b"certhash",
        b"emulatedversion",
        b"keytype",
        b"listenaddresses",
        b"misdirectedrequest",
        b"schema_version",
        b"securebindings",
        b"serverautostart",
        b"serverbindings",
        b"sslcerthash",
        b"sslflags",
        b"sslstorename",
        b"storename",
        b"wildcardhostdepth",
    }
)
_QUOTES = b"\"'"


def is_irrelevant(before: bytes, after: bytes) -> bool:
    """Whether an edit surely changes nothing that routing depends on.

    Within a text of several lines a line only looks like a statement: a document that
    has any is not judged by its lines.
    """
    _first, old, new = differing_lines(before, after)
    return all(map(_is_irrelevant_line, old + new)) and not any(
        mark in text for text in (before, after) for mark in (b'"""', b"'''")
    )


def differing_lines(
    before: bytes, after: bytes
) -> tuple[int, list[bytes], list[bytes]]:
    """Where two texts begin to differ, and the lines of each until they are equal again.

    The first of the three is the octet at which the first of these lines begins.
    """
    start, old_end, new_end = differing_range(before, after)
    first = before.rfind(b"\n", 0, start) + 1
    old = _whole_lines(before, first, old_end)
    new = _whole_lines(after, first, new_end)
    # What two lines have in common may have hidden that one of them stayed.
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    while old and new and old[0] == new[0]:
        first += len(old[0]) + 1
        del old[0], new[0]
    return first, old, new


def _whole_lines(text: bytes, first: int, end: int) -> list[bytes]:
    """The lines that begin at `first`, to the one that `end` is in."""
    stop = text.find(b"\n", end)
    return text[first : len(text) if stop < 0 else stop].split(b"\n")


def _is_irrelevant_line(line: bytes) -> bool:
    """Whether it is blank, a comment, or a property that routing has no part in."""
    text = line.strip()
    if not text or text.startswith(b"#"):
        return True
    name, equals, value = text.partition(b"=")
    name = name.strip()
    if name[:1] in _QUOTES and name[:1] == name[-1:]:
        name = name[1:-1]
    if not equals or not name.isalnum() or name.lower() in ROUTING_PROPERTIES:
        return False
    return value.strip()[:1] not in (b"[", b"{", b"")  # it may go on below
