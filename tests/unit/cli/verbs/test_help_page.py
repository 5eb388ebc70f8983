"""The help of bindctl, and the answer to a misspelt command."""

from __future__ import annotations

import io
import re

import pytest

from bindctl.__main__ import run
from bindctl.cli.verbs.help_page import is_asked
from bindctl.cli.verbs.table import COMMANDS, VERBS
from bindctl.storage.workspace import system_clock
from bindctl.terminal.terminal import Terminal

SECOND_WORDS = {name.split()[1] for name in VERBS if " " in name}


class Screen(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


class Ascii(io.StringIO):
    """A stream that knows no boxes."""

    encoding = "ascii"


def _run(
    *words: str, out: io.StringIO | None = None, **environment: str
) -> tuple[int, str, str]:
    out, err = out or io.StringIO(), io.StringIO()
    status = run(words, Terminal(out, err, environment, "/", system_clock))
    return status, out.getvalue(), err.getvalue()


def test_every_command_has_a_row() -> None:
    """What help does not list, nobody finds."""
    status, page, _err = _run("--help")
    assert status == 0
    rows = re.findall(r"^│ ([a-z-]+)  +\S", page, re.MULTILINE)
    assert rows == ["--version", "--install-completion", "--show-completion", "--help",
                    *COMMANDS]  # fmt: skip
    for word in SECOND_WORDS:
        assert re.search(rf"\b{word}[,)]", page)


@pytest.mark.parametrize("columns", ["10", "40", "61", "80", "200"])
def test_boxes_are_as_wide_as_the_terminal(columns: str) -> None:
    """A line that is cut, or broken in two, spoils every box."""
    _status, page, _err = _run("--help", COLUMNS=columns)
    boxed = [line for line in page.splitlines() if line[:1] in set("╭│╰")]
    assert {len(line) for line in boxed} == {max(int(columns), 40)}


def test_without_words_the_help_is_no_answer() -> None:
    """A script that has lost its arguments must not go on."""
    assert _run()[0] == 2
    assert _run()[1] == _run("--help")[1]


@pytest.mark.parametrize(
    ("environment", "is_painted"), [({}, True), ({"NO_COLOR": "1"}, False)]
)
def test_colour_changes_no_letter(
    environment: dict[str, str], *, is_painted: bool
) -> None:
    """It goes to people, and to nobody who has said no."""
    _status, page, _err = _run("--help", out=Screen(), **environment)
    assert ("\x1b[" in page) is is_painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", page) == _run("--help")[1]


def test_a_plain_encoding_gets_plain_boxes() -> None:
    """Escapes in place of edges cannot be read."""
    _status, page, _err = _run("--help", out=Ascii())
    assert page.isascii()
    assert "+- Options -" in page


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("ges", " Did you mean 'get'?"),
        ("chekc", " Did you mean 'check'?"),
        ("Sites", " Did you mean 'sites'?"),
        ("exprot", " Did you mean 'export'?"),
        ("assign", " Did you mean 'cert assign'?"),
        ("add", " Did you mean 'site add'?"),
        ("xyzzy", ""),
        ("", ""),
    ],
)
def test_a_misspelt_command_is_told_what_was_meant(word: str, meant: str) -> None:
    """A slip costs one look, not the manual."""
    status, out, err = _run(word, "x")
    assert (status, out) == (2, "")
    assert f"│ No such command '{word}'.{meant} " in err


def test_what_is_typers_stays_typers() -> None:
    """Completion and options are answered as before."""
    assert not is_asked([], {"_BINDCTL_COMPLETE": "complete_bash"})
    assert not is_asked(["--show-completion"], {})
    assert not is_asked(["--nothing"], {})
    assert not is_asked(["get", "--help"], {})
