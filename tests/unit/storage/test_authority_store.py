"""The authority on disk: one, whole, and private."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bindctl.certificates.authority import issue_certificate
from bindctl.findings.errors import BindctlError
from bindctl.storage.authority_store import find_authority, load_or_create_authority

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)

# Waits for a line before it asks, so that all children ask at the same moment.
RACER = """
import sys
from datetime import UTC, datetime
from bindctl.storage.authority_store import load_or_create_authority
print("ready", flush=True)
sys.stdin.readline()
now = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
material = load_or_create_authority(sys.argv[1], now)
sys.stdout.write((material.certificate_pem + material.key_pem).decode())
"""

# Dies after it has replaced so many files.
KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from bindctl.storage import atomic
from bindctl.storage.authority_store import load_or_create_authority
left = int(sys.argv[2])
real = atomic._replace
def dying(temporary, target):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    real(temporary, target)
atomic._replace = dying
load_or_create_authority(sys.argv[1], datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC))
"""


def test_first_use_makes_what_later_uses_find(tmp_path: Path) -> None:
    """Every run would make an authority nobody trusts yet."""
    folder = tmp_path / "certificates" / "authority"
    made = load_or_create_authority(folder, NOW)
    assert load_or_create_authority(folder, NOW + timedelta(days=900)) == made
    issue_certificate(made.certificate_pem, made.key_pem, ["x.example"], NOW)


def test_looking_makes_nothing(tmp_path: Path) -> None:
    """`cert list` would leave an authority behind."""
    assert find_authority(tmp_path / "authority", NOW) is None
    assert os.listdir(tmp_path) == []


def test_key_is_private_and_certificate_public(tmp_path: Path) -> None:
    """Whoever reads the key can impersonate any site to this machine."""
    before = os.umask(0)
    try:
        load_or_create_authority(tmp_path / "authority", NOW)
    finally:
        os.umask(before)
    modes = {
        item.name: stat.S_IMODE(item.stat().st_mode)
        for item in (tmp_path / "authority").iterdir()
    }
    assert modes["authority.key"] == 0o600
    assert modes["authority.pem"] == 0o644
    assert stat.S_IMODE((tmp_path / "authority").stat().st_mode) == 0o700
    assert ".gitignore" in modes


def test_racing_processes_share_one_authority(tmp_path: Path) -> None:
    """Half the certificates of a first `init` would be trusted by nobody."""
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(tmp_path / "authority")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    answers = {racer.communicate(timeout=30)[0] for racer in racers}
    assert len(answers) == 1
    assert "PRIVATE KEY" in answers.pop()


@pytest.mark.parametrize("files_written", [0, 1, 2])
def test_crash_leaves_no_certificate_without_key(
    tmp_path: Path, files_written: int
) -> None:
    """The authority could never issue again, and would have to be removed by hand."""
    folder = tmp_path / "authority"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), str(files_written)], check=False
    )
    assert done.returncode == -signal.SIGKILL
    left = set(os.listdir(folder))
    assert "authority.pem" not in left or "authority.key" in left
    made = load_or_create_authority(folder, NOW)
    issue_certificate(made.certificate_pem, made.key_pem, ["x.example"], NOW)


def test_certificate_without_key_is_told(tmp_path: Path) -> None:
    """A second authority would silently replace one that machines trust."""
    load_or_create_authority(tmp_path, NOW)
    (tmp_path / "authority.key").unlink()
    with pytest.raises(BindctlError) as caught:
        load_or_create_authority(tmp_path, NOW)
    assert caught.value.code == "CRT003"
    assert "authority.key" in caught.value.message


@pytest.mark.parametrize("name", ["authority.pem", "authority.key"])
def test_damaged_file_is_told(tmp_path: Path, name: str) -> None:
    """The user would see a traceback."""
    load_or_create_authority(tmp_path, NOW)
    (tmp_path / name).write_bytes(b"nonsense")
    with pytest.raises(BindctlError) as caught:
        load_or_create_authority(tmp_path, NOW)
    assert caught.value.code == "CRT003"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs")
def test_a_fifo_is_told_and_nobody_waits_for_it(tmp_path: Path) -> None:
    """`cert create` would hang until somebody writes into it."""
    load_or_create_authority(tmp_path, NOW)
    (tmp_path / "authority.key").unlink()
    os.mkfifo(tmp_path / "authority.key")
    with pytest.raises(BindctlError, match="not a regular file"):
        load_or_create_authority(tmp_path, NOW)


def test_ended_authority_is_told(tmp_path: Path) -> None:
    """Certificates made with it would be refused everywhere."""
    load_or_create_authority(tmp_path, NOW)
    with pytest.raises(BindctlError) as caught:
        load_or_create_authority(tmp_path, NOW + timedelta(days=4000))
    assert caught.value.code == "CRT003"


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """The user would see a traceback."""
    (tmp_path / "file").write_text("")
    with pytest.raises(BindctlError) as caught:
        load_or_create_authority(tmp_path / "file" / "authority", NOW)
    assert caught.value.code == "MET006"
