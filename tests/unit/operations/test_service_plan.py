"""From a metabase to what a running service needs."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from bindctl.bindings.start import Refusal
from bindctl.metabase.tree import make_tree
from bindctl.model.site import ServerState, Win32Error
from bindctl.operations.service_plan import (
    describe_refusal,
    listen_addresses,
    load_service_plan,
)

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = """\
[w3svc.1]
ServerComment = "One"
ServerBindings = [":80:a"]
SSLStoreName = "Web"
root.Path = "p"

[w3svc.2]
ServerBindings = [":80:a"]

[w3svc.3]
ServerBindings = [":81:"]

[w3svc.4]
ServerAutoStart = false
"""


@pytest.fixture
def metabase(tmp_path: Path) -> str:
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT)
    return str(path)


def test_a_plan_says_what_runs_and_why_the_rest_does_not(metabase: str) -> None:
    """`reset` prints these lines."""
    plan = load_service_plan(metabase, {})
    states = [(s.identifier, s.state, s.win32_error) for s in plan.statuses]
    assert states == [
        (1, ServerState.STARTED, Win32Error.SUCCESS),
        (2, ServerState.STOPPED, Win32Error.ALREADY_EXISTS),
        (3, ServerState.STARTED, Win32Error.SUCCESS),
        (4, ServerState.STOPPED, Win32Error.SUCCESS),
    ]
    assert plan.statuses[1].detail == "http://a:80/ is registered by site 1"
    assert sorted(plan.contents) == [1, 3]
    assert sorted(plan.routing.ports) == [80, 81]
    assert sorted(plan.store_directories) == ["MY", "WEB"]


def test_a_site_whose_port_cannot_be_opened_is_left_out(metabase: str) -> None:
    """Port 81 belongs to another program: only that site stays down."""
    plan = load_service_plan(metabase, {81: Win32Error.SHARING_VIOLATION})
    assert sorted(plan.routing.ports) == [80]
    assert sorted(plan.contents) == [1]
    three = plan.statuses[2]
    assert (three.state, three.win32_error, three.detail) == (
        ServerState.STOPPED,
        Win32Error.SHARING_VIOLATION,
        "http://*:81/",
    )


@pytest.mark.parametrize(
    ("items", "addresses"),
    [
        (["127.0.0.1", "[::1]", "::1"], ["127.0.0.1", "::1", "::1"]),
        (["127.0.0.1", "*"], []),
        (["localhost", "10.0.0.1"], ["10.0.0.1"]),
        ([], []),
        (None, []),
    ],
)
def test_listen_addresses_narrow_where_any_address_listens(
    items: list[str] | None, addresses: list[str]
) -> None:
    """As http.sys's IP listen list; any address among them is no limit."""
    http = {} if items is None else {"http": {"ListenAddresses": items}}
    found = listen_addresses(make_tree(http))
    assert found == tuple(map(ip_address, addresses))


def test_a_refusal_names_the_holder_where_there_is_one() -> None:
    """A site that collides with itself has none."""
    taken = Win32Error.ALREADY_EXISTS
    assert describe_refusal(Refusal(taken, "http://a:80/", 1)).endswith("by site 1")
    assert describe_refusal(Refusal(taken, "http://a:80/")) == "http://a:80/"
