"""A file named on the command line, or the standard input."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.terminal.input_file import decode_input, read_input
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    clock = lambda: datetime(2026, 11, 22, tzinfo=UTC)  # noqa: E731 - a clock
    return Terminal(io.StringIO(), io.StringIO(), {}, str(tmp_path), clock)


def test_reads_a_file_of_the_working_directory(
    terminal: Terminal, tmp_path: Path
) -> None:
    """As any command does."""
    (tmp_path / "x").write_bytes(b"\xef\xbb\xbfa")
    assert decode_input("x", read_input(terminal, "x")) == "a"


def test_a_dash_is_the_standard_input(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program pipes its changes in."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"SET")))
    assert read_input(terminal, "-") == b"SET"


def test_what_cannot_be_read_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    """With its name and the cause; a folder is no file."""
    for name, cause in (("gone", "no such file"), (".", "is a directory")):
        with pytest.raises(BindctlError, match=cause) as caught:
            read_input(terminal, name)
        assert caught.value.code == "CLI002"
    (tmp_path / "x").write_bytes(b"a\n\xff")
    with pytest.raises(BindctlError, match="octet 0xFF of line 2"):
        decode_input("x", read_input(terminal, "x"))


def test_an_input_without_end_is_refused(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`yes | bindctl batch -` would fill the memory."""
    monkeypatch.setattr("bindctl.terminal.input_file.MAX_INPUT_OCTETS", 1 << 20)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(bytes(2 << 20))))
    for name in ("-", "/dev/zero"):
        with pytest.raises(BindctlError, match="it is larger than 1 MiB") as caught:
            read_input(terminal, name)
        assert caught.value.code == "CLI002"
