"""A `set` killed at any step leaves the old file or the new one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bindctl.toml.document import set_property

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

OLD = b'# mine\n[w3svc.1]\nServerComment = "old"\n' + b"# filler\n" * 2000
NEW = set_property(OLD, ("w3svc", "1"), "ServerComment", "new")
TIMEOUT_S = 30.0

# Runs `set` with one step of storage.atomic wrapped to kill the process, as a power
# cut would: no handler runs and nothing is flushed.
CHILD = """
import os, signal, sys
from bindctl.storage import atomic

step, moment = sys.argv[1:3]
real = getattr(atomic, step)

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def wrapped(*arguments):
    if moment == "before":
        die()
    if moment == "half-way":
        descriptor, octets = arguments
        os.write(descriptor, octets[: len(octets) // 2])
        die()
    answer = real(*arguments)
    die()
    return answer

setattr(atomic, step, wrapped)
sys.argv = ["bindctl", "set", "/w3svc/1/ServerComment", "new"]
from bindctl.__main__ import main
main()
"""

STEPS = (
    ("_create_temporary", "before", OLD),
    ("_create_temporary", "after", OLD),
    ("_write_all", "before", OLD),
    ("_write_all", "half-way", OLD),
    ("_write_all", "after", OLD),
    ("_sync", "before", OLD),
    ("_sync", "after", OLD),
    ("_replace", "before", OLD),
    ("_replace", "after", NEW),
    ("_sync_directory", "before", NEW),
    ("_sync_directory", "after", NEW),
)


def _run(directory: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BINDCTL_")}
    return subprocess.run(
        [sys.executable, *words],
        cwd=directory,
        env={**kept, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
        timeout=TIMEOUT_S,
    )


@pytest.mark.parametrize(("step", "moment", "octets"), STEPS)
def test_a_killed_set_leaves_the_old_file_or_the_new(
    tmp_path: Path, step: str, moment: str, octets: bytes
) -> None:
    """Half a metabase would keep every site down after a power cut."""
    metabase = tmp_path / "metabase.toml"
    metabase.write_bytes(OLD)
    metabase.chmod(0o640)
    killed = _run(tmp_path, "-c", CHILD, step, moment)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert metabase.read_bytes() == octets
    # What is left behind stops nobody: not the lock, not a temporary file.
    done = _run(tmp_path, "-m", "bindctl", "set", "/w3svc/1/ServerComment", "after all")
    assert (done.returncode, done.stderr) == (0, b"")
    assert metabase.read_bytes() == OLD.replace(b'"old"', b'"after all"')
    assert metabase.stat().st_mode & 0o777 == 0o640
    left = {path.name for path in tmp_path.iterdir()} - {metabase.name, ".bindctl"}
    assert all(name.startswith(".bindctl-") and name.endswith(".tmp") for name in left)
    assert len(left) <= 1
    read = _run(tmp_path, "-m", "bindctl", "sites")
    assert read.returncode == 0
