"""The gate of --strict."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.strict import make_judge

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ONE = b'[w3svc.1]\nServerBindings = [":80:a"]\n'
WRONG = b'[w3svc.2]\nServerBindings = ["nonsense"]\n'
TWICE = b'[w3svc.2]\nServerBindings = [":80:a"]\n'


def test_an_error_that_was_there_is_no_reason(tmp_path: Path) -> None:
    """A metabase with an old mistake can still be changed, line numbers or not."""
    judge = make_judge(str(tmp_path / "metabase.toml"), NOW)
    judge(ONE + WRONG, b"# moved down\n" + ONE + WRONG)
    judge(ONE + WRONG, ONE)
    judge(WRONG, WRONG)


def test_a_new_error_is_a_reason(tmp_path: Path) -> None:
    """What check would report tomorrow is refused today, with the findings."""
    judge = make_judge(str(tmp_path / "metabase.toml"), NOW)
    with pytest.raises(BindctlError) as caught:
        judge(ONE + WRONG, ONE + TWICE)
    assert (caught.value.code, caught.value.exit_status) == ("BND002", 3)
    assert [item.code for item in caught.value.findings] == ["BND201", "MET205"][:1]
    assert caught.value.findings[0].place.line is None


def test_a_warning_is_no_reason(tmp_path: Path) -> None:
    """As for check, only errors count."""
    judge = make_judge(str(tmp_path / "metabase.toml"), NOW)
    judge(ONE, ONE + b"Nonsense = 1\n")
