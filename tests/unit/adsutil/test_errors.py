"""Error blocks and exit statuses of adsutil."""

from __future__ import annotations

import pytest

from bindctl.adsutil.errors import adsi_error, error_block, exit_status
from bindctl.findings.errors import BindctlError


def test_number_is_printed_signed_and_in_hexadecimal() -> None:
    """Installers filter `ErrNumber: -2147024713 (0x800700B7)` out of the output."""
    assert error_block(0x800700B7, "x")[1] == "ErrNumber: -2147024713 (0x800700B7)"


def test_small_numbers_are_not_padded() -> None:
    """VBScript prints 13 as 0xD."""
    assert list(error_block(13, "x")) == ["Type mismatch", "ErrNumber: 13 (0xD)", "x"]


def test_a_number_without_a_text_has_a_blank_line() -> None:
    """Parsers that count lines expect the description's line, empty or not."""
    assert error_block(0x80005006, "x")[0] == ""


@pytest.mark.parametrize(
    ("number", "status"),
    [(0x80070003, 3), (0x80070005, 5), (0x80005006, 6), (0x800700B7, 183), (13, 13)],
)
def test_exit_status_is_the_low_octet(number: int, status: int) -> None:
    """`$?` of a shell script tells not found from not set by these."""
    assert exit_status(number) == status


@pytest.mark.parametrize(
    ("code", "number"), [("MET005", 0x80070005), ("MET004", 0x80070094)]
)
def test_file_errors_are_said_in_words_of_windows(code: str, number: int) -> None:
    """A read-only metabase is `Access is denied`; the cause goes to stderr."""
    error = BindctlError(code, "metabase.toml may not be written")
    found = adsi_error(error, "line")
    assert (found.number, found.lines, found.cause) == (number, ("line",), error)


def test_what_windows_has_no_number_for_stays_our_own_error() -> None:
    """A TOML syntax error would be shown as a blank line and number 0."""
    error = BindctlError("MET002", "line 3: illegal character")
    with pytest.raises(BindctlError, match="line 3"):
        adsi_error(error, "line")


def test_a_failure_never_exits_with_success() -> None:
    """0x80005000 ends in two zeros; `if adsutil …` would take it for done."""
    assert exit_status(0x80005000) == 1
