"""Where errors become words, JSON and exit statuses. Nothing else catches them.

On the quickest path: imports `json` only when JSON is asked for.
"""

import os

from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.storage.workspace import DiskWorkspace, Gated, may_be_gated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

ENVELOPE_SCHEMA = 1
_STATUS_WORDS = {
    ExitStatus.OK: "ok",
    ExitStatus.FINDINGS: "findings",
    ExitStatus.USAGE: "usage",
    ExitStatus.REFUSED: "refused",
    ExitStatus.PERMISSION: "permission",
    ExitStatus.ENGINE_FAILED: "failed",
}


def open_as_iis(terminal: "Terminal", path: str) -> "Workspace":
    """A metabase for a face that says and refuses nothing more than IIS does.

    Where the metabase's [check] table says ``gate = true``, its writes are judged.
    """
    return Gated(DiskWorkspace(path, terminal.clock), judge_if_gated)


def judge_if_gated(
    workspace: "Workspace",
    before: bytes | None,
    after: bytes,
    sites: frozenset[int],
) -> None:
    """Judge a write where the metabase before it says ``gate = true``.

    Raises:
        BindctlError: BND002 to BND005, it is refused.
    """
    if before is None or not may_be_gated(before):
        return
    # Imported here: it loads the whole evaluator.
    from bindctl.operations.gate.write_judgement import (  # noqa: PLC0415
        Asked,
        judge_write,
    )

    judge_write(workspace, before, after, Asked(sites=sites))


def about_file(path: str, function: "Callable[[], int]") -> int:
    """Call `function`; a syntax error in it is reported for the file at `path`."""
    try:
        return function()
    except BindctlError as error:
        if error.code == "MET002" and not error.file:
            error.file = path
        raise


def run_command(
    terminal: "Terminal",
    command: str,
    function: "Callable[[], int]",
    *,
    as_json: bool = False,
) -> int:
    """Run one command; a `BindctlError` becomes its words and exit status."""
    try:
        return function()
    except BindctlError as error:
        if as_json:
            print_error_envelope(terminal, command, error)
        else:
            print_error(terminal, error)
        return error.exit_status
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:
        return ExitStatus.OK  # the reader has stopped reading, as in `| head`


def print_error(terminal: "Terminal", error: BindctlError) -> None:
    """``MET101 /LM/W3SVC/9 is not in the metabase`` and the next step."""
    where = ""
    if error.file and not error.names_file:
        where = os.path.relpath(error.file, terminal.directory) + ": "
    line = f"line {error.line}: " if error.line else ""
    terminal.complain(f"{line}{error.code} {where}{error.message}")
    if error.spot is not None or error.findings:
        from bindctl.terminal.findings_view import format_details  # noqa: PLC0415 - rare

        for text in format_details(error):
            terminal.complain(text)
    if error.hint:
        terminal.complain(f"  next: {error.hint}")


def print_envelope(
    terminal: "Terminal",
    command: str,
    data: object,
    exit_status: int = ExitStatus.OK,
    findings: "Sequence[object]" = (),
) -> None:
    """The JSON answer of any command, one envelope for all (`docs/reference/json.md`)."""
    from bindctl.terminal.envelope import encode  # noqa: PLC0415 - with `json`

    envelope = {
        "schema": ENVELOPE_SCHEMA,
        "command": command,
        "status": _STATUS_WORDS.get(exit_status, "failed"),
        "exit_code": exit_status,
        "data": data,
        "findings": [*findings],
    }
    terminal.stdout.write(encode(envelope) + "\n")


def print_error_envelope(
    terminal: "Terminal", command: str, error: BindctlError
) -> None:
    """A refusal as JSON, because JSON was asked for."""
    findings = [error_finding(error), *error.findings]
    print_envelope(terminal, command, None, error.exit_status, findings)


def error_finding(error: BindctlError) -> "dict[str, object]":
    """An error as a finding of the envelope."""
    return {
        "code": error.code,
        "severity": "error",
        "place": None,
        "message": f"line {error.line}: {error.message}"
        if error.line
        else error.message,
        "hint": error.hint,
    }
