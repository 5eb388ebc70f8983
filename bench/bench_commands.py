"""How long commands take, against a bare interpreter."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from bench.timing import report, script, time_in_turns

ROUNDS = 21
GET_GOAL = 3.0
OTHER_GOAL = 8.0
SITES = 10


def run() -> bool:
    """`get` and every other command's start; whether the goals are met."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        _make_sites(directory)
        bindctl = script("bindctl")
        floor = [sys.executable, "-c", "pass"]
        get = [bindctl, "get", "/w3svc/7/ServerComment"]
        others = {
            # The shell's pid makes each value a new one, so that every run writes.
            "set": ["sh", "-c", f'exec {bindctl} set /w3svc/7/ServerComment "$$"'],
            "enum": [bindctl, "enum", "/w3svc/7"],
            "sites": [bindctl, "sites"],
            "check": [bindctl, "check"],
            "explain": [bindctl, "explain", "https://site7.example.com/"],
            "cert list": [bindctl, "cert", "list"],
            "cert assign": [bindctl, "cert", "assign", "*.example.com", "7"],
            "reset --status": [bindctl, "reset", "--status"],
        }
        timings = time_in_turns(
            {"floor": floor, "get": get, **others}, ROUNDS, directory
        )
    base = timings["floor"].median_s
    print(f"commands, {SITES} sites, against python -c pass ({base * 1e3:.1f} ms)")
    met = [report("bindctl get", timings["get"].median_s / base, GET_GOAL)]
    for name in others:
        ratio = timings[name].median_s / base
        met.append(report(f"bindctl {name}", ratio, OTHER_GOAL))
    return all(met)


def _make_sites(directory: Path) -> None:
    bindctl = script("bindctl")

    def call(*words: str) -> None:
        subprocess.run(
            [bindctl, *words], cwd=directory, stdout=subprocess.DEVNULL, check=True
        )

    call("init")
    call("cert", "create", "*.example.com")
    for number in range(1, SITES + 1):
        host = f"site{number}.example.com"
        call("site", "add", f"Site {number}", "--host", host, "--path", "www")
        call("set", f"/w3svc/{number}/SecureBindings", f":443:{host}")
    numbers = [str(number) for number in range(1, SITES + 1)]
    call("cert", "assign", "*.example.com", *numbers)
