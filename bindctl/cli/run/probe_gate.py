"""The end of a command that probes: the answer, and the way back when it is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.cli.views.probe_view import print_probe
from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.terminal.boundary import error_finding, print_envelope

if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.operations.live.probe import ProbeResult
    from bindctl.terminal.terminal import Terminal


def conclude_probe(
    terminal: Terminal,
    result: ProbeResult,
    bring_back: Callable[[], BindctlError] | None,
    *,
    shows_all: bool = False,
) -> int:
    """Print what was found, and go back when anything differs and that is wanted.

    Raises:
        BindctlError: SRV005, it was gone back; SRV006, that was not possible.
    """
    print_probe(terminal, result, shows_all=shows_all)
    if not result.differ:
        return ExitStatus.OK
    if bring_back is not None:
        raise bring_back()
    return ExitStatus.FINDINGS


def conclude_as_json(
    terminal: Terminal,
    command: str,
    data: dict[str, object],
    result: ProbeResult,
    bring_back: Callable[[], BindctlError] | None,
) -> int:
    """The same as one envelope, with the probe beside the command's own data."""
    status = ExitStatus.FINDINGS if result.differ else ExitStatus.OK
    findings = []
    if result.differ and bring_back is not None:
        error = bring_back()
        status = error.exit_status
        findings.append(error_finding(error))
    whole = {**data, "probe": result, "is_reverted": status == ExitStatus.ENGINE_FAILED}
    print_envelope(terminal, command, whole, status, findings)
    return status
