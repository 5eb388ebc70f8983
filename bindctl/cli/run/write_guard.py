"""Runs a command under the gate: each write is judged, and its impact is printed.

On the path of the quick verbs: imports no more than the gate itself.
"""

from bindctl.operations.gate.write_gate import WriteGate
from bindctl.storage.workspace import DiskWorkspace, Gated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.operations.gate.impact import Impact
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal

STRICT, ALLOW_IMPACT = "--strict", "--allow-impact"
_MAX_LINES = 30  # of an impact; `diff` shows all


def guard(
    terminal: "Terminal",
    metabase: str,
    function: "Callable[[Workspace], int]",
    *,
    is_strict: bool = False,
    allows_impact: bool = False,
) -> int:
    """Call `function` on a metabase whose every write is judged; its status.

    Args:
        terminal: Where the impact is told, on standard error.
        metabase: Absolute path of the file.
        function: A command.
        is_strict: Whether to refuse what changes others or breaks something.
        allows_impact: Whether to let pass what changes others.

    Raises:
        BindctlError: A write was refused; or what `function` raises.
    """
    workspace = DiskWorkspace(metabase, terminal.clock)
    if terminal.capture is not None:
        return function(terminal.capture(workspace))
    gate = WriteGate(is_strict=is_strict, allows_impact=allows_impact)
    try:
        return function(Gated(workspace, gate))
    finally:
        for impact in gate.found:
            _tell(terminal, impact)


def _tell(terminal: "Terminal", impact: "Impact") -> None:
    from bindctl.cli.views.answers_view import print_changes, print_sites  # noqa: PLC0415
    from bindctl.operations.answers.answer_words import format_count  # noqa: PLC0415

    count = format_count(impact.changes)
    terminal.complain(f"impact on sites that were not edited: {count}")
    lines: list[str] = []
    print_changes(lines.append, impact.changes)
    for line in lines[:_MAX_LINES]:
        terminal.complain(line)
    if len(lines) > _MAX_LINES:
        terminal.complain("  and more; bindctl diff shows all, from the last version")
    print_sites(terminal.complain, impact.changes, impact.comments)
