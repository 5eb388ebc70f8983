"""The routing plan: to compile it, to ask it, and to compare two."""

from __future__ import annotations

import gc
import ipaddress
import random
import statistics
import time
from typing import TYPE_CHECKING, Final

from bench.metabases import host_of, make_metabase
from bench.rows import Row, report
from bindctl.bindings.lowering import lower_table
from bindctl.bindings.start import start_sites
from bindctl.metabase.tree import make_tree
from bindctl.operations.load.configuration import compile_configuration
from bindctl.operations.load.sources import reason_changes
from bindctl.routing.plan import compile_plan
from bindctl.toml.reader import parse_document

if TYPE_CHECKING:
    from bindctl.routing.plan import RoutingPlan

SIZES: Final = (1_000, 10_000, 100_000)
DIFF_SITES: Final = 10_000
COMPILE_GOAL_S: Final = 2.0
LOOKUP_GOAL_US: Final = 2.0
DIFF_GOAL_S: Final = 1.0
LOOKUPS: Final = 100_000
ROUNDS: Final = 5


def run() -> list[Row]:
    """The table."""
    rows = []
    print("the plan (medians)")
    for sites in SIZES:
        plan, wall = _compile(sites)
        if sites == SIZES[-1]:
            rows.append(report(f"compile {sites} sites", wall, COMPILE_GOAL_S, " s"))
        for what, hosts in _lookups(sites):
            walls = [_ask(plan, hosts) for _turn in range(ROUNDS)]
            name = f"one look-up in {sites} sites, {what}"
            rows.append(report(name, statistics.median(walls), LOOKUP_GOAL_US, " us"))
    rows.append(_diff(shared=True))
    rows.append(_diff(shared=False))
    return rows


def _compile(sites: int) -> tuple[RoutingPlan, float]:
    """The plan of that many sites, and the seconds it took from the table on."""
    table = lower_table(make_tree(parse_document(make_metabase(sites).encode())))
    walls = []
    plan = compile_plan(table, start_sites(table).started)
    gc.collect()
    for _turn in range(ROUNDS):
        started = time.perf_counter()
        compile_plan(table, start_sites(table).started)
        walls.append(time.perf_counter() - started)
    return plan, statistics.median(walls)


def _lookups(sites: int) -> list[tuple[str, list[str]]]:
    known = [host_of(number) for number in range(1, sites + 1)]
    random.Random(5).shuffle(known)  # noqa: S311 - clients ask in no order
    return [("known host", known), ("unknown host", [f"x.{host}" for host in known])]


def _ask(plan: RoutingPlan, hosts: list[str]) -> float:
    """Microseconds for one site and one certificate, the loop included."""
    address = ipaddress.ip_address("127.0.0.1")
    port = plan.ports[443]
    turns = max(1, LOOKUPS // len(hosts))
    started = time.perf_counter()
    for _turn in range(turns):
        for host in hosts:
            port.select_certificate(address, host)
            port.match(address, host)
    return (time.perf_counter() - started) / (turns * len(hosts)) * 1e6 / 2


def _diff(*, shared: bool) -> Row:
    """Two metabases that differ in one site, beyond loading them."""
    hashes = None if shared else [f"{number:040x}" for number in range(DIFF_SITES)]
    text = make_metabase(DIFF_SITES, hashes=hashes)
    name = host_of(DIFF_SITES // 2)
    other = text.replace(f'":443:{name}"', f'":443:new.{name}"')
    before, after = (compile_configuration(octets.encode()) for octets in (text, other))
    walls = []
    found = reason_changes(before, after)
    for _turn in range(ROUNDS):
        started = time.perf_counter()
        reason_changes(before, after)
        walls.append(time.perf_counter() - started)
    kind = "one certificate for all" if shared else "a certificate a site"
    print(f"    {len(found)} classes of requests get a different answer")
    what = f"diff of {DIFF_SITES} sites, {kind}"
    return report(what, statistics.median(walls), DIFF_GOAL_S, " s")
