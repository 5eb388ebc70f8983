"""bindctl probe against the running service, and against an nginx of the same sites."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import OTHER, TEST, Administrator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.e2e

DEADLINE_S = 20.0
NGINX = """\
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  {temporary}
  types {{ text/html html; }}
  index index.html;
  server {{ listen 127.0.0.1:{http} default_server; return 444; }}
  server {{ listen 127.0.0.1:{https} ssl default_server; ssl_reject_handshake on; }}
  {servers}
}}
"""
SERVER = """
  server {{
    listen 127.0.0.1:{http};
    listen 127.0.0.1:{https} ssl;
    server_name {host};
    ssl_certificate {store}/{certificate}.pem;
    ssl_certificate_key {store}/{certificate}.key;
    root {root};
  }}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Sites:
    """Two sites over HTTP and HTTPS, each with its certificate by server name."""

    def __init__(self, person: Administrator) -> None:
        """Nothing runs yet."""
        self.person = person
        self.store = person.directory / "certificates" / "my"
        person.run("init")
        for host, path in ((TEST, "sites/test"), (OTHER, "sites/other")):
            person.run("site", "add", path, "--host", host, "--path", path)
        self.certificates = {}
        for site, host in ((1, TEST), (2, OTHER)):
            self.certificates[host] = person.run("cert", "create", host).split()[1]
            person.run("cert", "assign", host, str(site))
            person.run("set", f"/w3svc/{site}/SslFlags", "1")
            person.run("set", f"/w3svc/{site}/SecureBindings", f":443:{host}")

    def probe(self, *options: str) -> tuple[int, dict[str, Any]]:
        """Exit status and what was found."""
        done = self.person.try_run("probe", "--json", *options)
        assert not done.stderr, done.stderr
        probe: dict[str, Any] = json.loads(done.stdout)["data"]["probe"]
        return done.returncode, probe

    def swap_certificate(self) -> None:
        """Put the other site's certificate where the first one's should be."""
        for ending in ("pem", "key"):
            ours, theirs = (
                self.store / f"{self.certificates[host]}.{ending}"
                for host in (TEST, OTHER)
            )
            shutil.copyfile(theirs, ours)


@pytest.fixture
def sites(administrator: Administrator) -> Sites:
    """Two sites that do not run yet."""
    return Sites(administrator)


def differing(found: dict[str, Any]) -> list[str]:
    """URL and differences of what differs."""
    return [
        f"{item['url'].rsplit(':', 1)[0]} {'; '.join(item['differences'])}"
        for item in found["requests"]
        if item["outcome"] == "differs"
    ]


def test_our_own_service_agrees_with_its_plan(sites: Sites) -> None:
    """A probe that finds faults in what is right is switched off."""
    sites.person.start()
    status, found = sites.probe()
    assert (status, found["differ"], found["not_reachable"]) == (0, 0, 0)
    assert found["agree"] == found["asked"] == found["proven"]
    told = {item["promised_site"] for item in found["requests"]}
    assert told == {1, 2, None}
    said = sites.person.run("probe")
    assert "the site or the refusal is proven for all that agree" in said


def test_a_certificate_replaced_on_disk_differs(sites: Sites) -> None:
    """A renewal that went wrong shows up at the visitors first."""
    sites.person.start()
    sites.swap_certificate()
    status, found = sites.probe()
    wrong, right = sites.certificates[OTHER], sites.certificates[TEST]
    assert status == 1
    assert set(differing(found)) == {f"https://{TEST} certificate {wrong}, not {right}"}
    done = sites.person.try_run("probe")
    assert done.returncode == 1
    assert (
        f"openssl s_client -connect 127.0.0.1:{sites.person.https_port}" in done.stdout
    )


def test_a_site_stopped_by_itself_differs(sites: Sites) -> None:
    """The metabase says it runs, and its visitors get 400."""
    sites.person.start()
    sites.person.run("iisweb", "/stop", "W3SVC/2")
    status, found = sites.probe()
    assert status == 1
    assert f"http://{OTHER} status 400, not site 2" in differing(found)
    assert not any(TEST in line for line in differing(found))


def test_an_edit_that_is_not_in_force_differs(sites: Sites) -> None:
    """What is configured is what is promised: of the new host, and of the old one."""
    sites.person.start()
    sites.person.run("set", "/w3svc/1/ServerBindings", ":80:renamed.example")
    _status, found = sites.probe()
    assert "http://renamed.example status 400, not site 1" in differing(found)
    assert f"http://{TEST} site 1, where no site should answer" in differing(found)


def test_a_site_that_would_be_refused_now_differs(sites: Sites) -> None:
    """Its host is nobody's in the plan, and would not be asked for."""
    sites.person.start()
    sites.person.run("set", "/w3svc/2/SecureBindings", f":443:{TEST}")
    status, found = sites.probe()
    assert status == 1
    hosts = {line.partition(" ")[0] for line in differing(found)}
    assert hosts == {f"http://{OTHER}", f"https://{OTHER}"}


def test_a_reset_that_is_not_borne_out_is_taken_back(sites: Sites) -> None:
    """Nobody should have to be awake to go back."""
    sites.person.start()
    sites.person.run("set", "/w3svc/1/ServerBindings", ":80:renamed.example")
    sites.swap_certificate()
    done = sites.person.try_run("reset", "--probe", "--revert")
    assert done.returncode == 5, done.stdout + done.stderr
    assert "differs " in done.stdout
    assert done.stderr.startswith("SRV005 ")
    assert "what was served before the reset is served again" in done.stderr
    port = sites.person.http_port
    old = sites.person.curl(f"http://{TEST}:{port}/", "--include").stdout
    assert "200 OK" in old
    new = sites.person.curl(f"http://renamed.example:{port}/", "--include").stdout
    assert "400 Bad Request" in new
    assert "renamed.example" in sites.person.run("get", "/w3svc/1/ServerBindings")
    assert "has changed since the last reset" in sites.person.run("status")


def test_a_reset_says_in_json_that_it_was_taken_back(sites: Sites) -> None:
    """Scripts go by the exit status, and show the rest."""
    sites.person.start()
    sites.swap_certificate()
    done = sites.person.try_run("reset", "--probe", "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["exit_code"]) == (1, 1)
    assert answer["data"]["probe"]["differ"] > 0
    assert not answer["data"]["is_reverted"]
    done = sites.person.try_run("reset", "--probe", "--revert", "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["exit_code"], answer["status"]) == (5, 5, "failed")
    assert answer["data"]["is_reverted"]
    assert [item["code"] for item in answer["findings"]] == ["SRV005"]


def test_a_service_that_was_started_wrong_is_stopped_again(sites: Sites) -> None:
    """What was before is that none ran."""
    sites.swap_certificate()
    offset = ("--port-offset", str(sites.person.port_offset))
    done = sites.person.try_run("reset", "--probe", "--revert", *offset)
    assert done.returncode == 5, done.stdout + done.stderr
    assert "no service ran before, and it is stopped again" in done.stderr
    assert sites.person.try_run("status").returncode == 1


def test_there_may_be_nothing_to_go_back_to(sites: Sites) -> None:
    """A start is no reset: the service has served one plan only."""
    sites.person.start()
    sites.swap_certificate()
    done = sites.person.try_run("probe", "--revert")
    assert done.returncode == 3
    assert done.stderr.startswith("SRV006 ")
    other = ("--listen", "127.0.0.1")
    done = sites.person.try_run("reset", "--probe", "--revert", *other)
    assert done.returncode == 3
    assert "the service was started anew: it has no earlier plan" in done.stderr


class Nginx:
    """An nginx with the same two sites, on ports of its own."""

    def __init__(self, sites: Sites, path: str) -> None:
        """Nothing runs yet."""
        self.sites = sites
        self.path = path
        self.folder: Path = sites.person.directory / "nginx"
        self.folder.mkdir()
        self.offset = sites.person.port_offset

    def write(self, **certificates: str) -> None:
        """The configuration; `certificates` in place of the sites' own."""
        ports = {"http": 80 + self.offset, "https": 443 + self.offset}
        servers = "".join(
            SERVER.format(
                **ports,
                host=host,
                store=self.sites.store,
                certificate=certificates.get(name, self.sites.certificates[host]),
                root=self.sites.person.directory / "sites" / name,
            )
            for host, name in ((TEST, "test"), (OTHER, "other"))
        )
        temporary = " ".join(
            f"{name}_temp_path {self.folder}/{name};" for name in _TEMPORARY
        )
        text = NGINX.format(
            **ports,
            folder=self.folder,
            temporary=temporary,
            servers=servers,
            # Or its worker would be somebody who may not read the test's folder.
            user="" if os.geteuid() else "user root;",
        )
        (self.folder / "nginx.conf").write_text(text)

    @contextlib.contextmanager
    def running(self) -> Iterator[str]:
        """It serves; the options with which `probe` finds it."""
        command = [self.path, "-p", str(self.folder), "-c", "nginx.conf"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        try:
            self._wait(process)
            yield f"127.0.0.1 --port-offset {self.offset}"
        finally:
            process.terminate()
            process.communicate(timeout=DEADLINE_S)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                address = ("127.0.0.1", 443 + self.offset)
                socket.create_connection(address, DEADLINE_S).close()
                return
            if process.poll() is not None:
                break
            time.sleep(0.01)
        pytest.fail(f"nginx does not listen: {(self.folder / 'error.log').read_text()}")

    def probe(self) -> tuple[int, dict[str, Any]]:
        """What a probe of it finds."""
        with self.running() as options:
            return self.sites.probe("--connect", *options.split())


@pytest.fixture
def nginx(sites: Sites, program: Callable[[str], str]) -> Nginx:
    """An nginx that does not run yet."""
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))
    found = shutil.which("nginx", path=path) or program("nginx")
    return Nginx(sites, found)


@pytest.mark.engine
def test_an_nginx_with_the_same_sites_agrees(nginx: Nginx) -> None:
    """Moving sites to another server could not be proven right."""
    nginx.write()
    status, found = nginx.probe()
    assert differing(found) == []
    assert (status, found["differ"], found["not_reachable"]) == (0, 0, 0)
    assert found["proven"] == found["agree"] == found["asked"] == 6
    proofs = {item["promised_site"]: item["proof"] for item in found["requests"]}
    assert proofs == {1: "page", 2: "page", None: "refusal"}


@pytest.mark.engine
def test_an_nginx_with_a_wrong_certificate_differs(nginx: Nginx) -> None:
    """The page is right, and no browser shows it."""
    wrong = nginx.sites.certificates[OTHER]
    nginx.write(test=wrong)
    status, found = nginx.probe()
    right = nginx.sites.certificates[TEST]
    assert status == 1
    assert differing(found) == [f"https://{TEST} certificate {wrong}, not {right}"]


@pytest.mark.engine
def test_an_nginx_with_one_page_for_all_is_not_proven(nginx: Nginx) -> None:
    """What any site may have answered must not be called proof."""
    folder = nginx.sites.person.directory / "sites"
    shutil.copyfile(folder / "test/index.html", folder / "other/index.html")
    nginx.write()
    status, found = nginx.probe()
    assert (status, found["differ"]) == (0, 0)
    assert (found["agree"], found["proven"]) == (6, 2)
