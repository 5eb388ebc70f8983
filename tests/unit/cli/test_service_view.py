"""The service in words."""

from __future__ import annotations

import io

from bindctl.cli.service_view import describe_site, print_closed
from bindctl.cli.terminal import Terminal, system_clock
from bindctl.model.site import ServerState, Win32Error
from bindctl.operations.service import ServiceStatus


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
