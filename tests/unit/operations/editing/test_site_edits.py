"""Tests of sites and virtual directories made and changed."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.site_edits import (
    IN_PROCESS,
    POOLED,
    STATUS_NOT_DEFINED,
    STATUS_STOPPED,
    application_status,
    create_application,
    create_site,
    create_virtual_directory,
    delete_application,
    make_folder,
)
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    file = tmp_path / "metabase.toml"
    file.write_text('[w3svc.1]\nserverbindings = [":80:"]\n\n[w3svc.3]\n')
    return file


def test_the_lowest_free_number_is_taken(metabase: Path) -> None:
    """And the root is told which it became."""
    made = create_site(
        DiskWorkspace(str(metabase)),
        {"ServerComment": "A"},
        lambda number: {"Path": f"p{number}"},
    )
    assert made == 2
    site = tomllib.loads(metabase.read_text())["w3svc"]["2"]
    assert site == {"ServerComment": "A", "root": {"Path": "p2"}}


def test_the_first_site_of_all_has_a_service(tmp_path: Path) -> None:
    """An empty metabase is a metabase."""
    file = tmp_path / "metabase.toml"
    file.write_text("")
    assert create_site(DiskWorkspace(str(file)), {}, None) == 1
    assert tomllib.loads(file.read_text()) == {"w3svc": {"1": {}}}


@pytest.mark.parametrize(
    ("identifier", "code"), [(1, "MET106"), (0, "MET105"), (1 << 32, "MET105")]
)
def test_a_number_that_is_taken_or_none_is_refused(
    metabase: Path, identifier: int, code: str
) -> None:
    """Nothing is written then."""
    before = metabase.read_bytes()
    with pytest.raises(BindctlError) as caught:
        create_site(DiskWorkspace(str(metabase)), {}, None, identifier)
    assert caught.value.code == code
    assert metabase.read_bytes() == before


def test_a_root_that_is_missing_is_no_web_directory(metabase: Path) -> None:
    """It may hold the site's folder later on."""
    path = ("w3svc", "1", "root", "a")
    create_virtual_directory(DiskWorkspace(str(metabase)), path, {"Path": "x"})
    site = tomllib.loads(metabase.read_text())["w3svc"]["1"]
    assert site["root"] == {"a": {"Path": "x"}}


def test_folders_between_are_web_directories(metabase: Path) -> None:
    """They must not become virtual directories without a path."""
    path = ("w3svc", "1", "root", "a", "b")
    create_virtual_directory(DiskWorkspace(str(metabase)), path, {"Path": "x"})
    site = tomllib.loads(metabase.read_text())["w3svc"]["1"]
    assert site["root"]["a"] == {
        "KeyType": "IIsWebDirectory",
        "b": {"KeyType": "IIsWebVirtualDir", "Path": "x"},
    }
    with pytest.raises(BindctlError) as caught:
        create_virtual_directory(DiskWorkspace(str(metabase)), path, {})
    assert caught.value.hresult == 0x800700B7


def test_a_folder_is_made_beside_the_metabase(metabase: Path) -> None:
    """Relative paths are relative to the file; one that is there stays."""
    for _time in range(2):
        make_folder(DiskWorkspace(str(metabase)), "sites/a")
    assert (metabase.parent / "sites" / "a").is_dir()
    with pytest.raises(BindctlError):
        make_folder(DiskWorkspace(str(metabase)), "metabase.toml/a")


@pytest.mark.parametrize("words", [("sites/\udcff",), ("sites/a", "\udcff")])
def test_no_folder_is_made_for_words_that_are_refused(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    """`iisweb /create` that fails leaves nothing behind."""
    with pytest.raises(BindctlError) as caught:
        make_folder(DiskWorkspace(str(tmp_path / "metabase.toml")), *words)
    assert caught.value.code == "MET105"
    assert not (tmp_path / "sites").exists()


DOCUMENT = '[w3svc.1.root]\nPath = "x"\n\n[w3svc.apppools.p]\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT)
    return path


def test_an_application_comes_and_goes_without_a_trace(file: Path) -> None:
    """An installer that is undone leaves the file as it found it."""
    name = str(file)
    assert application_status(DiskWorkspace(name), "w3svc/1/root") == STATUS_NOT_DEFINED
    assert (
        create_application(DiskWorkspace(name), "w3svc/1/root", POOLED)
        == "/LM/W3SVC/1/ROOT"
    )
    assert application_status(DiskWorkspace(name), "W3SVC/1/ROOT") == STATUS_STOPPED
    assert delete_application(DiskWorkspace(name), "w3svc/1/root")
    assert not delete_application(DiskWorkspace(name), "w3svc/1/root")
    assert file.read_text() == DOCUMENT


def test_isolating_anew_keeps_the_name_given(file: Path) -> None:
    """APPCREATE over an application is how scripts change its isolation."""
    name = str(file)
    create_application(DiskWorkspace(name), "w3svc/1/root", POOLED)
    text = file.read_text()
    file.write_text(text.replace("Default Application", "Shop"))
    create_application(DiskWorkspace(name), "w3svc/1/root", IN_PROCESS)
    expected = 'AppRoot = "/LM/W3SVC/1/ROOT"\nAppIsolated = 0\nAppFriendlyName = "Shop"'
    assert expected in file.read_text()


@pytest.mark.parametrize(
    ("path", "code"), [("w3svc/9/root", "MET101"), ("w3svc/apppools/p", "MET103")]
)
def test_a_key_that_can_be_none_is_refused(file: Path, path: str, code: str) -> None:
    """AppRoot on a pool would be stored and never read."""
    with pytest.raises(BindctlError) as caught:
        create_application(DiskWorkspace(str(file)), path, POOLED)
    assert caught.value.code == code
    assert file.read_text() == DOCUMENT
