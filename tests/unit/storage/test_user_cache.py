"""Files of the cache folder: whatever happens to them, nothing is wrong but late."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from bindctl.storage.user_cache import NOTHING, load_document, save_document

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

FORM = "bindctl test 1"
DOCUMENT = {"a": [1, "ü", None]}


def test_document_comes_back(tmp_path: Path) -> None:
    """Nothing would ever be saved."""
    path = tmp_path / "a" / "b" / "c.json"
    save_document(str(path), FORM, DOCUMENT)
    found = load_document(str(path), FORM)
    assert found.document == DOCUMENT
    assert found.written_ns == path.stat().st_mtime_ns


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    """It tells which names a machine serves."""
    path = tmp_path / "bindctl" / "c.json"
    save_document(str(path), FORM, DOCUMENT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\n",
        b"\xff\xfe",
        b"null",
        b"bindctl test 1\n{}",
        b"bindctl test 1 " + b"0" * 64 + b'\n{"a": [1, "x", null]}',
        b"[" * 200_000,
    ],
)
def test_foreign_file_is_replaced(tmp_path: Path, octets: bytes) -> None:
    """A file somebody else wrote would stop every command."""
    path = tmp_path / "c.json"
    path.write_bytes(octets)
    assert load_document(str(path), FORM) is NOTHING
    save_document(str(path), FORM, DOCUMENT)
    assert load_document(str(path), FORM).document == DOCUMENT


def test_damage_anywhere_is_noticed(tmp_path: Path) -> None:
    """One digit that a disk turned would be a wrong finding, or a missing one."""
    path = tmp_path / "c.json"
    save_document(str(path), FORM, DOCUMENT)
    octets = path.read_bytes()
    for place in range(len(octets)):
        path.write_bytes(
            octets[:place] + bytes((octets[place] ^ 1,)) + octets[place + 1 :]
        )
        assert load_document(str(path), FORM) is NOTHING
        path.write_bytes(octets[:place])
        assert load_document(str(path), FORM) is NOTHING


def test_another_format_is_not_read(tmp_path: Path) -> None:
    """A release that keeps more would take what an older one kept for the whole."""
    path = tmp_path / "c.json"
    save_document(str(path), FORM, DOCUMENT)
    assert load_document(str(path), "bindctl test 2") is NOTHING


def test_document_that_nests_too_deep_is_no_traceback(tmp_path: Path) -> None:
    """Whoever writes a valid digest over it could stop every command."""
    path = tmp_path / "c.json"
    save_document(str(path), FORM, 0)
    import hashlib  # noqa: PLC0415 - here alone

    body = b"[" * 200_000
    head = f"{FORM} {hashlib.sha256(body).hexdigest()}\n".encode()
    path.write_bytes(head + body)
    assert load_document(str(path), FORM) is NOTHING


def test_no_path_is_no_file() -> None:
    """A user without a home folder could run nothing."""
    save_document("", FORM, DOCUMENT)
    assert load_document("", FORM) is NOTHING


def test_file_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    """A full disk, or a folder in its place, would stop `check`."""
    path = tmp_path / "c.json"
    path.mkdir()
    save_document(str(path), FORM, DOCUMENT)
    assert load_document(str(path), FORM) is NOTHING
    (tmp_path / "file").write_text("")
    save_document(str(tmp_path / "file" / "c.json"), FORM, DOCUMENT)
    assert (tmp_path / "file").read_text() == ""


def test_folder_of_another_user_is_left_alone(
    tmp_path: Path, unprivileged: Callable[[], AbstractContextManager[None]]
) -> None:
    """`sudo bindctl check` would leave files that its user cannot replace."""
    if os.geteuid() != 0:
        pytest.skip("only root may write where another user owns the folder")
    folder = tmp_path / "home"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    save_document(str(folder / "bindctl" / "c.json"), FORM, DOCUMENT)
    assert list(folder.iterdir()) == []
    tmp_path.chmod(0o755)
    for above in tmp_path.parents:
        if above.stat().st_uid == 0 and not above.stat().st_mode & 0o001:
            above.chmod(above.stat().st_mode | 0o011)
    with unprivileged():
        save_document(str(folder / "bindctl" / "c.json"), FORM, DOCUMENT)
        assert load_document(str(folder / "bindctl" / "c.json"), FORM) is not NOTHING
