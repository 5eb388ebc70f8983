"""Processor time a request and a handshake cost, beside nginx in the same run.

Users' browsers send no two requests alike: those rows come from requests with all the
headers of Chrome and a cookie of their own. Rows are sorted, the worst ratio first.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.clients import Handshakes, Load, wait_for_answer
from bench.rows import Row
from bench.servers import (
    PAGE_OCTETS,
    START_TIMEOUT_S,
    Bindctl,
    Nginx,
    Server,
    Sites,
    processors,
    require,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SITES = 1_000
PAGES = 50  # a site, beside its index
ROUNDS = 3
LOAD_S = 2
LOOKED = 1_000
HANDSHAKES = 400
HANDSHAKE_GOAL = 1.5


class Kind(NamedTuple):
    """A row of the table, over HTTP and over TLS: goals are ratios, `None` for none."""

    what: str
    load: Load
    http_goal: float | None
    tls_goal: float | None
    keeps_log: bool = False


LOGGED = "browsers, a cookie each, the log kept"
# 404 comes last: each fills nginx's cache with one more absence.
KINDS = (
    Kind("browsers, a cookie each", Load("index", 200, PAGE_OCTETS), 1.5, 1.8),
    Kind(LOGGED, Load("index", 200, PAGE_OCTETS), None, None, keeps_log=True),
    Kind(f"browsers, {PAGES} files a site", Load("page", 200, PAGE_OCTETS), 1.5, 1.8),
    Kind("browsers, a query each", Load("query", 200, PAGE_OCTETS), 1.5, 1.8),
    Kind("the same again", Load("again", 200, PAGE_OCTETS), 1.0, 1.4),
    Kind("browsers, 404, a path each", Load("missing", 404, None), 5.0, 5.0),
)


def run() -> list[Row]:
    """Every kind of request over HTTP and TLS, and full handshakes."""
    require("nginx", "wrk")
    with tempfile.TemporaryDirectory() as folder:
        sites = Sites(Path(folder), SITES, PAGES)
        plain: list[Server] = []
        logging: list[Server] = []
        try:
            for program in (Nginx, Bindctl):
                plain.append(_start(program, sites, keeps_log=False))
                logging.append(_start(program, sites, keeps_log=True))
            for server in plain:
                every = server.sites.count * (server.pages + 1)
                for scheme in (
                    "http",
                    "https",
                ) * 2:  # bindctl keeps what is asked twice
                    Load("every", 200, PAGE_OCTETS).look(server, scheme, every)
            rows = [_measure_handshakes(plain)]
            for kind in KINDS:
                servers = logging if kind.keeps_log else plain
                rows.append(_measure(kind, servers, "http", kind.http_goal))
                rows.append(_measure(kind, servers, "https", kind.tls_goal))
        finally:
            for server in plain + logging:
                server.stop()
    print(f"serving {SITES} sites, one worker: CPU µs beside nginx, the worst first")
    return [row.show() for row in sorted(rows, key=lambda row: -row.value)]


def _start(program: type[Server], sites: Sites, *, keeps_log: bool) -> Server:
    server = program(sites, processors()[0], keeps_log=keeps_log)
    client = Handshakes(sites.authority, SITES, server.https)
    wait_for_answer(client, SITES, START_TIMEOUT_S)
    return server


def _measure(kind: Kind, servers: list[Server], scheme: str, goal: float | None) -> Row:
    seen = {server.name: kind.load.look(server, scheme, LOOKED) for server in servers}

    def cost(server: Server) -> float:
        return kind.load.run(server, scheme, LOAD_S, seen[server.name])

    name = "TLS" if scheme == "https" else "HTTP"
    return _ratio(f"{kind.what}, {name}", servers, cost, goal)


def _measure_handshakes(servers: list[Server]) -> Row:
    clients = {
        server.name: Handshakes(server.sites.authority, SITES, server.https)
        for server in servers
    }
    for client in clients.values():
        client.warm_up()

    def cost(server: Server) -> float:
        before = server.cpu_s()
        clients[server.name].run(HANDSHAKES)
        return (server.cpu_s() - before) / HANDSHAKES

    return _ratio("TLS 1.3 full handshake", servers, cost, HANDSHAKE_GOAL)


def _ratio(
    what: str,
    servers: list[Server],
    cost: Callable[[Server], float],
    goal: float | None,
) -> Row:
    """Medians beside each other of what each server's processes use, in turns."""
    print(f"measuring: {what}", file=sys.stderr)
    costs: dict[str, list[float]] = {server.name: [] for server in servers}
    for _round in range(ROUNDS):
        for server in servers:
            costs[server.name].append(cost(server) * 1e6)
    ours, theirs = (statistics.median(costs[name]) for name in ("bindctl", "nginx"))
    return Row(what, ours / theirs, goal, samples=costs)
