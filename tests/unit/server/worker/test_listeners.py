"""Which sockets a plan needs."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from bindctl.bindings.listen_list import ListenList
from bindctl.model.binding import Protocol
from bindctl.model.endpoint import Endpoint
from bindctl.model.site import Win32Error
from bindctl.routing.plan import compile_plan
from bindctl.server.worker.listeners import (
    ListenerSet,
    ListenerSpec,
    is_narrowed,
    wanted_listeners,
    widest,
)
from tests.unit.bindings.tables import site, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.routing.plan import RoutingPlan


def routing(*bindings: str) -> RoutingPlan:
    """One site with those HTTP bindings."""
    return compile_plan(table(site(1, *bindings)), {1})


def listen_list(*addresses: str) -> ListenList:
    """A list of those addresses; none is no list."""
    return ListenList(tuple(map(ip_address, addresses)), is_limited=bool(addresses))


def spec(address: str, port: int) -> ListenerSpec:
    """An HTTP socket."""
    return ListenerSpec(ip_address(address), port, port, Protocol.HTTP)


@pytest.mark.parametrize(
    ("bindings", "listen", "expected"),
    [
        ([":80:"], (), ["0.0.0.0:80", "[::]:80"]),
        ([":80:a", "10.0.0.1:80:"], (), ["0.0.0.0:80", "[::]:80"]),
        (["10.0.0.1:80:", "10.0.0.2:80:"], (), ["10.0.0.1:80", "10.0.0.2:80"]),
        (["[::]:80:"], (), ["[::]:80"]),
        (["[::]:80:", "[::1]:80:"], (), ["[::]:80"]),
        ([":80:"], ("127.0.0.1",), ["127.0.0.1:80"]),
        ([":80:", "10.0.0.1:80:"], ("127.0.0.1",), ["127.0.0.1:80"]),
        (["10.0.0.1:80:"], ("127.0.0.1",), []),
        (["10.0.0.1:80:"], ("10.0.0.1",), ["10.0.0.1:80"]),
        ([":81:", ":80:"], ("127.0.0.1",), ["127.0.0.1:80", "127.0.0.1:81"]),
    ],
)
def test_wanted_listeners(
    bindings: list[str], listen: tuple[str, ...], expected: list[str]
) -> None:
    """A site would be reachable where it should not be, or nowhere."""
    specs = wanted_listeners(routing(*bindings), listen_list(*listen), 0)
    assert [str(spec) for spec in specs] == [f"{each} http" for each in expected]


def test_offset_moves_the_socket_not_the_binding() -> None:
    """Port 80 could not be tried out without privileges."""
    (found,) = wanted_listeners(routing(":80:"), listen_list("127.0.0.1"), 8000)
    assert (found.port, found.real_port) == (80, 8080)


@pytest.fixture
def listeners() -> Iterator[ListenerSet]:
    """Sockets that are closed after the test."""
    made = ListenerSet()
    yield made
    made.close()


@pytest.fixture
def port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


def test_a_failure_names_its_address_alone(listeners: ListenerSet, port: int) -> None:
    """One wrong address would close a port that others share."""
    good, bad = spec("127.0.0.1", port), spec("192.0.2.1", port)
    high = ListenerSpec(ip_address("127.0.0.1"), port, 70000, Protocol.HTTP)
    failures = listeners.open_missing([bad, good])
    assert failures == {Endpoint(bad.address, port): Win32Error.INVALID_NETNAME}
    assert listeners.find(good) is not None
    assert listeners.to_keep([bad, good]) == (good,)
    failures = listeners.open_missing([high])
    assert failures == {Endpoint(high.address, port): Win32Error.INVALID_PARAMETER}


def test_a_narrow_socket_stays_open_below_a_wide_one(
    listeners: ListenerSet, port: int
) -> None:
    """Connections it holds and nobody has accepted would be reset."""
    narrow, wide = spec("127.0.0.1", port), spec("0.0.0.0", port)  # noqa: S104
    listeners.open_missing([narrow])
    opened = listeners.find(narrow)
    assert listeners.open_missing([wide]) == {}
    kept = listeners.to_keep([wide])
    assert kept == (wide, narrow)
    listeners.keep_only(kept)
    assert listeners.find(narrow) is opened
    assert widest(kept) == (wide,)


@pytest.mark.parametrize(
    ("gone", "stays", "expected"),
    [
        ("0.0.0.0", "127.0.0.1", True),  # noqa: S104
        ("127.0.0.1", "0.0.0.0", False),  # noqa: S104
        ("127.0.0.1", "127.0.0.1", False),
        ("::", "127.0.0.1", False),
        ("::", "::1", True),
    ],
)
def test_a_socket_is_narrowed_by_one_that_takes_over(
    gone: str, stays: str, expected: bool
) -> None:
    """Only then is it worth to wait for what is still on its way."""
    assert is_narrowed(spec(gone, 80), [spec(stays, 80)]) is expected
    assert not is_narrowed(spec(gone, 80), [spec(stays, 81)])
