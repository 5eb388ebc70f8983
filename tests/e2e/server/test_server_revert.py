"""What is served, asked and taken back through the control socket."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.e2e


def site_of(service: Any, port: int, host: str) -> str | None:
    """Which site a request reaches, as the service itself says."""
    secret = (service.runtime / "probe-secret").read_text().strip()
    answer = service.get(port, host, "/", f"X-Bindctl-Probe: {secret}")
    for line in answer.split(b"\r\n"):
        if line.startswith(b"X-Bindctl-Site: "):
            return line.partition(b": ")[2].decode()
    return None


def test_who_knows_the_secret_is_told_the_site(service: Any) -> None:
    """Two sites with the same page could not be told apart."""
    port = service.free_port()
    service.site(1, http=(f":{port}:a.test",))
    service.site(2, http=(f":{port}:",))
    service.start()
    assert site_of(service, port, "a.test") == "1"
    assert site_of(service, port, "b.test") == "2"
    other = service.get(port, "a.test", "/", "X-Bindctl-Probe: other")
    assert b"X-Bindctl-Site" not in other
    assert other.endswith(b"home")
    secret = service.runtime / "probe-secret"
    assert secret.stat().st_mode & 0o777 == 0o600


def test_a_reset_is_taken_back(service: Any) -> None:
    """A plan that breaks a site would stay in force until somebody mends the file."""
    port = service.free_port()
    service.site(1, http=(f":{port}:a.test",))
    service.site(2, http=(f":{port}:b.test",))
    service.start()
    service.control("site", identifier=2, action="stop")
    before = service.control("served")
    served = json.loads(Path(before["path"]).read_text())
    assert served["started"] == [1]
    service.site(1, http=(f":{port}:renamed.test",))
    service.reset()
    assert site_of(service, port, "a.test") is None
    assert site_of(service, port, "b.test") == "2"
    answer = service.control("revert")
    assert answer["ok"]
    assert answer["generation"] == 4
    assert site_of(service, port, "a.test") == "1"
    assert site_of(service, port, "renamed.test") is None
    assert site_of(service, port, "b.test") is None  # it was stopped before the reset
    assert service.states() == "1 2 0\n2 4 0\n"


def test_there_is_one_step_back(service: Any) -> None:
    """A second revert must not bring back what a first one has ended."""
    port = service.free_port()
    service.site(1, http=(f":{port}:a.test",))
    service.start()
    refused = service.control("revert")
    assert (refused["ok"], refused["code"]) == (False, "SRV006")
    service.reset()
    assert service.control("revert")["ok"]
    assert service.control("revert")["code"] == "SRV006"


def test_a_revert_opens_ports_that_the_reset_closed(service: Any) -> None:
    """The sockets of the old plan are gone by then."""
    old, new = service.free_port(), service.free_port()
    service.site(1, http=(f":{old}:a.test",))
    service.start()
    service.site(1, http=(f":{new}:a.test",))
    service.reset()
    with pytest.raises(ConnectionRefusedError):
        service.get(old, "a.test")
    assert service.control("revert")["ok"]
    assert service.get(old, "a.test").endswith(b"home")
    with pytest.raises(ConnectionRefusedError):
        service.get(new, "a.test")
