"""check --live beside a real service, and beside a stranger on its port."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Administrator

pytestmark = pytest.mark.e2e


def test_the_metabase_s_own_service_is_no_stranger(
    administrator: Administrator,
) -> None:
    """A monitor that asks every minute would raise an alarm while all is well."""
    administrator.make_two_sites()
    administrator.start()
    assert "nothing to report" in administrator.run("check", "--live")
    # Wider than what is open: the service itself would be in the way of a new socket.
    administrator.run("set", "/http/ListenAddresses", "*")
    assert "nothing to report" in administrator.run("check", "--live")


def test_a_stranger_on_the_port_is_named(administrator: Administrator) -> None:
    """Who has the port is the first question, and netstat is not everywhere."""
    administrator.make_two_sites()
    with socket.socket() as rival:
        rival.bind(("127.0.0.1", 0))
        rival.listen()
        port = rival.getsockname()[1]
        administrator.run("set", "/w3svc/1/ServerBindings", f":{port}:a.example")
        judged = administrator.try_run("check", "--live", "--select", "BND111")
    assert judged.returncode == 1
    assert f'":{port}:a.example": ' in judged.stdout
    assert f"(pid {os.getpid()}) has 127.0.0.1:{port}" in judged.stdout
    assert judged.stdout.count(f'":{port}:a.example": ') == 1
