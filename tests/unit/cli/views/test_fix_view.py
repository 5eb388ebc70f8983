"""check --fix at a terminal: what it asks, and what each answer does."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from bindctl.__main__ import run
from bindctl.terminal.terminal import Terminal
from tests.unit.cli.keyboard import Keyboard

if TYPE_CHECKING:
    from pathlib import Path

OLD = """\
[w3svc.1]
ServerBindings = [":80:a.", ":80:b", ":80:b"]
[w3svc.2]
ServerBindings = [":80:b", ":80:c"]
"""
QUESTION = "mend it? [y]es, a number, [n]o, [a]ll, [q]uit: "


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    """A dot, a repeated item, and a duplicate."""
    path = tmp_path / "metabase.toml"
    path.write_text(OLD)
    return path


def _fix(
    metabase: Path, monkeypatch: pytest.MonkeyPatch, answers: str
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "stdin", Keyboard(answers))
    out, err, now = StringIO(), StringIO(), datetime(2026, 11, 22, tzinfo=UTC)
    terminal = Terminal(out, err, {}, str(metabase.parent), lambda: now)
    status = run(["check", "--fix", "--ignore", "MET204,MET205"], terminal)
    return status, out.getvalue(), err.getvalue()


@pytest.mark.parametrize(
    ("answers", "first", "second", "status"),
    [
        ("y\ny\ny\n", ":80:a|:80:b", ":80:c", 0),
        ("Yes\n1\n1\n", ":80:a|:80:b", ":80:c", 0),
        ("y\ny\n2\n", ":80:a", ":80:b|:80:c", 0),
        ("a\n", ":80:a|:80:b", ":80:c", 0),
        ("n\na\n", ":80:a.|:80:b", ":80:c", 0),
        ("n\nn\nn\n", ":80:a.|:80:b|:80:b", ":80:b|:80:c", 1),
        ("y\nq\n", ":80:a|:80:b|:80:b", ":80:b|:80:c", 1),
        ("", ":80:a.|:80:b|:80:b", ":80:b|:80:c", 1),
        ("y\n", ":80:a|:80:b|:80:b", ":80:b|:80:c", 1),
        ("what?\n9\n0\n\ny\nq\n", ":80:a|:80:b|:80:b", ":80:b|:80:c", 1),
    ],
)
def test_what_is_agreed_to_is_made_and_nothing_else(  # noqa: PLR0913, PLR0917 - a case
    metabase: Path,
    monkeypatch: pytest.MonkeyPatch,
    answers: str,
    first: str,
    second: str,
    status: int,
) -> None:
    """Yes, a number, no, all, quit, and the end of the input."""
    done, _out, _err = _fix(metabase, monkeypatch, answers)
    lines = [
        f"ServerBindings = [{', '.join(repr(item) for item in text.split('|'))}]"
        for text in (first, second)
    ]
    written = metabase.read_text().replace('"', "'")
    assert written.splitlines()[1::2] == lines
    assert done == status


def test_every_finding_is_shown_with_its_choices(
    metabase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbered, with what each would do to visitors; then what is left."""
    _status, out, err = _fix(metabase, monkeypatch, "n\ny\n3\n")
    assert (
        '  1  remove ":80:b" from ServerBindings of site 2 '
        "(1 kind of request gets a different answer)\n"
    ) in out
    assert '  mended: move ":80:b" of site 2 to port 8080\n' in out
    assert "2 findings mended; 1 left:\nBND103 warning" in out
    questions, _impact, told = err.partition("impact on sites that were not edited")
    assert questions == QUESTION * 3
    assert "http://b:80/ : site 2 -> site 1" in told


def test_an_answer_that_is_none_is_told_what_there_is(
    metabase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And asked again; nothing is done by a slip."""
    _status, _out, err = _fix(metabase, monkeypatch, "\x1b[A\nq\n")
    assert '"\\u001b[a" is not an answer: y takes the first' in err
    assert metabase.read_text() == OLD


def test_each_answer_is_a_version_of_history(
    metabase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One undo takes back one yes; all the rest of an "all" is one."""
    _fix(metabase, monkeypatch, "y\na\n")
    history = Terminal(
        out := StringIO(),
        out,
        {},
        str(metabase.parent),
        lambda: datetime.now(UTC),  # noqa: TID251 - not looked at
    )
    assert run(["history", "list"], history) == 0
    assert len(out.getvalue().splitlines()) == 1 + 1 + 2  # head, as found, two writes
