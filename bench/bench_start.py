"""From a new process to its first answer with ten thousand sites, beside nginx."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bench.clients import Handshakes, wait_for_answer
from bench.rows import Row, report
from bench.servers import START_TIMEOUT_S, Bindctl, Nginx, Sites, require

SITES = 10_000
GOAL = 1.0


def run() -> list[Row]:
    """Start both once."""
    require("nginx")
    with tempfile.TemporaryDirectory() as folder:
        sites = Sites(Path(folder), SITES)
        times = {}
        for kind in (Bindctl, Nginx):
            server = kind(sites, None)
            try:
                client = Handshakes(sites.authority, SITES, server.https)
                wait_for_answer(client, SITES, START_TIMEOUT_S)
                times[kind.name] = time.perf_counter() - server.started
            finally:
                server.stop()
    print(f"start with {SITES} sites and certificates to the first HTTPS answer")
    ratio = times["bindctl"] / times["nginx"]
    samples = {name: [wall] for name, wall in times.items()}
    return [report("time to first answer, s", ratio, GOAL, samples=samples)]
