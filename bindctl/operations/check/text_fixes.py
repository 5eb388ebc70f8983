"""What may mend findings about the text of a metabase: names, comments, flags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bindctl.metabase.redaction import star_secrets
from bindctl.metabase.schema import find_nearest, find_property
from bindctl.metabase.schema_data import CLASSES
from bindctl.model.fix import Fix, FixKind, ReplaceText, SetProperty
from bindctl.model.path import parse_path, without_root
from bindctl.toml.editor import Editor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bindctl.findings.finding import Finding, Place

_CODES: Final = re.compile(r"(#\s*bindctl:\s*ignore)\[([^\]]*)\]([^\r\n]*)")


def find_text_fixes(finding: Finding, octets: bytes) -> list[Fix]:
    """Changes that may mend a finding about the file itself.

    Args:
        finding: With its line and column.
        octets: The document.
    """
    finder = FINDERS.get(finding.code)
    return [] if finder is None else list(finder(finding, octets))


def nearest_name(finding: Finding, octets: bytes) -> Iterator[Fix]:
    """MET201: the property whose name is most like the misspelt one."""
    place = finding.place
    old = place.property_name or ""
    new = find_nearest(old)
    raw = Editor(octets).read_key(_key_of(place)) or {}
    if new is None or new.lower() in {name.lower() for name in raw}:
        return
    found = _find_name(place, octets)
    if found is not None:
        words = f"write {old} as {new}"
        yield Fix(FixKind.RESPELL, words, (found._replace(new=new),))


def without_second(finding: Finding, octets: bytes) -> Iterator[Fix]:
    """MET203: the later of two lines that say one property."""
    place = finding.place
    found = _find_name(place, octets)
    if found is not None:
        line = _line_at(octets, place.line)
        whole = ReplaceText(found.line, 1, line.rstrip("\r"), "")
        yield Fix(FixKind.REMOVE, f"remove {star_secrets(line.strip())!r}", (whole,))


def without_code(finding: Finding, octets: bytes) -> Iterator[Fix]:
    """MET208: a comment without the code that takes nothing out, or no comment."""
    place = finding.place
    line = _line_at(octets, place.line)
    start = (place.column or 1) - 1
    found = _CODES.match(line, start)
    if found is None or place.line is None:
        return
    codes = [text for text in found[2].split(",") if text.strip()]
    for code in codes if len(codes) > 1 else ():
        rest = ",".join(item for item in codes if item is not code).strip()
        edit = ReplaceText(place.line, start + 1, found[0], "")
        edit = edit._replace(new=f"{found[1]}[{rest}]{found[3]}")
        words = f"take {code.strip()} out of the comment"
        yield Fix(FixKind.REMOVE, words, (edit,))
    before = len(line[:start].rstrip())
    edit = ReplaceText(place.line, before + 1, line[before : found.end()], "")
    yield Fix(FixKind.REMOVE, f"remove the comment {found[0].strip()!r}", (edit,))


def known_bits(finding: Finding, octets: bytes) -> Iterator[Fix]:
    """MET209: a number without the bits that no flag of the property has."""
    place = finding.place
    row = find_property(place.property_name or "")
    if row is None or row.flags is None:
        return
    path = _key_of(place)
    raw = Editor(octets).read_key(path) or {}
    value = raw.get(place.property_name or "")
    if isinstance(value, int) and not isinstance(value, bool):
        known = 0
        for bit in row.flags.values():
            known |= bit
        edit = SetProperty(path, row.name, value & known)
        words = f"set {row.name} to {value & known}"
        yield Fix(FixKind.RESPELL, words, (edit,))


def nearest_type(finding: Finding, octets: bytes) -> Iterator[Fix]:
    """MET211: the key type whose name is most like the misspelt one."""
    import difflib  # noqa: PLC0415 - only a misspelling needs it

    place = finding.place
    path = _key_of(place)
    raw = (Editor(octets).read_key(path) or {}).get(place.property_name or "")
    spellings = {kind.lower(): kind for kind in CLASSES}
    near = difflib.get_close_matches(str(raw).lower(), spellings, 1)
    if near:
        edit = SetProperty(path, "KeyType", spellings[near[0]])
        words = f"set KeyType to {spellings[near[0]]}"
        yield Fix(FixKind.RESPELL, words, (edit,))


def replace_text(octets: bytes, edit: ReplaceText) -> bytes | None:
    """The document with that text replaced; ``None`` when it is not there."""
    lines = octets.split(b"\n")
    line = _line_at(octets, edit.line)
    start = edit.column - 1
    if not line.startswith(edit.old, start):
        return None
    changed = line[:start] + edit.new + line[start + len(edit.old) :]
    if changed.strip():
        lines[edit.line - 1] = changed.encode()
    else:
        del lines[edit.line - 1]
    return b"\n".join(lines)


def _find_name(place: Place, octets: bytes) -> ReplaceText | None:
    """The name of a property where the place points, bare or in quotes."""
    line = _line_at(octets, place.line)
    name = place.property_name or ""
    start = (place.column or 1) - 1
    if line[start : start + 1] in ("'", '"'):
        start += 1
    if place.line is None or not name or not line.startswith(name, start):
        return None
    return ReplaceText(place.line, start + 1, name, name)


def _line_at(octets: bytes, line: int | None) -> str:
    """A line up to its line feed; empty where there is none."""
    lines = octets.split(b"\n")
    if line is None or not 0 < line <= len(lines):
        return ""
    return lines[line - 1].decode("utf-8")


def _key_of(place: Place) -> tuple[str, ...]:
    return without_root(parse_path(place.path))


FINDERS: Final[Mapping[str, Callable[[Finding, bytes], Iterator[Fix]]]] = {
    "MET201": nearest_name,
    "MET203": without_second,
    "MET208": without_code,
    "MET209": known_bits,
    "MET211": nearest_type,
}
