"""Colour for people: where the answer goes to a terminal that shows any."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from bindctl.terminal.terminal import Terminal

    # Text and a style of rich's, such as "bold red", to what is written.
    Painter: TypeAlias = Callable[[str, str], str]

# By the words of severities, wherever a code stands.
SEVERITY_STYLES = {"error": "bold red", "warning": "bold yellow", "info": "bold cyan"}


def make_painter(terminal: Terminal) -> Painter:
    """What paints text on that terminal, or leaves it alone.

    NO_COLOR and a dumb terminal want none; FORCE_COLOR wants it in a log as well.
    """
    environment = terminal.environment
    is_wanted = terminal.is_interactive() or bool(environment.get("FORCE_COLOR"))
    is_refused = environment.get("NO_COLOR") or environment.get("TERM") == "dumb"
    if is_refused or not is_wanted:
        return _leave
    from rich.style import Style  # noqa: PLC0415 - slow to import

    def paint(text: str, style: str) -> str:
        return Style.parse(style).render(text)

    return paint


def _leave(text: str, style: str) -> str:
    del style
    return text
