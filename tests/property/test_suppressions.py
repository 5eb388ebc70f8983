"""Law: a comment takes out exactly the findings it is for, and nothing else changes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bindctl.operations.check.check import check_octets
from bindctl.storage.workspace import DiskWorkspace
from bindctl.toml.scanner import BOM

if TYPE_CHECKING:
    from bindctl.findings.finding import Finding

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NOWHERE = "/nowhere/metabase.toml"
ITEMS = st.sampled_from(
    ['":80:a"', '"*:80:A"', '"oops"', '":80:a."', '"10.0.0.1:80:"', '":80:10.0.0.1"']
)
LINES = st.sampled_from(
    [
        "SslFlags = 300",
        "Nonsense = 1",
        'ServerComment = 7  # "why"',
        'SecureBindings = [":443:a", ":80:b"]',
        "ServerAutoStart = false",
    ]
)


@st.composite
def lists(draw: st.DrawFn) -> str:
    """A list of bindings on one line or over several."""
    items = draw(st.lists(ITEMS, max_size=4))
    if draw(st.booleans()):
        return f"ServerBindings = [{', '.join(items)}]"
    body = "".join(f"\n  {item},  # an item" for item in items)
    return f"ServerBindings = [{body}\n]"


@st.composite
def metabases(draw: st.DrawFn) -> str:
    """Sites with this and that wrong."""
    parts = []
    for number in (1, 2):
        lines = draw(st.lists(LINES, max_size=3, unique_by=lambda line: line[:6]))
        lines.append(draw(lists()))
        parts.append("\n".join((f"[w3svc.{number}]", *lines)))
        if draw(st.booleans()):
            parts.append(f'[w3svc.{number}.root]\nPath = "gone"')
    return "\n\n".join(parts) + "\n"


def _check(octets: bytes) -> tuple[list[Finding], list[Finding]]:
    result = check_octets(DiskWorkspace(NOWHERE), octets, NOW)
    return list(result.report.findings), [item.finding for item in result.suppressed]


def _lines_of(text: str, line: int) -> set[int]:
    """Lines a comment at the end of `line` is for, by what the text looks like."""
    lines = text.split("\n")
    own = lines[line - 1]
    if own.startswith("["):
        last = line
        while last < len(lines) and lines[last] and not lines[last].startswith("["):
            last += 1
        return set(range(line, last + 1))
    first = line
    while lines[first - 1].startswith(("  ", "]")):
        first -= 1
    last = first
    while last < len(lines) and lines[last].startswith(("  ", "]")):
        last += 1
    return set(range(first, last + 1)) if line in (first, last) else {line}


@given(metabases(), st.data())
def test_any_finding_can_be_taken_out_and_only_its_like_goes(
    text: str, data: st.DataObject
) -> None:
    """For each finding: a comment on its line removes it, and no other code or line."""
    before, _none = _check(text.encode())
    if not before:
        return
    chosen = data.draw(st.sampled_from(before))
    assert chosen.place.line is not None
    lines = text.split("\n")
    lines[chosen.place.line - 1] += f"  # bindctl: ignore[{chosen.code}] agreed"
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    mark = data.draw(st.sampled_from([b"", BOM]))
    after, suppressed = _check(mark + end.join(lines).encode())
    meant = _lines_of(text, chosen.place.line)
    taken = [f for f in before if f.code == chosen.code and f.place.line in meant]
    assert chosen in taken
    assert sorted(map(repr, suppressed)) == sorted(map(repr, taken))
    assert after == [finding for finding in before if finding not in taken]


@given(metabases(), st.sampled_from(["BND201", "BND1", "MET", "CRT"]))
def test_a_comment_for_what_is_not_there_is_told_and_changes_nothing(
    text: str, code: str
) -> None:
    """All findings stay, and MET208 stands beside them."""
    before, _none = _check(text.encode())
    lines = text.split("\n")
    numbers = [number for number, line in enumerate(lines) if line.startswith("[")]
    here = {f.place.line for f in before if f.code.startswith(code)}
    free = [n for n in numbers if not here & _lines_of(text, n + 1)]
    for number in free[:1]:
        lines[number] += f" # bindctl: ignore[{code}]"
        after, suppressed = _check("\n".join(lines).encode())
        assert suppressed == []
        told = [f for f in after if f not in before]
        assert [(f.code, f.place.line) for f in told] == [("MET208", number + 1)]
        assert [f for f in after if f in before] == before
