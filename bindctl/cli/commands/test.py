"""The command test."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from bindctl.findings.errors import ExitStatus
from bindctl.model.harmless_text import one_line
from bindctl.operations.tests.metabase_tests import run_tests
from bindctl.terminal.boundary import print_envelope
from bindctl.terminal.style import make_painter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bindctl.operations.tests.metabase_tests import TestRun, TriedTest
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.style import Painter
    from bindctl.terminal.terminal import Terminal

_INDENT: Final = " " * 6
_WORDS: Final = {True: ("pass", "green"), False: ("FAIL", "bold red")}
_NOT_TRIED: Final = ("skip", "yellow")


def try_tests(
    terminal: Terminal, workspace: Workspace, *, live: bool, json: bool
) -> int:
    """Run `bindctl test`."""
    found = _try(workspace, terminal, live=live)
    status = ExitStatus.OK
    if found.invalid:
        status = ExitStatus.USAGE
    elif found.failed:
        status = ExitStatus.FINDINGS
    if json:
        print_envelope(terminal, "test", found, status)
        return status
    print_tests(terminal, found, workspace.path)
    return status


def _try(workspace: Workspace, terminal: Terminal, *, live: bool) -> TestRun:
    now = terminal.clock()
    if live:
        from bindctl.operations.tests.live_tests import run_live_tests  # noqa: PLC0415 - TLS

        return run_live_tests(workspace, now)
    return run_tests(workspace, now)


def print_tests(terminal: Terminal, run: TestRun, file: str) -> None:
    """Every test, every invalid table, and the sums.

    Args:
        terminal: Where it goes.
        run: What came of them.
        file: Absolute path of the metabase.
    """
    paint = make_painter(terminal)
    name = os.path.relpath(file, terminal.directory)
    if not run.tests and not run.problems:
        terminal.print(f"{name} has no [[test]] table, so there is nothing to try")
        return
    for test in run.tests:
        _print_test(terminal, test, name, paint)
    for problem in run.problems:
        word = paint("bad ", "bold red")
        where = _where(name, problem.line)
        text = one_line(f"test {problem.number + 1}{where}: {problem.message}")
        terminal.styled.write(f"{word}  {text}\n")
    terminal.print(_summary(run))


def _print_test(terminal: Terminal, test: TriedTest, name: str, paint: Painter) -> None:
    word, style = _NOT_TRIED if test.not_tried else _WORDS[test.is_passed]
    title = test.name if test.name == test.url else f"{test.name}: {test.url}"
    text = one_line(title + _where(name, test.line))
    terminal.styled.write(f"{paint(word, style)}  {text}\n")
    if test.not_tried:
        terminal.print(_INDENT + test.not_tried)
    width = max((len(item.what) for item in test.differences), default=0)
    for item in test.differences:
        where = f", line {item.line}" if item.line else ""
        at = f" at {item.address}" if item.address else ""
        words = f"expected {item.expected}, got {item.got}{at}{where}"
        terminal.print(f"{_INDENT}{item.what.ljust(width)}  {words}")


def _where(name: str, line: int | None) -> str:
    return f" ({name}:{line})" if line else ""


def _summary(run: TestRun) -> str:
    count = len(run.tests) + run.invalid
    parts: Iterable[tuple[int, str]] = (
        (run.passed, "passed"),
        (run.failed, "failed"),
        (run.not_tried, "cannot be tried from here"),
        (run.invalid, "invalid"),
    )
    shown = ", ".join(f"{number} {word}" for number, word in parts if number)
    return f"{count} test{'' if count == 1 else 's'}: {shown}"
