"""Folders for keys: closed, and out of version control."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.storage.disk_writing import LOCK_NAME, create_private_directory
from bindctl.storage.file_lock import release_lock, take_lock
from bindctl.storage.file_reading import read_octets
from bindctl.storage.versions import list_versions, load_version
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager


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


def test_the_umask_of_the_process_is_left_alone(
    metabase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two threads that change it at once leave it changed for the whole program."""
    monkeypatch.delattr(os, "umask")
    workspace = DiskWorkspace(str(metabase))
    workspace.make_folder(str(metabase.parent / "a" / "b"), is_private=True)
    assert workspace.rewrite(lambda _before: (b"# new", None))


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


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_bytes(b"# old")
    return path


def _lock_path(metabase: Path) -> Path:
    return metabase.parent / ".bindctl" / metabase.name / LOCK_NAME


def test_a_change_is_written_and_no_change_is_not(metabase: Path) -> None:
    """A script that runs twice must not touch the file the second time."""
    assert DiskWorkspace(str(metabase)).update(lambda octets: octets + b"new")
    assert metabase.read_bytes() == b"# oldnew"
    before = metabase.stat()
    assert not DiskWorkspace(str(metabase)).update(lambda octets: octets)
    after = metabase.stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_a_change_that_fails_leaves_file_and_lock(metabase: Path) -> None:
    """Whatever goes wrong, the next command works."""

    def fail(_octets: bytes) -> bytes:
        raise BindctlError("MET101", "no")

    with pytest.raises(BindctlError, match="no"):
        DiskWorkspace(str(metabase)).update(fail)
    assert metabase.read_bytes() == b"# old"
    assert DiskWorkspace(str(metabase)).update(lambda _octets: b"# new")


def test_the_lock_is_private_and_beside_the_file(metabase: Path) -> None:
    """Other users of the machine cannot hold it."""
    DiskWorkspace(str(metabase)).update(lambda _octets: b"# new")
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

    update = DiskWorkspace(str(metabase)).update
    first = threading.Thread(target=update, args=(slow,))
    first.start()
    assert inside.wait(10)
    second = threading.Thread(target=update, args=(lambda octets: octets + b"2",))
    second.start()
    go_on.set()
    first.join(10)
    second.join(10)
    assert metabase.read_bytes() == b"# old12"


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
        DiskWorkspace(str(metabase)).update(lambda _octets: b"# new")
    assert caught.value.code == "MET006"
    assert metabase.read_bytes() == b"# old"


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
            DiskWorkspace(str(metabase)).update(lambda _octets: b"# new")
    finally:
        metabase.parent.chmod(0o700)
    assert (caught.value.code, caught.value.exit_status) == ("MET005", 4)


def test_a_change_through_a_link_keeps_the_link(metabase: Path) -> None:
    """A metabase linked into place from a repository stays linked."""
    link = metabase.parent / "link.toml"
    link.symlink_to(metabase)
    assert DiskWorkspace(str(link)).update(lambda _octets: b"# new")
    assert link.is_symlink()
    assert metabase.read_bytes() == b"# new"


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    """Reading a FIFO would wait for ever for somebody to write."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path, kind in ((fifo, "a FIFO"), (tmp_path, "a folder"), ("/dev/null", "dev")):
        with pytest.raises(BindctlError, match=kind) as caught:
            read_octets(str(path))
        assert caught.value.code == "MET002"
    with pytest.raises(BindctlError, match="a FIFO"):
        DiskWorkspace(str(fifo)).update(lambda octets: octets + b"x")
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_replacing_asks_whether_anybody_was_quicker(metabase: Path) -> None:
    """A change made on an old reading would take back what others wrote."""
    assert DiskWorkspace(str(metabase)).replace(b"# old", b"# mine")
    with pytest.raises(BindctlError) as caught:
        DiskWorkspace(str(metabase)).replace(b"# old", b"# theirs")
    assert (caught.value.code, caught.value.exit_status) == ("MET007", 3)
    assert metabase.read_bytes() == b"# mine"
    assert not DiskWorkspace(str(metabase)).replace(b"# mine", b"# mine")


def test_a_lost_file_is_made_anew_and_private(metabase: Path) -> None:
    """Nobody knows any more who might read it."""
    assert DiskWorkspace(str(metabase)).restore(b"# new")
    metabase.unlink()
    assert DiskWorkspace(str(metabase)).restore(b"# new")
    assert metabase.read_bytes() == b"# new"
    assert stat.S_IMODE(metabase.stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_write_that_is_refused_locks_nobody_out(
    elsewhere: Path, unprivileged: Callable[[], AbstractContextManager[None]]
) -> None:
    """A private folder of somebody else's would keep the owner from every write."""
    elsewhere.chmod(0o777)
    path = elsewhere / "metabase.toml"
    path.write_bytes(b"# old")
    path.chmod(0o666)
    os.chown(path, 12345, 23456)
    before = path.stat()
    with unprivileged(), pytest.raises(BindctlError) as caught:
        DiskWorkspace(str(path)).update(lambda _octets: b"# new")
    assert caught.value.code == "MET005"
    assert caught.value.message.endswith(": its owner cannot be kept")
    assert caught.value.hint == "run the command as its owner, 12345"
    assert (path.read_bytes(), path.stat().st_mode) == (b"# old", before.st_mode)
    assert os.listdir(elsewhere) == ["metabase.toml"]


def test_a_lost_file_comes_back_as_a_version(metabase: Path) -> None:
    """The next undo would take back a write that nobody made."""
    DiskWorkspace(str(metabase)).update(lambda _octets: b"# 1\n")
    metabase.unlink()
    assert DiskWorkspace(str(metabase)).restore(b"# old")
    versions = list_versions(str(metabase))
    assert [item.number for item in versions] == [1, 2, 3]
    assert load_version(str(metabase), versions[-1]) == b"# old"


def test_a_lost_file_comes_back_under_the_lock(
    metabase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes at the same moment would lose it, or what is restored."""
    DiskWorkspace(str(metabase)).update(lambda _octets: b"# new")
    metabase.unlink()
    told: list[str] = []
    real = os.replace

    def watching(source: str, target: str) -> None:
        with pytest.raises(BindctlError) as caught:
            release_lock(take_lock(str(_lock_path(metabase)), 0))
        told.append(caught.value.code)
        real(source, target)

    monkeypatch.setattr(os, "replace", watching)
    assert DiskWorkspace(str(metabase)).restore(b"# old")
    assert told == ["MET004"]


def test_a_file_of_another_version_can_be_left(metabase: Path) -> None:
    """The broken file would forbid the very thing that mends it."""
    for broken in (b"schema_version = 99\n", b'schema_version = "x"\n'):
        metabase.write_bytes(broken)
        with pytest.raises(BindctlError, match="schema_version"):
            DiskWorkspace(str(metabase)).update(lambda _octets: b"# new")
        assert DiskWorkspace(str(metabase)).restore(b"# old\n")
        metabase.write_bytes(broken)
        assert DiskWorkspace(str(metabase)).rewrite(lambda _octets: (b"# old\n", 1))
        assert metabase.read_bytes() == b"# old\n"


def test_another_version_is_not_gone_back_to(metabase: Path) -> None:
    """The way back would lead to a file that no command reads."""
    other = b"schema_version = 99\n"
    with pytest.raises(BindctlError) as caught:
        DiskWorkspace(str(metabase)).restore(other)
    assert caught.value.code == "MET008"
    assert metabase.read_bytes() == b"# old"


def test_the_lock_of_a_dead_process_is_nobody_s(metabase: Path) -> None:
    """A writer that was killed must not lock everybody out."""
    DiskWorkspace(str(metabase)).update(lambda _octets: b"# new")
    child = (
        "import os, signal, sys\nfrom bindctl.storage.file_lock import take_lock\n"
        "take_lock(sys.argv[1])\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", child, str(_lock_path(metabase))],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert DiskWorkspace(str(metabase)).update(lambda _octets: b"# newer")


def test_mode_owner_and_link_survive_a_write(metabase: Path) -> None:
    """Who might read the file before still may, and nobody else."""
    for mode in (0o600, 0o640, 0o664, 0o444):
        metabase.chmod(mode)
        before = metabase.stat()
        assert DiskWorkspace(str(metabase)).update(lambda octets: octets + b"+")
        after = metabase.stat()
        assert stat.S_IMODE(after.st_mode) == mode
        assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder on another file system, where the machine has one."""
    top = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - a tmpfs
    with tempfile.TemporaryDirectory(dir=top) as name:
        yield Path(name)


def test_a_file_on_another_file_system(tmp_path: Path, elsewhere: Path) -> None:
    """A rename from one file system to another would fail."""
    real = elsewhere / "metabase.toml"
    real.write_bytes(b"# old")
    link = tmp_path / "metabase.toml"
    link.symlink_to(real)
    assert DiskWorkspace(str(link)).update(lambda _octets: b"# new")
    assert (link.is_symlink(), real.read_bytes()) == (True, b"# new")
    assert (elsewhere / ".bindctl" / "metabase.toml" / "history").is_dir()
    assert not (tmp_path / ".bindctl").exists()


def test_somebody_else_s_metabase_is_told(
    elsewhere: Path, unprivileged: Callable[[], AbstractContextManager[None]]
) -> None:
    """Without the right to write nothing is lost, and the reason is said."""
    elsewhere.chmod(0o755)
    path = elsewhere / "metabase.toml"
    path.write_bytes(b"# old")
    path.chmod(0o644)
    if os.geteuid() == 0:
        with unprivileged():
            assert read_octets(str(path)) == b"# old"
            with pytest.raises(BindctlError) as caught:
                DiskWorkspace(str(path)).update(lambda _octets: b"# new")
        assert (caught.value.code, caught.value.exit_status) == ("MET005", 4)
    # Once its owner has written, the folder of versions is the owner's alone.
    assert DiskWorkspace(str(path)).update(lambda _octets: b"# newer")
    if os.geteuid() == 0:
        with unprivileged(), pytest.raises(BindctlError) as caught:
            DiskWorkspace(str(path)).update(lambda _octets: b"# new")
        assert caught.value.code == "MET005"
    assert path.read_bytes() == b"# newer"
