"""How what a service serves differs from what is configured now."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from bindctl.operations.versions.drift import find_drift
from bindctl.server.service.service_plan import names_digest
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

READ_AT = 1_700_000_000.5


@pytest.fixture
def metabase(tmp_path: Path) -> str:
    """A metabase, a certificate older than its reading, and a central store."""
    path = tmp_path / "metabase.toml"
    path.write_bytes(b"x = 1\n")
    (tmp_path / "ccs").mkdir()
    (tmp_path / "ccs" / "a.pfx").touch()
    return str(path)


def answer(tmp_path: Path, **more: object) -> dict[str, object]:
    """What a service says that serves all of it."""
    return {
        "read_digest": hashlib.sha256(b"x = 1\n").hexdigest(),
        "read_at": READ_AT,
        "changed_sites": [],
        "certificates": [],
        "central_directory": str(tmp_path / "ccs"),
        "central_digest": names_digest(["a.pfx"]),
        **more,
    }


def test_nothing_to_tell(metabase: str, tmp_path: Path) -> None:
    """A status that always warns is not read."""
    assert find_drift(DiskWorkspace(metabase), answer(tmp_path)).is_current


def test_a_changed_or_missing_file_is_told(metabase: str, tmp_path: Path) -> None:
    """An edit that nobody has reset yet is the commonest surprise."""
    said = answer(tmp_path)
    (tmp_path / "metabase.toml").write_bytes(b"x = 2\n")
    assert find_drift(DiskWorkspace(metabase), said).metabase_changed
    (tmp_path / "metabase.toml").unlink()
    assert find_drift(DiskWorkspace(metabase), said).metabase_changed


def test_sites_and_central_files_are_told(metabase: str, tmp_path: Path) -> None:
    """A certificate dropped into the store is not served before the next reset."""
    drift = find_drift(DiskWorkspace(metabase), answer(tmp_path, changed_sites=[2]))
    assert (drift.is_current, drift.sites) == (False, (2,))
    (tmp_path / "ccs" / "b.pfx").touch()
    assert find_drift(DiskWorkspace(metabase), answer(tmp_path)).central_store_changed
    nowhere = answer(tmp_path, central_directory="")
    assert not find_drift(DiskWorkspace(metabase), nowhere).central_store_changed


def test_certificates_written_since_are_told(metabase: str, tmp_path: Path) -> None:
    """A renewed certificate is served already, though nobody has reset anything."""
    for name in ("old.pem", "new.pem", "key.pem", "key.key"):
        (tmp_path / name).touch()
    paths = [str(tmp_path / name) for name in ("old.pem", "new.pem", "key.pem")]
    said = answer(tmp_path, certificates=[*paths, str(tmp_path / "gone.pem")])
    later = max(os.stat(path).st_ctime for path in paths) + 10
    assert find_drift(DiskWorkspace(metabase), said | {"read_at": later}).is_current
    for name in ("new.pem", "key.key"):
        os.utime(tmp_path / name, (later + 1, later + 1))
    drift = find_drift(DiskWorkspace(metabase), said | {"read_at": later})
    assert drift.replaced_certificates == ("new", "key")
