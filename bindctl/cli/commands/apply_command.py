"""bindctl apply."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.options import (
    AllowImpactOption,
    JsonOption,
    MetabaseOption,
    StrictOption,
    run,
)
from bindctl.cli.views.changes_view import changes_data, print_changes
from bindctl.findings.errors import ExitStatus
from bindctl.operations.editing.apply import answer_changes, apply, diff_edits
from bindctl.operations.editing.desired import parse_desired
from bindctl.terminal.boundary import about_file, print_envelope
from bindctl.terminal.input_file import STANDARD_INPUT, read_input

if TYPE_CHECKING:
    from bindctl.operations.editing.changes import Edits
    from bindctl.terminal.terminal import Terminal


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("apply")(apply_)


def apply_(
    context: typer.Context,
    desired: Annotated[
        str,
        typer.Argument(
            help="The state to bring about, TOML or JSON as export writes it; "
            "- is the standard input."
        ),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change; write nothing.")
    ] = False,
    diff: Annotated[
        bool,
        typer.Option(
            "--diff",
            help="Also print the file's diff and the requests answered otherwise.",
        ),
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete sites that are not stated.")
    ] = False,
    strict: StrictOption = False,
    allow_impact: AllowImpactOption = False,
    changed_status: Annotated[
        bool,
        typer.Option(
            "--changed-status", help="Exit 1 when anything changed, or would."
        ),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the number of changes alone.")
    ] = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Make the metabase as a file states it; what it does not state stays."""

    def call(terminal: Terminal, path: str) -> int:
        document = _parse(terminal, desired)
        edits = apply(path, document, is_pruning=prune, is_dry_run=dry_run)
        status = ExitStatus.OK
        if changed_status and edits.is_changed:
            status = ExitStatus.FINDINGS
        if json:
            diffed = path if diff else None
            _print_json(terminal, edits, status, is_dry_run=dry_run, diffed=diffed)
            return status
        if diff and edits.is_changed:
            _print_diff(terminal, path, edits)
        print_changes(terminal, edits, is_quiet=quiet, is_dry_run=dry_run)
        return status

    run(
        context,
        "apply",
        metabase,
        call,
        as_json=json,
        strict=strict,
        allow_impact=allow_impact,
    )


def _parse(terminal: Terminal, name: str) -> dict[str, object]:
    """The desired state; a mistake in it is one of its file, not of the metabase."""
    octets = read_input(terminal, name)
    shown = "stdin" if name == STANDARD_INPUT else name
    found: list[dict[str, object]] = []

    def parse() -> int:
        found.append(parse_desired(octets))
        return 0

    about_file(os.path.join(terminal.directory, shown), parse)
    return found[0]


def _print_diff(terminal: Terminal, path: str, edits: Edits) -> None:
    from bindctl.cli.views.answers_view import print_answers  # noqa: PLC0415 - not always
    from bindctl.cli.views.patch_view import print_patch  # noqa: PLC0415 - not always

    name = os.path.relpath(path, terminal.directory)
    print_patch(terminal, diff_edits(edits, f"a/{name}", f"b/{name}"))
    print_answers(terminal, answer_changes(path, edits))


def _print_json(
    terminal: Terminal,
    edits: Edits,
    status: int,
    *,
    is_dry_run: bool,
    diffed: str | None,
) -> None:
    data = changes_data(edits, is_dry_run=is_dry_run)
    if diffed is not None:
        from bindctl.cli.views.answers_view import answers_data  # noqa: PLC0415 - not always

        data["diff"] = diff_edits(edits, "before", "after")
        data["answers"] = answers_data(answer_changes(diffed, edits))
    print_envelope(terminal, "apply", data, status)
