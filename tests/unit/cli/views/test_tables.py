"""Tables: plain for scripts, rich for people."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

from bindctl.cli.views.tables import print_table
from bindctl.terminal.terminal import Terminal


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
