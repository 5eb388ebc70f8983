"""bindctl as its users run it: commands in a fresh directory, a service, real clients."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

COMMAND_TIMEOUT_S = 60.0
PORTS = (80, 443)
OFFSETS = (10_000, 30_000)
TEST, OTHER = "test.stevefenton.co.uk", "other.stevefenton.co.uk"


class Administrator:
    """Somebody at a prompt in a directory of their own."""

    def __init__(self, directory: Path, port_offset: int) -> None:
        """Nothing is there yet."""
        self.directory = directory
        self.port_offset = port_offset
        self.http_port = PORTS[0] + port_offset
        self.https_port = PORTS[1] + port_offset
        self.authority = directory / "certificates" / "authority" / "authority.pem"
        home = directory / "home"
        home.mkdir()
        kept = {k: v for k, v in os.environ.items() if not k.startswith("BINDCTL_")}
        self.environment = {**kept, "HOME": str(home)}

    def try_run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run bindctl, whatever its exit status."""
        return subprocess.run(
            [sys.executable, "-m", "bindctl", *words],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT_S,
            check=False,
        )

    def run(self, *words: str) -> str:
        """Run bindctl, which must succeed; what it prints."""
        done = self.try_run(*words)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def make_two_sites(self) -> None:
        """The two sites, over HTTP and HTTPS, with one wildcard certificate."""
        self.run("init")
        self.run("site", "add", "Test", "--host", TEST, "--path", "sites/test")
        self.run("site", "add", "Other", "--host", OTHER, "--path", "sites/other")
        self.run("cert", "create", "*.stevefenton.co.uk")
        self.run("cert", "assign", "*.stevefenton.co.uk", "1", "2")
        self.run("set", "/w3svc/1/SecureBindings", f":443:{TEST}")
        self.run("set", "/w3svc/2/SecureBindings", f":443:{OTHER}")

    def start(self) -> str:
        """Start the service, or give it the metabase as it is now."""
        return self.run("reset", "--port-offset", str(self.port_offset))

    def curl(self, url: str, *options: str) -> subprocess.CompletedProcess[str]:
        """What curl makes of a URL whose host names lead to the loopback."""
        host = url.split("/")[2]
        return subprocess.run(
            [
                "curl",
                "--silent",
                "--show-error",
                "--max-time",
                "20",
                "--noproxy",
                "*",
                "--resolve",
                f"{host}:127.0.0.1",
                "--cacert",
                str(self.authority),
                *options,
                url,
            ],
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT_S,
            check=False,
        )


def find_port_offset(ports: Sequence[int] = PORTS) -> int:
    """An offset at which all those ports are free on the loopback.

    Below the range that systems take clients' ports from: tests under load leave
    thousands of those waiting to be free again.
    """
    for _attempt in range(100):
        offset = random.randint(*OFFSETS)  # noqa: S311 - any will do
        try:
            for port in ports:
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", port + offset))
        except OSError:
            continue
        return offset
    message = f"no free ports as far apart as {ports}"
    raise RuntimeError(message)


@pytest.fixture
def administrator(tmp_path: Path) -> Iterator[Administrator]:
    """Somebody at a prompt; whatever service they leave running is stopped."""
    person = Administrator(tmp_path, find_port_offset())
    yield person
    if (tmp_path / "metabase.toml").exists():
        person.try_run("reset", "--stop")
