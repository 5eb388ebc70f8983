"""Tables: plain for scripts, rich for people."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

from bindctl.cli.views.tables import print_patch, print_table
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    import pytest


class _Screen(StringIO):
    """A stream a person reads."""

    def isatty(self) -> bool:
        return True


def _print(stream: StringIO, rows: list[tuple[str, ...]]) -> str:
    terminal = Terminal(
        stream, StringIO(), {}, "/", lambda: datetime(2026, 1, 1, tzinfo=UTC)
    )
    print_table(terminal, ("Id", "Bindings"), rows)
    return stream.getvalue()


def test_columns_are_aligned_and_cells_may_hold_lines() -> None:
    """`awk` and a reader both find the columns; no line ends in spaces."""
    rows = [("1", ":80:a\n:80:b"), ("1000", "")]
    assert _print(StringIO(), rows) == (
        "Id    Bindings\n1     :80:a\n      :80:b\n1000\n"
    )


def test_a_person_sees_a_box_and_markup_stays_text() -> None:
    """A comment of `[red]x[/red]` is shown, not obeyed."""
    shown = _print(_Screen(), [("1", "[red]x[/red]")])
    assert "[red]x[/red]" in shown
    assert "━" in shown


DIFF = "--- a\n+++ b\n@@ -1 +1,2 @@\n-x\r\n+\x1b[2Jy\n+ z\n"


class Screen(StringIO):
    """Somebody looks at it."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def _shown(stream: StringIO) -> str:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    print_patch(Terminal(stream, StringIO(), {}, ".", lambda: now), DIFF)
    return stream.getvalue()


def test_line_ends_stay_as_they_are() -> None:
    """A line end changed on the way would make the patch fail."""
    assert _shown(StringIO()) == DIFF.replace("\x1b", "\\u001b")


def test_a_person_gets_colours_and_no_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in a file must not move the cursor."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    shown = _shown(Screen())
    assert "\x1b[32m" in shown
    assert "\x1b[31m" in shown
    assert "\x1b[2J" not in shown
    assert len(shown.splitlines()) == len(DIFF.splitlines())
