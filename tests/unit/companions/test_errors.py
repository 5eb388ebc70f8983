"""Tests of failures as the companions print them."""

from __future__ import annotations

import pytest

from bindctl.companions.errors import (
    error_line,
    exit_status,
    number_of,
    script_error,
    words_of,
)
from bindctl.findings.errors import BindctlError


@pytest.mark.parametrize(
    ("number", "status"),
    [(0x80070003, 3), (0x800700B7, 183), (0x800CC819, 25), (0x80070100, 1)],
)
def test_a_failure_never_exits_with_success(number: int, status: int) -> None:
    """Eight bits of a number may all be zero; the shell would go on."""
    assert exit_status(number) == status


def test_the_number_an_error_carries_comes_first() -> None:
    """A refused start says why, not that something was refused."""
    assert number_of(BindctlError("SRV004", "x", hresult=0x800700B7)) == 0x800700B7
    assert number_of(BindctlError("SRV001", "x")) == 0x80070426
    assert number_of(BindctlError("MET002", "x")) == 0


def test_words_are_the_systems() -> None:
    """People search for the sentence Windows prints."""
    text = words_of(0x80070426, "x")
    assert error_line(0x80070426, text) == (
        "Error &H80070426: The service has not been started."
    )
    assert words_of(0x80070001, "x") == "x"


def test_what_no_script_can_fail_at_stays_itself() -> None:
    """A metabase that is no TOML is not a Windows error."""
    error = BindctlError("MET002", "no TOML")
    with pytest.raises(BindctlError) as caught:
        script_error(error)
    assert caught.value is error
    known = script_error(BindctlError("MET101", "x"), "First line")
    assert known.lines == (
        "First line",
        "Error &H80070003: The system cannot find the path specified.",
    )
    assert known.status == 3
