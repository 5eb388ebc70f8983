"""The way back: to any version, step by step, and from the way back too."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.versions.history import (
    diff_texts,
    diff_versions,
    list_history,
    restore_version,
    show_version,
    undo,
)
from bindctl.storage.author import Author
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_bytes(b"# 0\n")
    return path


def _write(metabase: Path, octets: bytes) -> None:
    author = Author("me", "test", "now")
    DiskWorkspace(str(metabase)).update(lambda _octets: octets, author)


def _undo(metabase: Path) -> bytes:
    undo(DiskWorkspace(str(metabase)))
    return metabase.read_bytes()


def test_undo_steps_back_until_something_is_written(metabase: Path) -> None:
    """Whoever undoes twice wants two steps, not the first one back."""
    for octets in (b"# 1\n", b"# 2\n", b"# 3\n"):
        _write(metabase, octets)
    assert [_undo(metabase) for _step in range(3)] == [b"# 2\n", b"# 1\n", b"# 0\n"]
    with pytest.raises(BindctlError) as caught:
        undo(DiskWorkspace(str(metabase)))
    assert (caught.value.code, caught.value.exit_status) == ("MET014", 1)
    _write(metabase, b"# 4\n")
    assert [_undo(metabase) for _step in range(3)] == [b"# 0\n", b"# 1\n", b"# 2\n"]


def test_undo_takes_back_a_change_by_hand_and_keeps_it(metabase: Path) -> None:
    """The hand's work was no bindctl's, but undoing it must not lose it."""
    _write(metabase, b"# 1\n")
    metabase.write_bytes(b"# by hand\n")
    done = undo(DiskWorkspace(str(metabase)))
    assert (done.number, done.undone) == (2, None)
    assert metabase.read_bytes() == b"# 1\n"
    assert show_version(DiskWorkspace(str(metabase)), 3) == "# by hand\n"
    assert _undo(metabase) == b"# 0\n"


def test_undo_passes_over_what_was_never_a_metabase(metabase: Path) -> None:
    """A file broken by hand is kept, and no way back leads to it."""
    _write(metabase, b"# 1\n")
    metabase.write_bytes(b"broken")
    restore_version(DiskWorkspace(str(metabase)), 2)
    assert _undo(metabase) == b"# 0\n"


def test_undo_passes_over_a_version_of_another_schema(metabase: Path) -> None:
    """Somebody tried a later bindctl and went back: undo must not stop there."""
    _write(metabase, b"# 1\n")
    metabase.write_bytes(b"schema_version = 9\n")
    restore_version(DiskWorkspace(str(metabase)), 2)
    assert _undo(metabase) == b"# 0\n"


def test_undo_without_a_history_says_so(metabase: Path) -> None:
    """Nothing was written yet."""
    with pytest.raises(BindctlError, match="no older version"):
        undo(DiskWorkspace(str(metabase)))


def test_restore_is_a_write_that_can_be_undone(metabase: Path) -> None:
    """The wrong version is restored as easily as the right one."""
    _write(metabase, b"# 1\n")
    _write(metabase, b"# 2\n")
    assert restore_version(DiskWorkspace(str(metabase)), 1).is_changed
    assert not restore_version(DiskWorkspace(str(metabase)), 1).is_changed
    assert metabase.read_bytes() == b"# 0\n"
    assert _undo(metabase) == b"# 2\n"


def test_a_broken_version_is_not_restored(metabase: Path) -> None:
    """It would take every site down."""
    metabase.write_bytes(b"broken")
    _write(metabase, b"# 1\n")
    with pytest.raises(BindctlError, match="not a metabase") as caught:
        restore_version(DiskWorkspace(str(metabase)), 1)
    assert caught.value.code == "MET014"
    assert metabase.read_bytes() == b"# 1\n"


def test_a_metabase_that_is_gone_comes_back_private(metabase: Path) -> None:
    """`rm` is the commonest accident of all."""
    _write(metabase, b"# 1\n")
    metabase.unlink()
    assert restore_version(DiskWorkspace(str(metabase)), 2).is_changed
    assert metabase.read_bytes() == b"# 1\n"
    assert metabase.stat().st_mode & 0o777 == 0o600


def test_versions_are_shown_and_compared(metabase: Path) -> None:
    """Before going back one looks where to."""
    _write(metabase, b"# 1\n")
    path = str(metabase)
    assert [item.number for item in list_history(DiskWorkspace(path))] == [1, 2]
    assert "-# 0\n+# 1\n" in diff_versions(DiskWorkspace(path), 1)
    assert "-# 1\n+# 0\n" in diff_versions(DiskWorkspace(path), 2, 1)
    assert diff_versions(DiskWorkspace(path), 2) == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\n", "a\nc\n"),
        ("a\nb", "a\nb\n"),
        ("a\n", "a\n\x0c\u2028x\ny\n"),
        ("a\r\nb\r\n", "a\r\nc\r\n"),
        ("\n" * 9, "\n" * 4 + "x\n" + "\n" * 5),
    ],
)
def test_a_diff_can_be_applied(tmp_path: Path, before: str, after: str) -> None:
    """`patch` takes it to another machine's metabase."""
    file = tmp_path / "file"
    file.write_bytes(before.encode())
    diff = diff_texts(before, after, "old", "new")
    done = subprocess.run(
        ["git", "apply", "--unsafe-paths", "-p0", "--directory", str(tmp_path), "-"],
        input=diff.replace("--- old", "--- file").replace("+++ new", "+++ file"),
        text=True,
        capture_output=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert file.read_bytes() == after.encode()


def test_no_secret_is_shown(metabase: Path) -> None:
    """A diff is sent to colleagues; that a password changed may be told, not which."""
    _write(metabase, b'[w3svc]\nAnonymousUserPass = "one"\n')
    _write(metabase, b'[w3svc]\nAnonymousUserPass = "two"\n')
    number = list_history(DiskWorkspace(str(metabase)))[-2].number
    stars = 'AnonymousUserPass = "**********"\n'
    assert show_version(DiskWorkspace(str(metabase)), number) == f"[w3svc]\n{stars}"
    diff = diff_versions(DiskWorkspace(str(metabase)), number)
    assert diff.endswith(f" [w3svc]\n-{stars}+{stars}")
