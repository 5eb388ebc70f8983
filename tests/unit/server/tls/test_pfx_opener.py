"""PFX files are opened in a process beside the worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.certificates.authority import create_authority, issue_certificate
from bindctl.findings.errors import BindctlError
from bindctl.model.secret import NO_SECRET, Secret
from bindctl.server.tls.pfx_opener import PfxOpener
from tests.pfx_files import make_pfx

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
AUTHORITY = create_authority(NOW)
LEAF = issue_certificate(
    AUTHORITY.certificate_pem, AUTHORITY.key_pem, ["a.example"], NOW
)
PFX = make_pfx(LEAF.certificate_pem, LEAF.key_pem, "geheim")
PASSWORD = Secret("geheim")


@pytest.fixture
def opener() -> Iterator[PfxOpener]:
    """One whose process ends with the test."""
    made = PfxOpener()
    try:
        yield made
    finally:
        made.close()


def test_certificate_and_sealed_key_come_back(opener: PfxOpener) -> None:
    """No certificate of the central store could be served."""
    first, second = opener.open(PFX, PASSWORD), opener.open(PFX, PASSWORD)
    assert b"BEGIN CERTIFICATE" in first.pem
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in first.pem
    assert b"BEGIN PRIVATE KEY" not in first.pem
    assert first.passphrase != second.passphrase
    assert first.passphrase not in repr(first)


@pytest.mark.parametrize(
    ("octets", "password", "reason"),
    [
        (PFX, NO_SECRET, "it needs a password"),
        (b"nonsense", PASSWORD, "the file is not a PFX file"),
        (make_pfx(LEAF.certificate_pem, None), NO_SECRET, "it holds no private key"),
    ],
)
def test_what_cannot_be_used_says_why(
    opener: PfxOpener, octets: bytes, password: Secret, reason: str
) -> None:
    """The service's log is all that tells why a handshake was refused."""
    with pytest.raises(BindctlError, match=reason):
        opener.open(octets, password)
    assert opener.open(PFX, PASSWORD).pem


def test_a_file_that_takes_too_long_is_given_up() -> None:
    """It would hold up every other file of the store, and for ever."""
    opener = PfxOpener(seconds=0.05)
    slow = make_pfx(LEAF.certificate_pem, LEAF.key_pem, "geheim", rounds=500_000)
    try:
        with pytest.raises(BindctlError, match=r"more than 0\.05 s of work"):
            opener.open(slow, PASSWORD)
    finally:
        opener.close()


def test_a_busy_or_sleeping_machine_gives_no_file_up() -> None:
    """A good certificate would be refused until its file changes."""
    code = (
        "import time; from bindctl.server.tls.pfx_opener import limit_processor_time; "
        "limit_processor_time(0.3); time.sleep(0.9); print('slept', flush=True)\n"
        "while True: pass"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, timeout=60
    )
    assert (done.stdout, done.returncode) == (b"slept\n", -signal.SIGPROF)


def test_a_process_that_has_ended_is_started_again(opener: PfxOpener) -> None:
    """After an idle minute no certificate could be loaded any more."""
    opener.open(PFX, PASSWORD)
    process = opener._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert opener.open(PFX, PASSWORD).pem
    process = opener._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)  # and at any moment
    assert opener.open(PFX, PASSWORD).pem
