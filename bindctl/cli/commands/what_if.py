"""The commands what-if and diff."""

from __future__ import annotations

import os
from io import StringIO
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.cli.run.write_guard import ALLOW_IMPACT, STRICT
from bindctl.cli.verbs import quick
from bindctl.cli.verbs.table import VERBS
from bindctl.cli.views.answers_view import (
    answers_data,
    print_changes,
    print_refusals,
    print_sites,
    refusals_data,
)
from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.operations.answers.answer_words import format_count
from bindctl.operations.answers.diff import diff as diff_answers
from bindctl.operations.gate.what_if import (
    refusals_at,
    suppose_removed,
    suppose_stopped,
    suppose_written,
)
from bindctl.operations.gate.write_judgement import Asked
from bindctl.storage.author import quote_word, without_passwords
from bindctl.storage.workspace import Captured
from bindctl.terminal.boundary import print_envelope, print_error
from bindctl.terminal.input_file import STANDARD_INPUT, read_input
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bindctl.operations.answers.diff import DiffResult
    from bindctl.operations.gate.what_if import Refusals, Supposition
    from bindctl.operations.load.sources import ReasonedChange
    from bindctl.storage.workspace import Workspace

_STOP_SITE, _REMOVE = ("stop-site",), ("cert", "remove")
_ONE_WORD = 1
# Commands that write only the metabase; `edit` is left out, because it needs a person.
WRITES: Final = tuple(
    verb.name
    for verb in VERBS.values()
    if verb.is_gated and verb.name not in {"edit", "cert create", "cert remove"}
)
_DONE: Final = (ExitStatus.OK, ExitStatus.FINDINGS)  # `apply --changed-status`


class _Supposed(NamedTuple):
    """What would be.

    Attributes:
        supposed: What is, and what would be.
        changes: Requests that would get a different answer.
        refusals: What browsers would refuse at the date asked for.
    """

    supposed: Supposition
    changes: tuple[ReasonedChange, ...]
    refusals: Refusals | None = None

    @property
    def status(self) -> int:
        """1 when anything would change, or be refused."""
        gaps = () if self.refusals is None else self.refusals.gaps
        is_anything = self.changes or gaps or self.supposed.refusal is not None
        return ExitStatus.FINDINGS if is_anything else ExitStatus.OK


class CommandFailedError(Exception):
    """The command itself stopped with an error, and has reported it."""

    def __init__(self, status: int) -> None:
        """Keep its exit status."""
        super().__init__(status)
        self.status = status


def what_if(
    terminal: Terminal,
    workspace: Workspace,
    *,
    command: Sequence[str],
    at: datetime | None,
    json: bool,
) -> int:
    """Run `bindctl what-if`."""
    try:
        answer = _answer(terminal, workspace, command, at)
    except CommandFailedError as failure:
        return _not_a_difference(failure.status)
    except BindctlError as error:
        error.exit_status = _not_a_difference(error.exit_status)
        raise
    if json:
        print_envelope(terminal, "what-if", _data(command, answer), answer.status)
    else:
        _print(terminal, command, answer)
    return answer.status


def _not_a_difference(status: int) -> int:
    """An exit status of an error that cannot be confused with that of an impact."""
    return ExitStatus.USAGE if status == ExitStatus.FINDINGS else status


def _answer(
    terminal: Terminal, workspace: Workspace, words: Sequence[str], at: datetime | None
) -> _Supposed:
    supposed = _suppose(terminal, workspace, words)
    answer = _Supposed(supposed, supposed.changes)
    if at is None:
        return answer
    refusals = refusals_at(supposed, at, terminal.clock())
    return answer._replace(refusals=refusals)


def _suppose(
    terminal: Terminal, workspace: Workspace, words: Sequence[str]
) -> Supposition:
    if tuple(words[:1]) == _STOP_SITE:
        (number,) = _rest(words[1:], "stop-site N")
        if not (number.isascii() and number.isdigit()):
            raise BindctlError(
                "CLI004",
                f"{number!r} is not the identifier of a site",
                "bindctl sites lists them",
            )
        return suppose_stopped(workspace, int(number))
    if tuple(words[:2]) == _REMOVE:
        (name,) = _rest(
            [word for word in words[2:] if word != "--force"], "cert remove NAME"
        )
        return suppose_removed(workspace, name)
    if not words:
        return suppose_written(Captured(workspace))
    asked = Asked(STRICT in words, ALLOW_IMPACT in words)
    return suppose_written(run_captured(terminal, workspace, words), asked)


def _rest(words: Sequence[str], usage: str) -> Sequence[str]:
    if len(words) != _ONE_WORD:
        hint = "options of what-if stand before the command"
        raise BindctlError("CLI001", f"what-if {usage} takes one word", hint)
    return words


def run_captured(
    terminal: Terminal, workspace: Workspace, words: Sequence[str]
) -> Captured:
    """Run a command line of `WRITES` without writing or printing anything.

    Args:
        terminal: The world it would run in.
        workspace: The metabase, unless the words name another.
        words: The command line.

    Raises:
        BindctlError: CLI001, it is not one of those commands.
        CommandFailedError: It stopped with an error, and has said so.
    """
    _require_write(words)
    captured = [Captured(workspace)]

    def capture(real: Workspace) -> Captured:
        captured.append(Captured(real))
        return captured[-1]

    complaint = StringIO()
    inner = Terminal(
        StringIO(),
        complaint,
        {**terminal.environment, "BINDCTL_METABASE": workspace.path},
        terminal.directory,
        terminal.clock,
    )
    inner.capture = capture
    status = _run(words, inner)
    found = captured[-1]
    is_refused = status == ExitStatus.FINDINGS and found.octets is None
    if is_refused or status not in _DONE:
        terminal.stderr.write(complaint.getvalue())
        raise CommandFailedError(status)
    return found


def _run(words: Sequence[str], terminal: Terminal) -> int:
    invocation = quick.parse(words)
    if invocation is not None:
        return quick.run(terminal, invocation)
    from bindctl.cli.run.app import run_app  # noqa: PLC0415 - loads Typer

    return run_app(words, terminal)


def _require_write(words: Sequence[str]) -> None:
    if words[0] in WRITES or " ".join(words[:2]) in WRITES:
        return
    raise BindctlError(
        "CLI001",
        f"what-if does not know {' '.join(words[:2])!r} as a command that writes the "
        "metabase",
        f"it takes {', '.join(WRITES)}, cert remove and stop-site",
    )


def _print(terminal: Terminal, words: Sequence[str], answer: _Supposed) -> None:
    if words:
        shown = " ".join(map(quote_word, without_passwords(words)))
        terminal.print(f"{shown}: {format_count(answer.changes)}")
        print_changes(terminal.print, answer.changes)
    if answer.refusals is not None:
        print_refusals(terminal.print, answer.refusals)
    print_sites(terminal.print, answer.changes, answer.supposed.comments)
    if answer.supposed.refusal is not None:
        terminal.complain("the write would be refused:")
        print_error(terminal, answer.supposed.refusal)


def _data(words: Sequence[str], answer: _Supposed) -> dict[str, object]:
    refusals, refusal = answer.refusals, answer.supposed.refusal
    return {
        "command": list(without_passwords(words)),
        "changes": answers_data(answer.changes),
        "at": None if refusals is None else refusals.at,
        "refused": None if refusals is None else refusals_data(refusals),
        "gate": None
        if refusal is None
        else {"code": refusal.code, "message": refusal.message},
    }


def diff(
    terminal: Terminal,
    workspace: Workspace,
    *,
    old: str,
    new: str | None,
    port_offset: int | None,
    json: bool,
) -> int:
    """Run `bindctl diff`."""
    if old == new == STANDARD_INPUT:
        message = "OLD and NEW cannot both be the standard input"
        hint = "name a file for one of the two"
        raise BindctlError("CLI004", message, hint)
    here = terminal.directory
    after = os.path.relpath(workspace.path, here) if new is None else new

    def read() -> bytes:
        return read_input(terminal, STANDARD_INPUT)

    found = diff_answers(workspace, old, after, here, read)
    if port_offset is not None:
        found = found._replace(port_offset=port_offset)
    status = ExitStatus.FINDINGS if found.changes else ExitStatus.OK
    if json:
        print_envelope(terminal, "diff", diff_data(found), status)
    else:
        _print_diff(terminal, found)
    return status


def diff_data(found: DiffResult) -> dict[str, object]:
    """What `diff` found, for JSON."""
    return {
        "before": found.before,
        "after": found.after,
        "changes": answers_data(found.changes, found.port_offset),
    }


def _print_diff(terminal: Terminal, found: DiffResult) -> None:
    count = format_count(found.changes)
    terminal.print(f"{found.before} -> {found.after}: {count}")
    print_changes(terminal.print, found.changes, found.port_offset)
    print_sites(terminal.print, found.changes, found.comments)
