"""Tests of iisweb's own rules."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

from bindctl.__main__ import run
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SOMEBODY = 54321


def test_a_site_nobody_may_ask_about_is_not_told_to_be_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service of another user may run, and the site with it."""
    (tmp_path / "metabase.toml").write_text("[w3svc.1]\n")
    (tmp_path / ".bindctl" / "metabase.toml").mkdir(parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)
    out, err = StringIO(), StringIO()
    now = datetime(2026, 11, 22, tzinfo=UTC)
    terminal = Terminal(out, err, {}, str(tmp_path), lambda: now)
    assert run(["iisweb", "/stop", "w3svc/1"], terminal) == 5
    assert "already STOPPED" not in out.getvalue()
    assert "it belongs to" in err.getvalue()
