"""The file cache never gives octets that are not the file's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from bindctl.model.site import VirtualDirectory
from bindctl.server.http.response_cache import (
    MAX_FILE_OCTETS,
    FileCache,
    FileEntry,
    open_entry,
)
from bindctl.server.http.static_files import NotFound
from tests.unit.server.serving import LATE, FakeClock

if TYPE_CHECKING:
    from pathlib import Path


def directory(folder: Path) -> VirtualDirectory:
    """A virtual directory over a folder."""
    return VirtualDirectory(
        "/",
        str(folder),
        ("index.html", "default.htm"),
        {},
        access_read=True,
        max_entity_octets=0,
    )


def find(cache: FileCache, path: Path) -> FileEntry:
    """The file, by way of the cache."""
    is_folder = path.is_dir()
    root = directory(path if is_folder else path.parent)
    segments = () if is_folder else (path.name,)
    entry = cache.find(root, segments, is_folder=is_folder)
    assert isinstance(entry, FileEntry)
    return entry


def test_unchanged_file_is_not_read_again(tmp_path: Path) -> None:
    """The cache would be of no use."""
    path = tmp_path / "a"
    path.write_bytes(b"one")
    cache = FileCache(LATE)
    assert find(cache, path) is find(cache, path)


@pytest.mark.parametrize("keeps_size", [True, False])
def test_changed_file_is_read_again(tmp_path: Path, *, keeps_size: bool) -> None:
    """Visitors would see yesterday's page."""
    path = tmp_path / "a"
    path.write_bytes(b"one")
    cache = FileCache(LATE)
    assert find(cache, path).body == b"one"
    new = b"two" if keeps_size else b"three"
    draft = tmp_path / "draft"
    draft.write_bytes(new)
    os.utime(draft, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    draft.replace(path)
    assert find(cache, path).body == new


def test_file_changed_just_now_is_not_kept(tmp_path: Path) -> None:
    """Two changes within one timer tick look alike to `stat`."""
    path = tmp_path / "a"
    path.write_bytes(b"one")
    cache = FileCache(FakeClock(0.0))
    first = find(cache, path)
    assert not first.is_settled
    assert find(cache, path) is not first


def test_a_date_in_the_future_becomes_that_of_the_answer(tmp_path: Path) -> None:
    """A client would take the file for newer than it is, and never ask again."""
    path = tmp_path / "a"
    path.write_bytes(b"one")
    os.utime(path, (5e9, 5e9))
    entry = find(FileCache(LATE), path)
    assert entry.modified_s == 4_000_000_000
    assert not entry.is_settled


def test_memory_is_bounded(tmp_path: Path) -> None:
    """A large site would fill the memory."""
    cache = FileCache(LATE, max_octets=10_000)
    paths = [tmp_path / str(number) for number in range(20)]
    entries = []
    for path in paths:
        path.write_bytes(bytes(2000))
        entries.append(find(cache, path))
    assert sum(entry.body is not None for entry in entries) == 3
    assert find(cache, paths[0]) is find(cache, paths[0])


def test_another_plan_starts_without_files(tmp_path: Path) -> None:
    """A file that is hidden from now on would still be sent."""
    path = tmp_path / "a"
    path.write_bytes(b"one")
    cache = FileCache(LATE)
    first = find(cache, path)
    cache.forget()
    assert first.body is None
    assert find(cache, path) is not first


def test_document_in_a_folder_below_is_found_when_it_appears(tmp_path: Path) -> None:
    """The folder's own time tells nothing of what comes into the one below."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "default.htm").write_bytes(b"later")
    root = directory(tmp_path)._replace(
        default_documents=("sub/index.html", "default.htm")
    )
    cache = FileCache(LATE)
    later = cache.find(root, (), is_folder=True)
    assert isinstance(later, FileEntry)
    (tmp_path / "sub" / "index.html").write_bytes(b"first")
    first = cache.find(root, (), is_folder=True)
    assert isinstance(first, FileEntry)
    assert (later.body, first.body) == (b"later", b"first")


def test_document_named_earlier_is_found_when_it_appears(tmp_path: Path) -> None:
    """A site would go on showing the page that it was told to prefer less."""
    (tmp_path / "default.htm").write_bytes(b"later")
    cache = FileCache(LATE)
    entry = find(cache, tmp_path)
    assert entry.body == b"later"
    assert find(cache, tmp_path) is entry
    (tmp_path / "index.html").write_bytes(b"first")
    assert find(cache, tmp_path).body == b"first"


def test_document_behind_a_dead_link_is_found_when_it_appears(tmp_path: Path) -> None:
    """The folder itself does not change when what a link points to appears."""
    site = tmp_path / "site"
    (site / "sub").mkdir(parents=True)
    (site / "default.htm").write_bytes(b"later")
    (site / "index.html").symlink_to("sub/index.html")
    cache = FileCache(LATE)
    assert find(cache, site).body == b"later"
    (site / "sub" / "index.html").write_bytes(b"first")
    assert find(cache, site).body == b"first"


def test_large_file_is_streamed(tmp_path: Path) -> None:
    """Every download would be held in memory."""
    path = tmp_path / "a"
    path.write_bytes(bytes(MAX_FILE_OCTETS + 1))
    entry = find(FileCache(LATE), path)
    assert entry.body is None
    descriptor = open_entry(entry)
    assert descriptor is not None
    os.close(descriptor)
    path.write_bytes(bytes(MAX_FILE_OCTETS + 2))
    assert open_entry(entry) is None


def test_link_put_in_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    """What was judged could be undercut between judgement and use."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"two")
    site = tmp_path / "site"
    site.mkdir()
    path = site / "a"
    path.write_bytes(b"one")
    cache = FileCache(LATE)
    entry = find(cache, path)
    path.unlink()
    path.symlink_to("../secret")
    assert open_entry(entry) is None
    assert cache.find(directory(site), ("a",), is_folder=False) is NotFound.MISSING
