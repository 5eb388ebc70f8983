"""The service in words."""

from __future__ import annotations

import io

import pytest

from bindctl.cli.commands.service import describe_site, print_closed, print_next_steps
from bindctl.model.site import ServerState, Win32Error
from bindctl.operations.service.service import ServiceStatus, SiteState
from bindctl.storage.workspace import system_clock
from bindctl.terminal.terminal import Terminal


def test_a_site_without_a_comment_has_a_number_alone() -> None:
    """Empty quotes look like a site whose name was lost."""
    started = (ServerState.STARTED, Win32Error.SUCCESS, "")
    assert describe_site(3, "", *started) == "site 3 started"
    assert describe_site(3, "Shop", *started) == 'site 3 "Shop" started'


def test_what_is_not_listened_on_is_told() -> None:
    """A site is called started while another program answers at one of its addresses."""
    place = "127.0.0.1:8080 http: Access is denied. (0x80070005)"
    answer = io.StringIO()
    terminal = Terminal(answer, io.StringIO(), {}, "/", system_clock)
    print_closed(terminal, ServiceStatus(is_running=True, not_listening=(place,)))
    assert answer.getvalue() == f"not listening on {place}\n"


@pytest.mark.parametrize(
    ("error", "step"),
    [
        (Win32Error.ACCESS_DENIED, "bindctl reset --port-offset 8000"),
        (Win32Error.SHARING_VIOLATION, "bindctl check --live"),
        (Win32Error.ALREADY_EXISTS, ""),
    ],
)
def test_a_port_that_is_not_had_has_a_next_step(error: Win32Error, step: str) -> None:
    """Port 80 is the first thing a newcomer does not get, and started says nothing."""
    out, words = io.StringIO(), io.StringIO()
    sites = (SiteState(1, "A", ServerState.STOPPED, error, "http://a:80/"),) * 2
    terminal = Terminal(out, words, {}, "/", system_clock)
    print_next_steps(terminal, ServiceStatus(is_running=True, sites=sites))
    assert out.getvalue() == ""
    assert words.getvalue().count("\n") == bool(step)
    assert words.getvalue().startswith(f"  next: {step}" if step else "")
