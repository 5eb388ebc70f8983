"""Which site a request is for, at one endpoint."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import pytest

from bindctl.routing.plan import compile_plan
from bindctl.server.http.authority import NameMemo
from bindctl.server.http.peer_error import PeerProtocolError
from bindctl.server.http.request import parse_head
from bindctl.server.service.service_plan import ServicePlan
from bindctl.server.worker.endpoint_view import (
    DEFAULT_IDLE_TIMEOUT_S,
    EndpointView,
    longest_timeout_s,
)
from tests.unit.bindings.tables import A, B, site, table
from tests.unit.server.serving import CONTENT

TABLE = table(
    site(1, ":80:a", secure=(":443:a",), certificate_hash=A, flags=1),
    site(2, ":80:b", secure=(":443:b",), certificate_hash=B, flags=1),
    site(3, ":80:c", secure=(":443:c",), certificate_hash=A, flags=1),
    site(4, ":81:"),
)
NO_CONTEXTS: Any = None  # none is asked for here


def plan(**more: Any) -> ServicePlan:
    """All sites run; site 3 is paused, and sites 1 and 2 answer 421."""
    contents = {
        number: CONTENT._replace(
            identifier=number,
            connection_timeout_s=100 + number,
            misdirected_request=number < 3,
        )
        for number in range(1, 5)
    }
    routing = compile_plan(TABLE, set(contents))
    made = ServicePlan(routing, contents, (), {}, frozenset({3}))
    return made._replace(**more)


def view(port: int = 80) -> EndpointView:
    """The loopback at that port."""
    made = plan()
    return EndpointView(
        ip_address("127.0.0.1"),
        (port, port + 8000),
        made.routing.ports[port],
        made,
        idle_timeout_s=1.0,
        names=NameMemo(),
        contexts=NO_CONTEXTS,
    )


def ask(
    line: str, host: str, *, port: int = 80, server_name: str | None = None
) -> tuple[int, tuple[str, ...]]:
    """The site and what is left of the path."""
    head = parse_head(f"{line} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    content, target = view(port).route(head, server_name)
    return content.identifier, target.segments


@pytest.mark.parametrize(
    ("line", "host", "found"),
    [
        ("GET /x/y", "a", (1, ("x", "y"))),
        ("GET /x", "B:80", (2, ("x",))),
        ("GET http://b/x", "a", (2, ("x",))),
        ("OPTIONS *", "a", (1, ())),
        ("CONNECT other:443", "a", (1, ())),
    ],
)
def test_the_site_of_a_request(
    line: str, host: str, found: tuple[int, tuple[str, ...]]
) -> None:
    """A visitor would see another site."""
    assert ask(line, host) == found


@pytest.mark.parametrize(
    ("line", "host", "status", "title"),
    [
        ("GET /", "nobody", 400, "Invalid Hostname"),
        ("GET http://nobody/", "a", 400, "Invalid Hostname"),
        ("GET https://a/", "a", 400, "Invalid URL"),
        ("GET *", "a", 400, "Invalid URL"),
        ("GET /..", "a", 400, "Invalid URL"),
        ("GET /..", "nobody", 400, "Invalid Hostname"),
        ("GET /", "c", 503, ""),
        ("GET /..", "c", 503, ""),
    ],
)
def test_what_reaches_no_site(line: str, host: str, status: int, title: str) -> None:
    """The reason decides what a script does next; the host comes first."""
    with pytest.raises(PeerProtocolError) as caught:
        ask(line, host)
    assert (caught.value.status, caught.value.title) == (status, title)


@pytest.mark.parametrize(
    ("host", "server_name", "is_right"),
    [
        ("a", "a", True),
        ("a", "c", True),  # the same certificate
        ("a", "b", False),
        ("b", "a", False),
        ("a", None, False),
        ("b", "nobody", False),
    ],
)
def test_a_connection_made_for_another_certificate(
    host: str, server_name: str | None, *, is_right: bool
) -> None:
    """A browser that puts two sites on one connection would get what it did not check."""
    if is_right:
        assert ask("GET /", host, port=443, server_name=server_name)[0] == 1
        return
    with pytest.raises(PeerProtocolError) as caught:
        ask("GET /", host, port=443, server_name=server_name)
    assert caught.value.status == 421


def test_a_site_that_does_not_run_is_not_found() -> None:
    """Its files would be served from a plan that no longer has them."""
    made = view()
    made.contents = {}
    head = parse_head(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    with pytest.raises(PeerProtocolError, match="hostname"):
        made.route(head, None)


def test_the_patience_before_the_first_request() -> None:
    """Nobody knows yet which site it is for: the most patient one decides."""
    made = plan()
    assert longest_timeout_s(made.routing.ports[80], made) == 103
    assert longest_timeout_s(made.routing.ports[81], made) == 104
    some = plan(contents={1: made.contents[1]})
    assert longest_timeout_s(some.routing.ports[80], some) == 101
    none = plan(contents={})
    assert longest_timeout_s(none.routing.ports[80], none) == DEFAULT_IDLE_TIMEOUT_S


def test_marks_and_places() -> None:
    """Ready answers would be mixed up; the log names the port of the socket."""
    assert view(80).mark != view(81).mark
    assert view(80).log_place == (b"127.0.0.1", 8080)
    assert (view(80).is_tls, view(443).is_tls) == (False, True)
