"""What a worker holds after requests that were made to fill its memory.

Each has a host, a path and headers that no other has, and many are as long as a head
may be. What the worker remembers of them must have a bound.
"""

from __future__ import annotations

import random
import re
import socket
import tempfile
from collections import Counter
from pathlib import Path
from typing import Final

from bench.clients import Handshakes, wait_for_answer
from bench.metabases import host_of
from bench.rows import Row, report
from bench.servers import (
    START_TIMEOUT_S,
    Bindctl,
    Sites,
    children_of,
    memory_mib,
    processors,
)

SITES: Final = 1_000
REQUESTS: Final = 110_000
CONNECTIONS: Final = 64
GOAL: Final = 2.0
HEAD_OCTETS: Final = (600, 1_900, 2_000, 8_000, 16_000)  # 16,384 is the most
LINES: Final = (1, 5, 20, 150)  # 200 is the most
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def run() -> list[Row]:
    """Memory of a new worker after the requests, against before."""
    with tempfile.TemporaryDirectory() as folder:
        sites = Sites(Path(folder), SITES)
        server = Bindctl(sites, processors()[0])
        try:
            client = Handshakes(sites.authority, SITES, server.https)
            wait_for_answer(client, SITES, START_TIMEOUT_S)
            (worker,) = children_of(server.process.pid)
            before = memory_mib(worker)
            statuses = _send_all(server.http)
            after = memory_mib(worker)
        finally:
            server.stop()
    told = ", ".join(f"{status}: {count}" for status, count in statuses.most_common())
    print(f"memory of a worker, {SITES} sites, {REQUESTS} hostile requests ({told})")
    samples = {"before, MiB": [before], "after, MiB": [after]}
    return [report("PSS after, against before", after / before, GOAL, samples=samples)]


def _send_all(port: int) -> Counter[str]:
    """Send every request, one a connection at a time; the statuses of the answers."""
    statuses: Counter[str] = Counter()
    streams = [_connect(port) for _each in range(CONNECTIONS)]
    for first in range(0, REQUESTS, CONNECTIONS):
        count = min(CONNECTIONS, REQUESTS - first)
        for place in range(count):
            streams[place].sendall(hostile_request(first + place))
        for place in range(count):
            head = _read_answer(streams[place])
            statuses[head[9:12].decode("ascii")] += 1
            if b"\r\nconnection: close" in head.lower():
                streams[place].close()
                streams[place] = _connect(port)
    for stream in streams:
        stream.close()
    return statuses


def hostile_request(number: int) -> bytes:
    """The request of that number: unlike every other in each of its parts."""
    chance = random.Random(number)  # noqa: S311 - the same requests every time
    site = host_of(chance.randint(1, SITES))
    word = f"{number:06x}"
    host = chance.choice(
        [
            site,
            f"{site}:{number:0200d}",
            f"{site}:{number % 65536}",
            f"{word}.{site}",
            f"{word}.{'x' * 60}.{'y' * 60}.example.org",
            f"[2001:db8::{number >> 16:x}:{number & 65535:x}]",
        ]
    )
    target = chance.choice(
        [
            f"/?{word}",
            f"/{word}.html",
            f"/%{33 + number % 90:x}{word}/index.html",
            f"/{word}/" + "a/" * 100,
            f"/index.html?{word}=" + "q" * 400,
            f"http://{site}/{word}",
        ]
    )
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}", f"Cookie: {word}"]
    lines.append(f'{chance.choice(["If-None-Match", "ETag", "X-A"])}: "{word}"')
    room = chance.choice(HEAD_OCTETS) - sum(len(line) + 2 for line in lines) - 2
    count = chance.choice(LINES)
    for line in range(count):
        name = f"X-{word}-{line}: "
        lines.append(name + "v" * max(1, room // count - len(name) - 2))
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def _connect(port: int) -> socket.socket:
    stream = socket.create_connection(("127.0.0.1", port), 30)
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return stream


def _read_answer(stream: socket.socket) -> bytes:
    """Read one whole answer; its head."""
    octets = b""
    while (end := octets.find(b"\r\n\r\n")) < 0:
        octets += _receive(stream)
    length = _LENGTH.search(octets, 0, end)
    missing = (int(length[1]) if length else 0) - (len(octets) - end - 4)
    while missing > 0:
        missing -= len(_receive(stream))
    return octets[:end]


def _receive(stream: socket.socket) -> bytes:
    received = stream.recv(65536)
    if not received:
        raise RuntimeError("the server closed a connection without an answer")
    return received
