"""What a terminal is sent is what was meant, whatever a metabase holds."""

from __future__ import annotations

import io

import pytest

from bindctl.cli.terminal import Terminal, one_line, system_clock


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Site ä 日本", "Site ä 日本"),
        ("a\tb", "a\tb"),
        ("a\nBND201 error", "a\\nBND201 error"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
    ],
)
def test_control_characters_are_shown_and_not_obeyed(text: str, shown: str) -> None:
    """A site's name must not clear the screen or forge a line of a report."""
    assert one_line(text) == shown


def test_an_answer_and_a_complaint_are_one_line_each() -> None:
    """A script that reads line by line reads one answer a line."""
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(out, err, {}, "/", system_clock)
    terminal.print("a\nb")
    terminal.complain("c\nd")
    assert (out.getvalue(), err.getvalue()) == ("a\\nb\n", "c\\nd\n")
