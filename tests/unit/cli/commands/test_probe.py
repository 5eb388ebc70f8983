"""What `probe` found, in words."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

from bindctl.cli.commands.probe import print_probe
from bindctl.operations.live.probe import ProbedRequest, ProbeOutcome, summarize
from bindctl.operations.live.probe_judgement import Proof
from bindctl.terminal.terminal import Terminal

AGREES = ProbedRequest(
    ProbeOutcome.AGREES,
    "https://a.example:443/",
    "127.0.0.1",
    "a.example",
    "a" * 40,
    1,
    proof=Proof.TOLD,
    certificate="a" * 40,
    site=1,
    status=200,
)
DIFFERS = AGREES._replace(
    outcome=ProbeOutcome.DIFFERS,
    server_name=None,
    differences=("certificate b, not a", "site 2, not site 1"),
    witness="openssl s_client",
)
UNSENT = AGREES._replace(outcome=ProbeOutcome.NOT_REACHABLE, reason="far away")
UNPROVEN = AGREES._replace(proof=Proof.NONE, site=None, status=302)
REFUSED = AGREES._replace(proof=Proof.REFUSAL, site=None, status=None, certificate=None)


def shown(*requests: ProbedRequest, shows_all: bool = False) -> list[str]:
    """The lines."""
    out = StringIO()
    terminal = Terminal(out, StringIO(), {}, "/", lambda: datetime.now(UTC))  # noqa: TID251
    print_probe(terminal, summarize("the server", requests), shows_all=shows_all)
    return out.getvalue().splitlines()


def test_what_is_right_is_a_sum() -> None:
    """Ten thousand lines would hide the one that matters."""
    assert shown(AGREES, AGREES) == [
        "asked the server 2 requests, one of every kind: 2 agree, 0 differ",
        "the site or the refusal is proven for all that agree",
    ]


def test_what_differs_comes_with_a_command() -> None:
    """Who reads it wants to see it."""
    assert shown(DIFFERS) == [
        "differs  https://a.example:443/ at 127.0.0.1, no server name",
        "         certificate b, not a",
        "         site 2, not site 1",
        "         $ openssl s_client",
        "asked the server 1 request, one of every kind: 0 agree, 1 differs",
    ]


def test_what_could_not_be_asked_is_told() -> None:
    """Silence would be taken for agreement."""
    assert shown(UNSENT)[:2] == [
        "not sent https://a.example:443/ at 127.0.0.1",
        "         far away",
    ]
    assert shown(UNSENT)[2].endswith("0 differ, 1 cannot be sent from here")


def test_what_is_not_proven_is_not_called_proven() -> None:
    """The certificate alone says nothing of the site."""
    lines = shown(AGREES, UNPROVEN, REFUSED, shows_all=True)
    assert lines[0].endswith("certificate aaaaaaaa, site 1 as the service says")
    assert lines[1].endswith("status 302, which any site may have given")
    assert lines[2].endswith(": refused, as promised")
    assert lines[4].startswith(
        "the site or the refusal is proven for 2 of those that agree"
    )


def test_many_differences_are_cut_unless_asked_for() -> None:
    """A service that is down differs everywhere."""
    assert "and 60 more; --all shows them" in shown(*[DIFFERS] * 100)
    assert len(shown(*[DIFFERS] * 100, shows_all=True)) == 401
