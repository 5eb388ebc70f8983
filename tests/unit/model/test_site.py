"""States and Win32 codes, in the system's own words."""

from __future__ import annotations

import pytest

from bindctl.model.site import (
    WIN32_MESSAGES,
    ServerState,
    Win32Error,
    format_win32_error,
)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            Win32Error.ALREADY_EXISTS,
            "Cannot create a file when that file already exists. (0x800700B7)",
        ),
        (Win32Error.INVALID_PARAMETER, "The parameter is incorrect. (0x80070057)"),
        (
            Win32Error.SHARING_VIOLATION,
            (
                "The process cannot access the file because it is being used by another "
                "process. (0x80070020)"
            ),
        ),
        (Win32Error.SUCCESS, "The operation completed successfully. (0x00000000)"),
    ],
)
def test_an_error_is_worded_as_the_system_words_it(
    error: Win32Error, text: str
) -> None:
    """Administrators search for these very words."""
    assert format_win32_error(error) == text


def test_every_code_has_words() -> None:
    """`status` would otherwise end in a traceback for that site."""
    assert set(WIN32_MESSAGES) == set(Win32Error)


def test_states_have_the_numbers_of_iis() -> None:
    """Scripts compare ServerState with 2 and 4."""
    assert [int(state) for state in ServerState] == [1, 2, 3, 4, 5, 6, 7]
    assert (ServerState.STARTED, ServerState.STOPPED) == (2, 4)
