"""bindctl tree on a terminal."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bindctl.__main__ import run
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


class Screen(io.StringIO):
    """A stream that a person reads."""

    def isatty(self) -> bool:
        return True


def test_a_person_sees_branches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no name of a key does anything to the terminal."""
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "metabase.toml").write_text(
        '[w3svc.1]\nServerComment = "[bold]\\u001b[2J"\n[w3svc.1.root]\nPath = "x"\n'
    )
    screen = Screen()
    clock = lambda: datetime(2026, 11, 22, tzinfo=UTC)  # noqa: E731 - a clock
    assert run(["tree"], Terminal(screen, screen, {}, str(tmp_path), clock)) == 0
    assert screen.getvalue().splitlines() == [
        "LM IIsComputer",
        "└── w3svc IIsWebService",
        '    └── 1 IIsWebServer "[bold]\\u001b[2J"',
        '        └── root IIsWebVirtualDir "x"',
    ]
