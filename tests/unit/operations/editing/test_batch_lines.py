"""The lines of a batch."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.batch_lines import parse_script, split_line


@given(st.lists(st.text("ab '\"\\\t$/#", max_size=6), max_size=3))
def test_every_word_can_be_written(words: list[str]) -> None:
    """Quotes, blanks and backslashes in a value are no obstacle."""
    texts = []
    for word in words:
        text = word.rstrip("\\")
        slashes = word[len(text) :]
        texts.append('"' + text.replace('"', '\\"') + '"' + slashes)
    assert split_line(" ".join(texts)) == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("C:\\a\\b", ["C:\\a\\b"]),
        ("\\\\host\\share\\", ["\\\\host\\share\\"]),
        ('"C:\\My site\\b"', ["C:\\My site\\b"]),
        ('"say \\"a\\" $1 `b`"', ['say "a" $1 `b`']),
        ('"a\\\\b"', ["a\\\\b"]),
        ('"C:\\a b"\\', ["C:\\a b\\"]),
        ('a\\"b c"', ["a\\b c"]),
        ("it's 'a b'", ["it's", "'a", "b'"]),
        ('"" a""b', ["", "ab"]),
    ],
)
def test_words_are_those_of_a_windows_command_line(line: str, words: list[str]) -> None:
    """A line of an old script means here what it meant to cmd.exe and cscript."""
    assert split_line(line) == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a # b", ["a"]),
        ("# a", []),
        ('a#b "c # d"', ["a#b", "c # d"]),
        ('"a b" ""', ["a b", ""]),
        ("a\u00a0b\r", ["a\u00a0b"]),
        ("", []),
    ],
)
def test_comments_begin_where_a_word_may(line: str, words: list[str]) -> None:
    """A remark is no value, and a hash in a value is no remark."""
    assert split_line(line) == words


@pytest.mark.parametrize(
    "line",
    [
        "SET a/b c",
        "set a/b c",
        "adsutil SET a/b c",
        "adsutil.vbs set a/b c",
        "cscript adsutil.vbs set a/b c",
        "CSCRIPT.EXE //nologo //B c:\\inetpub\\AdminScripts\\adsutil.vbs set a/b c",
        "bindctl set a/b c",
        "bindctl adsutil set a/b c",
    ],
)
def test_a_line_may_name_the_program(line: str) -> None:
    """Lines of an old script are pasted as they are."""
    found = parse_script("\n" + line + "\n")
    assert [(item.line, item.verb, item.words) for item in found] == [
        (2, "SET", ["a/b", "c"])
    ]


def test_a_set_may_edit_a_list() -> None:
    """As on the command line; behind dashes everything is a value."""
    script = "set a --append b c\nset a --at 2 b\nset a -- --append b\nset a -1"
    found = [
        (item.words, item.edit and (item.edit.verb, item.edit.position))
        for item in parse_script(script)
    ]
    assert found == [
        (["a", "b", "c"], ("append", 0)),
        (["a", "b"], ("at", 2)),
        (["a", "--append", "b"], None),
        (["a", "-1"], None),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("frobnicate a b", "'frobnicate' is not a verb of adsutil"),
        ("get a", "GET only reads"),
        ("Enum_All a", "ENUM_ALL only reads"),
        ("start_server w3svc/1", "START_SERVER acts on the running service"),
        ("AppCreateInProc w3svc/1/root", "APPCREATEINPROC acts on applications"),
        ("copy a", "wrong number"),
        ("move a b c", "wrong number"),
        ("create_vdir", "wrong number"),
        ("set a", "wrong number"),
        ("create", "wrong number"),
        ("create a b c", "wrong number"),
        ("delete a b", "wrong number"),
        ("set a --replace b", "wrong number"),
        ("set a --at", "takes a number"),
        ("set a --append --at 1 b", "exclude each other"),
        ('set a "b', "has no end"),
        ('set a "b\\"', "has no end"),
    ],
)
def test_a_line_that_is_none_is_named(line: str, message: str) -> None:
    """Who wrote a thousand lines finds the wrong one."""
    with pytest.raises(BindctlError, match=message) as caught:
        parse_script("# words\n" + line)
    assert (caught.value.code, caught.value.line) == ("CLI002", 2)
