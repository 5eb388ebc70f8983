"""What a terminal is sent is what was meant, whatever a metabase holds."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from bindctl.storage.workspace import system_clock
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = "# \x9b ##[error]\r\n# b\n"
SHOWN = "# \\u009b \\u0023#[error]\r\n# b\n"


def test_an_answer_and_a_complaint_are_one_line_each() -> None:
    """A script that reads line by line reads one answer a line."""
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(out, err, {}, "/", system_clock)
    terminal.print("a\nb")
    terminal.complain("c\nd")
    assert (out.getvalue(), err.getvalue()) == ("a\\nb\n", "c\\nd\n")


@pytest.mark.parametrize("name", ["stdout", "stderr", "styled"])
def test_no_stream_can_be_written_to_in_another_way(name: str) -> None:
    """A new command cannot forget what stands between it and the terminal."""
    out = io.StringIO()
    stream = getattr(Terminal(out, out, {}, "/", system_clock), name)
    stream.write("\x1b[31m\n")
    stream.writelines(["::error::a\n", "b\x85"])
    print("\u202e", file=stream)
    assert out.getvalue() == "\\u001b[31m\n\\u003a:error::a\nb\\u0085\\u202e\n"


def test_only_colours_pass_where_colours_are_wanted() -> None:
    """Colours are ours; what moves the cursor is not."""
    out = io.StringIO()
    terminal = Terminal(out, out, {"FORCE_COLOR": "1"}, "/", system_clock)
    terminal.styled.write("\x1b[1;31mred\x1b[0m \x1b[2J\x1b]0;title\x07\n")
    assert out.getvalue() == ("\x1b[1;31mred\x1b[0m \\u001b[2J\\u001b]0;title\\u0007\n")


def test_a_command_is_obeyed_only_where_it_is_meant() -> None:
    """An annotation is a command; its data holds no control characters."""
    out = io.StringIO()
    Terminal(out, out, {}, "/", system_clock).print_command("::error::\x1b\n::error::b")
    assert out.getvalue() == "::error::\\u001b\\n::error::b\n"


def test_a_document_is_shown_harmless_and_said_to_be() -> None:
    """Somebody looks at it, or a log keeps it."""
    out, err = io.StringIO(), io.StringIO()
    Terminal(out, err, {}, "/", system_clock).print_document(DOCUMENT)
    assert out.getvalue() == SHOWN
    assert "control characters are shown as escapes" in err.getvalue()


def test_a_file_gets_a_document_as_it_is(tmp_path: Path) -> None:
    """Sent to a file, an old version is what it was, character for character."""
    err = io.StringIO()
    with (tmp_path / "old.toml").open("w", encoding="utf-8", newline="") as out:
        Terminal(out, err, {}, "/", system_clock).print_document(DOCUMENT)
    assert (tmp_path / "old.toml").read_bytes().decode() == DOCUMENT
    assert err.getvalue() == ""


def test_what_an_encoding_lacks_is_an_escape_and_no_bug() -> None:
    """Where Python writes ASCII, a name in Japanese stays readable for programs."""
    octets = io.BytesIO()
    out = io.TextIOWrapper(octets, encoding="ascii")
    Terminal(out, out, {}, "/", system_clock).print('"日本 é 😀"')
    out.flush()
    assert octets.getvalue().isascii()
    assert json.loads(octets.getvalue()) == "日本 é 😀"
