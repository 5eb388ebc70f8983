"""The story this tool was made for, with real clients from end to end."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Administrator

pytestmark = [pytest.mark.e2e, pytest.mark.engine]

TEST, OTHER = "test.stevefenton.co.uk", "other.stevefenton.co.uk"
REPOSITORY = Path(__file__).parents[2]
DEADLINE_S = 30.0
Program = "Callable[[str], str]"


def test_two_sites_share_one_address_and_one_certificate(
    administrator: Administrator, program: Program
) -> None:
    """Every step an administrator takes, as written, ends where they expect."""
    program("curl")
    administrator.make_two_sites()
    assert "nothing to report" in administrator.run("check")
    started = administrator.start()
    assert 'site 1 "Test" started' in started
    assert "Internet services successfully started" in started
    http, https = administrator.http_port, administrator.https_port
    assert f"listening on 127.0.0.1:{https} https" in administrator.run("status")
    assert "Site 1 answers" in administrator.curl(f"http://{TEST}:{http}/").stdout
    assert "Site 2 answers" in administrator.curl(f"http://{OTHER}:{http}/").stdout
    assert "Site 1 answers" in administrator.curl(f"https://{TEST}:{https}/").stdout
    assert "Site 2 answers" in administrator.curl(f"https://{OTHER}:{https}/").stdout


def test_a_mistake_stops_one_site_and_is_mended_by_running_it_again(
    administrator: Administrator, program: Program
) -> None:
    """A duplicate binding refuses its own site only, in the words IIS uses."""
    program("curl")
    administrator.make_two_sites()
    administrator.start()
    https = administrator.https_port
    mistake = administrator.run("set", "/w3svc/2/SecureBindings", f":443:{TEST}")
    assert mistake == f'SecureBindings                  : <LIST> ":443:{TEST}"\n'
    judged = administrator.try_run("check")
    assert judged.returncode == 1
    assert re.search(r"BND201 error /LM/W3SVC/2/SecureBindings", judged.stdout)
    assert 'site 1 "Test"' in judged.stdout
    assert 'site 2 "Other"' in judged.stdout
    assert f":443:{TEST}" in judged.stdout
    assert "next: give one of the two another host" in judged.stdout
    done = administrator.try_run("reset")
    assert done.returncode == 1
    assert "the service runs, and does not serve site 2" in done.stderr
    reset = done.stdout
    refused = "Cannot create a file when that file already exists. (0x800700B7)"
    assert f'site 2 "Other" stopped: {refused}' in reset
    assert 'site 1 "Test" started' in reset
    state = administrator.run("get", "/w3svc/2/ServerState")
    assert state == "ServerState                     : <INTEGER> 4\n"
    assert "Site 1 answers" in administrator.curl(f"https://{TEST}:{https}/").stdout
    gone = administrator.curl(f"https://{OTHER}:{https}/", "--include").stdout
    assert "HTTP/1.1 400" in gone
    assert "Invalid Hostname" in gone
    administrator.run("set", "/w3svc/2/SecureBindings", f":443:{OTHER}")
    assert 'site 2 "Other" started' in administrator.run("reset")
    assert "Site 2 answers" in administrator.curl(f"https://{OTHER}:{https}/").stdout


def test_the_service_stops_and_says_so(administrator: Administrator) -> None:
    """Stopping leaves nothing listening, and status tells scripts the truth."""
    administrator.make_two_sites()
    administrator.start()
    line = "Status for World Wide Web Publishing Service ( W3SVC ) : "
    assert administrator.run("reset", "--status") == f"{line}Running\n"
    stopped = administrator.run("reset", "--stop")
    assert "Internet services successfully stopped" in stopped
    assert administrator.run("reset", "--status") == f"{line}Stopped\n"
    assert administrator.try_run("status").returncode == 1
    assert administrator.run("get", "/w3svc/1/ServerState").endswith(" 4\n")
    with socket.socket() as client, pytest.raises(ConnectionRefusedError):
        client.connect(("127.0.0.1", administrator.https_port))


def test_openssl_sees_the_wildcard_with_and_without_a_server_name(
    administrator: Administrator, program: Program
) -> None:
    """One shared certificate serves every client, old ones without SNI included."""
    openssl = program("openssl")
    administrator.make_two_sites()
    administrator.start()
    for options in (("-servername", TEST), ("-servername", OTHER), ("-noservername",)):
        seen = handshake(openssl, administrator, *options)
        assert "CN = *.stevefenton.co.uk" in seen, options
        assert "Verify return code: 0 (ok)" in seen, options


def test_each_server_name_gets_its_own_certificate(
    administrator: Administrator, program: Program
) -> None:
    """SslFlags 1 is SNI: different certificates on one address and port."""
    openssl = program("openssl")
    administrator.make_two_sites()
    for site, host in ((1, TEST), (2, OTHER)):
        administrator.run("cert", "create", host)
        administrator.run("cert", "assign", host, str(site))
        administrator.run("set", f"/w3svc/{site}/SslFlags", "1")
    judged = administrator.run("check")
    assert "BND305" in judged
    administrator.start()
    assert f"CN = {TEST}" in handshake(openssl, administrator, "-servername", TEST)
    assert f"CN = {OTHER}" in handshake(openssl, administrator, "-servername", OTHER)
    refused = handshake(openssl, administrator, "-noservername")
    assert "no peer certificate available" in refused
    stranger = handshake(openssl, administrator, "-servername", "x.example")
    assert "no peer certificate available" in stranger


def test_two_certificates_without_server_names_are_an_error(
    administrator: Administrator, program: Program
) -> None:
    """Before it goes live: one IP:port has one certificate, and whose it is."""
    openssl = program("openssl")
    administrator.make_two_sites()
    administrator.run("cert", "create", OTHER)
    administrator.run("cert", "assign", OTHER, "2")
    judged = administrator.try_run("check")
    assert judged.returncode == 1
    conflict = re.search(r"BND301 error (.*)\n", judged.stdout)[1]
    assert "/LM/W3SVC/2/SecureBindings" in conflict
    assert "*:443 has one certificate for all" in conflict
    assert "of site 1 is used" in conflict
    administrator.start()
    seen = handshake(openssl, administrator, "-servername", OTHER)
    assert "CN = *.stevefenton.co.uk" in seen


def test_python_clients_verify_both_hosts(administrator: Administrator) -> None:
    """The certificates satisfy a strict verifier other than OpenSSL's own tool."""
    administrator.make_two_sites()
    administrator.start()
    context = ssl.create_default_context(cafile=administrator.authority)
    for host, words in ((TEST, b"Site 1 answers"), (OTHER, b"Site 2 answers")):
        connection = http.client.HTTPSConnection(
            "127.0.0.1", administrator.https_port, timeout=20
        )
        raw = connection._create_connection(("127.0.0.1", administrator.https_port), 20)
        connection.sock = context.wrap_socket(raw, server_hostname=host)
        connection.request("GET", "/", headers={"Host": host})
        answer = connection.getresponse()
        assert answer.status == 200
        assert words in answer.read()
        connection.close()


def test_a_browser_loads_both_sites_and_trusts_the_authority(
    administrator: Administrator, program: Program
) -> None:
    """What the developer wants to see: both pages, no certificate warning."""
    chromium, certutil = program("chromium"), program("certutil")
    administrator.make_two_sites()
    administrator.start()
    home = administrator.directory / "browser"
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True)
    for words in (
        ["-N", "--empty-password"],
        ["-A", "-t", "C,,", "-n", "bindctl", "-i", str(administrator.authority)],
    ):
        subprocess.run([certutil, "-d", f"sql:{database}", *words], check=True)
    port = administrator.https_port
    for host, words in ((TEST, "Site 1 answers"), (OTHER, "Site 2 answers")):
        page = browse(chromium, home, f"https://{host}:{port}/")
        assert words in page
    untrusting = administrator.directory / "untrusting"
    untrusting.mkdir()
    warned = browse(chromium, untrusting, f"https://{TEST}:{port}/")
    assert "Site 1 answers" not in warned


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_runs_in_the_foreground_and_stops_cleanly(
    administrator: Administrator, program: Program, number: int
) -> None:
    """Ctrl-C at a prompt and SIGTERM from systemd both end with status 0."""
    program("curl")
    administrator.make_two_sites()
    offset = str(administrator.port_offset)
    service = subprocess.Popen(
        [sys.executable, "-m", "bindctl", "serve", "--port-offset", offset],
        cwd=administrator.directory,
        env=administrator.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert service.stdout is not None
        wait_for_line(service, f"127.0.0.1:{administrator.https_port} https")
        url = f"https://{TEST}:{administrator.https_port}/"
        assert "Site 1 answers" in administrator.curl(url).stdout
        service.send_signal(number)
        _out, words = service.communicate(timeout=DEADLINE_S)
    finally:
        service.kill()
    assert service.returncode == 0, words
    assert "Traceback" not in words


def test_the_demonstration_serves_both_sites(
    administrator: Administrator, program: Program
) -> None:
    """`make demo` shows the sites, the curl lines to try, and stops on Ctrl-C."""
    program("curl")
    clone = administrator.directory / "clone"
    clone.mkdir()
    shutil.copy(REPOSITORY / "metabase.toml", clone)
    shutil.copytree(REPOSITORY / "sites", clone / "sites")
    shutil.copytree(REPOSITORY / "tools", clone / "tools")
    environment = {**administrator.environment, "PYTHONPATH": str(REPOSITORY)}
    demo = subprocess.Popen(
        [sys.executable, "tools/demo.py", str(administrator.port_offset)],
        cwd=clone,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        shown = wait_for_line(demo, f"127.0.0.1:{administrator.https_port} https")
        lines = [line for line in shown.splitlines() if line.startswith("  curl ")]
        assert len(lines) == 4
        for line in lines:
            page = subprocess.run(
                ["curl", "-sS", "--max-time", "20", *line.split()[1:]],
                cwd=clone,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            host = TEST if TEST in line else OTHER
            assert f"<h1>{host}</h1>" in page
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=DEADLINE_S)
    finally:
        demo.kill()
    assert demo.returncode == 0
    same = (REPOSITORY / "metabase.toml").read_bytes()
    assert (clone / "metabase.toml").read_bytes() == same


def handshake(openssl: str, administrator: Administrator, *options: str) -> str:
    """What `openssl s_client` prints of one handshake."""
    done = subprocess.run(
        [
            openssl,
            "s_client",
            "-connect",
            f"127.0.0.1:{administrator.https_port}",
            "-CAfile",
            str(administrator.authority),
            *options,
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    return done.stdout + done.stderr


def browse(chromium: str, home: Path, url: str) -> str:
    """The document a headless browser ends up with."""
    done = subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={home / 'profile'}",
            "--host-resolver-rules=MAP *.stevefenton.co.uk 127.0.0.1",
            "--dump-dom",
            url,
        ],
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout


def wait_for_line(process: subprocess.Popen[str], words: str) -> str:
    """Everything printed up to the line that ends with `words`."""
    assert process.stdout is not None
    shown = ""
    deadline = time.monotonic() + DEADLINE_S
    for line in process.stdout:
        shown += line
        if words in line:
            return shown
        assert time.monotonic() < deadline, shown
    message = f"it ended before it said {words!r}:\n{shown}"
    raise AssertionError(message)
