"""What `check` costs, beside the checkers of nginx, Caddy and HAProxy.

    python -m bench check [--sites 1000,10000]

The peers read the same sites and certificates from configurations of their own. They
judge less: syntax, and whether each file can be read.
"""

from __future__ import annotations

import math
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.certificates import make_shared_certificates
from bench.metabases import host_of, make_metabase
from bench.peer_checks import PEER_CHECKS
from bench.rows import Row, report
from bench.servers import Sites
from bench.timing import time_in_turns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SITES = 10_000
COLD, WARM = "bindctl cold", "bindctl warm"
NGINX = "nginx -t"
COLD_GOAL = round(1 / 6, 3)  # times nginx -t of the same sites and certificates
WARM_GOAL = 1 / 20
MANY_SITES = 100_000
MANY_CERTIFICATES = 1_000
MANY_GOAL_S = 8.0
MEMORY_GOAL_MIB = 600
GROWTH_GOAL = 1.15  # 1 is linear
GROWTH_SIZES = (1_000, 10_000, 100_000)
LISTS = ((10_000, 1), (100, 100), (10, 1_000))  # sites, and hosts of each
LISTS_GOAL = 1.3  # times the first: linear in hosts
FIX_SITES, FIXES = 1_000, 76
FIX_GOAL_S = 3.0
ROUNDS = 5
SLOW_ROUNDS = 3
BINDCTL = "from bindctl.__main__ import main; main()"


def run() -> list[Row]:
    """The tables."""
    with tempfile.TemporaryDirectory() as folder:
        rows = _run_beside_peers(Path(folder) / "own")
        rows += _run_many(Path(folder) / "shared")
        rows += _run_long_lists(Path(folder) / "lists")
        return [*rows, _run_fixes(Path(folder) / "fixes")]


def _run_beside_peers(folder: Path) -> list[Row]:
    folder.mkdir()
    sites = Sites(folder, SITES)
    peers = {name: prepare(sites) for name, prepare in PEER_CHECKS.items()}
    medians = _measure(folder, peers)
    print(f"check of {SITES} sites with as many certificates (whole processes)")
    for name, command in peers.items():
        if command is None:
            print(f"    {name}: not installed")
            continue
        cold, warm = (medians[name] / medians[ours] for ours in (COLD, WARM))
        shown = f"{medians[name]:9.2f} s, {cold:7.2f} times ours, {warm:.2f} times warm"
        print(f"    {name:<24} {shown}")
    if peers[NGINX] is None:
        return []
    cold, warm = (medians[ours] / medians[NGINX] for ours in (COLD, WARM))
    return [
        report("nothing known yet, beside nginx -t", cold, COLD_GOAL),
        report("the store has not changed, beside nginx -t", warm, WARM_GOAL),
    ]


def _measure(folder: Path, peers: Mapping[str, list[str] | None]) -> dict[str, float]:
    """Median seconds of each, in turns."""
    cache = folder / "cache"
    walls: dict[str, list[float]] = {}
    for turn in range(ROUNDS):
        shutil.rmtree(cache, ignore_errors=True)
        for name in (COLD, WARM):
            wall = _time(_bindctl(folder), cache).wall_s
            walls.setdefault(name, []).append(wall)
        for name, command in peers.items():
            if command is not None and turn < SLOW_ROUNDS:
                walls.setdefault(name, []).append(_time(command, cache).wall_s)
    return {name: statistics.median(times) for name, times in walls.items()}


def _run_many(folder: Path) -> list[Row]:
    points: list[tuple[float, float]] = []
    rows = []
    for sites in GROWTH_SIZES:
        place = folder / str(sites)
        _make_shared(place, sites)
        cache = place / "cache"
        runs = [_time(_bindctl(place), cache) for _turn in range(SLOW_ROUNDS)]
        wall = statistics.median(item.wall_s for item in runs)
        points.append((math.log(sites), math.log(wall)))
        if sites == MANY_SITES:
            print(f"check of {sites} sites with {MANY_CERTIFICATES} certificates")
            rows.append(report("whole process", wall, MANY_GOAL_S, " s"))
            peak = max(item.peak_mib for item in runs)
            rows.append(report("memory", peak, MEMORY_GOAL_MIB, " MiB"))
    xs, ys = zip(*points, strict=True)
    slope = statistics.linear_regression(xs, ys).slope
    return [*rows, report("growth: exponent over sites", slope, GROWTH_GOAL, "")]


def _make_shared(folder: Path, sites: int) -> None:
    """Sites of which each certificate names many."""
    folder.mkdir(parents=True)
    (folder / "www").mkdir()
    hosts = [host_of(number) for number in range(1, sites + 1)]
    hashes = make_shared_certificates(folder, hosts, MANY_CERTIFICATES)
    text = make_metabase(sites, hashes=hashes)
    (folder / "metabase.toml").write_text(text, encoding="utf-8")


def _run_long_lists(folder: Path) -> list[Row]:
    """As many hosts without a certificate in few long lists as in many short ones."""
    commands = {}
    for sites, hosts in LISTS:
        place = folder / str(sites)
        place.mkdir(parents=True)
        text = "".join(map(_without_certificate, range(1, sites + 1), [hosts] * sites))
        (place / "metabase.toml").write_text(text, encoding="utf-8")
        check = f"{shlex.join(_bindctl(place))}; [ $? = 1 ]"  # there are findings
        commands[f"{sites} x {hosts}"] = ["sh", "-c", check]
    short, *long = time_in_turns(commands, SLOW_ROUNDS, folder).values()
    print(f"check of hosts without a certificate, beside {short.name}")
    return [
        report(
            f"{timing.name} hosts without a certificate",
            timing.median_s / short.median_s,
            LISTS_GOAL,
            samples={"s": timing.walls_s, "short lists s": short.walls_s},
        )
        for timing in long
    ]


def _run_fixes(folder: Path) -> Row:
    """Every fix is tried by a whole check: misspelt names in a file of a thousand sites."""
    folder.mkdir()
    text = make_metabase(FIX_SITES)
    for _number in range(FIXES):
        text = text.replace("SSLStoreName =", "SSLStorName =", 1)
    (folder / "metabase.toml").write_text(text, encoding="utf-8")
    dry = f"{shlex.join(_bindctl(folder))} --fix --dry-run; [ $? = 1 ]"
    timing = time_in_turns({"fix": ["sh", "-c", dry]}, SLOW_ROUNDS, folder)["fix"]
    what = f"check --fix of {FIXES} findings, {FIX_SITES} sites"
    return report(what, timing.median_s, FIX_GOAL_S, " s", {"s": timing.walls_s})


def _without_certificate(site: int, hosts: int) -> str:
    bindings = ", ".join(f'":443:h{number}.s{site}.example"' for number in range(hosts))
    return f"""\
[w3svc.{site}]
SslFlags = 1
SecureBindings = [{bindings}]
[w3svc.{site}.root]
Path = "www"

"""


class _Run:
    """One process: how long it took, and its peak of memory."""

    def __init__(self, wall_s: float, peak_mib: float) -> None:
        self.wall_s = wall_s
        self.peak_mib = peak_mib


def _bindctl(folder: Path) -> list[str]:
    metabase = str(folder / "metabase.toml")
    return [sys.executable, "-c", BINDCTL, "check", "--metabase", metabase]


def _time(command: Sequence[str], cache: Path) -> _Run:
    environment = dict(os.environ) | {"XDG_CACHE_HOME": str(cache)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    complaint = process.stderr.read() if process.stderr else b""
    _pid, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = complaint.decode("utf-8", "replace")[-2000:]
        raise RuntimeError(f"{' '.join(command)}: {message}")
    return _Run(wall, usage.ru_maxrss / 1024)
