"""Folders for keys: closed, and out of version control."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.storage.private_directory import create_private_directory

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("mask", [0, 0o077, 0o777])
def test_every_new_folder_is_closed(tmp_path: Path, mask: int) -> None:
    """Others could list or fill the folder of the keys; or its owner could not."""
    before = os.umask(mask)
    try:
        create_private_directory(str(tmp_path / "a" / "b"))
    finally:
        os.umask(before)
    for folder in (tmp_path / "a", tmp_path / "a" / "b"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (tmp_path / "a" / "b" / ".gitignore").read_text().endswith("\n*\n")


def test_existing_folder_is_left_alone(tmp_path: Path) -> None:
    """A folder shared on purpose would be closed to its other users."""
    (tmp_path / "mine").write_text("")
    tmp_path.chmod(0o755)
    create_private_directory(str(tmp_path))
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert os.listdir(tmp_path) == ["mine"]


def test_crash_before_the_ignore_file_is_mended(tmp_path: Path) -> None:
    """The folder would stay open to `git add` for ever."""
    create_private_directory(str(tmp_path))
    assert os.listdir(tmp_path) == [".gitignore"]


def test_file_in_the_way_is_told(tmp_path: Path) -> None:
    """The user would see a traceback."""
    (tmp_path / "file").write_text("")
    with pytest.raises(BindctlError) as caught:
        create_private_directory(str(tmp_path / "file" / "keys"))
    assert caught.value.code == "MET006"
