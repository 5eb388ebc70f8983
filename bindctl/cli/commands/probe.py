"""The command probe, and how a command that probes ends."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bindctl.cli.run.option_values import BadValueError
from bindctl.cli.views.probe_view import print_probe
from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.operations.live.live_place import parse_given_target
from bindctl.operations.live.probe import probe_server, probe_service
from bindctl.operations.live.probe_revert import Change, bring_back
from bindctl.routing.reason import format_reason
from bindctl.terminal.boundary import error_finding, print_envelope

if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.operations.live.live_place import GivenTargetText
    from bindctl.operations.live.probe import ProbeResult
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal


def probe(
    terminal: Terminal,
    workspace: Workspace,
    *,
    connect: GivenTargetText | None,
    port_offset: int,
    revert: bool,
    all: bool,
    json: bool,
) -> int:
    """Run `bindctl probe`."""
    if connect is not None and revert:
        message = "--revert is for the running service, not for another server"
        raise BindctlError("CLI004", message, "leave out --revert or --connect")
    if connect is None:
        result = probe_service(workspace)
    else:
        result = probe_server(workspace, connect, port_offset)
    back = None
    if revert:
        back = partial(bring_back, workspace.path, result, Change.RESET)
    if json:
        return conclude_as_json(terminal, "probe", {}, result, back)
    return conclude_probe(terminal, result, back, shows_all=all)


def server(text: str) -> GivenTargetText:
    """``HOST[:PORT[=BOUND]]`` of another server."""
    _scheme, mark, rest = text.partition("://")
    if mark:
        mended = rest.partition("/")[0]
        raise BadValueError(text, "a server has no scheme", mended)
    if text.count(":") > 1 and not text.startswith("["):
        mended = f"[{text}]"
        raise BadValueError(text, "an IPv6 address needs brackets", mended)
    try:
        return parse_given_target(text)
    except ValueError as error:
        raise BadValueError(text, str(error)) from error


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
    requests = [
        {**item._asdict(), "reason": format_reason(item.reason)}
        for item in result.requests
    ]
    whole = {
        **data,
        "probe": {**result._asdict(), "requests": requests},
        "is_reverted": status == ExitStatus.ENGINE_FAILED,
    }
    print_envelope(terminal, command, whole, status, findings)
    return status
