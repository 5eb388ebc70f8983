"""From a new process to its first answer with ten thousand sites, beside nginx.

bindctl reads a certificate when it is first asked for, nginx reads all of them before:
so the second row is the time until every site has answered once.
"""

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
        first: dict[str, list[float]] = {}
        every: dict[str, list[float]] = {}
        for kind in (Bindctl, Nginx):
            server = kind(sites, None)
            try:
                client = Handshakes(sites.authority, SITES, server.https)
                wait_for_answer(client, SITES, START_TIMEOUT_S)
                first[kind.name] = [time.perf_counter() - server.started]
                client.warm_up()
                every[kind.name] = [time.perf_counter() - server.started]
            finally:
                server.stop()
    print(f"start with {SITES} sites and certificates, seconds beside nginx")
    return [
        _against_nginx("the first HTTPS answer", first, GOAL),
        _against_nginx("an answer of every site, one after another", every, None),
    ]


def _against_nginx(what: str, times: dict[str, list[float]], goal: float | None) -> Row:
    ratio = times["bindctl"][0] / times["nginx"][0]
    return report(what, ratio, goal, samples=times)
