"""bindctl and nginx serving the same sites, and what they cost."""

from __future__ import annotations

import os
import random
import resource
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
PORTS = range(20_000, 32_768)  # Linux gives clients those from 32768 on
# nginx keeps every file open and every absence in mind, twice over, for an hour: what
# it is measured by is its best. It keeps a log for each site, as IIS does, and the
# same columns.
_NGINX = """\
worker_processes 1;
worker_rlimit_nofile {files};
daemon off;
pid {folder}/nginx-{http}.pid;
error_log {folder}/nginx-{http}.err;
events {{ worker_connections 4096; }}
http {{
  log_format w3c '$time_iso8601 $server_addr $request_method $uri $args $server_port '
    '$remote_user $remote_addr "$http_user_agent" "$http_referer" $host $status '
    '$bytes_sent $request_length $request_time';
  log_not_found off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  open_file_cache max={files} inactive=1h;
  open_file_cache_valid 1h;
  open_file_cache_errors on;
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
    access_log {log};
    ssl_certificate {pem};
    ssl_certificate_key {key};
  }}
"""


class Sites:
    """A number of sites on disk, each with a certificate and pages of its own."""

    def __init__(self, folder: Path, count: int, pages: int = 0) -> None:
        """Write an index, so many other pages, and certificates; the metabase."""
        self.folder = folder
        self.count = count
        self.pages = pages
        names = [[host_of(number)] for number in range(1, count + 1)]
        self.hashes = make_certificates(folder, names)
        page = (b"<p>" + b"x" * PAGE_OCTETS)[:PAGE_OCTETS]
        for number in range(1, count + 1):
            root = folder / "www" / str(number)
            root.mkdir(parents=True)
            (root / "index.html").write_bytes(page)
            for name in range(1, pages + 1):
                (root / f"page{name}.html").write_bytes(page)
        text = make_metabase(count, hashes=self.hashes, path="www/{number}", log_type=0)
        (folder / "metabase.toml").write_text(text, encoding="utf-8")

    @property
    def files(self) -> int:
        """How many pages there are."""
        return self.count * (self.pages + 1)

    @property
    def authority(self) -> Path:
        """What clients trust."""
        return self.folder / "certificates" / "authority" / "authority.pem"


class Server:
    """A running server: where it answers, and the processor time it used."""

    name = ""

    def __init__(
        self, sites: Sites, cpu: int | None, *, keeps_log: bool = False
    ) -> None:
        """Start it on free ports, pinned to a processor where there are two."""
        self.sites = sites
        self.cpu = cpu
        self.keeps_log = keeps_log
        self.http, self.https = free_ports()
        self.started = time.perf_counter()
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        raise NotImplementedError

    @property
    def pages(self) -> int:
        """Pages a site, beside the index, that it is asked for."""
        return self.sites.pages

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
        if self.keeps_log:
            text = text.replace("LogType = 0", "LogType = 1")
        served = self.sites.folder / f"served-{self.http}.toml"
        served.write_text(text, encoding="utf-8")
        command = [script("bindctl"), "serve", "--workers", "1", "-m", str(served)]
        return self.spawn(command)


class Nginx(Server):
    """nginx with static files, one worker."""

    name = "nginx"

    @property
    def pages(self) -> int:
        """As many as it may hold open all at once, so that it is never the slower."""
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        may_open = (limit - 4096) // self.sites.count - 1  # beside listeners and logs
        return min(self.sites.pages, may_open)

    def _start(self) -> subprocess.Popen[bytes]:
        path = write_nginx(self.sites, self.http, self.https, keeps_log=self.keeps_log)
        return self.spawn(["nginx", "-c", str(path), "-p", str(self.sites.folder)])


def write_nginx(
    sites: Sites, http: int, https: int, *, keeps_log: bool = False
) -> Path:
    """The configuration of nginx for those sites; its path."""
    folder = sites.folder
    log = "off"
    if keeps_log:
        (folder / "nginx-logs").mkdir(exist_ok=True)
        log = f"{folder}/nginx-logs/{{}}.log w3c buffer=64k flush=1s"
    store = folder / "certificates" / "my"
    servers = "".join(
        _NGINX_SITE.format(
            http=http,
            https=https,
            host=host_of(number),
            folder=folder,
            number=number,
            log=log.format(number),
            pem=store / f"{sites.hashes[number - 1]}.pem",
            key=store / f"{sites.hashes[number - 1]}.key",
        )
        for number in range(1, sites.count + 1)
    )
    head = "user root;\n" if os.geteuid() == 0 else ""
    path = folder / f"nginx-{http}.conf"
    files = max(20_000, 2 * sites.files)
    text = _NGINX.format(folder=folder, http=http, files=files, servers=servers)
    path.write_text(head + text)
    return path


def free_ports() -> tuple[int, int]:
    """Two ports that are free on the loopback, and that no client is given."""
    found = filter(_is_free, random.sample(PORTS, len(PORTS)))
    return next(found), next(found)


def _is_free(port: int) -> bool:
    with socket.socket() as bound:
        try:
            bound.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def processors() -> tuple[int, int] | tuple[None, None]:
    """One for the server and one for its client, where there are two."""
    return (0, 1) if (os.cpu_count() or 1) > 1 else (None, None)


def require(*programs: str) -> None:
    """Refuse to go on without those programs."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        raise MissingProgramError(" and ".join(missing))


class MissingProgramError(Exception):
    """A program that a benchmark needs is not installed."""


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


def memory_mib(pid: int) -> float:
    """Memory of one process, what it shares counted in parts (PSS)."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        line = next(line for line in file if line.startswith("Pss:"))
    return int(line.split()[1]) / 1024
