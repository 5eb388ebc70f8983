"""What `probe` found, in words: what differs, what could not be asked, and the sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.model.harmless_text import one_line
from bindctl.operations.live.probe import ProbeOutcome
from bindctl.operations.live.probe_judgement import Proof
from bindctl.terminal.color import make_painter

if TYPE_CHECKING:
    from bindctl.operations.live.probe import ProbedRequest, ProbeResult
    from bindctl.terminal.color import Painter
    from bindctl.terminal.terminal import Terminal

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
