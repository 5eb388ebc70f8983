"""What the machine has: real sockets of the loopback, and a /proc made for the test."""

from __future__ import annotations

import errno
import os
import socket
import sys
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from bindctl.operations.check.machine import Machine, OpenSocket

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

LOOPBACK = ip_address("127.0.0.1")
NOBODY_S = ip_address("192.0.2.1")  # RFC 5737: no machine has it
HEAD = (
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt ...\n"
)


def _row(local: str, state: str, inode: int) -> str:
    rest = "00000000:00000000 00:00000000 00000000     0        0"
    return f"   0: {local} 00000000:0000 {state} {rest} {inode} 1 0 100 0 0 10 0\n"


def _words(address: str) -> str:
    octets = ip_address(address).packed
    words = [octets[start : start + 4] for start in range(0, len(octets), 4)]
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A folder as Linux has it, with two processes."""
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "tcp").write_text(
        HEAD
        + _row(f"{_words('127.0.0.1')}:1F90", "0A", 70)
        + _row(f"{_words('0.0.0.0')}:1F91", "0A", 71)  # noqa: S104 - an address
        + _row(f"{_words('127.0.0.1')}:1F90", "01", 72)  # a connection
    )
    (tmp_path / "net" / "tcp6").write_text(
        HEAD + _row(f"{_words('2001:db8::7')}:1F90", "0A", 73)
    )
    for pid, name, inode in ((9, "nginx", 70), (12, "nginx", 70), (15, "caddy", 73)):
        (tmp_path / str(pid) / "fd").mkdir(parents=True)
        (tmp_path / str(pid) / "comm").write_text(f"{name}\n")
        os.symlink(f"socket:[{inode}]", tmp_path / str(pid) / "fd" / "3")
        os.symlink("/dev/null", tmp_path / str(pid) / "fd" / "0")
    (tmp_path / "self").mkdir()
    port_start = tmp_path / "sys" / "net" / "ipv4"
    port_start.mkdir(parents=True)
    (port_start / "ip_unprivileged_port_start").write_text("80\n")
    return tmp_path


def test_who_listens_is_found_and_named(proc: Path) -> None:
    """The oldest process, which is the one to stop; connections are none."""
    machine = Machine(str(proc))
    assert machine.find_listening(8080) == (
        OpenSocket(LOOPBACK, "nginx (pid 9)"),
        OpenSocket(ip_address("2001:db8::7"), "caddy (pid 15)"),
    )
    every = ip_address("0.0.0.0")  # noqa: S104 - an address
    assert machine.find_listening(8081) == (OpenSocket(every, ""),)
    assert machine.find_listening(8082) == ()
    assert machine.first_unprivileged_port() == 80


def test_where_the_system_does_not_tell_nothing_is_known(tmp_path: Path) -> None:
    """There is no /proc on macOS, and a container may hide it."""
    machine = Machine(str(tmp_path / "none"))
    assert machine.find_listening(8080) == ()
    assert machine.first_unprivileged_port() is None
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "tcp").write_text(HEAD + _row("0100007F:1F90", "0A", 70))
    (found,) = Machine(str(tmp_path)).find_listening(8080)
    assert found.process == ""


def test_a_process_that_goes_while_it_is_looked_at_is_no_error(proc: Path) -> None:
    """Processes come and go all the time."""
    (proc / "9" / "comm").unlink()
    (proc / "15" / "comm").write_bytes(b"\xff")
    (proc / "77").mkdir()
    first, second = Machine(str(proc)).find_listening(8080)
    assert first.process == "a process (pid 9)"
    assert second.process == "a process (pid 15)"


def test_a_port_is_tried_and_left_as_it_was() -> None:
    """Free, taken, and free again: asking must not take it."""
    machine = Machine()
    with socket.socket() as rival:
        rival.bind(("127.0.0.1", 0))
        rival.listen()
        port = rival.getsockname()[1]
        assert machine.find_obstacle(LOOPBACK, port) == errno.EADDRINUSE
    for _again in range(2):
        assert machine.find_obstacle(LOOPBACK, port) == 0


def test_an_address_is_this_machine_s_or_not() -> None:
    """Bindings are copied from one server to the next."""
    machine = Machine()
    assert machine.has_address(LOOPBACK)
    assert not machine.has_address(NOBODY_S)
    assert not machine.has_address(ip_address("2001:db8::1"))


def test_a_privileged_port_is_refused_to_nobody(
    unprivileged: Callable[[], AbstractContextManager[None]],
) -> None:
    """Root never sees it, and the service's user does."""
    machine = Machine()
    first = machine.first_unprivileged_port()
    with unprivileged():
        found = machine.find_obstacle(LOOPBACK, 1)
    assert found == (errno.EACCES if first is None or first > 1 else 0)
