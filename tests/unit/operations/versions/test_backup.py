"""Backups: what was kept comes back whole, and what is refused changes nothing."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.certificates.certificates import create_certificate
from bindctl.operations.versions.backup import (
    BackupOptions,
    create_backup,
    delete_backup,
    list_backups,
    restore_backup,
)
from bindctl.storage.file_locations import runtime_directory
from bindctl.storage.history import FOLDER_NAME
from bindctl.storage.workspace import DiskWorkspace, Gated

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OLD, NEW = b"# old\n", b"# new\n"
WORD = "correct horse"
CHEAP = BackupOptions(password=WORD, has_certificates=True, seal_cost=2**4)


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_bytes(OLD)
    return path


def _snapshot(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in found}


def test_the_highest_version_comes_back(metabase: Path) -> None:
    """Who names none means the last one."""
    path = str(metabase)
    create_backup(DiskWorkspace(path), "a", NOW)
    metabase.write_bytes(NEW)
    create_backup(DiskWorkspace(path), "a", NOW)
    metabase.write_bytes(b"# later\n")
    assert restore_backup(DiskWorkspace(path), "a").backup.version == 1
    assert metabase.read_bytes() == NEW
    assert restore_backup(DiskWorkspace(path), "a", 0).is_changed
    assert metabase.read_bytes() == OLD
    assert (metabase.parent / ".bindctl/metabase.toml" / FOLDER_NAME).is_dir()


def test_certificates_and_keys_come_back(metabase: Path) -> None:
    """A disk that died took the keys with it."""
    path = str(metabase)
    create_certificate(DiskWorkspace(path), ["a.example"], NOW, {}, None)
    store = metabase.parent / "certificates" / "my"
    before = {file.name: file.read_bytes() for file in store.glob("*.[pk]e*")}
    create_backup(DiskWorkspace(path), "a", NOW, CHEAP)
    for file in store.iterdir():
        file.unlink()
    store.rmdir()
    assert restore_backup(DiskWorkspace(path), "a", password=WORD).certificates == 1
    after = {file.name: file.read_bytes() for file in store.glob("*.[pk]e*")}
    assert after == before
    assert len(after) == 2
    (key,) = store.glob("*.key")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert restore_backup(DiskWorkspace(path), "a", password=WORD).certificates == 0
    if hasattr(os, "mkfifo"):  # nobody waits for one
        key.unlink()
        os.mkfifo(key)
        with pytest.raises(BindctlError, match="not a regular file"):
            restore_backup(DiskWorkspace(path), "a", password=WORD)


def test_the_authority_stays_at_home(metabase: Path) -> None:
    """Its key speaks for every host on every machine that trusts it."""
    path = str(metabase)
    create_certificate(DiskWorkspace(path), ["a.example"], NOW, {}, None)
    create_backup(DiskWorkspace(path), "a", NOW, BackupOptions(has_certificates=True))
    authority = metabase.parent / "certificates" / "authority"
    for file in authority.iterdir():
        file.unlink()
    restore_backup(DiskWorkspace(path), "a")
    assert list(authority.iterdir()) == []


@pytest.mark.parametrize("password", [None, "Horse"])
def test_another_password_changes_nothing(metabase: Path, password: str | None) -> None:
    """Neither metabase nor store, nor history."""
    path = str(metabase)
    create_certificate(DiskWorkspace(path), ["a.example"], NOW, {}, None)
    create_backup(DiskWorkspace(path), "a", NOW, CHEAP)
    metabase.write_bytes(NEW)
    before = _snapshot(metabase.parent)
    with pytest.raises(BindctlError) as caught:
        restore_backup(DiskWorkspace(path), "a", password=password)
    assert caught.value.code == "MET010"
    assert _snapshot(metabase.parent) == before


def test_a_damaged_backup_changes_nothing(metabase: Path) -> None:
    """It is found out before anything is written."""
    path = str(metabase)
    create_backup(DiskWorkspace(path), "a", NOW)
    (file,) = (metabase.parent / ".bindctl/metabase.toml/backups").glob("a.*.bak")
    octets = file.read_bytes()
    metabase.write_bytes(NEW)
    for damaged in (b"", octets[:-1], octets[:50], octets.replace(b"2026", b"2027")):
        file.write_bytes(damaged)
        with pytest.raises(BindctlError) as caught:
            restore_backup(DiskWorkspace(path), "a")
        assert caught.value.code == "MET010"
        assert metabase.read_bytes() == NEW


def test_a_backup_of_a_broken_file_is_not_restored(metabase: Path) -> None:
    """It can be made, as on IIS, but it would take every site down."""
    path = str(metabase)
    metabase.write_bytes(b"broken")
    create_backup(DiskWorkspace(path), "a", NOW)
    metabase.write_bytes(NEW)
    with pytest.raises(BindctlError, match="not a metabase"):
        restore_backup(DiskWorkspace(path), "a")
    assert metabase.read_bytes() == NEW


def test_a_metabase_that_is_gone_comes_back(metabase: Path) -> None:
    """That is when one needs a backup most."""
    create_backup(DiskWorkspace(str(metabase)), "a", NOW)
    metabase.unlink()
    assert restore_backup(DiskWorkspace(str(metabase)), "a").is_changed
    assert metabase.read_bytes() == OLD


def test_versions_are_chosen_and_taken(metabase: Path) -> None:
    """A backup is replaced only on purpose."""
    path = str(metabase)
    create_backup(DiskWorkspace(path), "a", NOW, BackupOptions(version=7))
    with pytest.raises(BindctlError, match="already"):
        create_backup(DiskWorkspace(path), "a", NOW, BackupOptions(version=7))
    metabase.write_bytes(NEW)
    create_backup(
        DiskWorkspace(path), "a", NOW, BackupOptions(version=7, is_overwriting=True)
    )
    metabase.write_bytes(OLD)
    restore_backup(DiskWorkspace(path), "a")
    assert metabase.read_bytes() == NEW
    for version in (-1, 10000):
        with pytest.raises(BindctlError, match="not a version"):
            create_backup(DiskWorkspace(path), "a", NOW, BackupOptions(version=version))
    with pytest.raises(BindctlError, match="empty"):
        create_backup(DiskWorkspace(path), "a", NOW, BackupOptions(password=""))
    assert [item.version for item in list_backups(DiskWorkspace(path))] == [7]


def test_deleting_takes_the_highest_or_all(metabase: Path) -> None:
    """As iisback: the highest version unless another is named."""
    path = str(metabase)
    for name in ("a", "a", "a", "b"):
        create_backup(DiskWorkspace(path), name, NOW)
    assert [item.version for item in delete_backup(DiskWorkspace(path), "a")] == [2]
    assert [item.version for item in delete_backup(DiskWorkspace(path), "a", 0)] == [0]
    create_backup(DiskWorkspace(path), "a", NOW)
    gone = delete_backup(DiskWorkspace(path), "a", all_versions=True)
    assert [item.version for item in gone] == [1, 2]
    assert [item.name for item in list_backups(DiskWorkspace(path))] == ["b"]
    with pytest.raises(BindctlError) as caught:
        delete_backup(DiskWorkspace(path), "a")
    assert (caught.value.code, caught.value.exit_status) == ("MET009", 1)


def test_a_seal_is_never_used_twice(metabase: Path) -> None:
    """Two archives under one key and nonce would betray each other."""
    path = str(metabase)
    create_backup(DiskWorkspace(path), "a", NOW, CHEAP)
    create_backup(DiskWorkspace(path), "a", NOW, CHEAP)
    folder = metabase.parent / ".bindctl/metabase.toml/backups"
    first, second = (file.read_bytes() for file in sorted(folder.glob("a.*")))
    assert first.split(b"\n\n")[0] != second.split(b"\n\n")[0]
    assert runtime_directory(path) == str(folder.parent)


def test_a_refused_restore_leaves_the_stores_as_they_were(metabase: Path) -> None:
    """A gate that refuses the metabase refuses the keys that came with it."""
    path = str(metabase)
    create_certificate(DiskWorkspace(path), ["a.example"], NOW, {}, None)
    create_certificate(DiskWorkspace(path), ["b.example"], NOW, {}, None)
    create_backup(DiskWorkspace(path), "a", NOW, CHEAP)
    store = metabase.parent / "certificates" / "my"
    first, second = sorted(store.glob("*.pem"))
    first.write_bytes(b"damaged\n")
    second.unlink()
    second.with_suffix(".key").unlink()
    metabase.write_bytes(NEW)
    before = _snapshot(metabase.parent)

    def refuse(*_write: object) -> None:
        raise BindctlError("BND003", "no")

    with pytest.raises(BindctlError):
        restore_backup(Gated(DiskWorkspace(path), refuse), "a", password=WORD)
    after = _snapshot(metabase.parent)
    after.pop(str(metabase.parent / ".bindctl/metabase.toml/write.lock"), None)
    assert after == before
