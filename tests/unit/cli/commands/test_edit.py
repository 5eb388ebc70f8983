"""edit at a terminal: what it asks, and what each answer does."""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from bindctl.__main__ import run
from bindctl.cli.commands.edit import run_editor
from bindctl.findings.errors import BindctlError
from bindctl.terminal.terminal import Terminal
from tests.unit.cli.keyboard import Keyboard

if TYPE_CHECKING:
    from pathlib import Path

OLD = '[w3svc.1]\nServerComment = "old"\n'
NEW = OLD.replace("old", "new")
WRONG = OLD + 'ServerBindings = [":80:a:b"]\n'
BROKEN = "broken\n"
# Writes its next argument each time it is run; the number of runs is in a file.
EDITOR = """
import pathlib, sys
runs = pathlib.Path("runs")
number = int(runs.read_text()) if runs.exists() else 1
runs.write_text(str(number + 1))
pathlib.Path(sys.argv[-1]).write_text(sys.argv[number])
"""


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_text(OLD)
    return path


def _edit(
    metabase: Path, monkeypatch: pytest.MonkeyPatch, answers: str, *texts: str
) -> tuple[int, str]:
    """Edit with an editor that writes these texts in turn, and these answers."""
    monkeypatch.setattr(sys, "stdin", Keyboard(answers))
    err, now = StringIO(), datetime(2026, 11, 22, tzinfo=UTC)
    terminal = Terminal(StringIO(), err, {}, str(metabase.parent), lambda: now)
    editor = shlex.join([sys.executable, "-c", EDITOR, *texts])
    status = run(["edit", "--editor", editor], terminal)
    return status, err.getvalue()


def _copies(metabase: Path) -> list[Path]:
    return list((metabase.parent / ".bindctl" / metabase.name).glob("edit-*"))


@pytest.mark.parametrize(
    ("answers", "texts", "result"),
    [
        ("\n", (NEW,), NEW),
        ("y\n", (NEW,), NEW),
        ("n\n", (NEW,), OLD),
        ("e\ny\n", (WRONG, NEW), NEW),
        ("\ny\n", (WRONG, NEW), NEW),  # with new errors, to go on is the default
        ("y\n", (WRONG,), WRONG),
        ("\ny\n", (BROKEN, NEW), NEW),
        ("y\ny\n", (BROKEN, NEW), NEW),
        ("", (OLD,), OLD),
    ],
)
def test_every_answer(
    metabase: Path,
    monkeypatch: pytest.MonkeyPatch,
    answers: str,
    texts: tuple[str, ...],
    result: str,
) -> None:
    """A question whose answer does something else would cost a site."""
    status, _told = _edit(metabase, monkeypatch, answers, *texts)
    assert status == 0
    assert metabase.read_text() == result
    assert _copies(metabase) == []


@pytest.mark.parametrize(
    ("answers", "text", "status"), [("n\n", BROKEN, 2), ("", NEW, 1), ("", BROKEN, 1)]
)
def test_who_gives_up_keeps_the_copy(
    metabase: Path,
    monkeypatch: pytest.MonkeyPatch,
    answers: str,
    text: str,
    status: int,
) -> None:
    """An hour's typing must not go with Ctrl-C."""
    found, told = _edit(metabase, monkeypatch, answers, text)
    assert found == status
    assert metabase.read_text() == OLD
    (copy,) = _copies(metabase)
    assert (copy / "metabase.toml").read_text() == text
    assert "your copy is kept: .bindctl/metabase.toml/edit-1/metabase.toml" in told


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
