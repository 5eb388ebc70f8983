"""Many changes as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.batch import run_batch

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
    result = run_batch(str(metabase), script)
    assert [change.verb for change in result.edits.changes] == [
        "create", "set", "delete",
    ]  # fmt: skip
    assert metabase.read_text().rstrip() == DOCUMENT.rstrip()


def test_a_flag_leaves_the_other_flags(metabase: Path) -> None:
    """As a single set does."""
    run_batch(str(metabase), "set w3svc/1/AccessScript true")
    assert "AccessFlags = 513" in metabase.read_text()


def test_a_dry_run_writes_nothing(metabase: Path) -> None:
    """Not even the folder of the lock."""
    result = run_batch(str(metabase), "delete w3svc/1", is_dry_run=True)
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
    ],
)
def test_all_or_none(metabase: Path, line: str, code: str) -> None:
    """Half a change is worse than none; the line that failed is named."""
    with pytest.raises(BindctlError) as caught:
        run_batch(str(metabase), f"set w3svc/1/ServerComment x\n\n{line}")
    assert (caught.value.code, caught.value.line) == (code, 3)
    assert metabase.read_text() == DOCUMENT


def test_a_judge_decides(metabase: Path) -> None:
    """What it refuses is not written."""

    def judge(before: bytes, after: bytes) -> None:
        assert before != after
        raise BindctlError("BND002", "no")

    with pytest.raises(BindctlError, match="no"):
        run_batch(str(metabase), "delete w3svc/1", judge=judge)
    assert metabase.read_text() == DOCUMENT
