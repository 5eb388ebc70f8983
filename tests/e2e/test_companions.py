"""The companions with a running service: what a script sees, and what is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import OTHER, TEST, Administrator

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.e2e

NEW = "new.stevefenton.co.uk"


def _answer(administrator: Administrator, host: str) -> str:
    url = f"http://{host}:{administrator.http_port}/"
    code = administrator.curl(
        url, "--output", "/dev/null", "--write-out", "%{http_code}"
    )
    return code.stdout


@pytest.fixture
def started(
    administrator: Administrator, program: Callable[[str], str]
) -> Administrator:
    program("curl")
    administrator.make_two_sites()
    offset = administrator.port_offset
    done = administrator.run("iisreset", "/start", f"--port-offset:{offset}")
    assert done == ("\nAttempting start...\nInternet services successfully started\n")
    return administrator


def test_iisweb_stops_pauses_and_starts_one_site(started: Administrator) -> None:
    """A deployment script takes one site down; its neighbour must not notice."""
    assert "W3SVC/1 has been STOPPED" in started.run("iisweb", "/stop", "W3SVC/1")
    assert _answer(started, TEST) == "400"
    assert _answer(started, OTHER) == "200"
    assert "is already STOPPED" in started.run("iisweb", "/stop", "Test")
    assert "STOPPED" in started.run("iisweb", "/query", "Test")
    assert "W3SVC/1 has been STARTED" in started.run("iisweb", "/start", "Test")
    assert _answer(started, TEST) == "200"
    assert "W3SVC/1 has been PAUSED" in started.run("iisweb", "/pause", "w3svc/1")
    assert _answer(started, TEST) == "503"
    stop = started.try_run("iisweb", "/stop", "Test")
    assert stop.returncode == 1
    assert stop.stdout.splitlines()[1:] == [
        "W3SVC/1: Server cannot be stopped in its current state",
        "(W3SVC/1 server is paused)",
    ]
    assert "W3SVC/1 has been CONTINUED" in started.run("iisweb", "/start", "Test")
    assert _answer(started, TEST) == "200"


def test_iisweb_creates_a_site_that_answers(started: Administrator) -> None:
    """On IIS a created site runs when the script returns."""
    page = started.directory / "sites" / "new" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("new")
    report = started.run("iisweb", "/create", "sites/new", "New", "/d", NEW)
    assert report.splitlines()[-1] == "Status        = STARTED"
    assert _answer(started, NEW) == "200"
    twin = started.run("iisweb", "/create", "sites/new", "Twin", "/d", NEW)
    assert twin.splitlines()[-1] == "Status        = STOPPED (ERROR: BINDING CONFLICT)"
    start = started.try_run("iisweb", "/start", "Twin")
    assert start.returncode == 183
    assert start.stdout.splitlines()[1:] == [
        "Failed to change status of server W3SVC/4",
        "Error &H800700B7: Cannot create a file when that file already exists.",
    ]
    assert f"http://{NEW}:80/ is registered by site " in start.stderr
    assert "has been deleted" in started.run("iisweb", "/delete", "New")
    assert _answer(started, NEW) == "400"


def test_appcmd_starts_and_stops(started: Administrator) -> None:
    """`appcmd stop site` in a release pipeline takes effect at once."""
    assert started.run("appcmd", "stop", "site", "Test") == (
        '"Test" successfully stopped.\n'
    )
    assert _answer(started, TEST) == "400"
    assert started.run("appcmd", "list", "site", "/state:Stopped", "/text:name") == (
        "Test\n"
    )
    assert started.run("appcmd", "start", "site", "Test") == (
        '"Test" successfully started.\n'
    )
    assert _answer(started, TEST) == "200"
    started.run("appcmd", "add", "site", "/name:Twin", f"/bindings:http/*:80:{TEST}")
    twin = started.try_run("appcmd", "start", "site", "Twin")
    assert twin.returncode == 183
    assert twin.stdout.splitlines() == [
        "ERROR ( hresult:800700b7, message:Command execution failed.",
        "Cannot create a file when that file already exists.",
        " )",
    ]
    assert f"http://{TEST}:80/ is registered by site 1" in twin.stderr


def test_iisreset_restarts_and_stops(started: Administrator) -> None:
    """The most scripted command of all."""
    lines = started.run("iisreset").splitlines()
    assert lines == [
        "",
        "Attempting stop...",
        "Internet services successfully stopped",
        "Attempting start...",
        "Internet services successfully restarted",
    ]
    assert _answer(started, TEST) == "200"
    assert started.run("iisreset", "/noforce").splitlines() == lines
    assert "W3SVC ) : Running" in started.run("iisreset", "/status")
    started.run("iisreset", "/stop")
    assert "W3SVC ) : Stopped" in started.run("iisreset", "/status")


def test_iisback_gives_a_running_service_what_it_restores(
    started: Administrator,
) -> None:
    """After a restore IIS serves what was backed up, without another command."""
    started.run("iisback", "/backup", "/b", "before")
    started.run("set", "/w3svc/1/ServerBindings", f":80:{NEW}")
    started.run("iisreset")
    assert _answer(started, NEW) == "200"
    started.run("iisback", "/restore", "/b", "before")
    assert _answer(started, TEST) == "200"
    assert _answer(started, NEW) == "400"
