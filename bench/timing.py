"""Timing whole processes in turns, so that a noisy machine disturbs all alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path


_USAGE = 2  # the exit status of a command line that is refused


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall times of one command, in seconds."""

    name: str
    walls_s: tuple[float, ...]

    @property
    def median_s(self) -> float:
        """The median."""
        return statistics.median(self.walls_s)


def time_in_turns(
    commands: Mapping[str, Sequence[str] | Callable[[int], Sequence[str]]],
    rounds: int,
    directory: Path,
    *,
    warm_up: int = 1,
    refused: Collection[str] = (),
) -> dict[str, Timing]:
    """Run every command once a round.

    Args:
        commands: Name to command line, or to what makes the one of a turn.
        rounds: Rounds that count.
        directory: Where to run them.
        warm_up: Rounds before them that do not count.
        refused: Names of the commands that are to be refused as wrongly used.
    """
    environment = dict(os.environ)
    # Users run from compiled files; without them every start compiles again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    walls: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(rounds + warm_up):
        for name, made in commands.items():
            command = made(turn) if callable(made) else made
            started = time.perf_counter()
            done = subprocess.run(
                command,
                cwd=directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=name not in refused,
            )
            if name in refused and done.returncode != _USAGE:
                message = f"{name} ended with {done.returncode}"
                raise RuntimeError(message)
            if turn >= warm_up:
                walls[name].append(time.perf_counter() - started)
    return {name: Timing(name, tuple(times)) for name, times in walls.items()}


def script(name: str) -> str:
    """The installed console script of that name, beside this interpreter."""
    return os.path.join(os.path.dirname(sys.executable), name)
