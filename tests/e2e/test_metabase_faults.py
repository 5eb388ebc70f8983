"""Every system call of a write fails in turn, or is the last: old or new, never between."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.storage import (
    atomic,
    disk_writing,
    file_lock,
    file_reading,
    history,
    state_folder,
)
from bindctl.storage.author import Author
from bindctl.storage.versions import list_versions, read_version
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

FIRST = b"# first, by hand\n" * 300
OLD = b"# old\n" * 1000
NEW = b"# new\n" * 900
AFTER = b"# after all\n"
# Every function of `os` that the modules of a write call on files.
CALLS = frozenset(
    {
        *("open", "close", "read", "write", "lseek", "fsync", "fstat", "stat"),
        *("fchmod", "fchown", "replace", "unlink", "mkdir", "makedirs", "listdir"),
        *("lstat", "chmod", "rmdir", "readlink"),
    }
)
MODULES = (atomic, file_lock, history, disk_writing, file_reading, state_folder)
# More than any write makes; the loop ends where a write comes through.
MOST_CALLS = 200

CHILD = """
import os, signal, sys
from bindctl.storage import atomic, file_lock, history, disk_writing, file_reading, state_folder
from bindctl.storage import workspace

at, moment, path, calls = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4].split()
count = 0

class DyingOs:
    def __getattr__(self, name):
        real = getattr(os, name)
        if name not in calls:
            return real
        def call(*arguments, **options):
            global count
            count += 1
            if count == at and moment == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            if count == at and moment == "half" and name == "write":
                os.write(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            answer = real(*arguments, **options)
            if count == at and moment == "after":
                os.kill(os.getpid(), signal.SIGKILL)
            return answer
        return call

for module in (atomic, file_lock, history, disk_writing, file_reading, state_folder):
    module.os = DyingOs()
workspace.DiskWorkspace(path).update(lambda _octets: b"# new\\n" * 900)
print(count)
"""


class FaultyOs:
    """The module `os`, whose call number `at` fails."""

    def __init__(self, at: int, number: int) -> None:
        """Count from 1."""
        self.at = at
        self.number = number
        self.count = 0
        self.failed = ""

    def __getattr__(self, name: str) -> Any:
        """The real function, counted when it is one of `CALLS`."""
        real = getattr(os, name)
        if name not in CALLS:
            return real

        def call(*arguments: Any, **options: Any) -> Any:
            self.count += 1
            if self.count != self.at:
                return real(*arguments, **options)
            self.failed = name
            if name == "close":  # Linux closes it all the same
                real(*arguments)
            raise OSError(self.number, os.strerror(self.number))

        return call


def _author(told: list[str] | None = None) -> Author:
    listener = None if told is None else told.append
    return Author("me", "test", "2026-11-22T12:00:00Z", listener)


def _prepare(directory: Path) -> str:
    """A metabase with a history, and a change by hand since."""
    path = directory / "metabase.toml"
    path.write_bytes(FIRST)
    path.chmod(0o640)
    DiskWorkspace(str(path)).update(lambda _octets: b"# 1\n", _author())
    path.write_bytes(OLD)
    return str(path)


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _assert_all_is_well(path: str) -> None:
    """What is in the file is whole, so is history, and the next write works."""
    assert _read(path) in (OLD, NEW)
    for version in list_versions(path):
        octets = read_version(path, version.number)
        assert octets in (FIRST, b"# 1\n", OLD, NEW), version
    told: list[str] = []
    assert DiskWorkspace(path).update(lambda _octets: AFTER, _author(told))
    assert told == []
    assert _read(path) == AFTER
    assert os.stat(path).st_mode & 0o777 == 0o640
    newest = list_versions(path)[-1]
    assert read_version(path, newest.number) == AFTER


def _try_to_write(path: str) -> int:
    """The exit status that a command would have; anything but a refusal is a bug."""
    try:
        DiskWorkspace(path).update(lambda _octets: NEW, _author())
    except BindctlError as error:
        return error.exit_status
    return 0


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_every_call_may_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """A full disk says so at any moment, and must not cost a single site."""
    for at in range(1, MOST_CALLS):
        directory = tmp_path / str(at)
        directory.mkdir()
        path = _prepare(directory)
        descriptors = len(os.listdir("/proc/self/fd"))
        faulty = FaultyOs(at, number)
        with monkeypatch.context() as patch:
            for module in MODULES:
                patch.setattr(module, "os", faulty)
            status = _try_to_write(path)
        assert len(os.listdir("/proc/self/fd")) == descriptors, faulty.failed
        assert status in (0, 2, 3, 4)
        if status == 0:
            assert _read(path) == NEW
        _assert_all_is_well(path)
        if not faulty.failed:
            assert at > 30  # the wrapper really sits below the write
            return
    pytest.fail("a write makes more calls than this test can count")


@pytest.mark.parametrize("moment", ["before", "half", "after"])
def test_every_call_may_be_the_last(tmp_path: Path, moment: str) -> None:
    """As a power cut: no handler runs, nothing is flushed, the lock is not released."""
    for at in range(1, MOST_CALLS):
        directory = tmp_path / str(at)
        directory.mkdir()
        path = _prepare(directory)
        done = subprocess.run(
            [sys.executable, "-c", CHILD, str(at), moment, path, " ".join(CALLS)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=False,
            timeout=30,
        )
        _assert_all_is_well(path)
        if done.returncode == 0 and int(done.stdout) < at:
            return
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
    pytest.fail("a write makes more calls than this test can count")


WRITER = """
import sys
from bindctl.storage.workspace import DiskWorkspace
number = 0
while True:
    number += 1
    DiskWorkspace(sys.argv[1]).update(lambda _octets: b"# %d\\n" % number * 20000)
    print(number, flush=True)
"""


@pytest.mark.parametrize("writes", range(1, 13))
def test_a_writer_killed_from_outside_leaves_a_whole_file(
    tmp_path: Path, writes: int
) -> None:
    """`kill -9` comes whenever it comes."""
    path = tmp_path / "metabase.toml"
    path.write_bytes(b"# 0\n" * 20000)
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
    ) as writer:
        assert writer.stdout is not None
        for _write in range(writes):
            writer.stdout.readline()
        writer.kill()
    octets = path.read_bytes()
    line = octets[: octets.index(b"\n") + 1]
    assert octets == line * 20000
    for version in list_versions(str(path)):
        octets = read_version(str(path), version.number)
        assert octets == octets[: octets.index(b"\n") + 1] * 20000
    assert DiskWorkspace(str(path)).update(lambda _octets: AFTER, _author())
