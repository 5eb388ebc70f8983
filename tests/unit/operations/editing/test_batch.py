"""Many changes as one."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.batch import run_batch
from bindctl.storage.workspace import DiskWorkspace, Gated, Workspace

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = """\
[w3svc.1] # one
ServerComment = "One"
AccessFlags = ["AccessRead"]

[w3svc.2]
KeyType = "IIsWebServer"
"""


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT)
    return path


def test_a_later_line_sees_what_an_earlier_one_did(metabase: Path) -> None:
    """A key made in line 1 can be filled in line 2, and removed in line 3."""
    script = "create w3svc/3\nset w3svc/3/ServerComment x\ndelete w3svc/3"
    result = run_batch(DiskWorkspace(str(metabase)), script)
    assert [change.verb for change in result.edits.changes] == [
        "create", "set", "delete",
    ]  # fmt: skip
    assert metabase.read_text().rstrip() == DOCUMENT.rstrip()


def test_a_flag_leaves_the_other_flags(metabase: Path) -> None:
    """As a single set does."""
    run_batch(DiskWorkspace(str(metabase)), "set w3svc/1/AccessScript true")
    assert "AccessFlags = 513" in metabase.read_text()


def test_a_dry_run_writes_nothing(metabase: Path) -> None:
    """Not even the folder of the lock."""
    result = run_batch(DiskWorkspace(str(metabase)).captured(), "delete w3svc/1")
    assert result.edits.is_changed
    assert [item.name for item in metabase.parent.iterdir()] == ["metabase.toml"]
    assert metabase.read_text() == DOCUMENT


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("set w3svc/9/ServerComment x", "MET101"),
        ("set w3svc/1/Nonsense x", "MET102"),
        ("set w3svc/1/CertHash ab", "MET103"),
        ("set w3svc/1/SslFlags x", "MET105"),
        ("set w3svc/1/ServerState 2", "MET107"),
        ("create w3svc/1", "MET106"),
        ("create w3svc/3 Nonsense", "MET102"),
        ("delete w3svc/9", "MET101"),
        ("delete w3svc/1/SslFlags", "MET104"),
        ("delete w3svc/2/AccessRead", "MET104"),
        ("copy w3svc/9 w3svc/3", "MET101"),
        ("copy w3svc/1 w3svc/2", "MET106"),
        ("move w3svc/1 w3svc/1/root", "MET120"),
        ("create_vdir w3svc/1", "MET106"),
        ("set w3svc/1/AccessPerm read nonsense", "MET105"),
        ("set w3svc/1/Authorization 5", "MET105"),
        ("set w3svc/1/ServerCommand 1", "MET107"),
        ("start_server w3svc/1", "CLI002"),
    ],
)
def test_all_or_none(metabase: Path, line: str, code: str) -> None:
    """Half a change is worse than none; the line that failed is named."""
    with pytest.raises(BindctlError) as caught:
        run_batch(
            DiskWorkspace(str(metabase)), f"set w3svc/1/ServerComment x\n\n{line}"
        )
    assert (caught.value.code, caught.value.line) == (code, 3)
    assert metabase.read_text() == DOCUMENT


def test_a_judge_decides(metabase: Path) -> None:
    """What it refuses is not written."""

    def judge(
        inner: Workspace, before: bytes | None, after: bytes, _sites: object
    ) -> None:
        assert (inner.path, before) == (str(metabase), DOCUMENT.encode())
        assert b"w3svc.1" not in after
        raise BindctlError("BND002", "no")

    gated = Gated(DiskWorkspace(str(metabase)), judge)
    for workspace in (gated, gated.captured()):
        with pytest.raises(BindctlError, match="no"):
            run_batch(workspace, "delete w3svc/1")
    assert metabase.read_text() == DOCUMENT


@pytest.mark.parametrize(
    ("line", "key", "name", "value"),
    [
        ("set w3svc/1/ServerComment C:\\a\\b", "1", "ServerComment", "C:\\a\\b"),
        ('set w3svc/1/ServerComment "C:\\a b"\\', "1", "ServerComment", "C:\\a b\\"),
        ("set w3svc\\2\\ServerComment a", "2", "ServerComment", "a"),
        ("set w3svc/1/AccessPerm read SCRIPT", "1", "AccessFlags", 513),
        ("set w3svc/1/accessperm 0x10", "1", "AccessFlags", 16),
        ("set w3svc\\1\\Authorization NT basic", "1", "AuthFlags", 6),
        ("set w3svc/1/root/VRPath C:\\a", "1/root", "Path", "C:\\a"),
        ("create_vserv w3svc/3", "3", None, None),
        ("create_vdir w3svc/1/root/a", "1/root/a", None, None),
        (
            "create_vdir w3svc/1/root/a IIsWebDirectory",
            "1/root/a",
            "KeyType",
            "IIsWebDirectory",
        ),
        ("create_vserv w3svc/1/root/a", "1/root/a", "KeyType", "IIsWebServer"),
        ("create_vdir w3svc/1/root/a iisobject", "1/root/a", None, None),
        ("delete w3svc/1/AccessWrite", "1", "AccessFlags", None),
        ("copy w3svc/1 w3svc/3", "3", "ServerComment", "One"),
        ("move w3svc\\1 /LM/w3svc/3", "3", "ServerComment", "One"),
    ],
)
def test_lines_of_adsutil(
    metabase: Path, line: str, key: str, name: str | None, value: object
) -> None:
    """What an old script did to the metabase a batch of its lines does."""
    metabase.write_text(DOCUMENT + "\n[w3svc.1.root]\n")
    run_batch(DiskWorkspace(str(metabase)), line)
    found = tomllib.loads(metabase.read_text())["w3svc"]
    for part in key.split("/"):
        found = found[part]
    if name is None:
        assert found == {}
    else:
        assert found.get(name) == value


def test_a_copy_can_be_changed_by_the_next_line(metabase: Path) -> None:
    """One site is made from another in one write; a move says both of its halves."""
    script = "copy w3svc/1 w3svc/3\nset w3svc/3/ServerComment x\nmove w3svc/3 w3svc/4"
    result = run_batch(DiskWorkspace(str(metabase)), script)
    assert [(item.verb, item.path, item.line) for item in result.edits.changes] == [
        ("create", "/LM/W3SVC/3", 1),
        ("set", "/LM/W3SVC/3", 2),
        ("create", "/LM/W3SVC/4", 3),
        ("delete", "/LM/W3SVC/3", 3),
    ]
    found = tomllib.loads(metabase.read_text())["w3svc"]
    assert sorted(found) == ["1", "2", "4"]
    assert found["4"] == {"ServerComment": "x", "AccessFlags": ["AccessRead"]}


def test_a_key_named_like_a_flag_is_deleted(metabase: Path) -> None:
    """A folder may have any name; a slash at the end says that the key is meant."""
    metabase.write_text("[w3svc.1]\nAccessFlags = 1\n\n[w3svc.1.AccessRead]\n")
    run_batch(DiskWorkspace(str(metabase)), "delete w3svc/1/AccessRead/")
    assert metabase.read_text().rstrip() == "[w3svc.1]\nAccessFlags = 1"
    metabase.write_text("[w3svc.1]\n\n[w3svc.1.AccessRead]\n")
    run_batch(DiskWorkspace(str(metabase)), "delete w3svc/1/AccessRead")
    assert metabase.read_text().rstrip() == "[w3svc.1]"
