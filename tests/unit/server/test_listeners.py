"""Which sockets a plan needs."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
from bindctl.model.binding import Protocol, SslFlags, parse_binding
from bindctl.routing.plan import compile_plan
from bindctl.server.listeners import wanted_listeners
from bindctl.server.options import ServiceOptions
from bindctl.server.service_plan import ServicePlan


def plan(*bindings: str, listen: tuple[str, ...] = ()) -> ServicePlan:
    """One site with those HTTP bindings."""
    entries = tuple(
        BindingEntry(1, "ServerBindings", i, text, parse_binding(text, Protocol.HTTP))
        for i, text in enumerate(bindings)
    )
    row = SiteRow(
        identifier=1,
        comment="",
        auto_start=True,
        ssl_flags=SslFlags.NONE,
        certificate_hash=None,
        certificate_store_name="MY",
        entries=entries,
    )
    routing = compile_plan(BindingTable((row,)), {1})
    return ServicePlan(routing, {}, (), {}, tuple(map(ip_address, listen)))


@pytest.mark.parametrize(
    ("bindings", "listen", "override", "expected"),
    [
        ([":80:"], (), (), ["0.0.0.0:80", "[::]:80"]),
        ([":80:a", "10.0.0.1:80:"], (), (), ["0.0.0.0:80", "[::]:80"]),
        (["10.0.0.1:80:", "10.0.0.2:80:"], (), (), ["10.0.0.1:80", "10.0.0.2:80"]),
        (["[::]:80:"], (), (), ["[::]:80"]),
        (["[::]:80:", "[::1]:80:"], (), (), ["[::]:80"]),
        ([":80:"], ("127.0.0.1",), (), ["127.0.0.1:80"]),
        ([":80:", "10.0.0.1:80:"], ("127.0.0.1",), (), ["127.0.0.1:80"]),
        (["10.0.0.1:80:"], ("127.0.0.1",), (), []),
        (["10.0.0.1:80:"], ("10.0.0.1",), (), ["10.0.0.1:80"]),
        ([":80:"], ("127.0.0.1",), ("127.0.0.9",), ["127.0.0.9:80"]),
        ([":81:", ":80:"], ("127.0.0.1",), (), ["127.0.0.1:80", "127.0.0.1:81"]),
    ],
)
def test_wanted_listeners(
    bindings: list[str],
    listen: tuple[str, ...],
    override: tuple[str, ...],
    expected: list[str],
) -> None:
    """A site would be reachable where it should not be, or nowhere."""
    options = ServiceOptions("", 1, 0, tuple(map(ip_address, override)))
    specs = wanted_listeners(plan(*bindings, listen=listen), options)
    assert [str(spec) for spec in specs] == [f"{each} http" for each in expected]


def test_offset_moves_the_socket_not_the_binding() -> None:
    """Port 80 could not be tried out without privileges."""
    options = ServiceOptions("", 1, 8000, (ip_address("127.0.0.1"),))
    (spec,) = wanted_listeners(plan(":80:"), options)
    assert (spec.port, spec.real_port) == (80, 8080)
