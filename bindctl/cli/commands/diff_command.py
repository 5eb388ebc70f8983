"""bindctl diff."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.options import JsonOption, MetabaseOption, run_even_lost
from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.model.endpoint import MAX_PORT_OFFSET
from bindctl.terminal.boundary import print_envelope
from bindctl.terminal.input_file import STANDARD_INPUT, read_input

if TYPE_CHECKING:
    from bindctl.operations.answers.diff import DiffResult
    from bindctl.terminal.terminal import Terminal

_WHAT = "A file, a version of history, running, or - for the standard input"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("diff")(diff_)


def diff_(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help=f"{_WHAT}.")],
    new: Annotated[
        str | None,
        typer.Argument(metavar="[NEW]", help=f"{_WHAT}. Default: the metabase."),
    ] = None,
    port_offset: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=MAX_PORT_OFFSET,
            metavar="N",
            help="What the server of the commands shown adds to every port. "
            "Default: what the running service adds, if it is compared.",
        ),
    ] = None,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Show the requests that NEW answers otherwise than OLD; exit 1 when there are any.

    Not the text is compared but what every request reaches: site, certificate or
    refusal. No difference is proof that there is none.
    """

    def call(terminal: Terminal, file: str) -> int:
        from bindctl.operations.answers.diff import diff  # noqa: PLC0415 - after the usage

        if old == new == STANDARD_INPUT:
            message = "OLD and NEW cannot both be the standard input"
            hint = "name a file for one of the two"
            raise BindctlError("CLI004", message, hint)
        here = terminal.directory
        after = os.path.relpath(file, here) if new is None else new

        def read() -> bytes:
            return read_input(terminal, STANDARD_INPUT)

        found = diff(file, old, after, here, read)
        if port_offset is not None:
            found = found._replace(port_offset=port_offset)
        status = ExitStatus.FINDINGS if found.changes else ExitStatus.OK
        if json:
            print_envelope(terminal, "diff", diff_data(found), status)
        else:
            _print_diff(terminal, found)
        return status

    run_even_lost(context, "diff", metabase, call, as_json=json)


def diff_data(found: DiffResult) -> dict[str, object]:
    """What `diff` found, for JSON."""
    from bindctl.cli.views.answers_view import answers_data  # noqa: PLC0415 - as above

    return {
        "before": found.before,
        "after": found.after,
        "changes": answers_data(found.changes, found.port_offset),
    }


def _print_diff(terminal: Terminal, found: DiffResult) -> None:
    from bindctl.cli.views.answers_view import (  # noqa: PLC0415 - as above
        print_changes,
        print_sites,
    )
    from bindctl.operations.answers.answer_words import format_count  # noqa: PLC0415 - as above

    count = format_count(found.changes)
    terminal.print(f"{found.before} -> {found.after}: {count}")
    print_changes(terminal.print, found.changes, found.port_offset)
    print_sites(terminal.print, found.changes, found.comments)
