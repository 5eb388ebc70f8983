"""bindctl what-if: a command line that is run where nothing is written."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from bindctl.cli.commands.what_if import CommandFailedError, run_captured
from bindctl.findings.errors import BindctlError
from bindctl.storage.workspace import DiskWorkspace
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

TEXT = '[w3svc.1]\nServerBindings = [":80:a"]\n'


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_text(TEXT)
    return path


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return Terminal(StringIO(), StringIO(), {}, str(tmp_path), lambda: now)


@pytest.mark.parametrize(
    ("words", "change"),
    [
        (["set", "/w3svc/1/ServerBindings", ":80:b"], (":80:a", ":80:b")),
        (["create", "/w3svc/2"], (TEXT, TEXT + "\n[w3svc.2]\n")),
        (["batch", "lines.txt"], (":80:a", ":80:c")),
        (["site", "add", "New", "--path", "new"], None),
    ],
)
def test_what_would_be_written_is_known(
    metabase: Path,
    terminal: Terminal,
    words: list[str],
    change: tuple[str, str] | None,
) -> None:
    """By the quick way and by Typer; nothing is printed and nothing is there after."""
    (metabase.parent / "lines.txt").write_text("set w3svc/1/ServerBindings :80:c\n")
    found = run_captured(terminal, DiskWorkspace(str(metabase)), words)
    assert found.path == str(metabase)
    assert found.octets is not None
    if change is not None:
        assert found.octets.decode() == TEXT.replace(*change)
    assert metabase.read_text() == TEXT
    assert sorted(item.name for item in metabase.parent.iterdir()) == [
        "lines.txt",
        "metabase.toml",
    ]
    assert terminal.stdout.getvalue() == terminal.stderr.getvalue() == ""  # type: ignore[attr-defined]  # as made above


def test_a_metabase_that_the_words_name_is_meant(
    metabase: Path, terminal: Terminal
) -> None:
    """As when the command is run."""
    other = metabase.parent / "other.toml"
    other.write_text(TEXT)
    words = ["set", "-m", "other.toml", "/w3svc/1/ServerComment", "x"]
    found = run_captured(terminal, DiskWorkspace(str(metabase)), words)
    assert found.path == str(other)


def test_a_command_that_fails_says_why(metabase: Path, terminal: Terminal) -> None:
    """Its words are its own."""
    workspace = DiskWorkspace(str(metabase))
    with pytest.raises(CommandFailedError):
        run_captured(terminal, workspace, ["set", "/w3svc/9/ServerComment", "x"])
    assert terminal.stderr.getvalue().startswith("MET101 ")  # type: ignore[attr-defined]  # as made above
    same = ["set", "/w3svc/1/ServerBindings", ":80:a"]
    assert run_captured(terminal, workspace, same).octets == TEXT.encode()
    changed = ["apply", "--changed-status", "wish.toml"]
    (metabase.parent / "wish.toml").write_text("[w3svc.1]\nServerComment = 'x'\n")
    assert run_captured(terminal, workspace, changed).octets != TEXT.encode()


@pytest.mark.parametrize(
    "words",
    [["get", "/"], ["reset"], ["edit"], ["cert", "create", "a"], ["site"], ["x"]],
)
def test_what_does_more_than_write_is_not_run(
    metabase: Path, terminal: Terminal, words: list[str]
) -> None:
    """A service must not be started to see what would happen."""
    with pytest.raises(BindctlError) as caught:
        run_captured(terminal, DiskWorkspace(str(metabase)), words)
    assert caught.value.code == "CLI001"
