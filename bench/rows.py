"""Rows: what a benchmark measured, how it is shown, kept and compared."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FOLDER = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside its goal: the less, the better.

    Attributes:
        what: Its name; two runs are compared by it.
        value: The figure, a ratio where `unit` is ``x``.
        goal: What it should be; ``None`` while none is set.
        unit: Shown behind it.
        samples: The raw values it was made from, by program.
    """

    what: str
    value: float
    goal: float | None
    unit: str = "x"
    samples: Mapping[str, Sequence[float]] = field(default_factory=dict)

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached, or none is set."""
        return self.goal is None or self.value <= self.goal

    def show(self) -> Row:
        """Print it; itself."""
        told = "no goal yet"
        if self.goal is not None:
            word = "met" if self.is_met else "MISSED"
            told = f"goal <= {self.goal:g}{self.unit}  {word}"
        raw = "  ".join(f"{name} {value:.4g}" for name, value in self.medians().items())
        print(f"  {self.what:<58} {self.value:8.2f}{self.unit}  {told:<22} {raw}")
        return self

    def medians(self) -> dict[str, float]:
        """The median of each program's raw values."""
        return {name: statistics.median(raw) for name, raw in self.samples.items()}


def report(
    what: str,
    value: float,
    goal: float | None,
    unit: str = "x",
    samples: Mapping[str, Sequence[float]] | None = None,
) -> Row:
    """Print one figure beside its goal; the row."""
    return Row(what, value, goal, unit, samples or {}).show()


def save(rows: Mapping[str, Sequence[Row]], output: str | None) -> str:
    """Keep a run's rows, by benchmark; the path of the file.

    Args:
        rows: What was measured.
        output: Where; ``None`` for a file of its own in `FOLDER`.
    """
    when = time.strftime("%Y-%m-%dT%H%M%SZ", time.gmtime())
    command = ["git", "describe", "--always", "--dirty"]
    described = subprocess.run(
        command, cwd=FOLDER.parent, capture_output=True, text=True, check=False
    )
    commit = described.stdout.strip() or "unknown"
    if output is None:
        FOLDER.mkdir(exist_ok=True)
        output = str(FOLDER / f"{when}-{commit}.json")
    kept = [
        {"bench": name, **asdict(row), "medians": row.medians()}
        for name, some in rows.items()
        for row in some
    ]
    document = {"when": when, "commit": commit, "rows": kept}
    Path(output).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return output


def compare(before: str, after: str) -> None:
    """Print each figure of two kept runs side by side, the worst change first."""
    old, new = (_load(path) for path in (before, after))
    both = [key for key in old if key in new]
    both.sort(key=lambda key: _growth(old[key], new[key]), reverse=True)
    for key in both:
        was, now = old[key], new[key]
        change = f"{was['value']:9.2f} -> {now['value']:9.2f}{now['unit']}"
        print(f"  {key[1]:<58} {change}  x {_growth(was, now):.2f}")
    for path, rows, other in ((before, old, new), (after, new, old)):
        for _bench, what in rows.keys() - other.keys():
            print(f"  {what:<58} only in {path}")


def _load(path: str) -> dict[tuple[str, str], dict[str, Any]]:
    rows = json.loads(Path(path).read_text(encoding="utf-8"))["rows"]
    return {(row["bench"], row["what"]): row for row in rows}


def _growth(was: Mapping[str, Any], now: Mapping[str, Any]) -> float:
    growth: float = now["value"] / was["value"]
    return growth
