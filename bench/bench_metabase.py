"""One value of a large metabase, against tomlkit reading and writing all of it."""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from bench.metabases import make_metabase
from bench.timing import report, script, time_in_turns

SITES = 10_000
ROUNDS = 7
GOAL = 100.0
TOMLKIT = """
import sys, tomlkit
path = sys.argv[1]
with open(path, encoding="utf-8", newline="") as file:
    document = tomlkit.parse(file.read())
document["w3svc"]["7777"]["ServerComment"] = "Changed"
with open(path, "w", encoding="utf-8", newline="") as file:
    file.write(tomlkit.dumps(document))
"""


def run() -> bool:
    """`bindctl set` as a whole process; whether the goal is met."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        metabase = directory / "metabase.toml"
        metabase.write_text(make_metabase(SITES), encoding="utf-8")
        bindctl = script("bindctl")
        path = "/w3svc/7777/ServerComment"
        walls = []
        for turn in range(ROUNDS):
            # A different value each time, so that every run really writes.
            command = {"set": [bindctl, "set", path, f"Value {turn}"]}
            walls.append(time_in_turns(command, 1, directory)["set"].median_s)
        ours = statistics.median(walls)
        tomlkit = {"tomlkit": [sys.executable, "-c", TOMLKIT, str(metabase)]}
        # Minutes a run: once, and no round before it.
        theirs = time_in_turns(tomlkit, 1, directory, warm_up=0)["tomlkit"].median_s
    print(
        f"set of one value, {SITES} sites: bindctl {ours * 1e3:.0f} ms, tomlkit "
        f"{theirs:.1f} s (whole processes)"
    )
    return report("times faster than tomlkit", theirs / ours, GOAL, less=False)
