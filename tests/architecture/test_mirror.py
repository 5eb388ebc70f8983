"""Tests lie where their modules lie."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "tests" / "unit"


@pytest.mark.parametrize(
    "test",
    sorted(UNIT.rglob("test_*.py")),
    ids=lambda path: str(path.relative_to(UNIT)),
)
def test_every_unit_test_mirrors_a_module(test: Path) -> None:
    """Who changes a module finds its tests without searching."""
    relative = test.relative_to(UNIT)
    stem = relative.stem.removeprefix("test_")
    folder = ROOT / "bindctl" / relative.parent
    candidates = (folder / f"{stem}.py", folder / f"__{stem}__.py", folder / stem)
    assert any(item.exists() for item in candidates), f"no module for {relative}"
