"""Several edits are written together or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.transaction import edit_metabase
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

    from bindctl.toml.editor import Editor


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_text("[w3svc.1]\nServerComment = 'a'\n")
    return path


def test_both_edits_are_written(metabase: Path) -> None:
    """One write for a whole batch."""

    def change(editor: Editor) -> str:
        editor.set_property(("w3svc", "1"), "ServerComment", "b")
        editor.create_key(("w3svc", "2"), {})
        return "done"

    assert edit_metabase(DiskWorkspace(str(metabase)), change) == ("done", True)
    assert metabase.read_text() == '[w3svc.1]\nServerComment = "b"\n\n[w3svc.2]\n'


def test_nothing_is_written_when_one_is_refused(metabase: Path) -> None:
    """Half a batch would leave a metabase nobody asked for."""

    def change(editor: Editor) -> None:
        editor.set_property(("w3svc", "1"), "ServerComment", "b")
        editor.set_property(("w3svc", "9"), "ServerComment", "b")

    with pytest.raises(BindctlError):
        edit_metabase(DiskWorkspace(str(metabase)), change)
    assert metabase.read_text() == "[w3svc.1]\nServerComment = 'a'\n"
