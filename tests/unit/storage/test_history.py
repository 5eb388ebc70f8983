"""Versions as they are written: numbered, private, few, and never in the way."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from bindctl.storage import history
from bindctl.storage.author import Author
from bindctl.storage.file_locations import runtime_directory
from bindctl.storage.history import FOUND, OUTSIDE, read_limit
from bindctl.storage.versions import list_versions, read_version
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_bytes(b"# 0\n")
    os.utime(path, (0, 0))
    return path


class Ear:
    """Hears what history tells."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.lines: list[str] = []

    def author(self) -> Author:
        """Somebody who listens."""
        return Author("me", "a test", "2026-11-22T12:00:00Z", self.lines.append)


def _folder(metabase: Path) -> str:
    return os.path.join(runtime_directory(str(metabase)), "history")


def _write(metabase: Path, octets: bytes, ear: Ear | None = None) -> None:
    ear = ear or Ear()
    assert DiskWorkspace(str(metabase)).update(lambda _octets: octets, ear.author())
    assert metabase.read_bytes() == octets


def _contents(metabase: Path) -> list[tuple[int, bytes, str]]:
    path = str(metabase)
    return [
        (item.number, read_version(path, item.number), item.command)
        for item in list_versions(path)
    ]


def test_the_first_write_keeps_what_was_there(metabase: Path) -> None:
    """The way back leads to the file as its owner wrote it."""
    _write(metabase, b"# 1\n")
    assert _contents(metabase) == [(1, b"# 0\n", FOUND), (2, b"# 1\n", "a test")]
    found = list_versions(str(metabase))[0]
    assert (found.user, found.time) == ("", "1970-01-01T00:00:00Z")


def test_a_change_by_hand_is_kept_before_the_next_write(metabase: Path) -> None:
    """What somebody typed for an hour is in no other place."""
    _write(metabase, b"# 1\n")
    metabase.write_bytes(b"# h\n")  # as long as the version before
    _write(metabase, b"# 2\n")
    assert _contents(metabase)[2:] == [(3, b"# h\n", OUTSIDE), (4, b"# 2\n", "a test")]


def test_versions_are_private(metabase: Path) -> None:
    """The metabase may hold passwords that its mode protected."""
    before = os.umask(0)
    try:
        _write(metabase, b"# 1\n")
    finally:
        os.umask(before)
    folder = _folder(metabase)
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    modes = {
        stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode)
        for name in os.listdir(folder)
    }
    assert modes == {0o600}


def test_a_version_is_no_link_to_the_metabase(metabase: Path) -> None:
    """An editor that writes in place would otherwise rewrite history."""
    _write(metabase, b"# 1\n")
    with metabase.open("r+b") as file:
        file.write(b"# X")
    assert read_version(str(metabase), 2) == b"# 1\n"


def test_the_oldest_versions_go(metabase: Path) -> None:
    """A script that writes every minute must not fill the disk."""
    for number in range(1, 31):
        _write(metabase, b"# %d\n" % number)
    assert [item[0] for item in _contents(metabase)] == list(range(22, 32))
    names = sorted(os.listdir(_folder(metabase)))
    assert names[0] == ".gitignore"
    assert len(names) == 12
    _write(metabase, b"MaxHistoryFiles = 3\n")
    assert [item[0] for item in _contents(metabase)] == [30, 31, 32]


@pytest.mark.parametrize(
    ("octets", "limit"),
    [
        (b"", 10),
        (b"maxhistoryfiles = 3\n", 3),
        (b"\xef\xbb\xbf# x\nMaxHistoryFiles = 3", 3),
        (b"MaxHistoryFiles = 0\n", 0),
        (b"MaxHistoryFiles = -1\n", 10),
        (b"MaxHistoryFiles = true\n", 10),
        (b'MaxHistoryFiles = "3"\n', 10),
        (b"EnableHistory = 0\n", 0),
        (b"enablehistory = false\nMaxHistoryFiles = 3\n", 0),
        (b"EnableHistory = 1\n", 10),
        (b"x = [\n[1],\n[2],\n]\nMaxHistoryFiles = 3\n[w3svc]\n", 3),
        (b"x = '''\n[w3svc]\n'''\nMaxHistoryFiles = 3\n[w3svc]\n", 3),
        (b"[w3svc]\nMaxHistoryFiles = 3\n", 10),
        (b"x = 1\n[w3svc]\nMaxHistoryFiles = 3\n", 10),
        (b"x = [\n" + b"[1],\n" * 100, 10),
    ],
)
def test_the_limit_is_a_property_of_lm(octets: bytes, limit: int) -> None:
    """As on IIS 6: ten unless the metabase says otherwise."""
    assert read_limit(octets) == limit


def test_nothing_is_kept_when_history_is_off(metabase: Path) -> None:
    """Who keeps the file in a repository has a history already."""
    _write(metabase, b"EnableHistory = 0\n")
    assert not os.path.exists(_folder(metabase))


def test_a_history_that_cannot_be_written_is_told_and_stops_nothing(
    metabase: Path,
) -> None:
    """The change matters more than its record."""
    os.makedirs(runtime_directory(str(metabase)))
    folder = _folder(metabase)
    with open(folder, "wb"):  # a file where the folder belongs
        pass
    ear = Ear()
    _write(metabase, b"# 1\n", ear)
    assert len(ear.lines) == 1
    assert ear.lines[0].startswith("warning: history is not complete: ")
    os.unlink(folder)
    _write(metabase, b"# 2\n", ear)
    assert len(ear.lines) == 1


def test_a_version_without_a_line_keeps_its_number(metabase: Path) -> None:
    """A process killed between the two would otherwise stop every later write."""
    _write(metabase, b"# 1\n")
    orphan = os.path.join(_folder(metabase), "0000000003.toml")
    with open(orphan, "wb") as file:
        file.write(b"half")
    ear = Ear()
    _write(metabase, b"# 2\n", ear)
    assert ear.lines == []
    numbers = [item[0] for item in _contents(metabase)]
    assert numbers == [1, 2, 4, 5]


def test_half_a_line_is_ended_before_the_next(metabase: Path) -> None:
    """Two versions on one line would both be lost."""
    _write(metabase, b"# 1\n")
    with open(os.path.join(_folder(metabase), "index.tsv"), "ab") as file:
        file.write(b"0000000003\t2026")
    _write(metabase, b"# 2\n")
    assert [item[1] for item in _contents(metabase)][-1] == b"# 2\n"


def test_a_long_index_is_started_anew(
    metabase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An append-only file of a busy machine would grow for ever."""
    monkeypatch.setattr(history, "MAX_INDEX_OCTETS", 200)
    for number in range(1, 30):
        _write(metabase, b"# %d\n" % number)
    folder = _folder(metabase)
    sizes = [
        os.path.getsize(os.path.join(folder, name))
        for name in ("index.tsv", "index.old.tsv")
    ]
    assert max(sizes) < 400
    numbers = [item[0] for item in _contents(metabase)]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 30
