"""Colour for people, if the answer goes to a terminal that shows it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from bindctl.terminal.terminal import Terminal

    # Text and words of `_CODES`, such as "bold red", to what is written.
    Painter: TypeAlias = Callable[[str, str], str]

# ECMA-48, Select Graphic Rendition (8.3.117).
_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "cyan": "36",
}
# By the words of severities, wherever a code stands.
SEVERITY_STYLES = {"error": "bold red", "warning": "bold yellow", "info": "bold cyan"}


def make_painter(terminal: Terminal) -> Painter:
    """The function that colours text for that terminal, or leaves it alone.

    No colour with NO_COLOR or on a dumb terminal; FORCE_COLOR has it in a log as well.
    """
    environment = terminal.environment
    is_wanted = terminal.is_interactive() or bool(environment.get("FORCE_COLOR"))
    is_refused = environment.get("NO_COLOR") or environment.get("TERM") == "dumb"
    if is_refused or not is_wanted:
        return _leave
    return _paint


def _paint(text: str, style: str) -> str:
    if not text or not style:
        return text
    codes = ";".join(_CODES[word] for word in style.split())
    return f"\x1b[{codes}m{text}\x1b[0m"


def _leave(text: str, style: str) -> str:
    del style
    return text
