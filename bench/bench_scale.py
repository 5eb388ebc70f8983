"""Large metabases: one value, all values, many edits, beside parsers and a database.

    python -m bench scale [--sites 1000,10000]

Every process is timed beyond the interpreter's start, in turns with one that does
nothing. Goals are those of a machine on which that start takes 13 ms; where this one is
slower they grow with it.
"""

from __future__ import annotations

import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.metabases import make_metabase
from bench.rows import Row, report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SIZES = (1_000, 10_000, 100_000)
SETS = 1_000
ROUNDS = 9
SLOW_ROUNDS = 3
START_S = 0.013  # of the machine the goals were written for
# Milliseconds beyond start, by work and number of sites.
GOALS: dict[str, dict[int, float]] = {
    "get": {1_000: 10, 10_000: 30, 100_000: 300},
    "set": {1_000: 15, 10_000: 45, 100_000: 350},
    "add": {1_000: 15, 10_000: 45, 100_000: 350},
    "tree": {10_000: 400, 100_000: 4_000},
    "batch": {10_000: 1_000, 100_000: 3_000},
    "check": {1_000: 1_000, 10_000: 6_000},
}
MEMORY_GOAL_MIB = 1_024
GROWTH_GOAL = 1.15  # 1 is linear
BINDCTL = "from bindctl.__main__ import main; main()"
TREE = """
import gc, sys
gc.disable()
from bindctl.toml.reader import parse_document
from bindctl.metabase.tree import make_tree, web_sites
with open(sys.argv[1], "rb") as file:
    octets = file.read()
for _identifier, key in web_sites(make_tree(parse_document(octets))):
    key.child("root")
"""
# Peak memory in KiB, of this very program: its parent's does not count.
PEAK = """
import os, sys
leave = os._exit
def end(status):
    try:
        with open("/proc/self/status") as file:
            peak = next(line.split()[1] for line in file if line.startswith("VmHWM"))
    except OSError:
        import resource
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stderr.write(f" {peak}")
    sys.stderr.flush()
    leave(status)
os._exit = end
"""
PEERS = {
    "tomllib reads all": (
        "import sys, tomllib\n"
        "with open(sys.argv[1], 'rb') as file: tomllib.load(file)\n"
    ),
    "rtoml reads all": (
        "import sys, rtoml\n"
        "with open(sys.argv[1], encoding='utf-8') as file: rtoml.loads(file.read())\n"
    ),
    "sqlite3 gets one": (
        "import sqlite3, sys\n"
        "base = sqlite3.connect(sys.argv[2])\n"
        'print(base.execute("SELECT value FROM property WHERE path = ? AND name = ?",'
        " (sys.argv[3], 'ServerComment')).fetchone())\n"
    ),
    "sqlite3 sets one": (
        "import sqlite3, sys\n"
        "base = sqlite3.connect(sys.argv[2])\n"
        "base.execute('PRAGMA synchronous = FULL')\n"
        "base.execute('UPDATE property SET value = ? WHERE path = ? AND name = ?',"
        " (sys.argv[4], sys.argv[3], 'ServerComment'))\n"
        "base.commit()\n"
    ),
    "tomlkit sets one": (
        "import sys, tomlkit\n"
        "with open(sys.argv[1], encoding='utf-8', newline='') as file:\n"
        "    document = tomlkit.parse(file.read())\n"
        "document['w3svc'][sys.argv[3].split('.')[1]]['ServerComment'] = sys.argv[4]\n"
        "with open(sys.argv[1], 'w', encoding='utf-8', newline='') as file:\n"
        "    file.write(tomlkit.dumps(document))\n"
    ),
}


class Farm:
    """One metabase on disk, and the same data in a database."""

    def __init__(self, directory: Path, sites: int) -> None:
        """Write both."""
        self.sites = sites
        self.directory = directory / str(sites)
        self.directory.mkdir()
        self.metabase = self.directory / "metabase.toml"
        self.metabase.write_text(make_metabase(sites), encoding="utf-8")
        self.base = self.directory / "metabase.sqlite3"
        self.copy = self.directory / "copy.toml"
        self.copy.write_bytes(self.metabase.read_bytes())
        _fill(self.base, self.metabase)
        self.number = sites * 7 // 10
        self._turn = 0

    def bindctl(self, *words: str) -> list[str]:
        """A command line of ours."""
        return [sys.executable, "-c", BINDCTL, *words, "--metabase", str(self.metabase)]

    def peer(self, name: str) -> list[str]:
        """A command line of somebody else's."""
        files = [str(self.copy), str(self.base)]
        word = f"Peer {self._next()}"
        return [
            *(sys.executable, "-c", PEERS[name]),
            *(*files, f"w3svc.{self.number}", word),
        ]

    def work(self, name: str) -> list[str]:
        """The command line of one row of the table."""
        path = f"/w3svc/{self.number}"
        if name == "get":
            return self.bindctl("get", f"{path}/ServerComment")
        if name == "set":
            return self.bindctl("set", f"{path}/ServerComment", f"Value {self._next()}")
        if name == "add":  # a property the site does not have yet
            site = f"/w3svc/{self.number - self._next()}"
            return self.bindctl("set", f"{site}/MaxBandwidth", "1024")
        if name == "batch":
            return self.bindctl("batch", str(self._script()))
        if name == "check":  # every site without its folder: a finding each
            return self.bindctl("check")
        return [sys.executable, "-c", TREE, str(self.metabase)]

    def _script(self) -> Path:
        turn = self._next()
        step = self.sites // SETS
        lines = [
            f'SET w3svc/{number * step}/ServerComment "Batch {turn} {number}"\n'
            for number in range(1, SETS + 1)
        ]
        script = self.directory / "batch.txt"
        script.write_text("".join(lines), encoding="utf-8")
        return script

    def _next(self) -> int:
        """A number not used before: every run really writes."""
        self._turn += 1
        return self._turn


def run() -> list[Row]:
    """The table."""
    sizes = _sizes(sys.argv[1:])
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        farms = [Farm(Path(folder), sites) for sites in sizes]
        walls = {farm.sites: _measure(farm) for farm in farms}
        for sites in sizes:
            rows += _print_rows(sites, walls[sites])
        rows += _print_growth(walls)
        return rows + _print_memory(farms[-1])


def _sizes(words: Sequence[str]) -> list[int]:
    if "--sites" not in words:
        return list(SIZES)
    return [int(word) for word in words[words.index("--sites") + 1].split(",")]


def _measure(farm: Farm) -> dict[str, float]:
    """Median seconds beyond start, by work; ``start`` is the start itself."""
    works = _works(farm)
    walls: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(-1, ROUNDS):  # the first does not count
        for name, (rounds, command) in works.items():
            if turn < rounds:
                wall = _time(command(), farm.directory)
                if turn >= 0:
                    walls[name].append(wall)
    medians = {name: statistics.median(times) for name, times in walls.items()}
    start = medians["start"]
    return {
        name: wall if name == "start" else wall - start
        for name, wall in medians.items()
    }


def _works(farm: Farm) -> dict[str, tuple[int, Callable[[], list[str]]]]:
    """Rounds and command line of everything to time."""
    works: dict[str, tuple[int, Callable[[], list[str]]]] = {
        "start": (ROUNDS, lambda: [sys.executable, "-c", "pass"])
    }
    for name, goals in GOALS.items():
        if farm.sites in goals:
            rounds = ROUNDS if name in {"get", "set", "add"} else SLOW_ROUNDS
            works[name] = (rounds, lambda name=name: farm.work(name))  # type: ignore[misc]
    for name in PEERS:
        if name != "tomlkit sets one" or farm.sites == min(SIZES):
            rounds = ROUNDS if name.startswith("sqlite3") else 1
            works[name] = (rounds, lambda name=name: farm.peer(name))  # type: ignore[misc]
    return works


def _time(command: Sequence[str], directory: Path) -> float:
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    subprocess.run(
        command,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=command[3:4] != ["check"],  # findings are a status of their own
    )
    return time.perf_counter() - started


def _print_rows(sites: int, walls: Mapping[str, float]) -> list[Row]:
    slower = max(1.0, walls["start"] / START_S)
    print(
        f"scale, {sites} sites, beyond python -c pass ({walls['start'] * 1e3:.1f} ms)"
    )
    rows = []
    for name, goals in GOALS.items():
        if name in walls and sites in goals:
            goal = round(goals[sites] * slower)
            rows.append(report(name, walls[name] * 1e3, goal, " ms"))
    for name in PEERS:
        if name in walls:
            ours = walls["set" if name.endswith("sets one") else "get"]
            print(
                f"    {name:<24} {walls[name] * 1e3:9.1f} ms, "
                f"{walls[name] / ours:7.2f} times ours"
            )
    return rows


def _print_growth(walls: Mapping[int, Mapping[str, float]]) -> list[Row]:
    """The exponent of seconds over sites that fits best, by work."""
    rows = []
    for name in GOALS:
        points = [
            (math.log(sites), math.log(times[name]))
            for sites, times in walls.items()
            if times.get(name, 0) > 0
        ]
        if len(points) > 1:
            rows.append(report(f"growth of {name}", _slope(points), GROWTH_GOAL, ""))
    return rows


def _slope(points: Sequence[tuple[float, float]]) -> float:
    xs, ys = zip(*points, strict=True)
    return statistics.linear_regression(xs, ys).slope


def _print_memory(farm: Farm) -> list[Row]:
    """Peak memory of the whole tree and of a batch, as each says of itself."""
    rows = []
    for name in ("tree", "batch"):
        command = farm.work(name)
        command[2] = f"{PEAK}\n{command[2]}\nend(0)\n"
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peak = int(done.stderr.split()[-1]) / 1024
        what = f"memory of {name}, {farm.sites} sites"
        rows.append(report(what, peak, MEMORY_GOAL_MIB, " MiB"))
    return rows


def _fill(base: Path, metabase: Path) -> None:
    """The same data in a table of properties."""
    import sqlite3  # noqa: PLC0415 - only here

    import rtoml  # noqa: PLC0415 - only here

    rows: list[tuple[str, str, str]] = []

    def walk(path: str, table: Mapping[str, object]) -> None:
        for name, value in table.items():
            if isinstance(value, dict):
                walk(f"{path}.{name}" if path else name, value)
            else:
                rows.append((path, name, str(value)))

    walk("", rtoml.loads(metabase.read_text(encoding="utf-8")))
    connection = sqlite3.connect(base)
    connection.execute(
        "CREATE TABLE property (path TEXT, name TEXT, value TEXT,"
        " PRIMARY KEY (path, name)) WITHOUT ROWID"
    )
    connection.executemany("INSERT INTO property VALUES (?, ?, ?)", rows)
    connection.commit()
    connection.close()
