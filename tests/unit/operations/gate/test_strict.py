"""The gate of --strict."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.gate.strict import refuse_new_errors
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ONE = b'[w3svc.1]\nServerBindings = [":80:a"]\n'
WRONG = b'[w3svc.2]\nServerBindings = ["nonsense"]\n'
TWICE = b'[w3svc.2]\nServerBindings = [":80:a"]\n'


def test_an_error_that_was_there_is_no_reason(tmp_path: Path) -> None:
    """A metabase with an old mistake can still be changed, line numbers or not."""
    metabase = str(tmp_path / "metabase.toml")
    refuse_new_errors(
        DiskWorkspace(metabase), ONE + WRONG, b"# moved down\n" + ONE + WRONG, NOW
    )
    refuse_new_errors(DiskWorkspace(metabase), ONE + WRONG, ONE, NOW)
    refuse_new_errors(DiskWorkspace(metabase), WRONG, WRONG, NOW)


def test_an_error_that_moves_is_no_new_one(tmp_path: Path) -> None:
    """`set --at 0` would be refused for an item that it only moves down."""
    metabase = str(tmp_path / "metabase.toml")
    moved = b'[w3svc.2]\nServerBindings = [":80:b", "nonsense"]\n'
    refuse_new_errors(DiskWorkspace(metabase), WRONG, moved, NOW)


def test_one_error_more_of_the_same_is_a_reason(tmp_path: Path) -> None:
    """A mistake made again is a new one."""
    metabase = str(tmp_path / "metabase.toml")
    again = b'[w3svc.2]\nServerBindings = ["nonsense", "nonsense"]\n'
    with pytest.raises(BindctlError) as caught:
        refuse_new_errors(DiskWorkspace(metabase), WRONG, again, NOW)
    assert [item.code for item in caught.value.findings] == ["BND101"]


def test_a_new_error_is_a_reason(tmp_path: Path) -> None:
    """What check would report tomorrow is refused today, with the findings."""
    metabase = str(tmp_path / "metabase.toml")
    with pytest.raises(BindctlError) as caught:
        refuse_new_errors(DiskWorkspace(metabase), ONE + WRONG, ONE + TWICE, NOW)
    assert (caught.value.code, caught.value.exit_status) == ("BND002", 3)
    assert [item.code for item in caught.value.findings] == ["BND201", "MET205"][:1]
    assert caught.value.findings[0].place.line is None


def test_a_warning_is_no_reason(tmp_path: Path) -> None:
    """As for check, only errors count."""
    metabase = str(tmp_path / "metabase.toml")
    refuse_new_errors(DiskWorkspace(metabase), ONE, ONE + b"Nonsense = 1\n", NOW)
