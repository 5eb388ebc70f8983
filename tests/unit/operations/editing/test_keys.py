"""enum, create and delete of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.keys import (
    copy_key,
    create_key,
    delete,
    enum_key,
    enum_tree,
    move_key,
)
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = """\
[w3svc.2]
ServerComment = "Two"
Unknown = 1

[w3svc.10]

[w3svc.2.root]
Path = "x"
"""


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT)
    return path


@pytest.mark.parametrize(
    ("text", "properties", "children"),
    [
        ("", ["KeyType"], ["w3svc"]),
        ("/LM/W3SVC", ["KeyType"], ["2", "10"]),
        ("w3svc/2/", ["KeyType", "ServerComment"], ["root"]),
        ("\\w3svc\\2\\ROOT", ["KeyType", "Path"], []),
    ],
)
def test_enum_lists_stored_properties_and_keys(
    metabase: Path, text: str, properties: list[str], children: list[str]
) -> None:
    """KeyType first, numbers by value, nothing that the schema does not know."""
    listing = enum_key(DiskWorkspace(str(metabase)), text)
    assert [row.name for row, _value in listing.properties] == properties
    assert listing.children == children


def test_enum_of_a_missing_key_is_refused(metabase: Path) -> None:
    """An empty answer would look like an empty key."""
    with pytest.raises(BindctlError, match="/LM/W3SVC/9 is not"):
        enum_key(DiskWorkspace(str(metabase)), "/w3svc/9")


@pytest.mark.parametrize(
    ("text", "key_type", "added"),
    [
        ("/w3svc/3", None, "[w3svc.3]\n"),
        ("/W3SVC/3", "iiswebserver", "[w3svc.3]\n"),
        ("/w3svc/2/root/a", "IIsWebDirectory",
         '[w3svc.2.root.a]\nKeyType = "IIsWebDirectory"\n'),
        ("/LM/w3svc/3/root", None, "[w3svc.3.root]\n"),
        ("other", "IIsObject", "[other]\n"),
    ],
)  # fmt: skip
def test_create_stores_a_type_only_where_the_path_does_not_decide(
    metabase: Path, text: str, key_type: str | None, added: str
) -> None:
    """A metabase stays as short as one written by hand."""
    create_key(DiskWorkspace(str(metabase)), text, key_type)
    after = metabase.read_text()
    assert added in after
    assert len(after) == len(DOCUMENT) + len(added) + 1


@pytest.mark.parametrize(
    ("text", "key_type", "code"),
    [
        ("/w3svc/2", None, "MET106"),
        ("/W3SVC/10/", None, "MET106"),
        ("/", None, "MET106"),
        ("/w3svc/3", "IIsNothing", "MET102"),
        ("/w3svc/2/ServerComment", None, "MET108"),
        ("/w3svc/\udcff", None, "MET108"),
    ],
)
def test_create_refuses_what_is_there(
    metabase: Path, text: str, key_type: str | None, code: str
) -> None:
    """Nothing is overwritten, nothing half made."""
    with pytest.raises(BindctlError) as caught:
        create_key(DiskWorkspace(str(metabase)), text, key_type)
    assert caught.value.code == code
    assert metabase.read_text() == DOCUMENT


@pytest.mark.parametrize(
    ("text", "key", "name", "gone"),
    [
        ("/w3svc/2/servercomment", None, "servercomment", 'ServerComment = "Two"\n'),
        ("/w3svc/2/Unknown", None, "Unknown", "Unknown = 1\n"),
        ("/w3svc/2/root", "w3svc/2/root", None, '\n[w3svc.2.root]\nPath = "x"\n'),
        ("/w3svc/2/root/", "w3svc/2/root", None, '\n[w3svc.2.root]\nPath = "x"\n'),
    ],
)
def test_delete_takes_a_property_or_else_the_key(
    metabase: Path, text: str, key: str | None, name: str | None, gone: str
) -> None:
    """As adsutil: a trailing slash means the key."""
    done = delete(DiskWorkspace(str(metabase)), text)
    assert (done.key, done.property_name) == (key, name)
    assert metabase.read_text().rstrip() == DOCUMENT.replace(gone, "").rstrip()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("/w3svc/9", "MET101"),
        ("/w3svc/9/Path", "MET101"),
        ("/w3svc/\udcff", "MET101"),
        ("/w3svc/2/SslFlags", "MET104"),
        ("/", "MET101"),
        ("", "MET101"),
    ],
)
def test_delete_of_what_is_not_there_is_refused(
    metabase: Path, text: str, code: str
) -> None:
    """And `delete /` never empties the metabase."""
    with pytest.raises(BindctlError) as caught:
        delete(DiskWorkspace(str(metabase)), text)
    assert caught.value.code == code
    assert metabase.read_text() == DOCUMENT


def test_enum_lists_what_keys_above_hand_down(tmp_path: Path) -> None:
    """Each with the key that holds it; the schema's defaults would drown them."""
    metabase = tmp_path / "metabase.toml"
    metabase.write_text(
        "MaxBandwidth = 1\n[w3svc]\nSslFlags = 1\nServerBindings = [':80:']\n"
        "[w3svc.2]\nServerComment = 'Two'\n[w3svc.2.root]\n"
    )
    listing = enum_key(DiskWorkspace(str(metabase)), "/w3svc/2", is_inherited=True)
    found = {
        row.name: (value, path)
        for (row, value), path in zip(listing.properties, listing.sources, strict=True)
    }
    assert found == {
        "KeyType": ("IIsWebServer", ("w3svc", "2")),
        "ServerComment": ("Two", ("w3svc", "2")),
        "MaxBandwidth": (1, ()),
        "SslFlags": (1, ("w3svc",)),
    }


def test_enum_goes_down_parents_first(metabase: Path) -> None:
    """In listing order, so that two listings can be compared line by line."""
    paths = [
        "/".join(listing.path)
        for listing in enum_tree(DiskWorkspace(str(metabase)), "")
    ]
    assert paths == ["", "w3svc", "w3svc/2", "w3svc/2/root", "w3svc/10"]
    with pytest.raises(BindctlError, match="/LM/W3SVC/9"):
        list(enum_tree(DiskWorkspace(str(metabase)), "/w3svc/9"))


@pytest.mark.parametrize("text", ["test", "/test/", "check", "schema_version"])
def test_delete_leaves_what_the_file_keeps_for_itself(
    tmp_path: Path, text: str
) -> None:
    """One typing slip took all tests of the metabase."""
    path = tmp_path / "metabase.toml"
    octets = b'schema_version = 1\n[[test]]\nurl = "/"\n[test.request]\n[check]\n'
    path.write_bytes(octets)
    with pytest.raises(BindctlError) as caught:
        delete(DiskWorkspace(str(path)), text)
    assert caught.value.code == "MET101"
    assert path.read_bytes() == octets


COPIED = '[w3svc.1]\nServerComment = "One"\n'


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    path = tmp_path / "copied.toml"
    path.write_text(COPIED)
    return path


def test_paths_are_read_as_every_verb_reads_them(copied: Path) -> None:
    """`/LM/` in front, back slashes and outer slashes mean the same key."""
    done = copy_key(DiskWorkspace(str(copied)), "/LM/W3SVC/1/", "\\w3svc\\2")
    assert (done.source, done.destination) == ("LM/W3SVC/1", "w3svc/2")
    assert copied.read_text() == COPIED + '\n[w3svc.2]\nServerComment = "One"\n'


def test_a_move_is_one_change_of_the_file(copied: Path) -> None:
    """The original is gone in the very version that has the new key."""
    move_key(DiskWorkspace(str(copied)), "w3svc/1", "w3svc/2")
    assert copied.read_text() == COPIED.replace("w3svc.1", "w3svc.2")


@pytest.mark.parametrize("edit", [copy_key, move_key])
def test_a_refusal_writes_nothing(copied: Path, edit: object) -> None:
    """A half-made copy would be a site nobody asked for."""
    with pytest.raises(BindctlError, match="W3SVC/9 is not"):
        edit(DiskWorkspace(str(copied)), "w3svc/9", "w3svc/2")  # type: ignore[operator]
    assert copied.read_text() == COPIED


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
    path = tmp_path / "copied.toml"
    octets = b"[w3svc]\n[check]\nx = 1\n"
    path.write_bytes(octets)
    for edit in (copy_key, move_key):
        with pytest.raises(BindctlError) as caught:
            edit(DiskWorkspace(str(path)), source, destination)
        assert caught.value.code == code
    assert path.read_bytes() == octets
