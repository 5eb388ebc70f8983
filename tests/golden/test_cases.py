"""The golden cases: input, command, answer and resulting file together.

BINDCTL_UPDATE_GOLDEN=1 rewrites them; the difference is reviewed like code.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.golden.runner import (
    CASES,
    UPDATE_VARIABLE,
    format_case,
    parse_case,
    run_case,
)

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted(CASES.rglob("*.case"))


@pytest.mark.parametrize(
    "file", FILES, ids=[str(file.relative_to(CASES).with_suffix("")) for file in FILES]
)
def test_goes_as_it_is_told(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a user sees and what is in the file afterwards, word for word."""
    for name in ("BINDCTL_METABASE", "BINDCTL_AUTHORITY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setenv("LOGNAME", "administrator")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    directory = tmp_path / "metabase"
    directory.mkdir()
    text = file.read_text(encoding="utf-8")
    found = format_case(run_case(parse_case(text), directory))
    if os.environ.get(UPDATE_VARIABLE):
        file.write_text(found, encoding="utf-8")
    else:
        assert found == text


def test_a_case_survives_being_written() -> None:
    """An update would otherwise change more than the answers."""
    text = (
        "# words\n~ a days=1\n+ f x\n| [x]\n|\n$ bindctl get x\n> a  \n>\n! b\n? 2\n"
        "$ bindctl enum\n= unchanged\n"
    )
    assert format_case(parse_case(text)) == text


@pytest.mark.parametrize(
    "text", ["x\n", "> a\n", "$ a\n| b\n", "= unchanged\n", "#x\n"]
)
def test_a_line_that_is_none_is_refused(text: str) -> None:
    """A slip in a case must not be taken for an answer nobody expects."""
    with pytest.raises(ValueError, match="line"):
        parse_case(text)
