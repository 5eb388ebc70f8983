"""Imports: they point down, and the quick verbs import next to nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bindctl.cli.verbs import quick

ROOT = Path(__file__).parents[2]
METABASE = '[w3svc.1]\nServerBindings = [":80:"]\n'
# Each costs more than the whole work of `get`.
SLOW = frozenset(
    {
        "typer",
        "click",
        "rich",
        "pydantic",
        "cryptography",
        "tomlkit",
        "rtoml",
        "tomllib",
        "re",
        "dataclasses",
        "typing",
        "json",
        "asyncio",
        "ssl",
        "socket",
        "datetime",
        "pathlib",
        "enum",
        "ipaddress",
        "inspect",
        "subprocess",
        "logging",
        "idna",
        "tempfile",
        "shutil",
    }
)
# Run without `site`, which imports what it likes on a developer's machine.
PROBE = """
import sys
sys.path[0:0] = {path!r}
before = set(sys.modules)
sys.argv = {argv!r}
import os
os._exit = sys.exit  # the process ends at once; the count has to come first
try:
    from {module} import main
    main()
except SystemExit as stop:
    status = stop.code
names = sorted(set(sys.modules) - before)
sys.stderr.write(f"{{status}} " + " ".join(names))
"""


def _imports(module: str, argv: list[str], directory: Path) -> set[str]:
    path = [str(ROOT), *(item for item in sys.path if "site-packages" in item)]
    done = subprocess.run(
        [
            sys.executable,
            "-S",
            "-c",
            PROBE.format(path=path, argv=argv, module=module),
        ],
        cwd=directory,
        env={"PATH": "", "HOME": str(directory)},
        capture_output=True,
        text=True,
        check=True,
    )
    status, *names = done.stderr.split()
    assert status == "0", done
    return set(names)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "metabase.toml").write_text(METABASE)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "argv"),
    [
        ("bindctl.__main__", ["bindctl", "get", "/w3svc/1/ServerBindings"]),
        ("bindctl.adsutil.__main__", ["adsutil", "GET", "/w3svc/1/ServerBindings"]),
        ("bindctl.__main__", ["bindctl", "adsutil", "GET", "/w3svc/1/ServerBindings"]),
    ],
)
def test_get_imports_nothing_slow(
    module: str, argv: list[str], directory: Path
) -> None:
    """A script runs hundreds of these; each slow import is paid every time."""
    found = _imports(module, argv, directory)
    assert sorted(found & SLOW) == []
    ours = {name for name in found if name.startswith("bindctl")}
    assert len(ours) <= 37, sorted(ours)
    assert len(found - ours) <= 10, sorted(found - ours)


@pytest.mark.parametrize(
    ("argv", "allowed"),
    [
        (["bindctl", "set", "/w3svc/1/ServerComment", "a"], set()),
        (["bindctl", "adsutil", "SET", "w3svc/1/SslFlags", "1"], set()),
        (["bindctl", "set", "/w3svc/1/SslFlags", "1"], set()),
        (["bindctl", "set", "/w3svc/1/SecureBindings", ":443:a"], set()),
        # What it does to other sites takes reading them (ADR 0025).
        (["bindctl", "set", "/w3svc/SslFlags", "1"], {"rtoml"}),
        (["bindctl", "create", "/w3svc/2"], {"rtoml"}),
        (["bindctl", "delete", "/w3svc/1/ServerBindings"], set()),
        (["bindctl", "enum", "/w3svc/1"], {"rtoml"}),
        (["bindctl", "find", "ServerBindings"], {"rtoml"}),
        (["bindctl", "adsutil", "FIND", "ServerBindings"], {"rtoml"}),
    ],
)
def test_the_other_verbs_import_one_parser_and_no_typer(
    argv: list[str], allowed: set[str], directory: Path
) -> None:
    """Plain lines need no parser; rtoml reads whole files; nothing else slow."""
    found = _imports("bindctl.__main__", argv, directory)
    assert found & {"tomlkit", "tomllib", "rtoml"} == allowed
    assert ("bindctl.routing.plan" in found) <= ("rtoml" in allowed)
    never = {"typer", "click", "rich", "pydantic", "cryptography", "asyncio", "ssl"}
    assert sorted(found & never) == []


@pytest.mark.parametrize(
    "line",
    [
        ["--help"],
        ["sites"],
        ["check"],
        ["check", "--expiring", "6w", "-v"],
        ["explain", "http://a/"],
        ["explain", "--host", "a", "--port", "80"],
        ["history", "list"],
        ["cert", "list"],
        ["reset", "--status"],
    ],
)
def test_plain_lines_need_no_typer(line: list[str], directory: Path) -> None:
    """Typer's import alone costs five times as much as Python's own start."""
    found = _imports("bindctl.__main__", ["bindctl", *line], directory)
    assert sorted(found & {"typer", "click", "rich", "asyncio", "ssl"}) == []


@pytest.mark.parametrize("line", [["check"], ["explain", "http://a/"]])
def test_the_evaluator_imports_only_what_it_needs(
    line: list[str], directory: Path
) -> None:
    """It runs in every hook and pipeline; its imports take longer than its work."""
    found = _imports("bindctl.__main__", ["bindctl", *line], directory)
    never = {"dataclasses", "inspect", "json", "hashlib", "tempfile", "tomlkit"}
    assert sorted(found & never) == []
    assert "bindctl.operations.check.fix" not in found
    assert "bindctl.operations.certificates.expiries" not in found


@pytest.mark.parametrize(
    "argv",
    [
        ["adsutil", "SET", "w3svc/1/SecureBindings", ":443:a"],
        ["appcmd", "set", "site", "a", "/serverAutoStart:true"],
        ["iiscnfg", "/save"],
    ],
)
def test_scripts_of_iis_pay_nothing_for_a_gate_that_is_not_there(
    argv: list[str], directory: Path
) -> None:
    """They run in loops; only a metabase that says so is gated."""
    (directory / "metabase.toml").write_text(f'{METABASE}ServerComment = "a"\n')
    found = _imports("bindctl.__main__", ["bindctl", *argv], directory)
    assert [name for name in found if name.startswith("bindctl.operations.gate")] == []


@pytest.mark.parametrize(
    "question",
    [["http://a/x"], ["--host", "a", "--ip", "127.0.0.1", "--json"]],
)
def test_explain_over_http_imports_nothing_of_tls(
    question: list[str], directory: Path
) -> None:
    """It is asked in loops; certificates are read for questions about HTTPS alone."""
    found = _imports("bindctl.__main__", ["bindctl", "explain", *question], directory)
    never = {"cryptography", "ssl", "asyncio", "socket", "rich", "tomlkit"}
    assert sorted(found & never) == []
    assert "bindctl.routing.explain" in found
    assert "bindctl.routing.record_reasons" not in found
    assert "bindctl.operations.answers.explain_certificates" not in found


def test_imports_by_name_stay_in_their_package() -> None:
    """import-linter does not see them, and upward they would be a hidden circle."""
    named = re.compile(r"""(?:import_module|__import__)\((?:f?"([^"]*)")?""")
    found = {
        (path.relative_to(ROOT / "bindctl").parts[0], match[1])
        for path in (ROOT / "bindctl").rglob("*.py")
        for match in named.finditer(path.read_text(encoding="utf-8"))
    }
    assert found == {
        ("adsutil", "bindctl.adsutil.{module}"),
        ("companions", "bindctl.companions.{name}"),
        ("cli", None),  # the table of verbs: below `quick._ROOM`
    }
    assert quick._ROOM == "bindctl.cli."


def test_layers_point_down() -> None:
    """The core stays free of files, sockets and terminals, by the project's contracts."""
    program = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    program = program or shutil.which("lint-imports")
    if program is None:
        pytest.skip("import-linter is not installed")
    done = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
