"""Which addresses are opened, and whose fault it is when one is not."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

NOT_OURS = "192.0.2.1"  # RFC 5737: no machine has it


def test_a_wrong_address_stops_its_own_site_only(service: Any) -> None:
    """One slip in one site would take down every site of port 80."""
    port = service.free_port()
    service.listen = []
    service.site(1, http=(f"127.0.0.1:{port}:a.test",))
    service.site(2, http=(f"{NOT_OURS}:{port}:b.test",))
    service.start()
    assert service.states() == "1 2 0\n2 4 1214\n"
    assert service.get(port, "a.test").endswith(b"home")
    status = service.control("status")
    assert status["listeners"] == [f"127.0.0.1:{port} http"]
    assert status["sites"][1]["detail"] == f"http://b.test:{port}/ at {NOT_OURS}:{port}"


@pytest.mark.parametrize("missing", [NOT_OURS, "2001:db8::1"])
def test_a_listed_address_that_is_missing_here_stops_nobody(
    service: Any, missing: str
) -> None:
    """With IPv6 off, the list that `init` writes would keep every site down."""
    port = service.free_port()
    service.listen = []
    service.plan_listen = (ip_address("127.0.0.1"), ip_address(missing))
    service.site(1, http=(f":{port}:a.test",))
    service.start()
    assert service.states() == "1 2 0\n"
    assert service.get(port, "a.test").endswith(b"home")
    assert service.control("status")["closed"] == []
    for _again in range(2):
        service.reset()
    assert service.log().count("cannot be opened") == 1


def test_a_list_of_missing_addresses_stops_its_sites(service: Any) -> None:
    """A site that nobody can reach would be called started."""
    port = service.free_port()
    service.listen = []
    service.plan_listen = (ip_address(NOT_OURS),)
    service.site(1, http=(f":{port}:a.test",))
    service.start()
    assert service.states() == "1 4 1214\n"
    assert service.control("status")["listeners"] == []


def test_a_port_in_use_is_told_when_every_address_is_meant(service: Any) -> None:
    """Another program would answer IPv4 while the site is called started."""
    with socket.socket() as rival:
        rival.bind(("0.0.0.0", 0))  # noqa: S104 - the rival is the point
        rival.listen()
        port = rival.getsockname()[1]
        service.listen = []
        service.site(1, http=(f":{port}:a.test",))
        service.start()
        assert service.states() == "1 4 32\n"
        assert service.control("status")["listeners"] == []
    assert service.reset()["sites"][0]["state"] == 2


def test_a_listed_address_that_another_has_is_told(service: Any) -> None:
    """Its visitors would reach the other program while the site is called started."""
    with socket.socket() as rival:
        rival.bind(("127.0.0.2", 0))
        rival.listen()
        port = rival.getsockname()[1]
        service.listen = []
        service.plan_listen = (ip_address("127.0.0.1"), ip_address("127.0.0.2"))
        service.site(1, http=(f":{port}:a.test",))
        service.start()
        assert service.states() == "1 2 0\n"
        (line,) = service.control("status")["closed"]
        assert line.startswith(f"127.0.0.2:{port} http: The process cannot access")
        assert service.reset()["closed"] == [line]
    assert service.reset()["closed"] == []


def test_an_address_outside_the_list_is_refused(service: Any) -> None:
    """A site that never listens would be called started."""
    port = service.free_port()
    service.listen = []
    service.plan_listen = (ip_address("127.0.0.1"),)
    service.site(1, http=(f":{port}:a.test",))
    service.site(2, http=(f"127.0.0.2:{port}:b.test",))
    service.start()
    assert service.states() == "1 2 0\n2 4 1214\n"
    detail = service.control("status")["sites"][1]["detail"]
    assert detail == f"127.0.0.2:{port} is not among ListenAddresses"


def test_an_address_outside_listen_is_refused(service: Any) -> None:
    """The words would name a property that decides nothing here."""
    port = service.free_port()
    service.site(1, http=(f"127.0.0.2:{port}:b.test",))
    service.start()
    detail = service.control("status")["sites"][0]["detail"]
    assert detail == f"127.0.0.2:{port} is not among --listen"
