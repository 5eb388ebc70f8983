"""Comments of the metabase that take findings out of a report.

``# bindctl: ignore[BND305, CRT3] reason`` at the end of a property's line, of an item's
line of its list, or of a table's header: then for all of the table's own findings. A
comment that takes nothing out is a finding itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.codes import FINDINGS, make_finding
from bindctl.findings.finding import Place
from bindctl.model.path import format_path, is_reserved
from bindctl.toml.scanner import BOM, Span, statements
from bindctl.toml.statement import find_comments, read_entries
from bindctl.toml.table_splitter import cut_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bindctl.findings.finding import Finding

MARK: Final = b"bindctl:"  # what each of them begins with
_COMMENT: Final = re.compile(
    r"#\s*bindctl:\s*ignore(?:\[(?P<codes>[^\]]*)\])?[:\s]*(?P<reason>.*)"
)
_OWN_LINE: Final = re.compile(
    rb"^[ \t]*#(?:[^\r\n]*#)?[ \t]*bindctl:[ \t]*ignore[^\r\n]*", re.MULTILINE
)


class Suppression(NamedTuple):
    """One such comment.

    Attributes:
        codes: Codes, or beginnings of codes; none when it names none.
        reason: The text after them.
        first: First line it is about.
        last: Last line it is about.
        place: Where it stands.
        problem: Why it cannot take anything out; or empty.
    """

    codes: tuple[str, ...]
    reason: str
    first: int
    last: int
    place: Place
    problem: str = ""


class Suppressed(NamedTuple):
    """A finding that a comment takes out, and the reason given there."""

    finding: Finding
    reason: str


def find_suppressions(octets: bytes) -> list[Suppression]:
    """Every such comment of a document, in its order."""
    if MARK not in octets:
        return []
    found: list[Suppression] = []
    line = 1
    for path, piece, _is_array in cut_tables(octets):
        if MARK in piece:
            found += _TableReader(path, piece, line).read()
        line += piece.count(b"\n")
    return sorted(found, key=lambda item: item.place.line or 0)


def suppress(
    findings: Sequence[Finding], suppressions: Sequence[Suppression]
) -> tuple[list[Finding], list[Suppressed]]:
    """Findings that stay, with one for each useless code; and those taken out.

    Args:
        findings: With their lines.
        suppressions: Of the same document.

    Emits:
        MET208.
    """
    used: set[tuple[int, str]] = set()
    by_line: dict[int, list[int]] = {}
    for number, item in enumerate(suppressions):
        for line in range(item.first, item.last + 1):
            by_line.setdefault(line, []).append(number)
    kept: list[Finding] = []
    taken: list[Suppressed] = []
    for finding in findings:
        uses = [
            (number, code)
            for number in by_line.get(finding.place.line or 0, ())
            for code in suppressions[number].codes
            if finding.code.startswith(code)
        ]
        used.update(uses)
        if uses:
            reason = suppressions[uses[0][0]].reason
            taken.append(Suppressed(finding, reason))
        else:
            kept.append(finding)
    return [*kept, *_unused(suppressions, used)], taken


def _unused(
    suppressions: Sequence[Suppression], used: set[tuple[int, str]]
) -> Iterator[Finding]:
    for number, item in enumerate(suppressions):
        if item.problem:
            yield make_finding("MET208", item.place, item.problem)
            continue
        for code in item.codes:
            if (number, code) in used:
                continue
            message = f"nothing here is a {code}"
            if not any(rule.code.startswith(code) for rule in FINDINGS):
                message = f"no finding has a code that begins with {code!r}"
            yield make_finding("MET208", item.place, message)


class _TableReader:
    """The comments of one table."""

    def __init__(self, path: tuple[str, ...], octets: bytes, line: int) -> None:
        self._octets = octets
        self._line = line
        self._path = path[:1] if is_reserved(path) else path
        self._place = Place(format_path(self._path))
        body = 0
        if octets.lstrip(b" \t").startswith(b"["):
            body = octets.find(b"\n") + 1 or len(octets)
        self._body = body
        self._statements = statements(octets, Span((), 0, body, len(octets)))

    def read(self) -> Iterator[Suppression]:
        last = self._line_at(self._statements[-1][1] - 1) if self._statements else 0
        header = self._octets[: self._body]
        if MARK in header:
            lines = (self._line, max(last, self._line))
            yield from self._read_comments(header, 0, self._place, lines)
        for start, end in self._statements:
            if MARK in self._octets[start:end]:
                yield from self._read_statement(start, end)
        yield from self._read_own_lines()

    def _read_statement(self, start: int, end: int) -> Iterator[Suppression]:
        octets = self._octets[start:end].rstrip()
        text = octets.decode("utf-8", "replace")
        *above, name = read_entries(text)[0].names
        lines = (self._line_at(start), self._line_at(start + len(octets) - 1))
        place = Place(format_path((*self._path, *above)), name)
        yield from self._read_comments(octets, start, place, lines)

    def _read_comments(
        self, octets: bytes, start: int, about: Place, lines: tuple[int, int]
    ) -> Iterator[Suppression]:
        """The comments of a header or a statement; those between items are theirs."""
        text = octets.decode("utf-8", "replace")
        first, last = lines
        for comment in find_comments(text):
            found = _COMMENT.search(comment[0])  # other words may stand before it
            if found is None:
                continue
            before = text[: comment.start() + found.start()]
            offset = start + len(before.encode())
            line = self._line_at(offset)
            own = lines if line in (first, last) else (line, line)
            above = self._octets.rfind(b"\n", 0, offset) + 1
            left = self._octets[above:offset].removeprefix(BOM)
            column = len(left.decode("utf-8", "replace")) + 1
            place = about._replace(line=line, column=column)
            is_alone = not text[: comment.start()].rpartition("\n")[2].strip()
            yield _make(found, own, place, is_alone=is_alone and line != first)

    def _read_own_lines(self) -> Iterator[Suppression]:
        """Comments on lines of their own, which belong to no property."""
        for mark in _OWN_LINE.finditer(self._octets):
            offset = mark.start()
            if any(start <= offset < end for start, end in self._statements):
                continue
            line = self._line_at(offset)
            found = _COMMENT.search(mark[0].decode("utf-8", "replace").strip())
            if found is not None:
                place = self._place._replace(line=line, column=1)
                yield _make(found, (line, line), place, is_alone=True)

    def _line_at(self, offset: int) -> int:
        return self._line + self._octets.count(b"\n", 0, offset)


def _make(
    found: re.Match[str], lines: tuple[int, int], place: Place, *, is_alone: bool
) -> Suppression:
    texts = (found["codes"] or "").split(",")
    codes = tuple(text.strip().upper() for text in texts if text.strip())
    problem = ""
    if not codes:
        problem = "it names no code: write bindctl: ignore[CODE]"
    elif is_alone:
        problem = "it stands on a line of its own, not at the end of the line it is for"
    return Suppression(codes, found["reason"].strip(), *lines, place, problem)
