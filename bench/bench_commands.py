"""How long commands take, against a bare interpreter."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.rows import Row, report
from bench.timing import script, time_in_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROUNDS = 21
GET_GOAL = 3.0
OTHER_GOAL = 8.0
GOALS = {"get": GET_GOAL, "sites": 6.0, "check": 6.0, "explain": 6.0}
GOALS |= {"--help": 12.0, "misspelt": 12.0}
SITES = 10
NAMES = ("*.example.com", "site7.example.com")


def run() -> list[Row]:
    """`get` and every other command's start."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        _make_sites(directory)
        bindctl = script("bindctl")
        floor = [sys.executable, "-c", "pass"]
        get = [bindctl, "get", "/w3svc/7/ServerComment"]
        others: dict[str, Sequence[str] | Callable[[int], Sequence[str]]] = {
            # Another value each time, so that every run writes.
            "set": lambda turn: [bindctl, "set", "/w3svc/7/ServerComment", f"C{turn}"],
            "enum": [bindctl, "enum", "/w3svc/7"],
            "sites": [bindctl, "sites"],
            "check": [bindctl, "check"],
            "explain": [bindctl, "explain", "https://site7.example.com/"],
            "cert list": [bindctl, "cert", "list"],
            "cert assign": lambda turn: [
                bindctl,
                "cert",
                "assign",
                NAMES[turn % 2],
                "7",
            ],
            "reset --status": [bindctl, "reset", "--status"],
            "--help": [bindctl, "--help"],
            "misspelt": [bindctl, "chekc"],
        }
        timings = time_in_turns(
            {"floor": floor, "get": get, **others},
            ROUNDS,
            directory,
            refused={"misspelt"},
        )
    base = timings["floor"].median_s
    print(f"commands, {SITES} sites, against python -c pass ({base * 1e3:.1f} ms)")
    rows = []
    for name in ("get", *others):
        goal = GOALS.get(name, OTHER_GOAL)
        timing = timings[name]
        samples = {"s": timing.walls_s, "floor s": timings["floor"].walls_s}
        ratio = timing.median_s / base
        rows.append(report(f"bindctl {name}", ratio, goal, samples=samples))
    return rows


def _make_sites(directory: Path) -> None:
    bindctl = script("bindctl")

    def call(*words: str) -> None:
        subprocess.run(
            [bindctl, *words], cwd=directory, stdout=subprocess.DEVNULL, check=True
        )

    call("init")
    for name in NAMES:
        call("cert", "create", name)
    for number in range(1, SITES + 1):
        host = f"site{number}.example.com"
        call("site", "add", f"Site {number}", "--host", host, "--path", "www")
        call("set", f"/w3svc/{number}/SecureBindings", f":443:{host}")
        call("set", f"/w3svc/{number}/SslFlags", "1")
    numbers = [str(number) for number in range(1, SITES + 1)]
    call("cert", "assign", NAMES[0], *numbers)
