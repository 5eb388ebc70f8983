"""Processor time a request and a handshake cost, beside nginx in the same run."""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.clients import Handshakes, load_keep_alive, wait_for_answer
from bench.servers import START_TIMEOUT_S, Bindctl, Nginx, Server, Sites
from bench.timing import report

if TYPE_CHECKING:
    from collections.abc import Callable

SITES = 1_000
ROUNDS = 3
LOAD_S = 4
HANDSHAKES = 800
REQUEST_GOAL = 1.3
HANDSHAKE_GOAL = 1.5


def run() -> bool:
    """Keep-alive over HTTP and HTTPS, and full handshakes; whether goals are met."""
    missing = [name for name in ("nginx", "wrk") if shutil.which(name) is None]
    if missing:
        print(f"serving: {' and '.join(missing)} not installed")
        return False
    server_cpu, client_cpu = (0, 1) if (os.cpu_count() or 1) > 1 else (None, None)
    with tempfile.TemporaryDirectory() as folder:
        sites = Sites(Path(folder), SITES)
        servers: list[Server] = []
        try:
            for kind in (Nginx, Bindctl):
                server = kind(sites, server_cpu)
                servers.append(server)
                client = Handshakes(sites.authority, SITES, server.https)
                wait_for_answer(client, SITES, START_TIMEOUT_S)
                client.warm_up()
            return _compare(servers, client_cpu)
        finally:
            for server in servers:
                server.stop()


def _compare(servers: list[Server], client_cpu: int | None) -> bool:
    folder = servers[0].sites.folder

    def load(scheme: str) -> Callable[[Server], int]:
        def once(server: Server) -> int:
            port = server.https if scheme == "https" else server.http
            url = f"{scheme}://127.0.0.1:{port}/"
            answers, errors = load_keep_alive(folder, url, SITES, LOAD_S, client_cpu)
            if errors:
                message = f"{server.name}: {errors} errors"
                raise RuntimeError(message)
            return answers

        return once

    def handshakes(server: Server) -> int:
        client = Handshakes(server.sites.authority, SITES, server.https)
        return client.run(HANDSHAKES)

    print(f"serving {SITES} sites, one worker, access log off, beside nginx")
    met = [
        _ratio(
            "HTTP keep-alive, 1 KiB: CPU per request",
            servers,
            load("http"),
            REQUEST_GOAL,
        ),
        _ratio(
            "HTTPS keep-alive, 1 KiB: CPU per request",
            servers,
            load("https"),
            REQUEST_GOAL,
        ),
        _ratio(
            "TLS 1.3 full handshake: CPU per connection",
            servers,
            handshakes,
            HANDSHAKE_GOAL,
        ),
    ]
    return all(met)


def _ratio(
    what: str, servers: list[Server], work: Callable[[Server], int], goal: float
) -> bool:
    costs: dict[str, list[float]] = {server.name: [] for server in servers}
    for _round in range(ROUNDS):
        for server in servers:
            before = server.cpu_s()
            done = work(server)
            costs[server.name].append((server.cpu_s() - before) / done * 1e6)
    medians = {name: statistics.median(values) for name, values in costs.items()}
    shown = ", ".join(f"{name} {value:.1f} µs" for name, value in medians.items())
    print(f"  {shown}")
    return report(what, medians["bindctl"] / medians["nginx"], goal)
