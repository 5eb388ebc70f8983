"""What the connections of a worker share, and what another plan makes of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from bindctl.bindings.listen_list import ALL_IPV4
from bindctl.model.binding import Protocol
from bindctl.server.worker.listeners import ListenerSpec
from bindctl.server.worker.worker_state import MAX_VIEWS, WorkerState
from tests.unit.server.serving import (
    CONTENT,
    SPECS,
    FakeClock,
    FakeTransport,
    make_plan,
    make_state,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bindctl.server.worker.endpoint_view import EndpointView

SECOND = CONTENT._replace(identifier=2, connection_timeout_s=300)


class FakeConnection:
    """Notes what the worker wants of it."""

    def __init__(self, view: EndpointView) -> None:
        """Connected at `view`."""
        self.view = view
        self.transport = FakeTransport()
        self.done: list[object] = []

    def drain(self) -> None:
        """As a connection."""
        self.done.append("drain")

    def sweep(self, now: float) -> None:
        """As a connection."""
        self.done.append(now)


@pytest.fixture
def clock() -> FakeClock:
    """Set by hand."""
    return FakeClock(1e9)


@pytest.fixture
def state(clock: FakeClock) -> Iterator[WorkerState]:
    """Site 1 runs."""
    loop = asyncio.new_event_loop()
    yield make_state(loop, clock, CONTENT)
    loop.close()


def connect(state: WorkerState, port: int) -> FakeConnection:
    """A connection at that port of the loopback."""
    view = state.view("127.0.0.1", port)
    assert view is not None
    connection = FakeConnection(view)
    state.connections.add(connection)
    return connection


def test_endpoints_of_the_plan(state: WorkerState) -> None:
    """A connection at an address that was closed a moment ago would be served."""
    first = state.view("127.0.0.1", 80)
    assert first is not None
    assert state.view("127.0.0.1", 80) is first
    assert (first.port, first.real_port, first.idle_timeout_s) == (80, 8080, 120)
    assert state.view("127.0.0.2", 80) is None
    assert state.view("127.0.0.1", 81) is None
    assert state.view("::1", 80) is None


def test_an_address_with_a_zone(state: WorkerState) -> None:
    """IPv6 of the local link has its interface beside it."""
    spec = ListenerSpec(ip_address("fe80::1"), 80, 8080, Protocol.HTTP)
    state.swap(state.plan, (spec,))
    view = state.view("fe80::1%eth0", 80)
    assert view is not None
    assert view.address == ip_address("fe80::1")


def test_local_addresses_are_not_kept_for_ever(state: WorkerState) -> None:
    """The loopback has 16 million."""
    everywhere = ListenerSpec(ALL_IPV4, 80, 8080, Protocol.HTTP)
    state.swap(state.plan, (everywhere,))
    for number in range(3 * MAX_VIEWS):
        assert state.view(f"127.1.{number >> 8}.{number & 255}", 80) is not None
    assert len(state._views) <= 2 * MAX_VIEWS


def test_connections_of_what_stays_see_the_new_plan(state: WorkerState) -> None:
    """A site that was added would answer new connections only."""
    connection = connect(state, 80)
    old = connection.view
    state.swap(make_plan(CONTENT, SECOND), SPECS)
    assert connection.done == []
    assert connection.view is not old
    assert sorted(connection.view.contents) == [1, 2]
    assert connection.view.idle_timeout_s == 300


@pytest.mark.parametrize(
    ("specs", "drained"),
    [
        (SPECS, []),
        (SPECS[:1], [443]),
        ((), [80, 443]),
        (
            (replace(SPECS[0], address=ip_address("127.0.0.2")), SPECS[1]),
            [80],
        ),
    ],
)
def test_only_connections_of_removed_endpoints_end(
    state: WorkerState, specs: tuple[ListenerSpec, ...], drained: list[int]
) -> None:
    """A reset would cost every visitor's connection; or a removed site go on."""
    connections = {port: connect(state, port) for port in (80, 443)}
    state.swap(state.plan, specs)
    ended = [port for port, each in connections.items() if each.done == ["drain"]]
    assert ended == drained


def test_a_port_that_changes_its_protocol_ends_its_connections(
    state: WorkerState,
) -> None:
    """Requests in clear would reach a site that is for HTTPS alone."""
    connection = connect(state, 80)
    plan = state.plan
    ports = {80: plan.routing.ports[443]}
    swapped = plan._replace(routing=plan.routing._replace(ports=ports))
    spec = ListenerSpec(ip_address("127.0.0.1"), 80, 8080, Protocol.HTTPS)
    state.swap(swapped, (spec,))
    assert connection.done == ["drain"]


def test_a_tick(state: WorkerState, clock: FakeClock, tmp_path: Path) -> None:
    """Lines are of the day that ends, dates and silence of the second that begins."""
    clock.seconds = 1704067199.0
    state.tick()
    connection = connect(state, 80)
    log = state.logs.find(str(tmp_path), 1)
    assert log is not None
    log.add((b"GET", b""), b"::1", (200, 0), (1, 1), 0)
    clock.seconds += 1
    state.tick()
    assert connection.done == [clock.seconds]
    assert (state.monotonic, state.ticker.day) == (clock.seconds, "240101")
    assert [path.name for path in (tmp_path / "W3SVC1").iterdir()] == ["ex231231.log"]


def test_logs_of_sites_that_are_gone_are_closed(
    state: WorkerState, tmp_path: Path
) -> None:
    """Their folder could not be removed, and their last lines be lost."""
    logged = [each._replace(log_directory=str(tmp_path)) for each in (CONTENT, SECOND)]
    state.swap(make_plan(*logged), SPECS)
    for number in (1, 2):
        log = state.logs.find(str(tmp_path), number)
        assert log is not None
        log.add((b"GET", b""), b"::1", (200, 0), (1, 1), 0)
    state.swap(make_plan(logged[0]), SPECS)
    assert [path.name for path in tmp_path.iterdir()] == ["W3SVC2"]
    assert list(state.logs._logs) == [(str(tmp_path), 1)]
