"""The metabase's file: read whole, changed under a lock."""

from __future__ import annotations

import stat
import threading
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.storage.metabase_file import LOCK_NAME, read_octets, update_octets

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_bytes(b"old")
    return path


def _lock_path(metabase: Path) -> Path:
    return metabase.parent / ".bindctl" / metabase.name / LOCK_NAME


def test_a_change_is_written_and_no_change_is_not(metabase: Path) -> None:
    """A script that runs twice must not touch the file the second time."""
    assert update_octets(str(metabase), lambda octets: octets + b"new")
    assert metabase.read_bytes() == b"oldnew"
    before = metabase.stat()
    assert not update_octets(str(metabase), lambda octets: octets)
    after = metabase.stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_a_change_that_fails_leaves_file_and_lock(metabase: Path) -> None:
    """Whatever goes wrong, the next command works."""

    def fail(_octets: bytes) -> bytes:
        raise BindctlError("MET101", "no")

    with pytest.raises(BindctlError, match="no"):
        update_octets(str(metabase), fail)
    assert metabase.read_bytes() == b"old"
    assert update_octets(str(metabase), lambda _octets: b"new")


def test_the_lock_is_private_and_beside_the_file(metabase: Path) -> None:
    """Other users of the machine cannot hold it."""
    update_octets(str(metabase), lambda _octets: b"new")
    lock = _lock_path(metabase)
    assert stat.S_IMODE(lock.stat().st_mode) == 0o600
    assert stat.S_IMODE(lock.parent.stat().st_mode) == 0o700


def test_a_writer_waits_for_the_one_before(metabase: Path) -> None:
    """Two changes at once are both kept."""
    inside, go_on = threading.Event(), threading.Event()

    def slow(octets: bytes) -> bytes:
        inside.set()
        assert go_on.wait(10)
        return octets + b"1"

    first = threading.Thread(target=update_octets, args=(str(metabase), slow))
    first.start()
    assert inside.wait(10)
    second = threading.Thread(
        target=update_octets, args=(str(metabase), lambda octets: octets + b"2")
    )
    second.start()
    go_on.set()
    first.join(10)
    second.join(10)
    assert metabase.read_bytes() == b"old12"


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    """Neither is a metabase, and each has another cure."""
    with pytest.raises(BindctlError) as caught:
        read_octets(str(tmp_path / "gone"))
    assert caught.value.code == "MET001"
    with pytest.raises(BindctlError) as caught:
        read_octets(str(tmp_path))
    assert caught.value.code == "MET002"


def test_a_place_that_cannot_hold_the_lock_is_told(metabase: Path) -> None:
    """A file where the runtime folder belongs: nothing is written."""
    (metabase.parent / ".bindctl").write_text("")
    with pytest.raises(BindctlError) as caught:
        update_octets(str(metabase), lambda _octets: b"new")
    assert caught.value.code == "MET006"
    assert metabase.read_bytes() == b"old"


def test_a_file_the_system_protects_is_told(
    metabase: Path, unprivileged: Callable[[], AbstractContextManager[None]]
) -> None:
    """Permission is exit status 4, so that a script can ask for more rights."""
    metabase.chmod(0)
    with pytest.raises(BindctlError) as caught, unprivileged():
        read_octets(str(metabase))
    assert (caught.value.code, caught.value.exit_status) == ("MET005", 4)
    metabase.chmod(0o600)
    metabase.parent.chmod(0o500)
    try:
        with pytest.raises(BindctlError) as caught, unprivileged():
            update_octets(str(metabase), lambda _octets: b"new")
    finally:
        metabase.parent.chmod(0o700)
    assert (caught.value.code, caught.value.exit_status) == ("MET005", 4)


def test_a_change_through_a_link_keeps_the_link(metabase: Path) -> None:
    """A metabase linked into place from a repository stays linked."""
    link = metabase.parent / "link.toml"
    link.symlink_to(metabase)
    assert update_octets(str(link), lambda _octets: b"new")
    assert link.is_symlink()
    assert metabase.read_bytes() == b"new"
