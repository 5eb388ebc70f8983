"""What edits of bindings and sites cost beside `set` of a comment, in whole processes.

A new binding may take requests from other sites, which is told before it is written; a
comment takes none. So the comment is the floor, and the bindings are what people set.
The same goes for a site that is made, copied or deleted.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from bench.metabases import make_metabase
from bench.rows import Row, report
from bench.timing import script, time_in_turns

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS: Final = 7
SLOW_ROUNDS: Final = 3  # from `MANY` sites on
MANY: Final = 100_000
BATCH_SITES: Final = 10_000
BATCH: Final = 1_000
SITE_EDITS_SITES: Final = 10_000
SITE_EDITS_GOAL: Final = 3.0
BATCH_GOALS: Final = {"COPY": 3.0}
APPLY_GOAL: Final = 2.0
PARSE: Final = (
    "import rtoml\n"
    "with open('metabase.toml', encoding='utf-8') as file: rtoml.loads(file.read())\n"
)
COMMENT: Final = "ServerComment"
PORTS: Final = {"SecureBindings": 443, "ServerBindings": 80}


class Farm(NamedTuple):
    """A metabase and its goals: how many times a comment each property may cost."""

    sites: int
    what: str
    goals: dict[str, float]
    uses_sni: bool = True
    has_wildcard: bool = False


FARMS: Final = (
    Farm(10, "", dict.fromkeys(PORTS, 1.3)),
    Farm(10_000, "", dict.fromkeys(PORTS, 2.0)),
    Farm(100_000, "", dict.fromkeys(PORTS, 2.0)),
    Farm(10_000, " (no SNI)", {"SecureBindings": 2.7}, uses_sni=False),
    Farm(10, " (a site without host)", dict.fromkeys(PORTS, 3.0), has_wildcard=True),
    Farm(
        10_000, " (a site without host)", dict.fromkeys(PORTS, 3.5), has_wildcard=True
    ),
)


def run() -> list[Row]:
    """Each property in each metabase, sites, a batch and a desired state."""
    print("set, whole processes")
    rows = []
    for farm in FARMS:
        with tempfile.TemporaryDirectory() as folder:
            rows += _measure(farm, Path(folder))
    for measure in (_measure_site_edits, _measure_batch, _measure_apply):
        with tempfile.TemporaryDirectory() as folder:
            rows += measure(Path(folder))
    return rows


def _measure(farm: Farm, folder: Path) -> list[Row]:
    _write(farm, folder)
    site = f"/w3svc/{farm.sites * 7 // 10}"

    def command(name: str, port: int | None) -> Callable[[int], list[str]]:
        def at(turn: int) -> list[str]:  # another value each time: each is written
            value = f"Value {turn}" if port is None else f":{port}:new{turn}.test"
            return [script("bindctl"), "set", f"{site}/{name}", value]

        return at

    commands = {name: command(name, PORTS[name]) for name in farm.goals}
    commands[COMMENT] = command(COMMENT, None)
    is_slow = farm.sites >= MANY
    rounds = SLOW_ROUNDS if is_slow else ROUNDS
    timings = time_in_turns(commands, rounds, folder, warm_up=0 if is_slow else 1)
    floor = timings[COMMENT]
    rows = []
    for name, goal in farm.goals.items():
        timing = timings[name]
        samples = {"s": timing.walls_s, "comment s": floor.walls_s}
        what = f"{name}, {farm.sites} sites{farm.what}"
        ratio = timing.median_s / floor.median_s
        rows.append(report(what, ratio, goal, samples=samples))
    return rows


def _measure_site_edits(folder: Path) -> list[Row]:
    """A whole site made, copied and deleted; the copy collides with the original."""
    sites = SITE_EDITS_SITES
    _write(Farm(sites, "", {}), folder)
    original = f"/w3svc/{sites * 7 // 10}"

    def command(verb: str) -> Callable[[int], list[str]]:
        def at(turn: int) -> list[str]:
            words = {
                COMMENT: ["set", f"{original}/{COMMENT}", f"Value {turn}"],
                "create": ["create", f"/w3svc/{sites + 1 + turn}", "IIsWebServer"],
                "copy": ["copy", original, f"/w3svc/{2 * sites + turn}"],
                "delete": ["delete", f"/w3svc/{turn + 1}/"],
            }
            return [script("bindctl"), *words[verb]]

        return at

    verbs = (COMMENT, "create", "copy", "delete")
    timings = time_in_turns({verb: command(verb) for verb in verbs}, ROUNDS, folder)
    floor = timings[COMMENT]
    rows = []
    for verb in verbs[1:]:
        samples = {"s": timings[verb].walls_s, "comment s": floor.walls_s}
        ratio = timings[verb].median_s / floor.median_s
        what = f"{verb} of a site, {sites} sites"
        rows.append(report(what, ratio, SITE_EDITS_GOAL, samples=samples))
    return rows


def _measure_batch(folder: Path) -> list[Row]:
    """Files of a thousand bindings and of as many copies beside one of comments."""
    _write(Farm(BATCH_SITES, "", {}), folder)
    lines = {
        "SecureBindings": 'SET w3svc/{0}/SecureBindings ":443:new{1}x{0}.test"\n',
        "COPY": "COPY w3svc/{0} w3svc/{2}\n",
        COMMENT: 'SET w3svc/{0}/ServerComment "C{1}"\n',
    }

    def command(name: str) -> Callable[[int], list[str]]:
        def at(turn: int) -> list[str]:
            new = BATCH_SITES + BATCH * turn
            numbers = range(1, BATCH + 1)
            text = "".join(lines[name].format(n, turn, new + n) for n in numbers)
            file = folder / f"{name}.txt"
            file.write_text(text, encoding="utf-8")
            return [script("bindctl"), "batch", str(file)]

        return at

    timings = time_in_turns(
        {name: command(name) for name in lines}, SLOW_ROUNDS, folder
    )
    floor = timings.pop(COMMENT)
    return [
        report(
            f"batch of {BATCH} {name}, {BATCH_SITES} sites",
            timing.median_s / floor.median_s,
            BATCH_GOALS.get(name),
            samples={"s": timing.walls_s, "comments s": floor.walls_s},
        )
        for name, timing in timings.items()
    ]


def _measure_apply(folder: Path) -> list[Row]:
    """A desired state with one change beside a parser that reads the metabase once."""
    _write(Farm(MANY, "", {}), folder)
    desired = folder / "desired.toml"

    def apply(turn: int) -> list[str]:
        text = f'[w3svc.{MANY * 7 // 10}]\nServerComment = "Value {turn}"\n'
        desired.write_text(text, encoding="utf-8")
        return [script("bindctl"), "apply", str(desired)]

    timings = time_in_turns(
        {"apply": apply, "rtoml": [sys.executable, "-c", PARSE]}, SLOW_ROUNDS, folder
    )
    ours, floor = timings["apply"], timings["rtoml"]
    samples = {"s": ours.walls_s, "rtoml s": floor.walls_s}
    ratio = ours.median_s / floor.median_s
    what = f"apply of one change, {MANY} sites, beside rtoml.loads"
    return [report(what, ratio, APPLY_GOAL, samples=samples)]


def _write(farm: Farm, folder: Path) -> None:
    hashes = [f"{number:040x}" for number in range(farm.sites)]
    text = make_metabase(farm.sites, hashes=hashes if farm.uses_sni else None)
    if farm.has_wildcard:
        # The first site answers for every other host, with its certificate.
        for port in PORTS.values():
            text = text.replace(f'":{port}:site1.example.com"', f'":{port}:"')
        text = text.replace("SslFlags = 1", "SslFlags = 0", 1)
    (folder / "metabase.toml").write_text(text, encoding="utf-8")
