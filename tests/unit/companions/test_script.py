"""Tests of how a companion is run."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from bindctl.__main__ import COMPANIONS, _run_face, run
from bindctl.cli.run.app import run_app
from bindctl.cli.verbs.table import COMMANDS, VERBS
from bindctl.companions.script import SCRIPTS
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Run = Callable[[Sequence[str], Terminal], int]

METABASE = '[w3svc.1]\nServerComment = "Test"\nServerBindings = [":80:a"]\n'


def _answer(run_: Run, words: list[str], directory: Path) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    terminal = Terminal(
        out, err, {}, str(directory), lambda: datetime(2026, 11, 22, tzinfo=UTC)
    )
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run_(words, terminal)
    return status, out.getvalue(), err.getvalue()


def test_every_companion_is_a_command() -> None:
    """`bindctl --help` lists what there is."""
    faces = {name for name, verb in VERBS.items() if not verb.handler}
    assert faces == COMPANIONS | {"adsutil"}
    assert SCRIPTS < COMPANIONS < set(COMMANDS)


def _run_typer(words: Sequence[str], terminal: Terminal) -> int:
    return run_app(words, terminal, _run_face)


@pytest.mark.parametrize(
    "words",
    [
        ["iisweb", "/query"],
        ["iisweb", "--help"],
        ["iisweb", "/query", "Nothing"],
        ["appcmd", "list", "site", "/text:name"],
        ["iisreset", "/status"],
        ["iiscnfg", "/save", "-x"],
    ],
)
def test_typer_hands_the_words_on(words: list[str], tmp_path: Path) -> None:
    """A companion must not mean another thing because Typer has seen it."""
    (tmp_path / "metabase.toml").write_text(METABASE)
    quick = _answer(run, words, tmp_path)
    assert quick == _answer(_run_typer, words, tmp_path)


@pytest.mark.parametrize("option", [["--metabase", "m.toml"], ["--metabase=m.toml"]])
def test_the_metabase_can_be_named(option: list[str], tmp_path: Path) -> None:
    """One administrator, several metabases."""
    (tmp_path / "m.toml").write_text(METABASE)
    status, out, _err = _answer(run, ["iisweb", *option, "/query"], tmp_path)
    assert status == 0
    assert "Test (W3SVC/1)" in out


def test_a_metabase_that_is_no_toml_is_named(tmp_path: Path) -> None:
    """The person reads which file, and which line of it."""
    (tmp_path / "metabase.toml").write_text("[w3svc\n")
    status, _out, err = _answer(run, ["iisweb", "/query"], tmp_path)
    assert status == 2
    assert err.startswith("MET002 metabase.toml")


def test_help_needs_no_metabase(tmp_path: Path) -> None:
    """Who asks how it works may not have one yet."""
    for name in COMPANIONS:
        status, out, err = _answer(run, [name, "/?"], tmp_path)
        assert (status, err) == (0, ""), name
        assert out


@pytest.mark.parametrize(
    "words", [["iisweb", "/query"], ["appcmd", "list", "site"], ["iisreset", "/?"]]
)
def test_a_companion_starts_without_typer(words: list[str], tmp_path: Path) -> None:
    """A script runs hundreds of these; Typer costs more than the work."""
    (tmp_path / "metabase.toml").write_text(METABASE)
    code = (
        "import os, sys\n"
        "os._exit = sys.exit\n"
        "from bindctl.__main__ import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    sys.stderr.write(' '.join(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=tmp_path,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    slow = {"typer", "click", "rich", "cryptography", "tomlkit", "json", "asyncio"}
    assert sorted(slow & set(done.stderr.split())) == []
