"""check --live: what this machine cannot open, and whose fault it is."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from bindctl.operations.check.live_check import OwnService, live_findings
from bindctl.operations.check.machine import Machine, OpenSocket
from bindctl.operations.load.configuration import compile_configuration

if TYPE_CHECKING:
    from bindctl.model.endpoint import IpAddress

EVERY_IPV4, EVERY_IPV6 = ip_address("0.0.0.0"), ip_address("::")  # noqa: S104 - an address
LOOPBACK = ip_address("127.0.0.1")


def _collides(opened: IpAddress, wanted: IpAddress) -> bool:
    """As Linux has it; an IPv6 socket for every address may take IPv4 as well."""
    if opened in {wanted, EVERY_IPV6}:
        return True
    is_wide = EVERY_IPV4 in {opened, wanted} or wanted == EVERY_IPV6
    return is_wide and opened.version == wanted.version


@dataclass
class FakeMachine(Machine):
    """A machine with some addresses, and ports that are taken or privileged."""

    taken: dict[tuple[str, int], str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    unprivileged: int | None = 0
    refused: tuple[int, ...] = ()
    tells: bool = True

    def find_obstacle(self, address: object, port: int) -> int:
        if str(address) in self.missing:
            return errno.EADDRNOTAVAIL
        if port in self.refused:
            return errno.EACCES
        wanted = ip_address(str(address))
        taken = any(
            other == port and _collides(ip_address(host), wanted)
            for host, other in self.taken
        )
        return errno.EADDRINUSE if taken else 0

    def first_unprivileged_port(self) -> int | None:
        return self.unprivileged

    def find_listening(self, port: int) -> tuple[OpenSocket, ...]:
        return tuple(
            OpenSocket(ip_address(host), name)
            for (host, other), name in self.taken.items()
            if other == port and self.tells
        )


NO_SERVICE = OwnService()


def _find(
    machine: Machine, *bindings: str, own: OwnService = NO_SERVICE, listen: str = ""
) -> list[tuple[str, str | None, int | None, str]]:
    listed = ", ".join(f'"{item}"' for item in bindings)
    text = f"{listen}\n[w3svc.1]\nServerBindings = [{listed}]\n"
    text += '[w3svc.2]\nServerAutoStart = false\nServerBindings = ["10.9.9.9:99:"]\n'
    configuration = compile_configuration(text.encode())
    return [
        (f.code, f.place.property_name, f.place.index, f.message)
        for f in live_findings(configuration, own, machine)
    ]


def test_a_free_machine_has_nothing_to_say() -> None:
    """Sites that do not start, and what they bind, are not asked for."""
    machine = FakeMachine(missing=("10.9.9.9",), refused=(99,))
    assert _find(machine, ":80:a", "127.0.0.1:81:", "[::1]:82:") == []


def test_an_address_that_is_not_here_is_told_once() -> None:
    """Its bindings are copied from the old server, dozens of them."""
    machine = FakeMachine(missing=("10.0.0.7", "2001:db8::7"))
    found = _find(machine, ":80:", "10.0.0.7:80:a", "10.0.0.7:81:", "[2001:db8::7]:81:")
    assert found == [
        ("BND110", "ServerBindings", 1,
         '"10.0.0.7:80:a": this machine has no address 10.0.0.7'),
        ("BND110", "ServerBindings", 3,
         '"[2001:db8::7]:81:": this machine has no address 2001:db8::7'),
    ]  # fmt: skip


def test_an_address_of_the_list_is_told_at_the_list() -> None:
    """No binding names it."""
    listen = '[http]\nListenAddresses = ["127.0.0.1", "10.0.0.7"]'
    machine = FakeMachine(missing=("10.0.0.7",))
    assert _find(machine, ":80:", listen=listen) == [
        ("BND110", "ListenAddresses", None,
         "10.0.0.7 of ListenAddresses: this machine has no such address")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (1024, "port 80 is below 1024: this user may not open it"),
        (None, "port 80 is below 1024: this user may not open it"),
        (80, "the system refuses port 80 to this user"),
    ],
)
def test_a_privileged_port_is_told_once_a_port(first: int | None, words: str) -> None:
    """Both families and all hosts are one port to the administrator."""
    machine = FakeMachine(refused=(80,), unprivileged=first)
    assert _find(machine, ":80:a", ":80:b", ":8080:") == [
        ("BND109", "ServerBindings", 0, f'":80:a" and 1 more binding: {words}')
    ]


def test_a_port_that_another_has_names_the_process() -> None:
    """Who has the port is the first question."""
    machine = FakeMachine(taken={("127.0.0.1", 80): "nginx (pid 7)"})
    assert _find(machine, ":80:a", "127.0.0.1:80:b") == [
        ("BND111", "ServerBindings", 0,
         '":80:a" and 1 more binding: nginx (pid 7) has port 80')
    ]  # fmt: skip
    assert _find(machine, "10.0.0.1:80:") == []
    machine.tells = False
    assert _find(machine, "127.0.0.1:80:b") == [
        ("BND111", "ServerBindings", 0,
         '"127.0.0.1:80:b": another process has 127.0.0.1:80')
    ]  # fmt: skip


def test_the_service_itself_is_no_other_process() -> None:
    """Else every check of a running service is red."""
    taken = {("127.0.0.1", 8080): "bindctl (pid 7)"}
    own = OwnService({(LOOPBACK, 8080)}, port_offset=8000)
    # As it is open; and about to be opened wider.
    assert _find(FakeMachine(taken=taken), "127.0.0.1:80:", own=own) == []
    assert _find(FakeMachine(taken=taken), ":80:", own=own) == []
    assert _find(FakeMachine(taken=taken, tells=False), ":80:", own=own) == []


def test_a_stranger_beside_the_service_is_told() -> None:
    """The service has IPv4, and another process has taken IPv6."""
    taken = {("127.0.0.1", 8080): "bindctl (pid 7)", ("::", 8080): "nginx (pid 9)"}
    own = OwnService({(LOOPBACK, 8080)}, port_offset=8000)
    (found,) = _find(FakeMachine(taken=taken), ":80:", own=own)
    assert found[3] == '":80:": nginx (pid 9) has port 8080'


def test_a_port_beyond_the_last_is_left_to_the_service() -> None:
    """It refuses the site and says so."""
    own = OwnService(port_offset=60_000)
    assert _find(FakeMachine(refused=(70_000,)), ":10000:", own=own) == []
