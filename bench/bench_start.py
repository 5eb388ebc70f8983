"""From a new process to its first answer with ten thousand sites, beside nginx."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from bench.clients import Handshakes, wait_for_answer
from bench.servers import START_TIMEOUT_S, Bindctl, Nginx, Sites
from bench.timing import report

SITES = 10_000
GOAL = 1.0


def run() -> bool:
    """Start both once; whether bindctl answers first."""
    if shutil.which("nginx") is None:
        print("start: nginx not installed")
        return False
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
    print(
        f"start with {SITES} sites and certificates to the first HTTPS answer: "
        f"bindctl {times['bindctl']:.2f} s, nginx {times['nginx']:.2f} s"
    )
    return report(
        "time to first answer, against nginx", times["bindctl"] / times["nginx"], GOAL
    )
