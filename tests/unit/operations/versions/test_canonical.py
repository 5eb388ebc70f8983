"""fmt: writes once, and a look writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.operations.versions.canonical import format_metabase, preview_format
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

MIXED = b"[w3svc.2]\n\n[w3svc.1]\n"
ORDERED = b"[w3svc.1]\n\n[w3svc.2]\n"


def test_a_preview_writes_nothing(tmp_path: Path) -> None:
    """`--check` runs in pipelines, on files nobody may change there."""
    path = tmp_path / "metabase.toml"
    path.write_bytes(MIXED)
    found = preview_format(DiskWorkspace(str(path)))
    assert found.is_changed
    assert "+[w3svc.1]" in found.diff
    assert path.read_bytes() == MIXED
    assert [item.name for item in tmp_path.iterdir()] == ["metabase.toml"]


def test_the_second_time_writes_nothing(tmp_path: Path) -> None:
    """A file that is in order keeps its time stamp."""
    path = tmp_path / "metabase.toml"
    path.write_bytes(MIXED)
    assert format_metabase(DiskWorkspace(str(path))).is_changed
    assert path.read_bytes() == ORDERED
    before = path.stat().st_ino
    found = format_metabase(DiskWorkspace(str(path)))
    assert (found.is_changed, found.diff) == (False, "")
    assert path.stat().st_ino == before
