"""A command line read by the verb table answers as Typer's reading of it does."""

from __future__ import annotations

import contextlib
import shlex
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from bindctl.__main__ import run
from bindctl.cli.run.app import run_app
from bindctl.cli.verbs import quick
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Run = Callable[[Sequence[str], Terminal], int]

METABASE = """\
[w3svc.1]
ServerComment = "Test"
ServerBindings = [":80:a"]

[w3svc.1.root]
Path = "x"
"""

QUICK = [
    "get /w3svc/1/ServerBindings",
    "get --json /w3svc/1/ServerBindings",
    "get /w3svc/1/ServerBindings --metabase metabase.toml",
    "get -m metabase.toml /w3svc/1/ServerBindings",
    "get -m gone.toml -m metabase.toml /w3svc/1/ServerBindings",
    "get --metabase=gone.toml /w3svc/1/ServerBindings",
    "get --metabase=gone.toml /w3svc/1/ServerBindings --json",
    "get /w3svc/1/SecureBindings",
    "get /w3svc/1/Nothing",
    "get /w3svc/9/ServerBindings --json",
    "get ''",
    "get -- /w3svc/1/KeyType",
    "get -",
    "set /w3svc/1/ServerBindings :80:b :80:c",
    "set /w3svc/1/ServerBindings ''",
    "set /w3svc/1/ServerComment -- -x --json",
    "set --json /w3svc/1/SslFlags 1",
    "set /w3svc/1/SslFlags one",
    "set /w3svc/1/SslFlags -- -1",
    "set -- /w3svc/1/ServerComment -- x",
    "set /w3svc/1/ServerComment x -m --json",
    "enum",
    "enum ''",
    "enum /w3svc/1",
    "enum /w3svc/1 --json",
    "enum /w3svc/9",
    "get --inherited /w3svc/1/SecureBindings",
    "get --inherited --json /w3svc/1/root/DefaultDoc",
    "get /w3svc/1/root/Path --json --inherited",
    "set /w3svc/1/ServerBindings --append :80:b :80:a",
    "set --append /w3svc/1/ServerBindings :80:b --json",
    "set /w3svc/1/ServerBindings --remove :80:a",
    "set /w3svc/1/ServerBindings --remove :80:z",
    "set /w3svc/1/ServerBindings --replace :80:a :80:c",
    "set /w3svc/1/ServerBindings --at 0 :80:c",
    "set /w3svc/1/ServerBindings --at=1 :80:c",
    "set /w3svc/1/ServerBindings --at 9 :80:c",
    "set /w3svc/1/ServerComment --append x",
    "set --strict /w3svc/1/ServerBindings :80:c :80:c",
    "set --strict /w3svc/1/ServerBindings nonsense --json",
    "enum --inherited /w3svc/1",
    "enum --recursive",
    "enum /w3svc --inherited --recursive --json",
    "create /w3svc/2",
    "create /w3svc/2 IIsWebServer --json",
    "create /w3svc/2 Nothing",
    "create /w3svc/2 ''",
    "create /w3svc/1",
    "create ''",
    "delete /w3svc/1/ServerComment",
    "delete /w3svc/1/root --json",
    "delete /w3svc/1/root/",
    "delete /w3svc/9",
    "delete ''",
    "delete /",
    "copy /w3svc/1 /w3svc/2",
    "copy /w3svc/1 /w3svc/2 --json",
    "copy /w3svc/1 /w3svc/1/root/a",
    "copy /w3svc/9 /w3svc/2",
    "move /w3svc/1/root /w3svc/1/other",
    "move w3svc/1 w3svc/2 --json",
    "move /w3svc/1 /W3SVC/1",
    "find Path",
    "find /w3svc/1/ServerBindings --json",
    "find /w3svc/1/SecureBindings",
    "find /w3svc/9/Path --json",
    "find Nothing",
    "sites",
    "sites --json -m metabase.toml",
    "site add B --path www --host b --host c --port 81 --ip 127.0.0.1",
    "site add B --path=www --identifier 7 --json",
    "check",
    "check --json",
    "check metabase.toml -v --ignore MET2,BND1 --severity error --severity RTE=info",
    "check --output-format github --expiring 6w",
    "check --output-format json --as-of 2027-03-15",
    "check ''",
    "check --timeline",
    "check --fix --dry-run",
    "check --fix --json --yes",
    "check --yes",
    "explain http://a/x",
    "explain http://a/x --json",
    "explain --host a --port 80 --ip 127.0.0.1",
    "explain --host '' --scheme http",
    "explain --host a --no-sni --sni a",
    "explain",
    "history list",
    "history show 1",
    "history diff 1 --json",
    "undo --strict",
    "backup list --json",
    "backup create a --overwrite",
    "backup delete a --all",
    "restore a --version 3 --json",
    "cert list --unused",
    "cert assign a 1 2",
    "cert remove a --force",
    "fmt --check --diff",
    "export --format json",
    "export --json /w3svc/1",
    "tree w3svc",
    "map --format mermaid --host a --site 1",
    "map --format json -m gone.toml",
    "schema SslFlags",
    "rule BND201 --json",
    "diff metabase.toml",
    "what-if set /w3svc/1/ServerBindings :80:b --strict",
    "what-if --json stop-site 1",
    "what-if set -- /w3svc/1/ServerComment -x",
    "test",
    "status --json",
    "reset --revert",
    "reset --status --listen 127.0.0.1 --port-offset 8000",
]
# Click takes -1 for an option; the quick path, which sees every line first, does not.
NUMBERS = [
    "set /w3svc/1/SslFlags -1",
    "set /w3svc/1/ServerComment -1x",
]
LEFT_TO_TYPER = [
    "get",
    "get a b",
    "get --nonsense a",
    "get a --metabase",
    "get --help",
    "get --recursive a",
    "set a --append",
    "set a --append --remove b",
    "set a --replace b",
    "set a --replace b c d",
    "set a --at",
    "set a --at x b",
    "set a --at -1 b",
    "set a --inherited b",
    "enum --strict",
    "set",
    "set a",
    "enum a b",
    "create",
    "create a b c",
    "delete",
    "delete a b",
    "copy a",
    "move a b c",
    "find",
    "find --help",
    "get -mmetabase.toml /w3svc/1/ServerBindings",
    "sites a",
    "sites --nothing",
    "site",
    "site remove",
    "site add B",
    "site add B --path www --host a:80",
    "site add B --path www --port 65536",
    "check --expiring x",
    "check --severity fatal --json",
    "check --output-format xml",
    "check --help",
    "check -vy --fix",
    "explain a",
    "explain --port http",
    "history",
    "history show one",
    "history show 0",
    "backup delete a --version 10000",
    "map --site +1",
    "cert assign a",
    "cert assign a b",
    "what-if",
    "what-if --nothing",
    "probe --connect http://a",
    "adsutil --help",
    "nothing",
]


def _answer(run_: Run, line: str, directory: Path) -> tuple[int, str, str, str]:
    directory.mkdir()
    metabase = directory / "metabase.toml"
    metabase.write_text(METABASE)
    out, err = StringIO(), StringIO()
    terminal = Terminal(
        out, err, {}, str(directory), lambda: datetime(2026, 11, 22, tzinfo=UTC)
    )
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run_(shlex.split(line), terminal)
    here = str(directory)
    return (
        status,
        out.getvalue().replace(here, "$DIR"),
        err.getvalue().replace(here, "$DIR"),
        metabase.read_text(),
    )


@pytest.mark.parametrize("line", QUICK + LEFT_TO_TYPER)
def test_both_paths_answer_alike(line: str, tmp_path: Path) -> None:
    """A command must not mean another thing because it is run the quick way."""
    is_quick = quick.parse(shlex.split(line)) is not None
    assert is_quick is (line in QUICK)
    left = _answer(run, line, tmp_path / "quick")
    right = _answer(run_app, line, tmp_path / "typer")
    assert left == right


@pytest.mark.parametrize("line", NUMBERS)
def test_a_negative_number_is_a_word(line: str, tmp_path: Path) -> None:
    """The schema says why it does not fit; "no such option" would be a riddle."""
    found = _answer(run, line, tmp_path / "quick")
    behind_dashes = line.replace(" -1", " -- -1")
    assert found == _answer(run_app, behind_dashes, tmp_path / "typer")
