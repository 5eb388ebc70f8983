"""The file cache never gives octets that are not the file's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from bindctl.server.response_cache import MAX_FILE_OCTETS, FileCache, open_entry

if TYPE_CHECKING:
    from pathlib import Path


class LateClock:
    """A clock long after every change."""

    def now(self) -> float:
        """Far in the future."""
        return 4e9

    def monotonic(self) -> float:
        """The same."""
        return 4e9


class EarlyClock(LateClock):
    """A clock that makes every change a recent one."""

    def now(self) -> float:
        """Before every change."""
        return 0.0


def load(cache: FileCache, path: Path) -> bytes | None:
    """The octets, by way of the cache."""
    return cache.load(str(path), os.stat(path)).body


def test_unchanged_file_is_not_read_again(tmp_path: Path) -> None:
    """The cache would be of no use."""
    path = tmp_path / "a"
    path.write_bytes(b"one")
    cache = FileCache(LateClock())
    first = cache.load(str(path), os.stat(path))
    assert cache.load(str(path), os.stat(path)) is first


@pytest.mark.parametrize("keeps_size", [True, False])
def test_changed_file_is_read_again(tmp_path: Path, *, keeps_size: bool) -> None:
    """Visitors would see yesterday's page."""
    path = tmp_path / "a"
    path.write_bytes(b"one")
    cache = FileCache(LateClock())
    assert load(cache, path) == b"one"
    new = b"two" if keeps_size else b"three"
    draft = tmp_path / "draft"
    draft.write_bytes(new)
    os.utime(draft, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    draft.replace(path)
    assert load(cache, path) == new


def test_file_changed_just_now_is_not_kept(tmp_path: Path) -> None:
    """Two changes within one timer tick look alike to `stat`."""
    path = tmp_path / "a"
    path.write_bytes(b"one")
    cache = FileCache(EarlyClock())
    first = cache.load(str(path), os.stat(path))
    assert not first.is_settled
    assert cache.load(str(path), os.stat(path)) is not first


def test_memory_is_bounded(tmp_path: Path) -> None:
    """A large site would fill the memory."""
    cache = FileCache(LateClock(), max_octets=10_000)
    first = tmp_path / "0"
    for number in range(20):
        path = tmp_path / str(number)
        path.write_bytes(bytes(2000))
        load(cache, path)
    entry = cache.load(str(first), os.stat(first))
    assert cache.load(str(first), os.stat(first)) is entry


def test_large_file_is_streamed(tmp_path: Path) -> None:
    """Every download would be held in memory."""
    path = tmp_path / "a"
    path.write_bytes(bytes(MAX_FILE_OCTETS + 1))
    entry = FileCache(LateClock()).load(str(path), os.stat(path))
    assert entry.body is None
    descriptor = open_entry(entry)
    assert descriptor is not None
    os.close(descriptor)
    path.write_bytes(bytes(MAX_FILE_OCTETS + 2))
    assert open_entry(entry) is None


def test_link_put_in_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    """The check of the real path could be undercut between check and use."""
    path = tmp_path / "a"
    path.write_bytes(b"one")
    status = os.stat(path)
    path.unlink()
    path.symlink_to("/etc/hostname")
    with pytest.raises(OSError, match=r"symbolic|Too many"):
        FileCache(LateClock()).load(str(path), status)
