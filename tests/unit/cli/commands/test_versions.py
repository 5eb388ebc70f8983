"""Passwords come from a file or from whoever types them."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from bindctl.cli.commands.versions import read_password
from bindctl.findings.errors import BindctlError
from bindctl.terminal.terminal import Terminal
from tests.unit.cli.keyboard import Keyboard

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return Terminal(StringIO(), StringIO(), {}, str(tmp_path), lambda: now)


def test_the_first_line_of_a_file(terminal: Terminal, tmp_path: Path) -> None:
    """An editor ends it with a line feed that is no part of it."""
    (tmp_path / "word").write_text(" correct horse \r\nsecond\n")
    found = read_password(terminal, "word", is_asked=False, is_new=True)
    assert found == " correct horse "


def test_none_is_asked_for(terminal: Terminal) -> None:
    """A backup has no password unless somebody wants one."""
    assert read_password(terminal, None, is_asked=False, is_new=True) is None


def test_a_script_pipes_it_in(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret store prints it; it never is an argument."""
    monkeypatch.setattr(sys, "stdin", StringIO("horse\n"))
    assert read_password(terminal, None, is_asked=True, is_new=True) == "horse"


def test_a_new_one_is_typed_twice(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip would lock its owner out for ever."""
    words = iter(["horse", "horse", "horse", "house", "horse"])
    monkeypatch.setattr(sys, "stdin", Keyboard())
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(words))
    assert read_password(terminal, None, is_asked=True, is_new=True) == "horse"
    with pytest.raises(BindctlError, match="differ"):
        read_password(terminal, None, is_asked=True, is_new=True)
    assert read_password(terminal, None, is_asked=True, is_new=False) == "horse"


@pytest.mark.parametrize("content", [b"", b"\nhorse\n", b"\xff\n"])
def test_a_file_without_one_is_told(
    terminal: Terminal, tmp_path: Path, content: bytes
) -> None:
    """An empty password would protect nothing, and look as if."""
    (tmp_path / "word").write_bytes(content)
    with pytest.raises(BindctlError):
        read_password(terminal, "word", is_asked=False, is_new=True)
    with pytest.raises(BindctlError):
        read_password(terminal, "none", is_asked=False, is_new=True)
