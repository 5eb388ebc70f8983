"""init: the starter metabase."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.check.check import check
from bindctl.operations.editing.initialize import STARTER, initialize
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path


def test_the_starter_is_clean_and_every_site_can_be_added(tmp_path: Path) -> None:
    """A first `check` that complains about our own file would be a bad start."""
    path = initialize(str(tmp_path / "metabase.toml"))
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert check(DiskWorkspace(path), now).report.findings == ()


def test_the_commented_example_is_a_metabase_too() -> None:
    """People take the comment signs away and expect it to work."""
    lines = [line.removeprefix("# ") for line in STARTER.splitlines()]
    start = lines.index("[w3svc.1]")
    example = "\n".join(lines[start : lines.index("schema_version = 1") - 1])
    assert tomllib.loads(example)["w3svc"]["1"]["root"]["Path"] == "sites/default"


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    """Not even a link that leads nowhere."""
    path = tmp_path / "metabase.toml"
    path.symlink_to(tmp_path / "gone")
    with pytest.raises(BindctlError) as caught:
        initialize(str(path))
    assert (caught.value.code, caught.value.exit_status) == ("MET003", 3)


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    """The message names the file, not a temporary one."""
    with pytest.raises(BindctlError, match=r"metabase\.toml") as caught:
        initialize(str(tmp_path / "gone" / "metabase.toml"))
    assert caught.value.code == "MET006"
