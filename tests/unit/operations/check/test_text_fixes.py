"""What is proposed for findings about the file itself, and how text is replaced."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bindctl.model.fix import ReplaceText
from bindctl.operations.check.check import check_octets
from bindctl.operations.check.fix import apply_fix
from bindctl.operations.check.text_fixes import find_text_fixes, replace_text
from bindctl.storage.workspace import DiskWorkspace

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _mended(tmp_path: Path, text: str, code: str) -> list[str]:
    """The document with each of the fixes of the first finding of that code."""
    octets = text.encode()
    report = check_octets(
        DiskWorkspace(str(tmp_path / "metabase.toml")), octets, NOW
    ).report
    finding = next(item for item in report.findings if item.code == code)
    fixes = find_text_fixes(finding, octets)
    return [(apply_fix(octets, fix) or b"").decode() for fix in fixes]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('ServerCommet = "x" # why', 'ServerComment = "x" # why'),
        ('"ServerCommet"="x"', '"ServerComment"="x"'),
        ("  'servercommet'\t=  'x'", "  'ServerComment'\t=  'x'"),
    ],
)
def test_a_misspelt_name_is_respelt_in_its_place(
    tmp_path: Path, before: str, after: str
) -> None:
    """Quotes, spaces, value and comment stay."""
    assert _mended(tmp_path, f"[w3svc.1]\n{before}\n", "MET201") == [
        f"[w3svc.1]\n{after}\n"
    ]


def test_a_name_that_is_there_already_is_not_written_again(tmp_path: Path) -> None:
    """Two lines of one name would be an error."""
    text = '[w3svc.1]\nServerComment = "x"\nServerCommet = "y"\n'
    assert _mended(tmp_path, text, "MET201") == []


def test_the_later_of_two_lines_goes(tmp_path: Path) -> None:
    """Only the first counts."""
    text = '[w3svc.1]\r\nServerComment = "x"\r\nservercomment = "y" # no\r\n'
    assert _mended(tmp_path, text, "MET203") == ['[w3svc.1]\r\nServerComment = "x"\r\n']


@pytest.mark.parametrize(
    ("comment", "rests"),
    [
        (" # bindctl: ignore[BND999]", [""]),
        ("\t#bindctl: ignore[BND101] the reason", [""]),
        (
            " # bindctl: ignore[BND102, BND101] why",
            [
                " # bindctl: ignore[BND101] why",
                " # bindctl: ignore[BND102] why",
                "",
            ],
        ),
    ],
)
def test_a_comment_that_takes_nothing_out_goes(
    tmp_path: Path, comment: str, rests: list[str]
) -> None:
    """The code alone where it names others, else all of it and the space before."""
    line = 'ServerBindings = [":80:"]'
    text = f"[w3svc.1]\n{line}{comment}\n"
    mended = _mended(tmp_path, text, "MET208")
    assert mended == [f"[w3svc.1]\n{line}{rest}\n" for rest in rests]


def test_a_comment_of_its_own_line_takes_the_line_along(tmp_path: Path) -> None:
    """No empty line stays where it was."""
    text = "[w3svc.1]\n# bindctl: ignore[BND102]\nServerBindings = [':80:']\n"
    assert _mended(tmp_path, text, "MET208") == [
        "[w3svc.1]\nServerBindings = [':80:']\n"
    ]


def test_bits_of_no_flag_go_and_the_others_stay(tmp_path: Path) -> None:
    """A number that is no set of flags is none that is used."""
    text = "[w3svc.1]\nSslFlags = 4097 # odd\nServerBindings = [':80:']\n"
    assert _mended(tmp_path, text, "MET209") == [text.replace("4097", "1")]


def test_a_misspelt_key_type_is_respelt(tmp_path: Path) -> None:
    """As the schema spells it."""
    text = '[w3svc.1]\nKeyType = "iiswebservr"\nServerBindings = [":80:"]\n'
    assert _mended(tmp_path, text, "MET211") == [
        text.replace("iiswebservr", "IIsWebServer")
    ]


@pytest.mark.parametrize(
    ("edit", "after"),
    [
        (ReplaceText(2, 3, "é", "e"), "a\nb\u2028e\r\nc"),
        (ReplaceText(3, 1, "c", ""), "a\nb\u2028é\r"),
        (ReplaceText(2, 1, "x", "y"), None),
        (ReplaceText(0, 1, "a", ""), None),
        (ReplaceText(9, 1, "a", ""), None),
    ],
)
def test_text_is_replaced_only_where_it_stands(
    edit: ReplaceText, after: str | None
) -> None:
    """Lines are those of TOML: a line feed ends them, and nothing else does."""
    changed = replace_text("a\nb\u2028é\r\nc".encode(), edit)
    assert changed == (None if after is None else after.encode())
