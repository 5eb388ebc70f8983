"""From a configuration to what runs."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from bindctl.bindings.start import Refusal
from bindctl.model.site import ServerState, Win32Error
from bindctl.server.service.preparation import StartRequest, describe_refusal, open_plan
from bindctl.server.service.service_plan import ServiceOptions
from tests.unit.bindings.tables import site
from tests.unit.server.serving import configuration

if TYPE_CHECKING:
    from bindctl.server.worker.listeners import ListenerSet

OPTIONS = ServiceOptions(1)


def test_a_plan_says_what_runs_and_why_the_rest_does_not(
    listeners: ListenerSet, ports: tuple[int, int]
) -> None:
    """`reset` prints these lines."""
    one, two = ports
    made = configuration(
        site(1, f":{one}:a"),
        site(2, f":{one}:a"),
        site(3, f":{two}:"),
        site(4, auto_start=False),
    )
    plan, specs, _start = open_plan(made, listeners, OPTIONS)
    states = [(s.identifier, s.state, s.win32_error) for s in plan.statuses]
    assert states == [
        (1, ServerState.STARTED, Win32Error.SUCCESS),
        (2, ServerState.STOPPED, Win32Error.ALREADY_EXISTS),
        (3, ServerState.STARTED, Win32Error.SUCCESS),
        (4, ServerState.STOPPED, Win32Error.SUCCESS),
    ]
    assert plan.statuses[1].detail == f"http://a:{one}/ is registered by site 1"
    assert sorted(plan.contents) == [1, 3]
    assert {spec.port for spec in specs} == set(plan.routing.ports) == {one, two}


def test_a_site_whose_port_cannot_be_opened_is_left_out(
    listeners: ListenerSet, ports: tuple[int, int]
) -> None:
    """One port belongs to another program: only that site stays down."""
    one, two = ports
    made = configuration(site(1, f":{one}:a", f":{two}:a"), site(2, f":{one}:a"))
    with socket.socket() as rival:
        rival.bind(("127.0.0.1", two))
        rival.listen()
        plan, specs, _start = open_plan(made, listeners, OPTIONS)
    assert sorted(plan.contents) == [2]
    assert [spec.port for spec in specs] == [one]
    first = plan.statuses[0]
    assert (first.state, first.win32_error) == (
        ServerState.STOPPED,
        Win32Error.SHARING_VIOLATION,
    )
    assert first.detail == f"http://a:{two}/ at 127.0.0.1:{two}"


def test_a_start_request_is_what_runs(
    listeners: ListenerSet, ports: tuple[int, int]
) -> None:
    """Starting one site must start no other."""
    one, _two = ports
    made = configuration(site(1, f":{one}:a"), site(2, f":{one}:b"))
    request = StartRequest((2,), frozenset({1, 2}))
    plan, _specs, _start = open_plan(made, listeners, OPTIONS, request)
    states = [status.state for status in plan.statuses]
    assert states == [ServerState.STOPPED, ServerState.PAUSED]
    assert plan.paused == {2}


def test_a_refusal_names_the_holder_where_there_is_one() -> None:
    """A site that collides with itself has none."""
    taken = Win32Error.ALREADY_EXISTS
    assert describe_refusal(Refusal(taken, "http://a:80/", 1)).endswith("by site 1")
    assert describe_refusal(Refusal(taken, "http://a:80/")) == "http://a:80/"
    assert describe_refusal(Refusal(taken, "x", None, "words")) == "words"
