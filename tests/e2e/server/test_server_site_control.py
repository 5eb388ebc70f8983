"""One site started, stopped, paused and continued while the others run on."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.e2e

REQUEST = b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"


def ask(service: Any, identifier: int, action: str) -> dict[str, Any]:
    """What the service says to an action."""
    answer: dict[str, Any] = service.control(
        "site", identifier=identifier, action=action
    )
    return answer


def two_sites(service: Any) -> int:
    """Sites at `a.test` and `b.test` on one free port, and a service that runs."""
    port: int = service.free_port()
    service.site(1, http=(f":{port}:a.test",))
    service.site(2, http=(f":{port}:b.test",))
    service.start()
    return port


def test_stop_and_start(service: Any) -> None:
    """Mending one site would need a reset of all."""
    port = two_sites(service)
    with service.connect(port) as kept:
        kept.sendall(REQUEST)
        assert kept.recv(65536).endswith(b"home")
        answer = ask(service, 2, "stop")
        assert answer["ok"]
        assert answer["site"]["state"] == 4
        assert service.states() == "1 2 0\n2 4 0\n"
        assert b"Invalid Hostname" in service.get(port, "b.test")
        kept.sendall(REQUEST)
        assert kept.recv(65536).endswith(b"home")
        assert ask(service, 2, "start")["site"]["state"] == 2
        assert service.states() == "1 2 0\n2 2 0\n"
        assert service.get(port, "b.test").endswith(b"home")
        kept.sendall(REQUEST)
        assert kept.recv(65536).endswith(b"home")


def test_the_last_site_of_a_port_closes_it(service: Any) -> None:
    """Another program could not have the port of a stopped site."""
    port = service.free_port()
    service.site(1, http=(f":{port}:a.test",))
    service.start()
    ask(service, 1, "stop")
    with pytest.raises(ConnectionRefusedError):
        service.connect(port)
    ask(service, 1, "start")
    assert service.get(port, "a.test").endswith(b"home")


def test_stop_lets_a_download_end(service: Any) -> None:
    """Stopping a site would cut its visitors off."""
    octets = bytes(32 << 20)
    (service.www / "big.bin").write_bytes(octets)
    port = two_sites(service)
    with service.connect(port) as channel:
        channel.sendall(b"GET /big.bin HTTP/1.0\r\nHost: a.test\r\n\r\n")
        first = channel.recv(1000)
        assert ask(service, 1, "stop")["ok"]
        answer = first + service.read_all(channel)
    assert answer.partition(b"\r\n\r\n")[2] == octets


def test_pause_and_continue(service: Any) -> None:
    """A site under repair would show half-done pages, or lose its host to another."""
    port = two_sites(service)
    service.get(port, "b.test")
    assert ask(service, 2, "pause")["site"]["state"] == 6
    assert service.states() == "1 2 0\n2 6 0\n"
    assert service.get(port, "b.test").startswith(b"HTTP/1.1 503 ")
    assert service.get(port, "a.test").endswith(b"home")
    service.site(3, http=(f":{port}:b.test",))
    service.write()
    refusal = ask(service, 3, "start")
    assert (refusal["code"], refusal["hresult"]) == ("SRV004", 0x800700B7)
    assert ask(service, 2, "continue")["site"]["state"] == 2
    assert service.get(port, "b.test").endswith(b"home")


def test_a_registration_that_is_taken_refuses_the_start(service: Any) -> None:
    """Two sites would answer for one host."""
    port = two_sites(service)
    service.site(3, http=(f":{port}:a.test",))
    service.write()
    before = service.control("status")["generation"]
    answer = ask(service, 3, "start")
    assert (answer["ok"], answer["code"]) == (False, "SRV004")
    assert answer["hresult"] == 0x800700B7
    assert "is registered by site 1" in answer["message"]
    assert service.states() == "1 2 0\n2 2 0\n3 4 183\n"
    assert service.control("status")["generation"] == before
    ask(service, 1, "stop")
    assert ask(service, 3, "start")["site"]["state"] == 2
    answer = ask(service, 1, "start")
    assert answer["hresult"] == 0x800700B7
    assert service.states() == "1 4 183\n2 2 0\n3 2 0\n"


def test_a_port_in_use_refuses_the_start(service: Any) -> None:
    """The site would be called started, and another program answer."""
    import socket  # noqa: PLC0415 - here alone

    two_sites(service)
    with socket.socket() as rival:
        rival.bind(("127.0.0.1", 0))
        rival.listen()
        service.site(3, http=(f":{rival.getsockname()[1]}:a.test",))
        service.write()
        answer = ask(service, 3, "start")
    assert (answer["code"], answer["hresult"]) == ("SRV004", 0x80070020)


@pytest.mark.parametrize(
    ("path", "action", "state"),
    [
        ([], "start", 2),
        ([], "continue", 2),
        (["stop"], "stop", 4),
        (["pause"], "pause", 6),
        (["pause"], "start", 2),
        (["pause"], "stop", 4),
        (["stop"], "pause", None),
        (["stop"], "continue", None),
    ],
)
def test_every_transition(
    service: Any, path: list[str], action: str, state: int | None
) -> None:
    """Scripts written for IIS rely on which of them fail."""
    port = two_sites(service)
    for step in path:
        assert ask(service, 1, step)["ok"]
    before = service.states()
    answer = ask(service, 1, action)
    if state is None:
        assert (answer["code"], answer["hresult"]) == ("SRV004", 0x80070426)
        assert service.states() == before
    else:
        assert answer["site"]["state"] == state
        assert service.states() == f"1 {state} 0\n2 2 0\n"
    assert service.get(port, "b.test").endswith(b"home")


def test_only_that_site_is_read_anew(service: Any) -> None:
    """Starting a new site would put half-done edits of others in force."""
    port = two_sites(service)
    service.site(1, http=(f":{port}:changed.test",))
    service.site(4, http=(f":{port}:d.test",))
    service.write()
    assert ask(service, 4, "start")["site"]["state"] == 2
    assert service.get(port, "d.test").endswith(b"home")
    assert service.get(port, "a.test").endswith(b"home")
    assert b"Invalid Hostname" in service.get(port, "changed.test")


def test_a_site_that_does_not_exist(service: Any) -> None:
    """A typing error would look like success."""
    two_sites(service)
    for action in ("start", "stop", "pause", "continue"):
        assert ask(service, 9, action)["code"] == "MET101"


def test_a_new_site_is_stopped_until_it_is_started(service: Any) -> None:
    """A site added a moment ago would be called unknown."""
    two_sites(service)
    service.site(5, http=(":1:",))
    service.write()
    assert ask(service, 5, "stop")["site"]["state"] == 4
    assert ask(service, 5, "pause")["hresult"] == 0x80070426


def test_reset_starts_all_again(service: Any) -> None:
    """A forgotten stop would outlive a restart, which on IIS it does not."""
    two_sites(service)
    ask(service, 1, "stop")
    ask(service, 2, "pause")
    service.reset()
    assert service.states() == "1 2 0\n2 2 0\n"


def test_a_metabase_that_cannot_be_read_stops_no_stop(service: Any) -> None:
    """A site could not be stopped while somebody edits the metabase."""
    two_sites(service)
    (service.folder / "plan.pickle").unlink()
    assert ask(service, 1, "pause")["ok"]
    assert ask(service, 1, "stop")["ok"]
    assert ask(service, 1, "start")["code"] == "MET001"
