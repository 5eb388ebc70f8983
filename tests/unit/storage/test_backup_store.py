"""Backups on disk: names, versions, damage."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.storage.backup_file import encode_backup
from bindctl.storage.backup_store import (
    backups_directory,
    find_backup,
    list_backups,
    lock_backups,
    next_version,
    remove_backup,
    require_name,
    write_backup,
)
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

OCTETS = encode_backup({"metabase.toml": b""}, "now", has_certificates=False)


@pytest.fixture
def metabase(tmp_path: Path) -> str:
    path = str(tmp_path / "metabase.toml")
    os.close(lock_backups(DiskWorkspace(path)))
    return path


@pytest.mark.parametrize("name", ["a", "Before move", "v1.2", "größe", "x" * 100])
def test_names_people_give(metabase: str, name: str) -> None:
    """They are files' names on every system."""
    require_name(name)
    write_backup(DiskWorkspace(metabase), name, 3, OCTETS)
    assert [
        (item.name, item.version) for item in list_backups(DiskWorkspace(metabase))
    ] == [(name, 3)]


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".x", "-x", " x", "a/b", "a\\b", "a:b", "a\nb", "x" * 101]
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    """A backup is written where backups are."""
    with pytest.raises(BindctlError) as caught:
        require_name(name)
    assert (caught.value.code, caught.value.exit_status) == ("MET011", 3)


def test_versions_count_up(metabase: str) -> None:
    """The newest is the one restored when none is named."""
    assert next_version(DiskWorkspace(metabase), "a") == 0
    for version in (0, 5, 10):
        write_backup(DiskWorkspace(metabase), "a", version, OCTETS)
    write_backup(DiskWorkspace(metabase), "a.b", 77, OCTETS)
    assert next_version(DiskWorkspace(metabase), "a") == 11
    assert find_backup(DiskWorkspace(metabase), "a", None).version == 10
    assert find_backup(DiskWorkspace(metabase), "a", 5).version == 5
    write_backup(DiskWorkspace(metabase), "a", 9999, OCTETS)
    with pytest.raises(BindctlError, match="9999"):
        next_version(DiskWorkspace(metabase), "a")
    remove_backup(
        DiskWorkspace(metabase), find_backup(DiskWorkspace(metabase), "a", 9999)
    )
    assert next_version(DiskWorkspace(metabase), "a") == 11


def test_files_are_private(metabase: str) -> None:
    """Keys may be in them."""
    write_backup(DiskWorkspace(metabase), "a", 0, OCTETS)
    directory = backups_directory(metabase)
    assert stat.S_IMODE(os.stat(directory).st_mode) == 0o700
    ignore, name = sorted(os.listdir(directory))
    assert ignore == ".gitignore"
    assert stat.S_IMODE(os.stat(os.path.join(directory, name)).st_mode) == 0o600


def test_a_damaged_file_is_listed_and_others_are_not(metabase: str) -> None:
    """The list must show what cannot be relied on."""
    write_backup(DiskWorkspace(metabase), "a", 0, b"rubbish")
    write_backup(DiskWorkspace(metabase), "b", 0, OCTETS)
    for name in ("x", "x.bak", "x.1.bak", ".0001.bak"):
        with open(os.path.join(backups_directory(metabase), name), "wb"):
            pass
    found = [
        (item.name, item.created) for item in list_backups(DiskWorkspace(metabase))
    ]
    assert found == [("a", ""), ("b", "now")]
