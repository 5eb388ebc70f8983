"""Where errors become words, JSON and exit statuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.terminal.boundary import print_envelope, run_command
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable


def _terminal() -> Terminal:
    return Terminal(
        StringIO(), StringIO(), {}, "/", lambda: datetime(2026, 1, 1, tzinfo=UTC)
    )


def _raise(error: BaseException) -> Callable[[], int]:
    def command() -> int:
        raise error

    return command


def test_a_refusal_is_words_on_stderr_and_its_status() -> None:
    """Stdout is the answer: a script that captures it must get nothing."""
    terminal = _terminal()
    error = BindctlError("MET106", "it exists", "choose another", ExitStatus.REFUSED)
    assert run_command(terminal, "create", _raise(error)) == 3
    assert terminal.stdout.getvalue() == ""  # type: ignore[attr-defined]  # a StringIO
    assert terminal.stderr.getvalue() == "MET106 it exists\n  next: choose another\n"  # type: ignore[attr-defined]  # as above


def test_a_refusal_without_a_hint_is_one_line() -> None:
    """No empty `next:`."""
    terminal = _terminal()
    run_command(terminal, "x", _raise(BindctlError("MET001", "gone")))
    assert terminal.stderr.getvalue() == "MET001 gone\n"  # type: ignore[attr-defined]  # a StringIO


def test_a_refusal_is_json_when_json_was_asked_for() -> None:
    """A program reads the refusal as it reads an answer."""
    terminal = _terminal()
    error = BindctlError("MET106", "it exists", "choose another", ExitStatus.REFUSED)
    assert run_command(terminal, "create", _raise(error), as_json=True) == 3
    assert terminal.stderr.getvalue() == ""  # type: ignore[attr-defined]  # a StringIO
    assert json.loads(terminal.stdout.getvalue()) == {  # type: ignore[attr-defined]  # as above
        "schema": 1,
        "command": "create",
        "status": "refused",
        "exit_code": 3,
        "data": None,
        "findings": [
            {
                "code": "MET106",
                "severity": "error",
                "place": None,
                "message": "it exists",
                "hint": "choose another",
            }
        ],
    }


@pytest.mark.parametrize(
    ("error", "status"),
    [(KeyboardInterrupt(), ExitStatus.INTERRUPTED), (BrokenPipeError(), ExitStatus.OK)],
)
def test_an_interrupt_and_a_closed_pipe_are_no_bugs(
    error: BaseException, status: int
) -> None:
    """`bindctl enum | head` ends quietly."""
    assert run_command(_terminal(), "enum", _raise(error)) == status


def test_a_bug_is_never_hidden() -> None:
    """It reaches the entry point as it is, and is printed with its traceback."""
    with pytest.raises(ZeroDivisionError):
        run_command(_terminal(), "enum", _raise(ZeroDivisionError()))


@pytest.mark.parametrize(
    ("status", "word"),
    [(0, "ok"), (1, "findings"), (2, "usage"), (4, "permission"), (5, "failed")],
)
def test_the_status_is_told_in_a_word(status: int, word: str) -> None:
    """Both number and word are in the envelope."""
    terminal = _terminal()
    print_envelope(terminal, "check", {"a": 1}, status)
    found = json.loads(terminal.stdout.getvalue())  # type: ignore[attr-defined]  # a StringIO
    assert (found["status"], found["exit_code"], found["data"]) == (
        word,
        status,
        {"a": 1},
    )
