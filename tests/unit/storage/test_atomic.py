"""Atomic writes: a configuration or a key is never half there."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.storage import atomic
from bindctl.storage.atomic import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

STEPS = ("_create_temporary", "_write_all", "_sync", "_replace", "_sync_directory")
OLD, NEW = b"old\n", b"new\n" * 100_000

# A child that dies right before or right after one step, as by a power cut.
KILLED = """
import os, signal, sys
from bindctl.storage import atomic
path, step, moment = sys.argv[1:]
real = getattr(atomic, step)
def dying(*arguments):
    if moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = real(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(atomic, step, dying)
atomic.write_atomically(path, b"new\\n" * 100_000, 0o600)
"""


@pytest.fixture
def umask_zero() -> Iterator[None]:
    """A process that would let everybody read what it makes."""
    before = os.umask(0)
    yield
    os.umask(before)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_writes_a_new_file(tmp_path: Path) -> None:
    """Nothing could be created."""
    path = tmp_path / "metabase.toml"
    write_atomically(path, NEW)
    assert path.read_bytes() == NEW
    assert os.listdir(tmp_path) == ["metabase.toml"]


@pytest.mark.parametrize("name", ["é" * 127, "a b\n", "-x"])
def test_writes_any_name(tmp_path: Path, name: str) -> None:
    """A name as long as names can be would leave no room for a temporary one."""
    write_atomically(os.path.join(tmp_path, name), NEW)
    assert (tmp_path / name).read_bytes() == NEW


def test_relative_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--metabase metabase.toml` has no folder in it."""
    monkeypatch.chdir(tmp_path)
    write_atomically("metabase.toml", NEW)
    assert (tmp_path / "metabase.toml").read_bytes() == NEW


@pytest.mark.usefixtures("umask_zero")
def test_mode_is_exact_whatever_the_umask(tmp_path: Path) -> None:
    """A private key would be readable by everybody on the machine."""
    path = tmp_path / "key"
    write_atomically(path, NEW, 0o600)
    assert _mode(path) == 0o600
    os.umask(0o777)
    write_atomically(path, NEW, 0o644)
    assert _mode(path) == 0o644


@pytest.mark.usefixtures("umask_zero")
def test_key_is_private_while_it_is_still_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another user could open the file in that instant and read on."""
    seen: list[tuple[int, int]] = []
    real, real_mode = os.write, os.fchmod

    def watching(descriptor: int, octets: bytes) -> int:
        status = os.fstat(descriptor)
        seen.append((stat.S_IMODE(status.st_mode), status.st_size))
        return real(descriptor, octets)

    def watching_mode(descriptor: int, mode: int) -> None:
        assert stat.S_IMODE(os.fstat(descriptor).st_mode) == 0o600
        real_mode(descriptor, mode)

    monkeypatch.setattr(os, "write", watching)
    monkeypatch.setattr(os, "fchmod", watching_mode)
    write_atomically(tmp_path / "key", NEW, 0o600)
    assert seen[0] == (0o600, 0)


def test_new_file_without_mode_follows_the_umask(tmp_path: Path) -> None:
    """A team's shared umask would be ignored."""
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "metabase.toml", NEW)
    finally:
        os.umask(before)
    assert _mode(tmp_path / "metabase.toml") == 0o640


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o444])
def test_mode_of_an_existing_file_stays(tmp_path: Path, mode: int) -> None:
    """A metabase that was closed to others would be opened by an edit."""
    path = tmp_path / "metabase.toml"
    path.write_bytes(OLD)
    path.chmod(mode)
    write_atomically(path, NEW)
    assert _mode(path) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_owner_of_an_existing_file_stays(tmp_path: Path) -> None:
    """An edit by root would take the metabase from the one who owns it."""
    path = tmp_path / "metabase.toml"
    path.write_bytes(OLD)
    os.chown(path, 12345, 23456)
    write_atomically(path, NEW)
    status = path.stat()
    assert (status.st_uid, status.st_gid) == (12345, 23456)


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that everybody may write to, and reach."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o777)  # noqa: S103 - what the test is about
        yield Path(name)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize(
    ("owner", "mode", "message"),
    [
        ((12345, 23456), 0o664, "its owner cannot be kept"),
        ((12345, 23456), 0o644, "its owner cannot be kept"),
        ((12345, -1), 0o666, "its owner cannot be kept"),
        ((65534, 23456), 0o664, "its group cannot be kept"),
        ((65534, 23456), 0o640, "its group cannot be kept"),
        ((65534, 23456), 0o2644, "its group cannot be kept"),
    ],
)
def test_owner_that_cannot_be_kept_is_a_refusal(
    shared: Path,
    unprivileged: Callable[[], AbstractContextManager[None]],
    owner: tuple[int, int],
    mode: int,
    message: str,
) -> None:
    """Who owns the metabase, and the group that edits it, would be locked out."""
    path = shared / "metabase.toml"
    path.write_bytes(OLD)
    os.chown(path, *owner)
    path.chmod(mode)
    before = path.stat()
    with unprivileged(), pytest.raises(BindctlError) as caught:
        write_atomically(path, NEW)
    assert (caught.value.code, caught.value.exit_status) == ("MET005", 4)
    assert caught.value.message == f"{path}: {message}"
    assert path.stat() == before  # before it is read, which counts as an access
    assert path.read_bytes() == OLD
    assert os.listdir(shared) == ["metabase.toml"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o666])
def test_group_without_rights_of_its_own_stops_nobody(
    shared: Path, unprivileged: Callable[[], AbstractContextManager[None]], mode: int
) -> None:
    """Nobody gains or loses anything by it, and the owner could not edit."""
    path = shared / "metabase.toml"
    path.write_bytes(OLD)
    os.chown(path, 65534, 23456)
    path.chmod(mode)
    with unprivileged():
        write_atomically(path, NEW)
    assert path.read_bytes() == NEW
    assert (path.stat().st_uid, _mode(path)) == (65534, mode)


def test_system_without_owners_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a memory stick every edit would be refused, though nothing is lost."""

    def refuse(_descriptor: int, _uid: int, _gid: int) -> None:
        raise PermissionError(errno.EPERM, "not yours")

    path = tmp_path / "metabase.toml"
    path.write_bytes(OLD)
    path.chmod(0o640)
    monkeypatch.setattr(os, "fchown", refuse)
    write_atomically(path, NEW)
    assert _mode(path) == 0o640


def test_symbolic_link_stays(tmp_path: Path) -> None:
    """A metabase kept in a repository and linked from elsewhere would come apart."""
    real, link, second = (tmp_path / name for name in ("real", "link", "second"))
    real.write_bytes(OLD)
    link.symlink_to("real")
    second.symlink_to(link)
    write_atomically(second, NEW)
    assert second.is_symlink()
    assert link.is_symlink()
    assert real.read_bytes() == NEW


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_kill_leaves_old_or_new(tmp_path: Path, step: str, moment: str) -> None:
    """A power cut in the middle would leave half a metabase."""
    path = tmp_path / "metabase.toml"
    path.write_bytes(OLD)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(path), step, moment], check=False
    )
    assert done.returncode == -signal.SIGKILL
    is_new = step == "_sync_directory" or (step, moment) == ("_replace", "after")
    assert path.read_bytes() == (NEW if is_new else OLD)
    write_atomically(path, b"next\n")  # what was left behind stops nobody
    assert path.read_bytes() == b"next\n"


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
@pytest.mark.parametrize(
    ("number", "answer"),
    [
        (errno.ENOSPC, ("MET006", ExitStatus.REFUSED)),
        (errno.EDQUOT, ("MET006", ExitStatus.REFUSED)),
        (errno.EIO, ("MET006", ExitStatus.REFUSED)),
        (errno.EROFS, ("MET005", ExitStatus.PERMISSION)),
        (errno.EPERM, ("MET005", ExitStatus.PERMISSION)),
    ],
)
def test_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    number: int,
    answer: tuple[str, int],
) -> None:
    """A full disk would cost the configuration, or fill with temporary files."""

    def failing(*_arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    path = tmp_path / "metabase.toml"
    path.write_bytes(OLD)
    monkeypatch.setattr(os, call, failing)
    with pytest.raises(BindctlError) as caught:
        write_atomically(path, NEW)
    monkeypatch.undo()
    assert (caught.value.code, caught.value.exit_status) == answer
    assert caught.value.message.startswith(f"{path}: ")
    assert path.read_bytes() == OLD
    assert os.listdir(tmp_path) == ["metabase.toml"]


def test_octets_are_on_the_disk_before_the_name_leads_to_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut the metabase would be an empty file."""
    calls: list[str] = []
    sync, replace = os.fsync, os.replace

    def watched_sync(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        calls.append("sync folder" if is_folder else "sync file")
        sync(descriptor)

    def watched_replace(source: str, target: str) -> None:
        calls.append("replace")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", watched_sync)
    monkeypatch.setattr(os, "replace", watched_replace)
    write_atomically(tmp_path / "metabase.toml", NEW)
    assert calls == ["sync file", "replace", "sync folder"]


def test_short_writes_are_continued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of the file would be missing, without an error."""
    real = os.write

    def short(descriptor: int, octets: memoryview) -> int:
        return real(descriptor, octets[:70_000])

    monkeypatch.setattr(os, "write", short)
    write_atomically(tmp_path / "metabase.toml", NEW)
    assert (tmp_path / "metabase.toml").read_bytes() == NEW


def test_interrupt_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every Ctrl-C would leave a file, perhaps with a key in it."""

    def interrupted(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(atomic, "_sync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "key", NEW, 0o600)
    assert os.listdir(tmp_path) == []


def test_missing_folder_is_told(tmp_path: Path) -> None:
    """The user would see a traceback."""
    with pytest.raises(BindctlError) as caught:
        write_atomically(tmp_path / "none" / "metabase.toml", NEW)
    assert caught.value.code == "MET006"
    assert "no such file or directory" in caught.value.message


def test_only_regular_files_are_replaced(tmp_path: Path) -> None:
    """Root writing to /dev/null would replace the device by a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path):
        with pytest.raises(BindctlError) as caught:
            write_atomically(path, NEW)
        assert caught.value.code == "MET006"
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_loop_of_links_is_told(tmp_path: Path) -> None:
    """One link of the loop would silently become a file."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(BindctlError):
        write_atomically(loop, NEW)
    assert loop.is_symlink()


def test_folder_that_cannot_be_synced_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On network file systems every edit would be reported as failed."""
    real = os.fsync

    def refusing(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not supported")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", refusing)
    write_atomically(tmp_path / "metabase.toml", NEW)
    assert (tmp_path / "metabase.toml").read_bytes() == NEW


def test_imports_next_to_nothing() -> None:
    """`bindctl set` would start slower than it works."""
    program = (
        "import os, sys; before = set(sys.modules); import bindctl.storage.atomic; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert set(done.stdout.split()) <= {
        "bindctl",
        "bindctl.findings",
        "bindctl.findings.errors",
        "bindctl.storage",
        "bindctl.storage.atomic",
        "errno",
    }
