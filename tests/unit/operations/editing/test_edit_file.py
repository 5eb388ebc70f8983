"""Editing by hand: on a copy, judged, and never over somebody else's change."""

from __future__ import annotations

import stat
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.check.check import check
from bindctl.operations.editing.edit_file import (
    STARTER,
    Draft,
    accept_draft,
    discard_draft,
    initialize,
    judge_draft,
    open_draft,
)
from bindctl.storage.workspace import DiskWorkspace

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OLD = b'[w3svc.1]\nServerBindings = [":80:a"]\nServerComent = "x"\n'


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    path = tmp_path / "metabase.toml"
    path.write_bytes(OLD)
    path.chmod(0o644)
    return open_draft(DiskWorkspace(str(path)))


def test_the_copy_is_private_and_named_alike(draft: Draft) -> None:
    """An editor shows the name and colours by it; others may not read along."""
    copy = Path(draft.path)
    assert copy.read_bytes() == OLD
    assert copy.name == "metabase.toml"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700


def test_two_people_get_two_copies(draft: Draft) -> None:
    """They would type into each other's file."""
    assert open_draft(draft.workspace).path != draft.path


def test_an_unchanged_copy_is_told(draft: Draft) -> None:
    """Leaving the editor without a change is how one leaves."""
    assert not judge_draft(draft, NOW).is_changed


def test_only_what_is_new_is_shown(draft: Draft) -> None:
    """Old warnings would hide what this edit has broken."""
    Path(draft.path).write_bytes(OLD.replace(b":80:a", b":80:a:b"))
    found = judge_draft(draft, NOW)
    assert [item.code for item in found.new_findings] == ["BND101"]
    assert found.has_new_errors


def test_a_syntax_error_is_about_the_copy(draft: Draft) -> None:
    """Its line is not in the metabase."""
    Path(draft.path).write_bytes(b"a = b\n")
    with pytest.raises(BindctlError) as caught:
        judge_draft(draft, NOW)
    assert (caught.value.code, caught.value.file) == ("MET002", draft.path)


def test_a_broken_metabase_can_be_mended(tmp_path: Path) -> None:
    """It is what one opens the editor for."""
    path = tmp_path / "metabase.toml"
    path.write_bytes(b"broken")
    draft = open_draft(DiskWorkspace(str(path)))
    Path(draft.path).write_bytes(OLD)
    found = judge_draft(draft, NOW)
    assert found.new_findings
    accept_draft(draft, found.octets)
    assert path.read_bytes() == OLD


def test_accepting_replaces_and_tidies_up(draft: Draft) -> None:
    """Editors leave files of their own beside the copy."""
    copy = Path(draft.path)
    (copy.parent / "metabase.toml~").write_bytes(b"")
    accept_draft(draft, b"# new\n")
    assert Path(draft.workspace.path).read_bytes() == b"# new\n"
    assert stat.S_IMODE(Path(draft.workspace.path).stat().st_mode) == 0o644
    assert not copy.parent.exists()
    discard_draft(draft)  # once more harms nobody


def test_somebody_else_s_change_is_not_lost(draft: Draft) -> None:
    """The last one to save would win, and nobody would know."""
    Path(draft.workspace.path).write_bytes(OLD + b"# theirs\n")
    with pytest.raises(BindctlError) as caught:
        accept_draft(draft, OLD + b"# mine\n")
    assert (caught.value.code, caught.value.exit_status) == ("MET007", 3)
    assert Path(draft.workspace.path).read_bytes() == OLD + b"# theirs\n"
    assert Path(draft.path).exists()


def test_the_starter_is_clean_and_every_site_can_be_added(tmp_path: Path) -> None:
    """A first `check` that complains about our own file would be a bad start."""
    path = initialize(str(tmp_path / "metabase.toml"))
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert check(DiskWorkspace(path), now).report.findings == ()


def test_the_commented_example_is_a_metabase_too() -> None:
    """People take the comment signs away and expect it to work."""
    lines = [line.removeprefix("# ") for line in STARTER.splitlines()]
    start = lines.index("[w3svc.1]")
    example = "\n".join(lines[start : lines.index("schema_version = 1") - 1])
    assert tomllib.loads(example)["w3svc"]["1"]["root"]["Path"] == "sites/default"


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    """Not even a link that leads nowhere."""
    path = tmp_path / "metabase.toml"
    path.symlink_to(tmp_path / "gone")
    with pytest.raises(BindctlError) as caught:
        initialize(str(path))
    assert (caught.value.code, caught.value.exit_status) == ("MET003", 3)


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    """The message names the file, not a temporary one."""
    with pytest.raises(BindctlError, match=r"metabase\.toml") as caught:
        initialize(str(tmp_path / "gone" / "metabase.toml"))
    assert caught.value.code == "MET006"
