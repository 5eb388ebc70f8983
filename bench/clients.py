"""Clients: wrk for requests on kept connections, Python for new TLS connections."""

from __future__ import annotations

import random
import shutil
import socket
import ssl
import subprocess
import time
from typing import TYPE_CHECKING

from bench.metabases import host_of

if TYPE_CHECKING:
    from pathlib import Path

CONNECTIONS = 64
_HOSTS = """\
local n = 0
request = function()
  n = (n * 1103515245 + 12345) % 2147483648
  return "GET / HTTP/1.1\\r\\nHost: site" .. (n % {count} + 1) .. ".example.com\\r\\n\\r\\n"
end
done = function(summary)
  io.write("answers ", summary.requests, " errors ",
    summary.errors.status + summary.errors.read + summary.errors.connect
    + summary.errors.write + summary.errors.timeout, "\\n")
end
"""


def load_keep_alive(
    folder: Path, url: str, sites: int, seconds: int, cpu: int | None
) -> tuple[int, int]:
    """Answers and errors of wrk, its Host header going round the sites."""
    path = folder / "hosts.lua"
    path.write_text(_HOSTS.replace("{count}", str(sites)))
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(path), url]
    if cpu is not None and shutil.which("taskset"):
        command = ["taskset", "-c", str(cpu), *command]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    words = next(
        line for line in out.splitlines() if line.startswith("answers")
    ).split()
    return int(words[1]), int(words[3])


class Handshakes:
    """New TLS 1.3 connections, one after another, each to a site chosen at random."""

    def __init__(self, authority: Path, sites: int, port: int) -> None:
        """Trust that authority."""
        self.context = ssl.create_default_context(cafile=authority)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.sites = sites
        self.port = port
        self.random = random.Random(7)  # noqa: S311 - the same sites every time

    def connect(self, number: int) -> bytes:
        """One full handshake with the right certificate, one request; the answer."""
        host = host_of(number)
        with socket.create_connection(("127.0.0.1", self.port), 30) as raw:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.context.wrap_socket(raw, server_hostname=host) as stream:
                request = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
                stream.sendall(request.encode("ascii"))
                answer = stream.recv(65536)
        if not answer.startswith(b"HTTP/1.1 200"):
            message = f"{host} answered {answer[:40]!r}"
            raise RuntimeError(message)
        return answer

    def warm_up(self) -> None:
        """Meet every site once, so that no certificate is loaded afterwards."""
        for number in range(1, self.sites + 1):
            self.connect(number)

    def run(self, count: int) -> int:
        """So many connections."""
        for _each in range(count):
            self.connect(self.random.randint(1, self.sites))
        return count


def wait_for_answer(handshakes: Handshakes, number: int, deadline_s: float) -> None:
    """Until that site answers over TLS with its own certificate."""
    deadline = time.perf_counter() + deadline_s
    while True:
        try:
            handshakes.connect(number)
        except (OSError, RuntimeError):
            if time.perf_counter() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
