"""Text is shown and not obeyed, by a terminal or by a CI service."""

from __future__ import annotations

import json
import tomllib
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bindctl.model.harmless_text import OBEYED as RANGES
from bindctl.model.harmless_text import harmless_lines, one_line

OBEYED = st.sampled_from(
    "\x00\x07\r\x1b\x7f\x85\x9b\u061c\u200f\u2028\u202e\u2069\ud800"
)
TEXTS = st.text(st.characters() | OBEYED | st.sampled_from("#[:\\ \n\t"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Site ä 日本", "Site ä 日本"),
        ("a\tb", "a\tb"),
        ("a\u00a0b\u200db", "a\u00a0b\u200db"),
        ("a\nBND201 error\r", "a\\nBND201 error\\r"),
        ("\x1b[31mred\x07", "\\u001b[31mred\\u0007"),
        ("\x9b2J", "\\u009b2J"),
        ("gpj.\u202eexe\u200f\u061c", "gpj.\\u202eexe\\u200f\\u061c"),
        ("\udc80", "\\udc80"),
    ],
)
def test_control_characters_are_shown_and_not_obeyed(text: str, shown: str) -> None:
    """A site's name must not clear the screen or forge a line of a report."""
    assert one_line(text) == shown


def test_every_character_that_is_obeyed_is_in_the_table() -> None:
    """One that is left out could still turn a line around or end it."""
    turning = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    marks = {"\u061c", "\u200e", "\u200f"}  # of the direction, with a class of letters
    obeyed = {
        character
        for character in map(chr, range(0x110000))
        if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
        or unicodedata.bidirectional(character) in turning
    }
    listed = {chr(code) for first, last in RANGES for code in range(first, last + 1)}
    assert listed == (obeyed | marks) - {"\t"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", "\\u003a:error::x"),
        ("a\n\u00a0 ::add-mask::b\n", "a\n\u00a0 \\u003a:add-mask::b\n"),
        ("a ##[error]b", "a \\u0023#[error]b"),
        ("###vso[task.complete]", "#\\u0023#vso[task.complete]"),
        ("::1", "::1"),
        ("[::]:80: ::error::x", "[::]:80: ::error::x"),
        ("## [a]", "## [a]"),
        ("one\r\ntwo\r", "one\r\ntwo\\r"),
    ],
)
def test_no_line_is_a_command_of_a_ci_service(text: str, shown: str) -> None:
    """A comment of a site must not put annotations or variables into a build."""
    assert harmless_lines(text) == shown


@given(TEXTS)
def test_what_is_written_holds_nothing_that_is_obeyed(text: str) -> None:
    """Whatever the text: only TAB and line ends are left of what has no picture."""
    shown = harmless_lines(text)
    for line in shown.replace("\r\n", "\n").split("\n"):
        assert not {"Cc", "Cs", "Zl", "Zp"}.intersection(
            map(unicodedata.category, line.replace("\t", ""))
        )
        assert not line.lstrip().startswith("::") or line.count("::") == 1
        assert "##[" not in line
    assert harmless_lines(shown) == shown


@given(TEXTS)
def test_json_stays_the_same_document(text: str) -> None:
    """A program that reads the answer gets the value and not its picture."""
    written = json.dumps({"a": text}, ensure_ascii=False, indent=2)
    assert json.loads(harmless_lines(written)) == {"a": text}


@given(TEXTS.filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text)))
@example("\ue000")
def test_toml_stays_the_same_document(text: str) -> None:
    """What `export` prints is what `apply` takes."""
    from bindctl.toml.line_editor import format_text  # noqa: PLC0415 - this test

    written = f"a = {format_text(text)}\n"
    assert tomllib.loads(harmless_lines(written)) == {"a": text}
