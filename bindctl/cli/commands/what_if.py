"""The command what-if."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.storage.author import quote_word, without_passwords
from bindctl.storage.metabase_file import read_octets
from bindctl.storage.write_watch import Supposed
from bindctl.terminal.boundary import print_envelope, print_error

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bindctl.operations.gate.what_if import Refusals, Supposition
    from bindctl.operations.load.sources import ReasonedChange
    from bindctl.terminal.terminal import Terminal

_STOP_SITE, _REMOVE = ("stop-site",), ("cert", "remove")
_ONE_WORD = 1


class _Supposed(NamedTuple):
    """What would be.

    Attributes:
        supposed: What is, and what would be.
        changes: Requests that would get a different answer.
        refusals: What browsers would refuse at the date asked for.
        refusal: Why the gate would not let the write pass.
    """

    supposed: Supposition
    changes: tuple[ReasonedChange, ...]
    refusals: Refusals | None = None
    refusal: BindctlError | None = None

    @property
    def status(self) -> int:
        """1 when anything would change, or be refused."""
        gaps = () if self.refusals is None else self.refusals.gaps
        is_anything = self.changes or gaps or self.refusal is not None
        return ExitStatus.FINDINGS if is_anything else ExitStatus.OK


class _CommandFailedError(Exception):
    """The command itself stopped with an error, and has said so."""

    def __init__(self, status: int) -> None:
        """Keep its exit status."""
        super().__init__(status)
        self.status = status


def what_if(
    terminal: Terminal,
    file: str,
    *,
    command: Sequence[str],
    at: datetime | None,
    json: bool,
) -> int:
    """Run `bindctl what-if`."""
    try:
        answer = _answer(terminal, file, command, at)
    except _CommandFailedError as failure:
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
    """An exit status of an error that nobody takes for that of an impact."""
    return ExitStatus.USAGE if status == ExitStatus.FINDINGS else status


def _answer(
    terminal: Terminal, file: str, words: Sequence[str], at: datetime | None
) -> _Supposed:
    from bindctl.operations.gate.what_if import refusals_at  # noqa: PLC0415 - after usage

    supposed, refusal = _suppose(terminal, file, words)
    answer = _Supposed(supposed, supposed.changes, refusal=refusal)
    if at is None:
        return answer
    refusals = refusals_at(supposed, at, terminal.clock())
    return answer._replace(refusals=refusals)


def _suppose(
    terminal: Terminal, file: str, words: Sequence[str]
) -> tuple[Supposition, BindctlError | None]:
    """What would be, and why the gate would refuse it."""
    from bindctl.operations.gate.what_if import (  # noqa: PLC0415 - after the usage
        suppose_removed,
        suppose_stopped,
        suppose_written,
    )

    if tuple(words[:1]) == _STOP_SITE:
        (number,) = _rest(words[1:], "stop-site N")
        if not (number.isascii() and number.isdigit()):
            raise BindctlError(
                "CLI004",
                f"{number!r} is not the identifier of a site",
                "bindctl sites lists them",
            )
        return suppose_stopped(file, int(number)), None
    if tuple(words[:2]) == _REMOVE:
        (name,) = _rest(
            [word for word in words[2:] if word != "--force"], "cert remove NAME"
        )
        return suppose_removed(file, name), None
    if not words:
        return suppose_written(file), None
    return _suppose_run(terminal, file, words)


def _rest(words: Sequence[str], usage: str) -> Sequence[str]:
    if len(words) != _ONE_WORD:
        hint = "options of what-if stand before the command"
        raise BindctlError("CLI001", f"what-if {usage} takes one word", hint)
    return words


def _suppose_run(
    terminal: Terminal, file: str, words: Sequence[str]
) -> tuple[Supposition, BindctlError | None]:
    from bindctl.cli.run.dry_run import (  # noqa: PLC0415 - after the usage
        allows_impact,
        is_strict,
        run_held,
    )
    from bindctl.operations.gate.what_if import suppose_written  # noqa: PLC0415 - as above
    from bindctl.operations.gate.write_judgement import (  # noqa: PLC0415 - as above
        Asked,
        judge_write,
    )

    held = run_held(terminal, file, words)
    if held.has_failed:
        terminal.stderr.write(held.complaint)
        raise _CommandFailedError(held.status)
    metabase = held.metabase or file
    supposed = suppose_written(metabase, held.octets)._replace(files=held.files)
    octets = supposed.after.octets
    asked = Asked(terminal.clock, is_strict(words), allows_impact(words))
    try:
        with Supposed(held.files):
            judge_write(metabase, read_octets(metabase), octets, asked)
    except BindctlError as error:
        return supposed, error
    return supposed, None


def _print(terminal: Terminal, words: Sequence[str], answer: _Supposed) -> None:
    from bindctl.cli.views.answers_view import (  # noqa: PLC0415 - after the usage
        print_changes,
        print_sites,
    )
    from bindctl.cli.views.uncovered_hosts_view import print_refusals  # noqa: PLC0415 - as above
    from bindctl.operations.answers.answer_words import format_count  # noqa: PLC0415 - as above

    if words:
        shown = " ".join(map(quote_word, without_passwords(words)))
        terminal.print(f"{shown}: {format_count(answer.changes)}")
        print_changes(terminal.print, answer.changes)
    if answer.refusals is not None:
        print_refusals(terminal.print, answer.refusals)
    print_sites(terminal.print, answer.changes, answer.supposed.comments)
    if answer.refusal is not None:
        terminal.complain("the write would be refused:")
        print_error(terminal, answer.refusal)


def _data(words: Sequence[str], answer: _Supposed) -> dict[str, object]:
    from bindctl.cli.views.answers_view import answers_data  # noqa: PLC0415 - as above
    from bindctl.cli.views.uncovered_hosts_view import refusals_data  # noqa: PLC0415 - as above

    refusals, refusal = answer.refusals, answer.refusal
    return {
        "command": list(without_passwords(words)),
        "changes": answers_data(answer.changes),
        "at": None if refusals is None else refusals.at,
        "refused": None if refusals is None else refusals_data(refusals),
        "gate": None
        if refusal is None
        else {"code": refusal.code, "message": refusal.message},
    }
