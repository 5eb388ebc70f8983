"""Colour goes to people, and to nobody who has said no."""

from __future__ import annotations

import io

import pytest

from bindctl.storage.workspace import system_clock
from bindctl.terminal.color import make_painter
from bindctl.terminal.terminal import Terminal


class Screen(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
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
