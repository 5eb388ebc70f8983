"""The central certificate store: files by name, read once, under one password."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.certificates.authority import create_authority, issue_certificate
from bindctl.model.secret import Secret
from bindctl.storage import central_store
from bindctl.storage.central_store import CentralStore
from tests.pfx_files import make_pfx

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
AUTHORITY = create_authority(NOW)
PASSWORD = Secret("geheim")


def put(folder: Path, name: str, *hosts: str, password: str = "geheim") -> Path:  # noqa: S107 - of a test
    """A PFX file in the folder."""
    issued = issue_certificate(AUTHORITY.certificate_pem, AUTHORITY.key_pem, hosts, NOW)
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(make_pfx(issued.certificate_pem, issued.key_pem, password))
    return path


def test_names_are_compared_in_lower_case(tmp_path: Path) -> None:
    """A folder copied from Windows has names in any case."""
    for name in ("A.Example.PFX", "b.example.pfx", "notes.txt", "_.c.example.pfx"):
        (tmp_path / name).touch()
    folder = CentralStore(str(tmp_path)).list_folder()
    assert folder.files == {"a.example.pfx", "b.example.pfx", "_.c.example.pfx"}
    assert folder.spellings == {"a.example.pfx": "A.Example.PFX"}
    assert not folder.problem


def test_a_folder_that_cannot_be_read_says_why(
    tmp_path: Path, unprivileged: Callable[[], AbstractContextManager[None]]
) -> None:
    """Every handshake that needs it fails: the cause must be told."""
    missing = CentralStore(str(tmp_path / "no")).list_folder()
    assert missing.problem == "there is no such folder"
    file = tmp_path / "file"
    file.touch()
    assert CentralStore(str(file)).list_folder().problem == "it is not a folder"
    closed = tmp_path / "closed"
    closed.mkdir()
    tmp_path.chmod(0o755)
    closed.chmod(0)
    with unprivileged():
        problem = CentralStore(str(closed)).list_folder().problem
    assert problem == "it cannot be read: permission denied"


def test_files_say_what_they_hold_or_why_not(tmp_path: Path) -> None:
    """`check` would judge certificates it has never seen."""
    put(tmp_path, "A.example.pfx", "a.example")
    put(tmp_path, "b.example.pfx", "b.example", password="other")  # noqa: S106
    (tmp_path / "c.example.pfx").write_text("no PFX")
    names = [f"{letter}.example.pfx" for letter in "abcd"]
    found = CentralStore(str(tmp_path), PASSWORD).load([*names, names[0]])
    assert list(found.certificates) == ["a.example.pfx"]
    assert found.certificates["a.example.pfx"].presented_ids == ("a.example",)
    assert found.certificates["a.example.pfx"].certificate_store_name == "CENTRAL"
    assert found.problems == {
        "b.example.pfx": "CentralCertStorePassword does not open it",
        "c.example.pfx": "the file is not a PFX file",
        "d.example.pfx": "d.example.pfx cannot be read: no such file or directory",
    }


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Files that are opened, in order."""
    opened: list[str] = []
    real = central_store.read_small_file

    def count(path: str) -> bytes:
        opened.append(os.path.basename(path))
        return real(path)

    monkeypatch.setattr(central_store, "read_small_file", count)
    return opened


def test_a_new_password_is_not_answered_from_the_old_one_s_cache(
    tmp_path: Path,
) -> None:
    """After the password was corrected, `check` would still say it is wrong."""
    store, cache = tmp_path / "ccs", str(tmp_path / "cache")
    put(store, "a.example.pfx", "a.example")
    wrong = CentralStore(str(store), Secret("wrong"), cache).load(["a.example.pfx"])
    assert wrong.problems
    right = CentralStore(str(store), PASSWORD, cache).load(["a.example.pfx"])
    assert right.certificates
    for file in (tmp_path / "cache").iterdir():
        assert b"geheim" not in file.read_bytes()


def test_a_changed_file_is_read_again(tmp_path: Path, reads: list[str]) -> None:
    """A renewed certificate would be judged by its predecessor."""
    store, cache = tmp_path / "ccs", str(tmp_path / "cache")
    put(store, "a.example.pfx", "a.example")
    opened = CentralStore(str(store), PASSWORD, cache)
    first = opened.load(["a.example.pfx"]).certificates["a.example.pfx"]
    again = opened.load(["a.example.pfx"]).certificates["a.example.pfx"]
    assert again == first
    put(store, "a.example.pfx", "a.example", "b.example")
    second = opened.load(["a.example.pfx"]).certificates["a.example.pfx"]
    assert second.presented_ids == ("a.example", "b.example")
    assert set(reads) == {"a.example.pfx"}


def test_nobody_asked_for_nothing_is_read(tmp_path: Path, reads: list[str]) -> None:
    """A store of ten thousand files would be opened for one host."""
    put(tmp_path, "a.example.pfx", "a.example")
    put(tmp_path, "b.example.pfx", "b.example")
    store = CentralStore(str(tmp_path), PASSWORD)
    assert store.load([]) == ({}, {})
    store.load(["b.example.pfx"])
    assert reads == ["b.example.pfx"]
