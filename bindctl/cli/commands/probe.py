"""The command probe, and the end of every command that probes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from bindctl.cli.run.option_values import BadValueError
from bindctl.findings.errors import BindctlError, ExitStatus
from bindctl.model.harmless_text import one_line
from bindctl.operations.live.live_place import parse_given_target
from bindctl.operations.live.probe import ProbeOutcome, probe_server, probe_service
from bindctl.operations.live.probe_judgement import Proof
from bindctl.operations.live.probe_revert import Change, bring_back
from bindctl.routing.reason import format_reason
from bindctl.terminal.boundary import error_finding, print_envelope
from bindctl.terminal.style import make_painter

if TYPE_CHECKING:
    from collections.abc import Callable

    from bindctl.operations.live.live_place import GivenTargetText
    from bindctl.operations.live.probe import ProbedRequest, ProbeResult
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.style import Painter
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
    """Print the result, and go back when anything differs and that is wanted.

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
    *,
    status: int = ExitStatus.OK,
) -> int:
    """The same as one envelope, with the probe beside the command's own data.

    `status` is the command's own, where the probe finds nothing.
    """
    status = ExitStatus.FINDINGS if result.differ else status
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


_MAX_SHOWN: Final = 40
_WIDTH: Final = 8  # of the first word
_STYLES: Final = {
    ProbeOutcome.AGREES: ("agrees", "green"),
    ProbeOutcome.DIFFERS: ("differs", "bold red"),
    ProbeOutcome.NOT_REACHABLE: ("not sent", "yellow"),
}
_PROOFS: Final = {
    Proof.TOLD: "as the service says",
    Proof.PAGE: "by its page",
    Proof.REFUSAL: "as promised",
    Proof.NONE: "",
}


def print_probe(
    terminal: Terminal, result: ProbeResult, *, shows_all: bool = False
) -> None:
    """A line or more for whatever is not as promised, and what it adds up to.

    Args:
        terminal: Where it goes.
        result: What was found.
        shows_all: Whether to show what agrees as well.
    """
    paint = make_painter(terminal)
    wanted = [
        item
        for item in result.requests
        if shows_all or item.outcome is not ProbeOutcome.AGREES
    ]
    shown = wanted if shows_all else wanted[:_MAX_SHOWN]
    for item in shown:
        _print_request(terminal, item, paint)
    if len(wanted) > len(shown):
        terminal.print(f"and {len(wanted) - len(shown)} more; --all shows them")
    terminal.print(_summary(result))
    if result.agree:
        terminal.print(_proven(result))


def _print_request(terminal: Terminal, item: ProbedRequest, paint: Painter) -> None:
    word, style = _STYLES[item.outcome]
    line = f"{item.url} at {item.address}"
    if item.url.startswith("https:") and item.server_name is None:
        line += ", no server name"
    if item.outcome is ProbeOutcome.AGREES:
        line += f": {_describe(item)}"
    terminal.styled.write(f"{paint(word.ljust(_WIDTH), style)} {one_line(line)}\n")
    indent = " " * (_WIDTH + 1)
    for difference in item.differences:
        terminal.print(f"{indent}{difference}")
    if item.reason:
        terminal.print(f"{indent}{item.reason}")
    if item.witness and item.outcome is ProbeOutcome.DIFFERS:
        terminal.print(f"{indent}$ {item.witness}")


def _describe(item: ProbedRequest) -> str:
    parts = []
    if item.certificate is not None:
        parts.append(f"certificate {item.certificate[:8]}")
    if item.site is not None:
        parts.append(f"site {item.site} {_PROOFS[item.proof]}")
    elif item.proof is Proof.REFUSAL:
        word = "refused" if item.status is None else f"no site ({item.status})"
        parts.append(f"{word}, {_PROOFS[item.proof]}")
    else:
        parts.append(f"status {item.status}, which any site may have given")
    return ", ".join(parts)


def _summary(result: ProbeResult) -> str:
    line = f"asked {result.server} {_count(result.asked, 'request')}, one of every kind"
    parts = [f"{result.agree} agree" + ("s" if result.agree == 1 else "")]
    parts.append(f"{result.differ} differ" + ("s" if result.differ == 1 else ""))
    if result.not_reachable:
        parts.append(f"{result.not_reachable} cannot be sent from here")
    return f"{line}: {', '.join(parts)}"


def _proven(result: ProbeResult) -> str:
    """How much of the agreement is proof."""
    if result.proven == result.agree:
        return "the site or the refusal is proven for all that agree"
    rest = result.agree - result.proven
    return (
        f"the site or the refusal is proven for {result.proven} of those that agree; "
        f"for the other {rest} certificate and status agree, but any site may have "
        "answered"
    )


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
