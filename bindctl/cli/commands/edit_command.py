"""bindctl edit."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.editor import run_editor
from bindctl.cli.run.options import (
    AllowImpactOption,
    MetabaseOption,
    StrictOption,
    run,
)
from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.edit_file import (
    accept_draft,
    discard_draft,
    judge_draft,
    open_draft,
)
from bindctl.terminal.boundary import print_error
from bindctl.terminal.findings_view import format_finding

if TYPE_CHECKING:
    from bindctl.operations.editing.edit_file import Draft, Judgement
    from bindctl.terminal.terminal import Terminal


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("edit")(edit)


def edit(
    context: typer.Context,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Replace without asking.")
    ] = False,
    editor: Annotated[
        str | None,
        typer.Option(metavar="COMMAND", help="Default: VISUAL, EDITOR, then vi."),
    ] = None,
    strict: StrictOption = False,
    allow_impact: AllowImpactOption = False,
    metabase: MetabaseOption = None,
) -> None:
    """Edit a copy by hand; it is checked, and replaces the metabase if all is well."""

    def call(terminal: Terminal, file: str) -> int:
        draft = open_draft(file)
        try:
            return _edit(terminal, draft, editor, is_agreed=yes)
        except BindctlError as error:
            if error.code == "MET002" and error.file == draft.path:
                error.hint = "correct the copy, or edit again; nothing was written"
            _tell_where(terminal, draft)
            raise
        except typer.Abort:  # Ctrl-C at a question
            _tell_where(terminal, draft)
            raise

    run(
        context,
        "edit",
        metabase,
        call,
        strict=strict,
        allow_impact=allow_impact,
    )


def _tell_where(terminal: Terminal, draft: Draft) -> None:
    if os.path.exists(draft.path):
        where = os.path.relpath(draft.path, terminal.directory)
        terminal.complain(f"your copy is kept: {where}")


def _edit(
    terminal: Terminal, draft: Draft, editor: str | None, *, is_agreed: bool
) -> int:
    """Edit until the copy is taken or given up; the exit status."""
    name = os.path.relpath(draft.metabase, terminal.directory)
    while True:
        _run_editor_once(terminal, draft, editor)
        found = _judge(terminal, draft)
        if found is None:
            continue
        if not found.is_changed:
            discard_draft(draft)
            terminal.print("nothing was changed")
            return 0
        answer = _answer(terminal, found, is_agreed=is_agreed)
        if answer == "e":
            continue
        if answer == "n":
            discard_draft(draft)
            terminal.print(f"{name} is as it was")
            return 0
        accept_draft(draft, found.octets)
        terminal.print(f"replaced {name}")
        return 0


def _run_editor_once(terminal: Terminal, draft: Draft, editor: str | None) -> None:
    """Run the editor; when it fails, the copy is as good as never made.

    Raises:
        BindctlError: MET012.
    """
    try:
        run_editor(terminal, editor, draft.path)
    except BindctlError:
        discard_draft(draft)
        raise


def _judge(terminal: Terminal, draft: Draft) -> Judgement | None:
    """What is to be said of the copy; ``None`` when it shall be edited again.

    Raises:
        BindctlError: MET002, and nobody is there to mend it.
    """
    try:
        return judge_draft(draft, terminal.clock())
    except BindctlError as error:
        if error.code != "MET002" or not sys.stdin.isatty():
            raise
        print_error(terminal, error)
        if typer.confirm("edit it again?", default=True, err=True):
            return None
        raise


def _answer(terminal: Terminal, found: Judgement, *, is_agreed: bool) -> str:
    """Show what is new and ask: ``y``, ``n``, or ``e`` to edit again.

    Raises:
        BindctlError: BND002, there are new errors and nobody to ask.
    """
    for finding in found.new_findings:
        for line in format_finding(finding):
            terminal.complain(line)
    if is_agreed:
        return "y"
    if not sys.stdin.isatty():
        if not found.has_new_errors:
            return "y"
        message = "the copy has errors that the metabase does not have"
        raise BindctlError("BND002", message, "correct it, or give --yes")
    default = "e" if found.has_new_errors else "y"
    answer = typer.prompt("replace the metabase? y/n/e(dit)", default=default, err=True)
    return str(answer).strip().lower()[:1] or default
