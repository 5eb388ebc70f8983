"""bindctl and nginx serving the same sites, and what they cost."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING

from bench.certificates import make_certificates
from bench.metabases import host_of, make_metabase
from bench.timing import script

if TYPE_CHECKING:
    from pathlib import Path

START_TIMEOUT_S = 180.0
PAGE_OCTETS = 1024
_NGINX = """\
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.err;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  open_file_cache max=20000 inactive=60s;
  open_file_cache_valid 60s;
  server_names_hash_max_size 65536;
  server_names_hash_bucket_size 128;
  ssl_protocols TLSv1.2 TLSv1.3;
  types {{ text/html html; }}
  index index.html;
{servers}
}}
"""
_NGINX_SITE = """\
  server {{
    listen 127.0.0.1:{http};
    listen 127.0.0.1:{https} ssl;
    server_name {host};
    root {folder}/www/{number};
    ssl_certificate {pem};
    ssl_certificate_key {key};
  }}
"""


class Sites:
    """A number of sites on disk, each with a page and a certificate of its own."""

    def __init__(self, folder: Path, count: int) -> None:
        """Write pages, certificates and both configurations."""
        self.folder = folder
        self.count = count
        names = [[host_of(number)] for number in range(1, count + 1)]
        self.hashes = make_certificates(folder, names)
        page = (b"<p>" + b"x" * PAGE_OCTETS)[:PAGE_OCTETS]
        for number in range(1, count + 1):
            root = folder / "www" / str(number)
            root.mkdir(parents=True)
            (root / "index.html").write_bytes(page)
        text = make_metabase(count, hashes=self.hashes, path="www/{number}", log_type=0)
        (folder / "metabase.toml").write_text(text, encoding="utf-8")

    @property
    def authority(self) -> Path:
        """What clients trust."""
        return self.folder / "certificates" / "authority" / "authority.pem"


class Server:
    """A running server: where it answers, and the processor time it used."""

    name = ""

    def __init__(self, sites: Sites, cpu: int | None) -> None:
        """Start it on free ports, pinned to a processor where there are two."""
        self.sites = sites
        self.cpu = cpu
        self.http, self.https = free_ports()
        self.started = time.perf_counter()
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        raise NotImplementedError

    def pids(self) -> list[int]:
        """Its processes."""
        return [self.process.pid, *children_of(self.process.pid)]

    def cpu_s(self) -> float:
        """Processor seconds used so far by all its processes."""
        return sum(map(cpu_seconds, self.pids()))

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        """Start a command on the server's processor."""
        if self.cpu is not None and shutil.which("taskset"):
            command = ["taskset", "-c", str(self.cpu), *command]
        environment = dict(os.environ)
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        return subprocess.Popen(
            command,
            cwd=self.sites.folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


class Bindctl(Server):
    """bindctl serve, one worker."""

    name = "bindctl"

    def _start(self) -> subprocess.Popen[bytes]:
        metabase = self.sites.folder / "metabase.toml"
        text = metabase.read_text(encoding="utf-8")
        # Ports stand in the metabase itself: no offset leads to any two free ports.
        text = text.replace('":80:', f'":{self.http}:').replace(
            '":443:', f'":{self.https}:'
        )
        # wrk names no server: like nginx's default server, the first certificate then.
        first = self.sites.hashes[0]
        text += f'[http.sslcert."0.0.0.0:{self.https}"]\nCertHash = "{first}"\n'
        served = self.sites.folder / f"served-{self.http}.toml"
        served.write_text(text, encoding="utf-8")
        command = [script("bindctl"), "serve", "--workers", "1", "-m", str(served)]
        return self.spawn(command)


class Nginx(Server):
    """nginx with static files, one worker."""

    name = "nginx"

    def _start(self) -> subprocess.Popen[bytes]:
        path = write_nginx(self.sites, self.http, self.https)
        return self.spawn(["nginx", "-c", str(path), "-p", str(self.sites.folder)])


def write_nginx(sites: Sites, http: int, https: int) -> Path:
    """The configuration of nginx for those sites; its path."""
    folder = sites.folder
    store = folder / "certificates" / "my"
    servers = "".join(
        _NGINX_SITE.format(
            http=http,
            https=https,
            host=host_of(number),
            folder=folder,
            number=number,
            pem=store / f"{sites.hashes[number - 1]}.pem",
            key=store / f"{sites.hashes[number - 1]}.key",
        )
        for number in range(1, sites.count + 1)
    )
    head = "user root;\n" if os.geteuid() == 0 else ""
    path = folder / "nginx.conf"
    path.write_text(head + _NGINX.format(folder=folder, servers=servers))
    return path


def free_ports() -> tuple[int, int]:
    """Two ports that are free on the loopback."""
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


def children_of(pid: int) -> list[int]:
    """Child processes, by Linux's own list."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def cpu_seconds(pid: int) -> float:
    """User and system time of one process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
