"""Colour goes to people, and to nobody who has said no."""

from __future__ import annotations

import io

import pytest

from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place
from bindctl.storage.workspace import system_clock
from bindctl.terminal.findings_view import FindingsView
from bindctl.terminal.style import make_folder, make_painter
from bindctl.terminal.terminal import Terminal


class Screen(io.StringIO):
    """A terminal without a size of its own."""

    def isatty(self) -> bool:
        """A person reads it."""
        return True


def _paint(environment: dict[str, str], *, is_screen: bool) -> str:
    stdout = Screen() if is_screen else io.StringIO()
    terminal = Terminal(stdout, io.StringIO(), environment, "/", system_clock)
    return make_painter(terminal)("text", "bold red")


RED = "\x1b[1;31mtext\x1b[0m"


@pytest.mark.parametrize(
    ("environment", "is_screen", "written"),
    [
        ({}, True, RED),
        ({}, False, "text"),
        ({"FORCE_COLOR": "1"}, False, RED),
        ({"FORCE_COLOR": ""}, False, "text"),
        ({"NO_COLOR": "1"}, True, "text"),
        ({"NO_COLOR": ""}, True, RED),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, "text"),
        ({"TERM": "dumb"}, True, "text"),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, False, "text"),
    ],
)
def test_who_gets_colour(
    environment: dict[str, str], is_screen: bool, written: str
) -> None:
    """Escape sequences in a log or a pipe are noise, and break scripts."""
    assert _paint(environment, is_screen=is_screen) == written


def _terminal(out: io.StringIO, columns: str = "40") -> Terminal:
    environment = {"COLUMNS": columns, "NO_COLOR": "1"}
    return Terminal(out, io.StringIO(), environment, "/", system_clock)


WORDS = "every word of it is whole, whatever the width"


def test_a_person_s_line_breaks_between_words() -> None:
    """A terminal would cut through a host name."""
    fold = make_folder(_terminal(Screen()))
    assert fold(WORDS, 30, 4) == "every word\n    of it is whole, whatever the width"
    assert fold(f"at https://{'x' * 60}/", 0, 2) == f"at\n  https://{'x' * 60}/"
    assert fold("shop.example.com is it", 30, 2) == "\n  shop.example.com is it"
    assert not fold("", 5, 2)


def test_a_program_s_line_stays_one_line() -> None:
    """Grep and editors take a finding a line."""
    assert make_folder(_terminal(io.StringIO()))(WORDS, 30, 4) == WORDS


def test_the_usual_width_is_taken_where_nothing_says_one() -> None:
    """A terminal that knows no size, and a COLUMNS that is none."""
    for columns in ("", "0", "wide"):
        fold = make_folder(_terminal(Screen(), columns))
        assert fold("a " * 45, 0, 0).split("\n")[0] == ("a " * 40).rstrip()


def test_commands_of_a_finding_are_never_broken() -> None:
    """Pasted, the rest of a broken command would be another command."""
    out = Screen()
    command = "bindctl set /w3svc/1/ServerBindings :80:a.example :80:b.example"
    witness = "curl -sSki --resolve a.example:80:127.0.0.1 http://a.example:80/"
    finding = make_finding("BND201", Place("/LM"), WORDS, command, witness=witness)
    FindingsView(_terminal(out), "", is_verbose=True).print(finding)
    lines = out.getvalue().split("\n")
    assert lines[:3] == [
        "BND201 error /LM: every word of it is",
        "  whole, whatever the width",
        "  iis: It is stored; the console asks",
    ]
    assert f"  next: {command}" in lines
    assert f"  try: {witness}" in lines
