"""Names of IIS 4 that SET still takes."""

from __future__ import annotations

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.old_names import ACCESS_BITS, read_number, translate


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("w3svc/1/VRPath", ["a", "b"], ("w3svc/1/Path", ["a", "b"])),
        ("w3svc\\1\\vrpath", ["a"], ("w3svc/1/Path", ["a"])),
        ("vrpath", ["a"], ("Path", ["a"])),
        ("/a/AccessPerm", ["Read", "WRITE"], ("a/AccessFlags", ["3"])),
        ("a/AccessPerm", ["0x201", "x"], ("a/AccessFlags", ["513"])),
        ("a/Authorization", ["anonymous"], ("a/AuthFlags", ["1"])),
        ("a\\Path", ["a"], ("a\\Path", ["a"])),
    ],
)
def test_an_old_name_is_todays(
    text: str, words: list[str], expected: tuple[str, list[str]]
) -> None:
    """A script of IIS 4 sets the property that the service reads."""
    assert translate(text, words) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a/AccessPerm", ["read", "x"]),
        ("a/AccessPerm", ["-1"]),
        ("a/Authorization", ["4"]),
    ],
)
def test_a_word_that_is_no_flag_is_refused(text: str, words: list[str]) -> None:
    """A misspelt flag would be cleared without a word."""
    with pytest.raises(BindctlError, match=words[-1]) as caught:
        translate(text, words)
    assert caught.value.code == "MET105"


def test_numbers_are_decimal_or_hexadecimal() -> None:
    """As the script reads them; the bits are those of MD_ACCESS_*."""
    assert [read_number(word) for word in ("16", "0X1f", "x")] == [16, 31, None]
    assert ACCESS_BITS["Script"] == 0x200
