"""copy and move of keys in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.copy_key import copy_key, move_key

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
    done = copy_key(str(metabase), "/LM/W3SVC/1/", "\\w3svc\\2")
    assert (done.source, done.destination) == ("LM/W3SVC/1", "w3svc/2")
    assert metabase.read_text() == DOCUMENT + '\n[w3svc.2]\nServerComment = "One"\n'


def test_a_move_is_one_change_of_the_file(metabase: Path) -> None:
    """The original is gone in the very version that has the new key."""
    move_key(str(metabase), "w3svc/1", "w3svc/2")
    assert metabase.read_text() == DOCUMENT.replace("w3svc.1", "w3svc.2")


@pytest.mark.parametrize("edit", [copy_key, move_key])
def test_a_refusal_writes_nothing(metabase: Path, edit: object) -> None:
    """A half-made copy would be a site nobody asked for."""
    with pytest.raises(BindctlError, match="W3SVC/9 is not"):
        edit(str(metabase), "w3svc/9", "w3svc/2")  # type: ignore[operator]
    assert metabase.read_text() == DOCUMENT
