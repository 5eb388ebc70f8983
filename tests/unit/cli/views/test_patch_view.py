"""A diff in colours for people, with its line ends for `patch`."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

from bindctl.cli.views.patch_view import print_patch
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    import pytest

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
