"""What the service says of hosts whose every handshake is refused."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import OTHER, TEST, Administrator

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.e2e, pytest.mark.engine]


def _unserved(person: Administrator) -> dict[str, str]:
    data = json.loads(person.run("status", "--json"))["data"]
    return {item["host"]: item["code"] for item in data["unserved_hosts"]}


def test_a_forgotten_certificate_is_never_a_success(
    administrator: Administrator, program: Callable[[str], str]
) -> None:
    """Each site "started", exit 0, and nobody could open a page."""
    program("curl")
    person = administrator
    offset = ("--port-offset", str(person.port_offset))
    person.run("init")
    for number, host in enumerate((TEST, OTHER), 1):
        person.run("site", "add", host, "--host", host, "--path", host)
        person.run("set", f"/w3svc/{number}/SecureBindings", f":443:{host}")
    done = person.try_run("reset", *offset)
    assert done.returncode == 1, done
    assert f"CRT101 {TEST}:443" in done.stdout
    assert "the service runs, and does not serve 2 hosts" in done.stderr
    assert _unserved(person) == {TEST: "CRT101", OTHER: "CRT101"}
    assert person.curl(f"https://{TEST}:{person.https_port}/").returncode != 0
    assert person.try_run("reset", "--best-effort").returncode == 0
    assert person.try_run("iisreset").returncode == 0

    person.run("cert", "create", "*.stevefenton.co.uk")
    person.run("cert", "assign", "*.stevefenton.co.uk", "1", "2")
    assert "usable" not in person.run("reset")
    assert _unserved(person) == {}
    assert person.curl(f"https://{TEST}:{person.https_port}/").returncode == 0


@pytest.mark.parametrize(
    ("ending", "damage", "code"),
    [
        ("key", None, "CRT401"),
        ("key", b"nonsense", "CRT402"),
        ("pem", None, "CRT102"),
        ("pem", b"nonsense", "CRT103"),
    ],
)
def test_what_becomes_of_files_under_a_running_service_is_told(
    administrator: Administrator, ending: str, damage: bytes | None, code: str
) -> None:
    """A key that is deleted, or a file cut short, takes effect without any reset."""
    person = administrator
    person.make_two_sites()
    person.start()
    (file,) = (person.directory / "certificates" / "my").glob(f"*.{ending}")
    kept = file.read_bytes()
    if damage is None:
        file.unlink()
    else:
        file.write_bytes(damage)
    assert _unserved(person) == {TEST: code, OTHER: code}
    assert person.try_run("reset").returncode == 1
    file.write_bytes(kept)
    assert _unserved(person) == {}
    person.run("reset")


def test_a_site_that_is_refused_is_no_success(administrator: Administrator) -> None:
    """The article's forgotten step: the second site holds what the first one has."""
    person = administrator
    person.make_two_sites()
    person.run("set", "/w3svc/2/SecureBindings", f":443:{TEST}")
    done = person.try_run("reset", "--port-offset", str(person.port_offset))
    assert done.returncode == 1, done
    assert "Cannot create a file when that file already exists" in done.stdout
    assert "the service runs, and does not serve site 2" in done.stderr


def test_an_address_that_another_program_has_is_no_success(
    administrator: Administrator,
) -> None:
    """Half of the visitors get somebody else's pages, and the site is "started"."""
    person = administrator
    person.make_two_sites()
    offset = ("--port-offset", str(person.port_offset))
    with socket.create_server(("127.0.0.1", person.http_port)):
        done = person.try_run("reset", *offset)
        assert done.returncode == 1, done
        assert f"not listening on 127.0.0.1:{person.http_port}" in done.stdout
        assert "the service runs, and does not serve 1 address" in done.stderr
        assert "BND111" in person.try_run("check", "--live").stdout
        assert person.try_run("reset", "--best-effort").returncode == 0
    person.run("reset")
