"""Many changes as one."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.batch import parse_script, run_batch, split_line
from bindctl.storage.workspace import DiskWorkspace, Gated, Workspace

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = """\
[w3svc.1] # one
ServerComment = "One"
AccessFlags = ["AccessRead"]

[w3svc.2]
KeyType = "IIsWebServer"
"""


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT)
    return path


def test_a_later_line_sees_what_an_earlier_one_did(metabase: Path) -> None:
    """A key made in line 1 can be filled in line 2, and removed in line 3."""
    script = "create w3svc/3\nset w3svc/3/ServerComment x\ndelete w3svc/3"
    result = run_batch(DiskWorkspace(str(metabase)), script)
    assert [change.verb for change in result.edits.changes] == [
        "create", "set", "delete",
    ]  # fmt: skip
    assert metabase.read_text().rstrip() == DOCUMENT.rstrip()


def test_a_flag_leaves_the_other_flags(metabase: Path) -> None:
    """As a single set does."""
    run_batch(DiskWorkspace(str(metabase)), "set w3svc/1/AccessScript true")
    assert "AccessFlags = 513" in metabase.read_text()


def test_a_dry_run_writes_nothing(metabase: Path) -> None:
    """Not even the folder of the lock."""
    result = run_batch(DiskWorkspace(str(metabase)).captured(), "delete w3svc/1")
    assert result.edits.is_changed
    assert [item.name for item in metabase.parent.iterdir()] == ["metabase.toml"]
    assert metabase.read_text() == DOCUMENT


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("set w3svc/9/ServerComment x", "MET101"),
        ("set w3svc/1/Nonsense x", "MET102"),
        ("set w3svc/1/CertHash ab", "MET103"),
        ("set w3svc/1/SslFlags x", "MET105"),
        ("set w3svc/1/ServerState 2", "MET107"),
        ("create w3svc/1", "MET106"),
        ("create w3svc/3 Nonsense", "MET102"),
        ("delete w3svc/9", "MET101"),
        ("delete w3svc/1/SslFlags", "MET104"),
        ("delete w3svc/2/AccessRead", "MET104"),
        ("copy w3svc/9 w3svc/3", "MET101"),
        ("copy w3svc/1 w3svc/2", "MET106"),
        ("move w3svc/1 w3svc/1/root", "MET120"),
        ("create_vdir w3svc/1", "MET106"),
        ("set w3svc/1/AccessPerm read nonsense", "MET105"),
        ("set w3svc/1/Authorization 5", "MET105"),
        ("set w3svc/1/ServerCommand 1", "MET107"),
        ("start_server w3svc/1", "CLI002"),
    ],
)
def test_all_or_none(metabase: Path, line: str, code: str) -> None:
    """Half a change is worse than none; the line that failed is named."""
    with pytest.raises(BindctlError) as caught:
        run_batch(
            DiskWorkspace(str(metabase)), f"set w3svc/1/ServerComment x\n\n{line}"
        )
    assert (caught.value.code, caught.value.line) == (code, 3)
    assert metabase.read_text() == DOCUMENT


def test_a_judge_decides(metabase: Path) -> None:
    """What it refuses is not written."""

    def judge(
        inner: Workspace, before: bytes | None, after: bytes, _sites: object
    ) -> None:
        assert (inner.path, before) == (str(metabase), DOCUMENT.encode())
        assert b"w3svc.1" not in after
        raise BindctlError("BND002", "no")

    gated = Gated(DiskWorkspace(str(metabase)), judge)
    for workspace in (gated, gated.captured()):
        with pytest.raises(BindctlError, match="no"):
            run_batch(workspace, "delete w3svc/1")
    assert metabase.read_text() == DOCUMENT


@pytest.mark.parametrize(
    ("line", "key", "name", "value"),
    [
        ("set w3svc/1/ServerComment C:\\a\\b", "1", "ServerComment", "C:\\a\\b"),
        ('set w3svc/1/ServerComment "C:\\a b"\\', "1", "ServerComment", "C:\\a b\\"),
        ("set w3svc\\2\\ServerComment a", "2", "ServerComment", "a"),
        ("set w3svc/1/AccessPerm read SCRIPT", "1", "AccessFlags", 513),
        ("set w3svc/1/accessperm 0x10", "1", "AccessFlags", 16),
        ("set w3svc\\1\\Authorization NT basic", "1", "AuthFlags", 6),
        ("set w3svc/1/root/VRPath C:\\a", "1/root", "Path", "C:\\a"),
        ("create_vserv w3svc/3", "3", None, None),
        ("create_vdir w3svc/1/root/a", "1/root/a", None, None),
        (
            "create_vdir w3svc/1/root/a IIsWebDirectory",
            "1/root/a",
            "KeyType",
            "IIsWebDirectory",
        ),
        ("create_vserv w3svc/1/root/a", "1/root/a", "KeyType", "IIsWebServer"),
        ("create_vdir w3svc/1/root/a iisobject", "1/root/a", None, None),
        ("delete w3svc/1/AccessWrite", "1", "AccessFlags", None),
        ("copy w3svc/1 w3svc/3", "3", "ServerComment", "One"),
        ("move w3svc\\1 /LM/w3svc/3", "3", "ServerComment", "One"),
    ],
)
def test_lines_of_adsutil(
    metabase: Path, line: str, key: str, name: str | None, value: object
) -> None:
    """What an old script did to the metabase a batch of its lines does."""
    metabase.write_text(DOCUMENT + "\n[w3svc.1.root]\n")
    run_batch(DiskWorkspace(str(metabase)), line)
    found = tomllib.loads(metabase.read_text())["w3svc"]
    for part in key.split("/"):
        found = found[part]
    if name is None:
        assert found == {}
    else:
        assert found.get(name) == value


def test_a_copy_can_be_changed_by_the_next_line(metabase: Path) -> None:
    """One site is made from another in one write; a move says both of its halves."""
    script = "copy w3svc/1 w3svc/3\nset w3svc/3/ServerComment x\nmove w3svc/3 w3svc/4"
    result = run_batch(DiskWorkspace(str(metabase)), script)
    assert [(item.verb, item.path, item.line) for item in result.edits.changes] == [
        ("create", "/LM/W3SVC/3", 1),
        ("set", "/LM/W3SVC/3", 2),
        ("create", "/LM/W3SVC/4", 3),
        ("delete", "/LM/W3SVC/3", 3),
    ]
    found = tomllib.loads(metabase.read_text())["w3svc"]
    assert sorted(found) == ["1", "2", "4"]
    assert found["4"] == {"ServerComment": "x", "AccessFlags": ["AccessRead"]}


def test_a_key_named_like_a_flag_is_deleted(metabase: Path) -> None:
    """A folder may have any name; a slash at the end says that the key is meant."""
    metabase.write_text("[w3svc.1]\nAccessFlags = 1\n\n[w3svc.1.AccessRead]\n")
    run_batch(DiskWorkspace(str(metabase)), "delete w3svc/1/AccessRead/")
    assert metabase.read_text().rstrip() == "[w3svc.1]\nAccessFlags = 1"
    metabase.write_text("[w3svc.1]\n\n[w3svc.1.AccessRead]\n")
    run_batch(DiskWorkspace(str(metabase)), "delete w3svc/1/AccessRead")
    assert metabase.read_text().rstrip() == "[w3svc.1]"


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
