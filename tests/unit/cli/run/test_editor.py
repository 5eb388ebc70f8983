"""The editor somebody has chosen, and its failures."""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from bindctl.cli.run.editor import run_editor
from bindctl.findings.errors import BindctlError
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

WRITE = "import os, sys; open(sys.argv[2], 'w').write(sys.argv[1])"


def _command(word: str) -> str:
    return shlex.join([sys.executable, "-c", WRITE, word])


def _terminal(directory: Path, **environment: str) -> Terminal:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return Terminal(StringIO(), StringIO(), environment, str(directory), lambda: now)


@pytest.mark.parametrize(
    ("option", "visual", "editor", "word"),
    [
        ("option", "visual", "editor", "option"),
        (None, "visual", "editor", "visual"),
        (None, None, "editor", "editor"),
    ],
)
def test_the_nearest_choice_counts(
    tmp_path: Path, option: str | None, visual: str | None, editor: str, word: str
) -> None:
    """As every program that opens an editor does."""
    chosen = {"VISUAL": visual and _command(visual), "EDITOR": _command(editor)}
    terminal = _terminal(tmp_path, **{k: v for k, v in chosen.items() if v})
    file = tmp_path / "with a space"
    run_editor(terminal, option and _command(option), str(file))
    assert file.read_text() == word


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("false", "ended with 1"),
        ("sh -c 'kill -9 $$'", "killed by signal 9"),
        ("no-such-editor", "no such file"),
        ("'", "closing quotation"),
    ],
)
def test_an_editor_that_fails_is_told(tmp_path: Path, command: str, words: str) -> None:
    """Whoever leaves vi with :cq wants nothing to happen."""
    with pytest.raises(BindctlError, match=words) as caught:
        run_editor(_terminal(tmp_path), command, "x")
    assert (caught.value.code, caught.value.exit_status) == ("MET012", 3)
