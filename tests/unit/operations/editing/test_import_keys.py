"""Tests of keys put into the metabase from elsewhere."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.import_keys import NewKey, import_keys
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

METABASE = """\
# kept
[w3svc.1]
ServerComment = "A"
ServerSize = 2

[w3svc.1.root]
Path = "a"
"""
SITE = NewKey(("w3svc", "1"), "IIsWebServer", {"ServerComment": "B"})
DOCS = NewKey(("w3svc", "1", "docs"), "", {"Path": "d"})


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    file = tmp_path / "metabase.toml"
    file.write_text(METABASE)
    return file


def _site(metabase: Path) -> object:
    return tomllib.loads(metabase.read_text())["w3svc"]["1"]


def test_a_merge_keeps_what_the_keys_lack(metabase: Path) -> None:
    """Only what is named changes."""
    import_keys(DiskWorkspace(str(metabase)), [SITE], is_merge=True)
    site = {"ServerComment": "B", "ServerSize": 2, "root": {"Path": "a"}}
    assert _site(metabase) == site
    assert metabase.read_text().startswith("# kept\n")


def test_one_key_replaces_its_own_properties_alone(metabase: Path) -> None:
    """Without children those below stay."""
    import_keys(DiskWorkspace(str(metabase)), [SITE], is_merge=False)
    assert _site(metabase) == {"ServerComment": "B", "root": {"Path": "a"}}


def test_several_keys_replace_all_below(metabase: Path) -> None:
    """What the file lacks is gone, as on IIS."""
    import_keys(DiskWorkspace(str(metabase)), [SITE, DOCS], is_merge=False)
    assert _site(metabase) == {"ServerComment": "B", "docs": {"Path": "d"}}


def test_a_type_the_path_does_not_give_is_stored(metabase: Path) -> None:
    """Else a web directory would come back as a virtual directory."""
    path = ("w3svc", "1", "root", "x")
    folder = NewKey(path, "IIsWebDirectory", {})
    inner = NewKey((*path, "v"), "IIsWebVirtualDir", {"Path": "v"})
    import_keys(DiskWorkspace(str(metabase)), [folder, inner], is_merge=False)
    stored = tomllib.loads(metabase.read_text())["w3svc"]["1"]["root"]["x"]
    assert stored == {
        "KeyType": "IIsWebDirectory",
        "v": {"KeyType": "IIsWebVirtualDir", "Path": "v"},
    }


def test_a_key_of_another_type_is_refused(metabase: Path) -> None:
    """A site in the place of a directory would serve nothing."""
    key = NewKey(("w3svc", "1", "root"), "IIsWebServer", {})
    with pytest.raises(BindctlError) as caught:
        import_keys(DiskWorkspace(str(metabase)), [key], is_merge=False)
    assert caught.value.code == "MET103"
    assert metabase.read_text() == METABASE


def test_the_whole_metabase_can_be_replaced(metabase: Path) -> None:
    """/lm is a key like others; the document's own entries stay."""
    metabase.write_text("schema_version = 1\n\n" + METABASE)
    keys = [NewKey((), "IIsComputer", {}), NewKey(("w3svc", "2"), "IIsWebServer", {})]
    import_keys(DiskWorkspace(str(metabase)), keys, is_merge=False)
    assert tomllib.loads(metabase.read_text()) == {
        "schema_version": 1,
        "w3svc": {"2": {}},
    }


@pytest.mark.parametrize("is_deep", [False, True])
def test_secrets_the_keys_do_not_state_stay(metabase: Path, *, is_deep: bool) -> None:
    """No export holds a password: importing it again must not lose the one there."""
    with_it = 'anonymoususerpass = "s"\nServerSize = 2'
    metabase.write_text(METABASE.replace("ServerSize = 2", with_it))
    import_keys(
        DiskWorkspace(str(metabase)),
        [SITE, DOCS] if is_deep else [SITE],
        is_merge=False,
    )
    site = tomllib.loads(metabase.read_text())["w3svc"]["1"]
    assert site["AnonymousUserPass"] == "s"
    assert "ServerSize" not in site


def test_a_secret_the_keys_state_is_theirs(metabase: Path) -> None:
    """A file written by hand may hold one."""
    with_it = 'AnonymousUserPass = "s"\nServerSize = 2'
    metabase.write_text(METABASE.replace("ServerSize = 2", with_it))
    site = SITE._replace(values={"AnonymousUserPass": "new"})
    import_keys(DiskWorkspace(str(metabase)), [site], is_merge=False)
    found = tomllib.loads(metabase.read_text())["w3svc"]["1"]
    assert found["AnonymousUserPass"] == "new"


@pytest.mark.parametrize(
    ("values", "customs"),
    [
        ({"Old": 2}, ["8,DWORD,1,INHERIT,Kept"]),
        (
            {"Old": 2, "CustomProperties": ["3,DWORD,1,INHERIT,Old"]},
            ["8,DWORD,1,INHERIT,Kept", "3,DWORD,1,INHERIT,Old"],
        ),
        ({"Old": 2, "Kept": 1}, None),
    ],
)
def test_a_merge_keeps_what_custom_properties_say(
    metabase: Path, values: dict[str, object], customs: list[str] | None
) -> None:
    """Of a property that the file does not name; the others are as the file has them."""
    stored = '["7,DWORD,1,INHERIT,Old", "8,DWORD,1,INHERIT,Kept"]'
    text = f"Old = 1\nKept = 1\ncustomproperties = {stored}\nServerSize = 2"
    metabase.write_text(METABASE.replace("ServerSize = 2", text))
    import_keys(
        DiskWorkspace(str(metabase)), [SITE._replace(values=values)], is_merge=True
    )
    site = tomllib.loads(metabase.read_text())["w3svc"]["1"]
    assert site.get("customproperties") == customs
