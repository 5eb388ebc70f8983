"""The marks of IIS 6 applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.applications import (
    IN_PROCESS,
    POOLED,
    STATUS_NOT_DEFINED,
    STATUS_STOPPED,
    application_status,
    create_application,
    delete_application,
)
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = '[w3svc.1.root]\nPath = "x"\n\n[w3svc.apppools.p]\n'


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT)
    return path


def test_an_application_comes_and_goes_without_a_trace(metabase: Path) -> None:
    """An installer that is undone leaves the file as it found it."""
    name = str(metabase)
    assert application_status(DiskWorkspace(name), "w3svc/1/root") == STATUS_NOT_DEFINED
    assert (
        create_application(DiskWorkspace(name), "w3svc/1/root", POOLED)
        == "/LM/W3SVC/1/ROOT"
    )
    assert application_status(DiskWorkspace(name), "W3SVC/1/ROOT") == STATUS_STOPPED
    assert delete_application(DiskWorkspace(name), "w3svc/1/root")
    assert not delete_application(DiskWorkspace(name), "w3svc/1/root")
    assert metabase.read_text() == DOCUMENT


def test_isolating_anew_keeps_the_name_given(metabase: Path) -> None:
    """APPCREATE over an application is how scripts change its isolation."""
    name = str(metabase)
    create_application(DiskWorkspace(name), "w3svc/1/root", POOLED)
    text = metabase.read_text()
    metabase.write_text(text.replace("Default Application", "Shop"))
    create_application(DiskWorkspace(name), "w3svc/1/root", IN_PROCESS)
    expected = 'AppRoot = "/LM/W3SVC/1/ROOT"\nAppIsolated = 0\nAppFriendlyName = "Shop"'
    assert expected in metabase.read_text()


@pytest.mark.parametrize(
    ("path", "code"), [("w3svc/9/root", "MET101"), ("w3svc/apppools/p", "MET103")]
)
def test_a_key_that_can_be_none_is_refused(
    metabase: Path, path: str, code: str
) -> None:
    """AppRoot on a pool would be stored and never read."""
    with pytest.raises(BindctlError) as caught:
        create_application(DiskWorkspace(str(metabase)), path, POOLED)
    assert caught.value.code == code
    assert metabase.read_text() == DOCUMENT
