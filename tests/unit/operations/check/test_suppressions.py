"""Comments that take findings out of a report, each exactly those it names."""

from __future__ import annotations

import pytest

from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place
from bindctl.operations.check.suppressions import find_suppressions, suppress

DOCUMENT = """\
# bindctl: ignore[MET201]
schema_version = 1
[w3svc.1]  # bindctl: ignore[MET205] made by hand
ServerBindings = [":80:a"]  # bindctl: ignore[BND205, bnd3]: as agreed
SecureBindings = [
  ":443:a",  # bindctl: ignore[BND301] the old one
  # bindctl: ignore[BND302]
  ":443:b",
]  # bindctl:ignore[BND305]
ServerComment = "# bindctl: ignore[BND101]"
root.Path = "x"  # bindctl: ignore

[w3svc.2]
"""


def _read(octets: bytes) -> list[tuple[int, tuple[str, ...], str, tuple[int, int]]]:
    return [
        (item.place.line or 0, item.codes, item.reason, (item.first, item.last))
        for item in find_suppressions(octets)
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_comment_is_found_with_the_lines_it_is_for(end: str) -> None:
    """An item's line is that item's; a property's, the property's; a header's, all."""
    octets = DOCUMENT.replace("\n", end).encode()
    assert _read(octets) == [
        (1, ("MET201",), "", (1, 1)),
        (3, ("MET205",), "made by hand", (3, 11)),
        (4, ("BND205", "BND3"), "as agreed", (4, 4)),
        (6, ("BND301",), "the old one", (6, 6)),
        (7, ("BND302",), "", (7, 7)),
        (9, ("BND305",), "", (5, 9)),
        (11, (), "", (11, 11)),
    ]
    assert find_suppressions(octets[: octets.index(b"[w3svc.1]")])[0].problem
    assert _read(b"\xef\xbb\xbf" + octets) == _read(octets)


def test_a_comment_is_placed_where_it_stands() -> None:
    """Who is told that it does nothing has to find it."""
    places = {
        item.place.line: item.place for item in find_suppressions(DOCUMENT.encode())
    }
    assert places[3] == Place("/LM/W3SVC/1", None, None, 3, 12)
    assert places[4] == Place("/LM/W3SVC/1", "ServerBindings", None, 4, 29)
    assert places[7] == Place("/LM/W3SVC/1", "SecureBindings", None, 7, 3)
    assert places[11] == Place("/LM/W3SVC/1/ROOT", "Path", None, 11, 18)


def test_other_words_may_stand_before_it() -> None:
    """Lines that have a comment already get theirs behind it."""
    octets = (
        b"# two sites # bindctl: ignore[BND]\na = 1 # why # bindctl: ignore[MET201]\n"
    )
    first, second = find_suppressions(octets)
    assert (first.codes, bool(first.problem)) == (("BND",), True)
    assert (second.codes, second.place.column) == (("MET201",), 13)
    unicode = "\ufeffa = '\u00fc' # bindctl: ignore[MET201]\n".encode()
    assert [item.place.column for item in find_suppressions(unicode)] == [9]
    assert find_suppressions(b"# say bindctl: ignore[CODE] there\n") == []


def test_a_document_without_any_is_not_read() -> None:
    """Most have none."""
    assert find_suppressions(b"[w3svc.1]\nSslFlags = 1 # bindctl ignore\n") == []


def test_what_is_named_is_taken_out_and_nothing_else() -> None:
    """Another code on the same line, or the same code on another line, stays."""
    findings = [
        make_finding(code, Place("/LM/W3SVC/1", None, None, line), "cause")
        for code, line in (
            ("MET205", 3),
            ("BND205", 4),
            ("BND201", 4),
            ("BND305", 4),
            ("BND301", 6),
            ("BND301", 8),
            ("BND305", 8),
            ("MET205", 12),
        )
    ]
    kept, taken = suppress(findings, find_suppressions(DOCUMENT.encode()))
    assert [(item.finding.code, item.finding.place.line) for item in taken] == [
        ("MET205", 3),
        ("BND205", 4),
        ("BND305", 4),
        ("BND301", 6),
        ("BND305", 8),
    ]
    assert [item.reason for item in taken][:2] == ["made by hand", "as agreed"]
    stayed = [(item.code, item.place.line) for item in kept if item.code != "MET208"]
    assert stayed == [("BND201", 4), ("BND301", 8), ("MET205", 12)]


def test_a_comment_that_does_nothing_is_told_with_its_reason() -> None:
    """It would hide the finding the day it comes back."""
    kept, taken = suppress([], find_suppressions(DOCUMENT.encode()))
    assert taken == []
    assert {item.code for item in kept} == {"MET208"}
    alone = "it stands on a line of its own, not at the end of the line it is for"
    assert [(item.place.line, item.message) for item in kept] == [
        (1, alone),
        (3, "nothing here is a MET205"),
        (4, "nothing here is a BND205"),
        (4, "nothing here is a BND3"),
        (6, "nothing here is a BND301"),
        (7, alone),
        (9, "nothing here is a BND305"),
        (11, "it names no code: write bindctl: ignore[CODE]"),
    ]


def test_a_code_that_is_none_is_told() -> None:
    """A misspelt code is no silence."""
    (found,) = suppress([], find_suppressions(b"a = 1 # bindctl: ignore[BND9]\n"))[0]
    assert found.message == "no finding has a code that begins with 'BND9'"


def test_findings_without_a_line_stay() -> None:
    """Nothing stands beside them."""
    finding = make_finding("BND201", Place("/LM"), "cause")
    octets = b"[w3svc] # bindctl: ignore[BND]\n"
    kept, _taken = suppress([finding], find_suppressions(octets))
    assert finding in kept
