"""Findings in words: code, severity, place, cause; the line; then the next step."""

from __future__ import annotations

from bindctl.findings.codes import RULES_BY_CODE
from bindctl.metabase.redaction import star_secrets
from bindctl.model.harmless_text import one_line
from bindctl.terminal.style import SEVERITY_STYLES, make_folder, make_painter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bindctl.findings.errors import BindctlError
    from bindctl.findings.finding import Finding, Place
    from bindctl.terminal.style import Folder, Painter
    from bindctl.terminal.terminal import Terminal

_BOLD, _DIM, _CARET = "bold", "dim", "bold green"
_WIDTH = 72  # what fits beside an indent on a terminal of 80 columns
_BEFORE = 48  # how much of a long line stands before the place
_CUT = "…"
_INDENT = "    "
_MARGIN = "  "
_NEXT, _TRY = "next", "try"
_COMMAND = "bindctl "  # a next step that holds one is left as it is, to be pasted


class FindingsView:
    """Prints findings about one document.

    Attributes:
        is_verbose: Whether what IIS does, and what shows the defect, is printed too.
    """

    def __init__(
        self,
        terminal: Terminal,
        file: str,
        octets: bytes = b"",
        *,
        is_verbose: bool = False,
        version: int = 10,
    ) -> None:
        """Take the values that all findings share.

        Args:
            terminal: Where to.
            file: The document as a person names it.
            octets: The document; the lines in question are quoted.
            is_verbose: As above.
            version: Which IIS is rehearsed.
        """
        self.is_verbose = is_verbose
        self._terminal = terminal
        self._file = one_line(file)
        self._lines: Sequence[bytes] = octets.split(b"\n")
        self._latest: tuple[int, str, str] = (0, "", "")
        self._version = version
        self._paint: Painter = make_painter(terminal)
        self._fold: Folder = make_folder(terminal)

    def print(self, finding: Finding) -> None:
        """The cause, the line it is about, and the next step."""
        paint = self._paint
        place = finding.place
        severity = finding.severity.value
        where = place.path
        if place.property_name:
            where += f"/{place.property_name}"
        file = f" ({self._file}:{place.line})" if place.line and self._file else ""
        code = f"{finding.code} {severity}"
        head = paint(code, SEVERITY_STYLES[severity])
        spot = paint(one_line(where), _BOLD) + paint(file, _DIM)
        column = len(f"{code} {one_line(where)}{file}: ")
        message = self._fold(one_line(finding.message), column, len(_MARGIN))
        parts = [f"{head} {spot}: {message}"]
        parts += self._quote(finding)
        if self.is_verbose:
            parts += self._labelled("iis", _on_iis(finding.code, self._version))
        parts += self._labelled(_NEXT, finding.hint)
        if self.is_verbose:
            parts += self._labelled(_TRY, finding.witness)
        self._terminal.styled.write("\n".join(parts) + "\n")

    def _labelled(self, label: str, text: str) -> list[str]:
        if not text:
            return []
        shown = one_line(text)
        if label != _TRY and not (label == _NEXT and _COMMAND in text):
            column = len(f"{_MARGIN}{label}: ")
            shown = self._fold(shown, column, column)
        return [f"{_MARGIN}{self._paint(f'{label}:', _DIM)} {shown}"]

    def _quote(self, finding: Finding) -> list[str]:
        excerpt = self._show_line(finding.place)
        if not excerpt:
            return []
        line, caret = excerpt
        return [_INDENT + one_line(line), _INDENT + self._paint(caret, _CARET)]

    def _show_line(self, place: Place) -> list[str]:
        """The line and a caret; none where the property is not on that line."""
        if not place.line or not place.column or place.line > len(self._lines):
            return []
        if not place.property_name:
            return []  # a header says no more than the path does
        stored, line = self._read_line(place.line)
        if line != stored and line[: place.column] != stored[: place.column]:
            return []  # because of the stars the column is no longer right
        indent = min(len(line) - len(line.lstrip()), place.column - 1)
        return show_place(line[indent:], place.column - indent).split("\n")

    def _read_line(self, number: int) -> tuple[str, str]:
        """A line as it is stored, and as it is shown.

        The latest is kept: a line of a thousand bindings has as many findings.
        """
        if number != self._latest[0]:
            octets = self._lines[number - 1]
            stored = octets.decode("utf-8", "replace").removeprefix("\ufeff")
            self._latest = number, stored, star_secrets(stored)
        return self._latest[1:]


def format_finding(finding: Finding) -> tuple[str, str]:
    """The finding on two lines."""
    place = finding.place
    where = place.path
    if place.property_name:
        where += f"/{place.property_name}"
    severity = finding.severity.value
    return (
        f"{finding.code} {severity} {where}: {finding.message}",
        f"  next: {finding.hint}",
    )


def format_details(error: BindctlError) -> Iterator[str]:
    """Lines about an error: of the document where it is wrong, of its findings."""
    if error.spot is not None:
        for text in quote_spot(*error.spot):
            yield _INDENT + text
    for finding in error.findings:
        yield from format_finding(finding)


def quote_spot(text: str, line: int, column: int) -> list[str]:
    """A line of a document, its secrets as stars, and a caret below the column."""
    return show_place(star_secrets(text).split("\n")[line - 1], column).split("\n")


def show_place(line: str, column: int) -> str:
    """Two lines of text: the line, and a caret below its column.

    Args:
        line: A line of the document, with or without its end. What would move a
            terminal's cursor is shown as a space or a question mark.
        column: From 1; one more than the line is long stands for its end.
    """
    shown = line.rstrip("\r\n").replace("\t", " ")
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else "?" for c in shown)
    at = min(column - 1, len(shown))
    if len(shown) > _WIDTH:
        start = max(0, min(at - _BEFORE, len(shown) - _WIDTH))
        end = start + _WIDTH
        at -= start
        rest = _CUT if end < len(shown) else ""
        shown = shown[start:end] + rest
        if start:
            shown = _CUT + shown[1:]
    return f"{shown}\n{' ' * at}^"


def _on_iis(code: str, version: int) -> str:
    return RULES_BY_CODE[code].on_iis_of(version)
