"""Findings in words: what, where, why, what next; and the line itself."""

from __future__ import annotations

import io

import pytest

from bindctl.findings.codes import make_finding
from bindctl.findings.errors import BindctlError
from bindctl.findings.finding import Finding, Place
from bindctl.storage.workspace import system_clock
from bindctl.terminal.findings_view import (
    FindingsView,
    format_finding,
    quote_spot,
    show_place,
)
from bindctl.terminal.terminal import Terminal
from bindctl.toml.reader import parse_document

OCTETS = '[w3svc.1]\r\n\tServerBindings = [":80:b\u00fccher.example"]\r\n'.encode()


def _show(
    finding: Finding,
    octets: bytes = OCTETS,
    *,
    is_verbose: bool = False,
    environment: dict[str, str] | None = None,
    version: int = 10,
) -> list[str]:
    out = io.StringIO()
    terminal = Terminal(out, io.StringIO(), environment or {}, "/", system_clock)
    view = FindingsView(
        terminal, "metabase.toml", octets, is_verbose=is_verbose, version=version
    )
    view.print(finding)
    return out.getvalue().split("\n")[:-1]


def _finding(place: Place, code: str = "BND301") -> Finding:
    return make_finding(code, place, "the cause", "the next step", witness="openssl")


PLACE = Place("/LM/W3SVC/1", "ServerBindings", 0, 2, 20, 40)


def test_the_line_is_quoted_with_a_caret_below_the_item() -> None:
    """Eyes go to the slip without opening the file."""
    assert _show(_finding(PLACE)) == [
        "BND301 error /LM/W3SVC/1/ServerBindings (metabase.toml:2): the cause",
        '    ServerBindings = [":80:b\u00fccher.example"]',
        "                      ^",
        "  next: the next step",
    ]


@pytest.mark.parametrize(
    ("version", "on_iis"),
    [
        (6, "One certificate for each IP:port, whatever the hosts"),
        (7, "One record for each IP:port"),
        (10, "As before for bindings without SNI"),
    ],
)
def test_more_is_said_when_asked(version: int, on_iis: str) -> None:
    """What IIS of that version does, and what command shows the defect."""
    *_head, iis, step, attempt = _show(
        _finding(PLACE), is_verbose=True, version=version
    )
    assert iis.startswith(f"  iis: {on_iis}")
    assert (step, attempt) == ("  next: the next step", "  try: openssl")


@pytest.mark.parametrize(
    "place",
    [
        Place("/LM/W3SVC/1", None, None, 1, 1, 10),  # a header repeats the path
        Place("/LM/W3SVC/1", "ServerBindings", 0, 2),
        Place("/LM/W3SVC/1", "ServerBindings", 0, 9, 1, 2),
        Place("/LM/W3SVC/1", "ServerBindings", 0),
    ],
)
def test_nothing_is_quoted_that_does_not_help(place: Place) -> None:
    """A caret below something else misleads."""
    shown = _show(_finding(place))
    assert len(shown) == 2
    assert shown[1] == "  next: the next step"


def test_a_finding_of_what_was_not_written_names_no_line() -> None:
    """There is no such line in any file."""
    code, step = format_finding(_finding(PLACE))
    assert code.startswith("BND301 error /LM/W3SVC/1/ServerBindings: ")
    assert step == "  next: the next step"


def test_a_secret_is_not_quoted() -> None:
    """Reports go to logs that many can read."""
    octets = b'[w3svc]\nAnonymousUserPass = "hush"\n'
    place = Place("/LM/W3SVC", "AnonymousUserPass", None, 2, 1, 18)
    shown = _show(_finding(place, "MET202"), octets)
    assert "hush" not in "\n".join(shown)
    assert shown[1].startswith("    AnonymousUserPass = ")


def test_colour_marks_code_place_and_caret() -> None:
    """On a screen full of findings the codes stand out; the words stay the same."""
    painted = _show(_finding(PLACE), environment={"FORCE_COLOR": "1"})
    assert painted[0].startswith("\x1b[1;31mBND301 error\x1b[0m \x1b[1m/LM/W3SVC/1")
    assert painted[2].endswith("^\x1b[0m")


def test_nothing_in_a_metabase_is_obeyed_by_the_terminal() -> None:
    """A comment must not clear the screen, nor forge a finding."""
    octets = b'[w3svc.1]\nServerBindings = [":80:"] # \x1b[2J\n'
    finding = make_finding(
        "BND301", Place("/LM/W3SVC/1", "ServerBindings", 0, 2, 19), "a\n\x1b[2Jb"
    )
    shown = _show(finding, octets)
    assert "\x1b" not in "".join(shown)
    assert shown[0].endswith("a\\n\\u001b[2Jb")


@pytest.mark.parametrize(
    ("line", "column", "shown"),
    [
        ("a = Test", 5, "a = Test\n    ^"),
        ("a = Test\r\n", 9, "a = Test\n        ^"),
        ("\ta =", 3, " a =\n  ^"),
        ("", 1, "\n^"),
        ("a\x1b[2J", 9, "a?[2J\n     ^"),
    ],
)
def test_the_caret_is_below_the_column(line: str, column: int, shown: str) -> None:
    """Counting to column 17 is work for the machine."""
    assert show_place(line, column) == shown


@pytest.mark.parametrize("column", [1, 40, 100, 500, 999, 1001])
def test_a_long_line_is_cut_around_the_place(column: int) -> None:
    """A list of a thousand bindings on one line would fill the screen."""
    line = "".join(chr(0x100 + index % 500) for index in range(1000))
    text, caret = show_place(line, column).split("\n")
    assert len(text) <= 74
    if column <= len(line):
        assert text[len(caret) - 1] in (line[column - 1], "…")


@pytest.mark.parametrize(
    ("octets", "place", "excerpt"),
    [
        (b"[a]\nb = c\n", "line 2, column 5", "b = c\n    ^"),
        (b"a = 1\nb = [1,\n", "line 2, column 8", "b = [1,\n       ^"),
        (b"a = 1\na = 2\n", "line 2, column 6", None),
        (b'a = "\xff"\n', "line 1, column 6", None),
    ],
)
def test_every_syntax_error_shows_its_line(
    octets: bytes, place: str, excerpt: str | None
) -> None:
    """Who edits by hand sees the slip without opening the file again."""
    with pytest.raises(BindctlError) as caught:
        parse_document(octets)
    assert caught.value.message.startswith(f"{place}: ")
    spot = caught.value.spot
    assert spot is not None
    shown = quote_spot(*spot)
    assert len(shown) == 2
    if excerpt is not None:
        assert "\n".join(shown) == excerpt
