"""adsutil as a process and in a world of its own."""

from __future__ import annotations

import fcntl
import io
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bindctl.adsutil.__main__ import run
from bindctl.storage.file_locations import runtime_directory
from bindctl.storage.site_states import LOCK_NAME, STATES_NAME
from bindctl.storage.workspace import system_clock
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

DOCUMENT = 'schema_version = 1\n\n[w3svc.1]\nServerBindings = [":80:"]\n'
# Each costs more than the whole of a GET.
SLOW_MODULES = {"argparse", "dataclasses", "json", "re", "rich", "rtoml", "tomlkit"}
SLOW_MODULES |= {"tomllib", "typer", "typing", "pathlib", "socket", "subprocess"}


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT)
    return path


def adsutil(metabase: Path, *words: str) -> tuple[int, str, str]:
    stdout, stderr = io.StringIO(), io.StringIO()
    folder = str(metabase.parent)
    environment = {"HOME": folder, "COMPUTERNAME": "WEB01"}
    terminal = Terminal(stdout, stderr, environment, folder, system_clock)
    status = run(words, terminal)
    return status, stdout.getvalue(), stderr.getvalue()


def test_get_imports_nothing_slow(metabase: Path) -> None:
    """A batch file of three hundred GETs would take three times as long."""
    program = (
        f"import os, sys; sys.path.insert(0, {os.getcwd()!r})\n"
        "before = set(sys.modules)\n"
        "from bindctl.adsutil import __main__ as adsutil\n"
        "from bindctl.terminal.terminal import Terminal\n"
        "world = Terminal(sys.stdout, sys.stderr, {}, os.getcwd(), None)\n"
        "adsutil.run(['GET', 'w3svc/1/ServerBindings'], world)\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program],
        cwd=metabase.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(result.stdout.splitlines()[-1].split())
    assert "bindctl.adsutil.get" in imported
    assert not imported & SLOW_MODULES


def test_runs_as_a_module(metabase: Path) -> None:
    """`python -m bindctl.adsutil` is what works where scripts are not installed."""
    result = subprocess.run(
        [sys.executable, "-m", "bindctl.adsutil", "GET", "w3svc/1/Nothing"],
        env={**os.environ, "BINDCTL_METABASE": str(metabase)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 4
    assert result.stdout.startswith("\nErrNumber: -2147463164 (0x80005004)\n")
    assert result.stderr == ""


def test_state_is_the_running_service_s(metabase: Path) -> None:
    """Monitoring reads ServerState; a stored or guessed one would lie."""
    runtime = runtime_directory(str(metabase))
    os.makedirs(runtime)
    with open(os.path.join(runtime, STATES_NAME), "w", encoding="ascii") as file:
        file.write("1 2 0\n")
    line = "ServerState                     : (INTEGER) 2\n"
    with open(os.path.join(runtime, LOCK_NAME), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert adsutil(metabase, "GET", "w3svc/1/ServerState") == (0, line, "")
        assert line in adsutil(metabase, "ENUM", "w3svc/1")[1]
        adsutil(metabase, "APPCREATEPOOLPROC", "w3svc/1")
        _status, printed, _error = adsutil(metabase, "APPGETSTATUS", "w3svc/1")
    assert printed == "Application Status: 1\n"


def test_a_file_that_may_not_be_read_is_access_denied(
    metabase: Path, unprivileged: Callable[[], AbstractContextManager[None]]
) -> None:
    """Scripts test for 0x80070005; people read the file's name on stderr."""
    metabase.chmod(0)
    with unprivileged():
        status, stdout, stderr = adsutil(metabase, "GET", "w3svc/1/ServerBindings")
    assert status == 5
    assert stdout.startswith("Access is denied for the requested path or property.\n")
    assert "metabase.toml" in stderr


def test_the_computer_s_own_name_is_let_pass(metabase: Path) -> None:
    """`-s:%COMPUTERNAME%` is common in scripts."""
    status, _out, _err = adsutil(metabase, "GET", "w3svc/1/ServerBindings", "-s:web01")
    assert status == 0


def test_nothing_is_written_by_a_refused_set(metabase: Path) -> None:
    """A failed step of a script must leave the file as it was, to the octet."""
    for words in (["MaxConnections", "x"], ["Nothing", "x"], ["Path", "x"]):
        assert adsutil(metabase, "SET", f"w3svc/1/{words[0]}", words[1])[0] != 0
    assert metabase.read_text() == DOCUMENT
