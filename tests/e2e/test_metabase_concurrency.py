"""Many commands at once lose no update, and a reader never sees half a file."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import tomllib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

SITES = 500
PARALLEL = 28
TIMEOUT_S = 60.0
READER_PAUSE_S = 0.005


def _set(directory: Path, site: int) -> tuple[int, bytes]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BINDCTL_")}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "bindctl",
            "set",
            f"/w3svc/{site}/ServerComment",
            f"changed {site}",
        ],
        cwd=directory,
        env={**kept, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    return done.returncode, done.stderr


def _read_until(metabase: Path, done: threading.Event, problems: list[str]) -> int:
    """Parse the file again and again; how often it was read."""
    count = 0
    while not done.wait(READER_PAUSE_S):  # the writers need the processor, too
        octets = metabase.read_bytes()
        count += 1
        try:
            sites = tomllib.loads(octets.decode())["w3svc"]
        except (ValueError, KeyError) as error:
            problems.append(f"{error}: {octets[-80:]!r}")
            continue
        if len(sites) != SITES:
            problems.append(f"{len(sites)} sites")
    return count


def test_five_hundred_sets_at_once_are_all_kept(tmp_path: Path) -> None:
    """A deployment that sets sites in parallel must find every one of them set."""
    metabase = tmp_path / "metabase.toml"
    metabase.write_text(
        "".join(
            f'# site {site}\n[w3svc.{site}]\nServerComment = "old"\n\n'
            for site in range(1, SITES + 1)
        )
    )
    expected = metabase.read_text()
    for site in range(1, SITES + 1):
        expected = expected.replace(
            f'[w3svc.{site}]\nServerComment = "old"',
            f'[w3svc.{site}]\nServerComment = "changed {site}"',
        )
    done = threading.Event()
    problems: list[str] = []
    with ThreadPoolExecutor(PARALLEL + 1) as pool:
        reader = pool.submit(_read_until, metabase, done, problems)
        try:
            answers = list(
                pool.map(lambda site: _set(tmp_path, site), range(1, SITES + 1))
            )
        finally:
            done.set()
        assert reader.result() > 0
    assert [answer for answer in answers if answer != (0, b"")] == []
    assert problems == []
    assert metabase.read_text() == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".bindctl",
        "metabase.toml",
    ]
