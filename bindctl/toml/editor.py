"""Many edits of one document: indexed once, each edit touches its own table.

`document` edits octets and looks for tables anew each time; that is the oracle here.
An `Editor` cuts the document into tables once and hands `document` only the tables an
edit concerns, so that the thousandth edit costs what the first did. The index costs as
much as some dozens of edits, so the first few do without.

1. Joining the segments in order gives the document.
2. What the index cannot decide is decided by `document` on the whole.
"""

from __future__ import annotations

from bindctl.toml import document
from bindctl.toml.limits import cannot_edit
from bindctl.toml.location import is_spelt_once
from bindctl.toml.scanner import find_table
from bindctl.toml.table_splitter import cut_tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_FEW = 8  # so many looks at a document are cheaper without an index


class Segment:
    """One table of the document with its header, or what precedes the first.

    Attributes:
        path: Names of the header, in the file's letter case.
        folded: The same in lower case.
        octets: From the header's line to the next header's.
        is_array: Whether the header is ``[[…]]``.
        previous: The segment before, ``None`` for the first.
        next: The segment after, ``None`` for the last.
    """

    __slots__ = ("folded", "is_array", "next", "octets", "path", "previous")

    def __init__(self, path: tuple[str, ...], octets: bytes, *, is_array: bool) -> None:
        """Keep the parts; the links are the editor's."""
        self.path = path
        self.folded = _fold(path)
        self.octets = octets
        self.is_array = is_array
        self.previous: Segment | None = None
        self.next: Segment | None = None


class Editor:
    """A document open for edits; `octets` gives what has become of it."""

    def __init__(self, octets: bytes, few: int = _FEW) -> None:
        """Take the document.

        Args:
            octets: The document.
            few: How often to look at it before it is indexed.
        """
        self._whole: bytes | None = octets  # until it is indexed
        self._looks = few

    def octets(self) -> bytes:
        """The document as it is now."""
        if self._whole is not None:
            return self._whole
        return b"".join(segment.octets for segment in self._segments())

    def read_key(self, path: tuple[str, ...]) -> dict[str, object] | None:
        """The raw values of one key; ``None`` when there is no such key."""
        whole = self._look(path)
        if whole is not None:
            return document.read_key(whole, path)
        segment = self._find(path)
        if segment is None:
            if self._is_absent(path):
                return None
            return document.read_key(self.octets(), path)
        return document.read_key(segment.octets, path)

    def set_property(self, path: tuple[str, ...], name: str, value: object) -> None:
        """As `document.set_property`."""
        whole = self._look(path)
        if whole is not None:
            self._whole = document.set_property(whole, path, name, value)
            return
        segment = self._find(path)
        if segment is None:
            if self._is_absent(path):
                raise document.path_not_found(path)
            self._index(document.set_property(self.octets(), path, name, value))
            return
        if not _holds(segment, name.lower()) and self._has_below(path, name):
            raise cannot_edit((*path, name))
        segment.octets = document.set_property(segment.octets, path, name, value)

    def delete_property(self, path: tuple[str, ...], name: str) -> bool:
        """As `document.delete_property`; whether the property was stored."""
        whole = self._look(path)
        if whole is not None:
            shorter = document.delete_property(whole, path, name)
            self._whole = whole if shorter is None else shorter
            return shorter is not None
        segment = self._find(path)
        if segment is None:
            if self._is_absent(path):
                raise document.path_not_found(path)
            whole = document.delete_property(self.octets(), path, name)
            if whole is not None:
                self._index(whole)
            return whole is not None
        shorter = document.delete_property(segment.octets, path, name)
        if shorter is None:
            return False
        segment.octets = shorter
        return True

    def create_key(self, path: tuple[str, ...], values: dict[str, object]) -> None:
        """As `document.create_key`."""
        self.add_key(lambda octets: document.create_key(octets, path, values), path)

    def add_key(
        self,
        add: Callable[[bytes], bytes],
        path: tuple[str, ...],
        source: tuple[str, ...] | None = None,
    ) -> None:
        """Add a key to the document, looking at no more of it than decides.

        Args:
            add: Gives a document with the key's tables behind those of the keys above.
            path: The key.
            source: Another key that `add` reads.
        """
        self._require_index()
        anchor = self._anchor(path)
        order = None
        if anchor is not None and self._is_absent(path):
            order = self._tables_about(path, source, anchor)
        if anchor is None or order is None:
            self._index(add(self.octets()))
            return
        number = order.index(anchor)
        before, after = (
            b"".join(segment.octets for segment in side)
            for side in (order[:number], order[number + 1 :])
        )
        added = add(before + anchor.octets + after)
        self._replace([anchor], added[len(before) : len(added) - len(after)])

    def delete_key(self, path: tuple[str, ...]) -> None:
        """As `document.delete_key`."""
        self._require_index()
        run = self._run(path)
        if not run or run[0].previous is None:
            self._index(document.delete_key(self.octets(), path))
            return
        # Comments beside a table belong to it or to its neighbours: those come along.
        run.insert(0, run[0].previous)
        if run[-1].next is not None:
            run.append(run[-1].next)
        rest = document.delete_key(b"".join(item.octets for item in run), path)
        self._replace(run, rest)

    # --- the index ---

    def _look(self, path: tuple[str, ...]) -> bytes | None:
        """The whole document, where a key of it is found without an index."""
        whole = self._whole
        is_quick = whole is not None and self._looks and find_table(whole, path)
        if whole is not None and is_quick and is_spelt_once(whole, path):
            self._looks -= 1
            return whole
        self._require_index()
        return None

    def _require_index(self) -> None:
        if self._whole is not None:
            self._index(self._whole)

    def _index(self, octets: bytes) -> None:
        self._whole = None
        self._tables: dict[tuple[str, ...], Segment] = {}
        self._arrays: set[tuple[str, ...]] = set()
        # Made when a key is created, deleted or found missing: a set needs neither.
        self._runs: _Runs | None = None
        pieces = cut_tables(octets)
        tail = self._head = _make_segment(next(pieces))
        self._tables[()] = tail
        is_lower = True
        for path, piece, is_array in pieces:
            segment = Segment(path, piece, is_array=is_array)
            tail.next, segment.previous = segment, tail
            tail = segment
            folded = segment.folded
            is_lower = is_lower and folded == path
            if is_array:
                self._arrays.add(folded)
            else:
                self._tables.setdefault(folded, segment)
        self._tail = tail
        self._is_mixed = not is_lower and _has_two_spellings(self._segments())

    def _last_tables(self) -> _Runs:
        """The index of where keys end."""
        if self._runs is None:
            self._runs = _Runs(self._segments())
        return self._runs

    def _has_below(self, path: tuple[str, ...], name: str) -> bool:
        return (*_fold(path), name.lower()) in self._last_tables().last

    def _segments(self) -> Iterator[Segment]:
        segment: Segment | None = self._head
        while segment is not None:
            yield segment
            segment = segment.next

    def _find(self, path: tuple[str, ...]) -> Segment | None:
        folded = _fold(path)
        if self._is_mixed or self._is_in_array(folded):
            return None
        segment = self._tables.get(folded)
        is_alone = segment is not None and self._is_absent_above(path)
        return segment if is_alone else None

    def _is_in_array(self, folded: tuple[str, ...]) -> bool:
        """Whether a path leads to or into an array of tables."""
        lengths = range(1, len(folded) + 1) if self._arrays else ()
        return any(folded[:length] in self._arrays for length in lengths)

    def _is_absent(self, path: tuple[str, ...]) -> bool:
        """Whether no table has the key, implies it, or holds it inline."""
        folded = _fold(path)
        if self._is_mixed or folded in self._last_tables().last:
            return False
        return self._is_absent_above(path)

    def _is_absent_above(self, path: tuple[str, ...]) -> bool:
        """Whether no table of a key above holds the key inline, or is an array."""
        folded = _fold(path)
        for length in range(len(path)):
            if folded[: length + 1] in self._arrays:
                return False
            segment = self._tables.get(folded[:length])
            if segment is not None and _holds(segment, folded[length]):
                return False
        return True

    def _above(self, path: tuple[str, ...]) -> list[Segment]:
        folded = _fold(path)
        found = (self._tables.get(folded[:length]) for length in range(len(folded)))
        return [segment for segment in found if segment is not None]

    def _anchor(self, path: tuple[str, ...]) -> Segment | None:
        """The last table of the nearest key above that has any."""
        folded = _fold(path)
        for length in range(len(folded) - 1, 0, -1):
            segment = self._last_tables().last.get(folded[:length])
            if segment is not None:
                return segment
        return None if self._tail is self._head else self._tail

    def _run(self, path: tuple[str, ...]) -> list[Segment]:
        """All tables at and below a key, where nothing stands between them.

        Empty where they stand apart, or the key is written inline.
        """
        folded = _fold(path)
        runs = self._last_tables()
        if self._is_mixed or not self._is_absent_above(path):
            return []
        run: list[Segment] = []
        segment = runs.last.get(folded)
        while segment is not None and _is_under(segment, folded):
            run.append(segment)
            segment = segment.previous
        return run[::-1] if len(run) == runs.counts.get(folded) else []

    def _tables_about(
        self, path: tuple[str, ...], source: tuple[str, ...] | None, anchor: Segment
    ) -> list[Segment] | None:
        """Tables that are a document of their own in which a key can be added.

        Those of the keys above, the last of which is the anchor; of the source all, and
        the table before them, which ends in the comment of their first. ``None`` where
        only the whole document will do.
        """
        run = [] if source is None else self._run(source)
        if run and run[0].previous is not None:
            run.insert(0, run[0].previous)
        elif source is not None:
            return None
        above = [*self._above(path), *self._above(source or ())]
        order = [*dict.fromkeys(item for item in above if item not in run), *run]
        if anchor not in run:
            order = [*(item for item in order if item is not anchor), anchor]
        is_open = any(not item.octets.endswith(b"\n") for item in order[1:-1])
        return None if is_open or (order[0] is not self._head) else order

    def _replace(self, run: list[Segment], octets: bytes) -> None:
        """Put the tables of `octets` in the place of neighbouring segments."""
        before, after = run[0].previous, run[-1].next
        runs = self._last_tables()
        ended = {prefix for segment in run for prefix in self._leave(segment)}
        pieces = cut_tables(octets)
        if before is not None:
            next(pieces)  # a run that is not the first has nothing before a header
        for piece in pieces:
            segment = _make_segment(piece)
            segment.previous = before
            if before is None:
                self._head = segment
                self._tables[()] = segment
            else:
                before.next = segment
                self._enter(segment, ended)
            before = segment
        if before is not None:
            before.next = after
        if after is None:
            self._tail = before or self._head
        else:
            after.previous = before
        for prefix in ended:
            runs.find_last(prefix, before)

    def _enter(self, segment: Segment, ended: set[tuple[str, ...]]) -> None:
        folded = segment.folded
        if segment.is_array:
            self._arrays.add(folded)
        else:
            self._tables.setdefault(folded, segment)
        self._last_tables().enter(segment, ended)

    def _leave(self, segment: Segment) -> list[tuple[str, ...]]:
        """Take a segment out of the index; the keys whose last table it was."""
        folded = segment.folded
        if self._tables.get(folded) is segment:
            del self._tables[folded]
        return self._last_tables().leave(segment)


class _Runs:
    """Where the tables at and below each key end.

    Attributes:
        last: The last table at or below each key, by folded path.
        counts: How many there are.
    """

    def __init__(self, segments: Iterator[Segment]) -> None:
        self.last: dict[tuple[str, ...], Segment] = {}
        self.counts: dict[tuple[str, ...], int] = {}
        last, counts = self.last, self.counts
        for segment in segments:
            folded = segment.folded
            while folded:
                last[folded] = segment
                counts[folded] = counts.get(folded, 0) + 1
                folded = folded[:-1]

    def enter(self, segment: Segment, ended: set[tuple[str, ...]]) -> None:
        """Count a segment that is linked in.

        Args:
            segment: The segment.
            ended: Keys whose last table it may be though they have others.
        """
        folded = segment.folded
        for length in range(1, len(folded) + 1):
            prefix = folded[:length]
            self.counts[prefix] = self.counts.get(prefix, 0) + 1
            if prefix in ended:
                self.last[prefix] = segment
            elif prefix not in self.last:
                self.last[prefix] = segment
                ended.add(prefix)

    def leave(self, segment: Segment) -> list[tuple[str, ...]]:
        """Forget a segment; the keys whose last table it was."""
        folded = segment.folded
        ended = []
        for length in range(1, len(folded) + 1):
            prefix = folded[:length]
            self.counts[prefix] -= 1
            if not self.counts[prefix]:
                del self.counts[prefix]
            if self.last.get(prefix) is segment:
                del self.last[prefix]
                ended.append(prefix)
        return ended

    def find_last(self, prefix: tuple[str, ...], segment: Segment | None) -> None:
        """Look back for the last table of a key that has lost its last one."""
        if prefix in self.last or prefix not in self.counts:
            return
        while segment is not None and not _is_under(segment, prefix):
            segment = segment.previous
        if segment is not None:
            self.last[prefix] = segment


def _has_two_spellings(segments: Iterator[Segment]) -> bool:
    """Whether names of one key differ in letter case: the whole has to decide."""
    spelt: dict[tuple[str, ...], tuple[str, ...]] = {}
    for segment in segments:
        path, folded = segment.path, segment.folded
        for length in range(1, len(path) + 1):
            prefix = path[:length]
            if spelt.setdefault(folded[:length], prefix) != prefix:
                return True
    return False


def _make_segment(piece: tuple[tuple[str, ...], bytes, bool]) -> Segment:
    path, octets, is_array = piece
    return Segment(path, octets, is_array=is_array)


def _fold(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(str.lower, path))


def _is_under(segment: Segment, folded: tuple[str, ...]) -> bool:
    return segment.folded[: len(folded)] == folded


def _holds(segment: Segment, name: str) -> bool:
    """Whether a table has an entry of that name itself."""
    body = segment.octets
    # What is not UTF-8 is in no document.
    if name.encode("utf-8", "surrogatepass") not in body.lower():
        return False
    return any(
        key.lower() == name for key in document.read_key(body, segment.path) or {}
    )
