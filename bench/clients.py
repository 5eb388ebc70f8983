"""Clients: wrk for requests on kept connections, Python for new TLS connections."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import socket
import ssl
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.metabases import host_of
from bench.servers import processors

if TYPE_CHECKING:
    from bench.servers import Server

CONNECTIONS = 64
CONNECTED = 256  # requests of which ``load.lua`` says so
ENOUGH = 1_000  # answers, for a mean
SCRIPT = Path(__file__).with_name("load.lua")
LOOK_S = 600  # at most
_SLACK = 1.01  # headers whose length varies, answers that the end cut off


@dataclass(frozen=True, slots=True)
class Answers:
    """What wrk counted, and the server's seconds once all were connected."""

    count: int
    octets: int
    refused: int
    looked: int
    wrong: int
    lost: int
    cpu_s: float

    @property
    def mean_octets(self) -> float:
        """Of one answer, its head included."""
        return self.octets / max(1, self.count)


class Load:
    """Requests of one kind to one server, and the answers they must have."""

    def __init__(self, kind: str, status: int, octets: int | None) -> None:
        """Requests of a kind in ``load.lua``.

        Args:
            kind: What requests look like.
            status: What each is answered.
            octets: The length of each body; ``None`` for any.
        """
        self.kind = kind
        self.status = status
        self.octets = octets
        self.random = random.Random(11)  # noqa: S311 - the same requests every time

    def look(self, server: Server, scheme: str, count: int) -> float:
        """Look at so many answers; their mean octets.

        Raises:
            RuntimeError: An answer was not the one expected.
        """
        words = [str(count), str(self.status)]
        if self.octets:
            words.append(str(self.octets))
        answers = self._ask(server, scheme, LOOK_S, words)
        self._check(server, answers, answers.mean_octets)
        return answers.mean_octets

    def run(self, server: Server, scheme: str, seconds: int, octets: float) -> float:
        """The server's seconds for one request, handshakes apart.

        Raises:
            RuntimeError: Answers are not those that `look` saw, `octets` long.
        """
        answers = self._ask(server, scheme, seconds, [])
        while answers.count < ENOUGH and seconds < LOOK_S:  # on a busy machine
            seconds *= 2
            answers = self._ask(server, scheme, seconds, [])
        self._check(server, answers, octets)
        return answers.cpu_s / (answers.count - CONNECTED)

    def _ask(
        self, server: Server, scheme: str, seconds: int, words: list[str]
    ) -> Answers:
        port = server.https if scheme == "https" else server.http
        command = [
            *("wrk", "-t1", f"-c{CONNECTIONS}", "--timeout", "30s"),
            *(f"-d{seconds}s", "-s", str(SCRIPT)),
            *(f"{scheme}://127.0.0.1:{port}/", "--", str(server.sites.count)),
            *(str(server.pages), self.kind, f"{self.random.getrandbits(32):08x}"),
            *words,
        ]
        cpu = processors()[1]
        if cpu is not None and shutil.which("taskset"):
            command = ["taskset", "-c", str(cpu), *command]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            lines = iter(process.stdout or ())
            awaited = "looked" if words else "connected"
            if f"{awaited}\n" not in lines:  # reads on until then
                raise RuntimeError(f"{server.name}, {self.kind}: never {awaited}")
            before = server.cpu_s()
            if words:
                _interrupt(process)
            *_others, last = lines
            used = server.cpu_s() - before
        count, octets, refused, looked, wrong, lost = map(int, last.split()[1::2])
        return Answers(count, octets, refused, looked, wrong, lost, used)

    def _check(self, server: Server, answers: Answers, octets: float) -> None:
        refused = answers.count if self.status >= 400 else 0
        is_right = (answers.refused, answers.wrong, answers.lost) == (refused, 0, 0)
        is_enough = answers.count >= ENOUGH
        is_like = is_enough and 1 / _SLACK < answers.mean_octets / octets < _SLACK
        if not (is_right and is_like):
            raise RuntimeError(f"{server.name}, {self.kind}: {answers}, not {octets}")


def _interrupt(process: subprocess.Popen[str]) -> None:
    """End wrk before its time: it misses a signal that comes before it sleeps."""
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)


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
