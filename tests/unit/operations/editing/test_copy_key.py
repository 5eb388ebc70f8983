"""copy and move of keys in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.copy_key import copy_key, move_key
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = '[w3svc.1]\nServerComment = "One"\n'


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT)
    return path


def test_paths_are_read_as_every_verb_reads_them(metabase: Path) -> None:
    """`/LM/` in front, back slashes and outer slashes mean the same key."""
    done = copy_key(DiskWorkspace(str(metabase)), "/LM/W3SVC/1/", "\\w3svc\\2")
    assert (done.source, done.destination) == ("LM/W3SVC/1", "w3svc/2")
    assert metabase.read_text() == DOCUMENT + '\n[w3svc.2]\nServerComment = "One"\n'


def test_a_move_is_one_change_of_the_file(metabase: Path) -> None:
    """The original is gone in the very version that has the new key."""
    move_key(DiskWorkspace(str(metabase)), "w3svc/1", "w3svc/2")
    assert metabase.read_text() == DOCUMENT.replace("w3svc.1", "w3svc.2")


@pytest.mark.parametrize("edit", [copy_key, move_key])
def test_a_refusal_writes_nothing(metabase: Path, edit: object) -> None:
    """A half-made copy would be a site nobody asked for."""
    with pytest.raises(BindctlError, match="W3SVC/9 is not"):
        edit(DiskWorkspace(str(metabase)), "w3svc/9", "w3svc/2")  # type: ignore[operator]
    assert metabase.read_text() == DOCUMENT


@pytest.mark.parametrize(
    ("source", "destination", "code"),
    [
        ("check", "w3svc/7", "MET101"),
        ("w3svc", "check", "MET108"),
        ("w3svc", "\udcff", "MET108"),
        ("\udcff", "w3svc/7", "MET101"),
    ],
)
def test_what_is_no_key_is_neither_copied_nor_made(
    tmp_path: Path, source: str, destination: str, code: str
) -> None:
    """Findings silenced in [check] are no site, and octets are no name."""
    path = tmp_path / "metabase.toml"
    octets = b"[w3svc]\n[check]\nx = 1\n"
    path.write_bytes(octets)
    for edit in (copy_key, move_key):
        with pytest.raises(BindctlError) as caught:
            edit(DiskWorkspace(str(path)), source, destination)
        assert caught.value.code == code
    assert path.read_bytes() == octets
