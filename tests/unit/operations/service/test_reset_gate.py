"""Tests of iisreset's /ENABLE and /DISABLE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.operations.service.reset_gate import (
    disable_reset,
    enable_reset,
    is_reset_enabled,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_disabled_until_enabled(tmp_path: Path) -> None:
    """Both may be said twice; another metabase beside is not concerned."""
    metabase, other = str(tmp_path / "a.toml"), str(tmp_path / "b.toml")
    for _time in range(2):
        disable_reset(metabase)
        assert not is_reset_enabled(metabase)
        assert is_reset_enabled(other)
    for _time in range(2):
        enable_reset(metabase)
        assert is_reset_enabled(metabase)
