"""Law: what a secure property holds is in no answer of any command."""

from __future__ import annotations

import contextlib
import shlex
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from bindctl.__main__ import run
from bindctl.cli.verbs.table import COMMANDS
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Every secret begins so, a number too.
SECRET, NUMBER = "hunter2", "48151623"
METABASE = """\
EnableHistory = true

[w3svc]
UNCPassword = { hidden = "hunter2" }
CentralCertStorePath = "central"
CentralCertStorePassword = \"\"\"
hunter2
and hunter2\"\"\"

[w3svc.1]
ServerComment = "Test"
ServerBindings = [":80:a", ":80:b"]
SecureBindings = [":443:a"]
AnonymousUserPass = "hunter2"  # as asked
anonymoususerpass = "hunter2"
AnonymousUserPas = 1
WAMUserPass = ["hunter2"]
LogOdbcPassword = 4815162342
AdminACLBin = "hunter2"
"AdminACL" = 'hunter2'

[w3svc.1.root]
Path = "sites/a"
"UNC\\u0050assword" = "hunter2"
x = { UNCPassword = "hunter2", Path = "sites/b" }

[w3svc.2]
ServerBindings = [":80:a"]
anonymoususerpass = "hunter2"
root.UNCPassword = "hunter2"
"""
# Files that commands read.
FILES = {
    "batch.txt": "set /w3svc/1/AnonymousUserPass hunter2-b\nset /w3svc/2/UNCPassword x y\n",
    "wrong.txt": "set /w3svc/9/AnonymousUserPass hunter2\n",
    "odd.txt": "sett /w3svc/1/AnonymousUserPass hunter2\n",
    "ends.txt": 'set /w3svc/1/AnonymousUserPass "hunter2\n',
    "state.toml": '[w3svc.1]\nAnonymousUserPass = "hunter2-c"\nUNCPassword = ["hunter2"]\n',
    "typed.toml": '[w3svc.1]\nAnonymousUserPass = ["hunter2"]\n',
    "octets.toml": "[w3svc.1]\nAnonymousUserPass = 'hunter2\udcff'\n",
    "broken.toml": '[w3svc.1]\nAnonymousUserPass = "hunter2\n',
    "long.toml": "[w3svc.1]\nAnonymousUserPass = '''\nhunter2\n",
    "number.toml": "[w3svc.1]\nAnonymousUserPass = 4815162342x\n",
    "twice.toml": "[w3svc.1]\nUNCPassword = 'hunter2'\nUNCPassword = 'hunter2'\n",
    "bad.toml": '[w3svc.1]\nUNCPassword = "hunter2\\q"\n',
    "quote.toml": '[w3svc.1]\nUNCPassword = "a"hunter2"\n',
    "list.toml": "[w3svc.1]\nUNCPassword = [\n  'hunter2'\n  'hunter2'\n]\n",
    "escape.toml": '[w3svc.1]\n"UNC\\u0050assword" = "hunter2\n',
    "old.toml": "[w3svc.1]\nServerBindings = [':80:a']\nUNCPassword = 'hunter2-d'\n",
    "state.xml": '<configuration><MBProperty><IIsWebServer Location="/LM/W3SVC/7" '
    'AnonymousUserPass="hunter2"/></MBProperty></configuration>',
}
_SET = "set /w3svc/1/AnonymousUserPass"
# One or more for each command. Not here: `set PATH --hunter2`, where Typer names an
# option that does not exist.
LINES = [
    "init other.toml",
    "sites",
    "get /w3svc/1/AnonymousUserPass",
    "get --inherited /w3svc/1/AnonymousUserPass",
    "get /w3svc/1/WAMUserPass",
    "get /w3svc/1/LogOdbcPassword",
    "get /w3svc/1/AdminACLBin",
    "get /w3svc/UNCPassword",
    "get /w3svc/1/root/UNCPassword",
    "get /w3svc/1/root/x/UNCPassword",
    "get /w3svc/CentralCertStorePassword",
    f"{_SET} hunter2-new",
    f"{_SET} hunter2-new hunter2",
    f"{_SET} --append hunter2",
    f"{_SET} --replace hunter2 hunter2-new",
    f"{_SET} --at 0 hunter2",
    f"{_SET} --strict -- --hunter2",
    f"{_SET} -hunter2",
    "set /w3svc/1/AdminACLBin hunter2",
    "set /w3svc/9/AnonymousUserPass hunter2",
    "set /w3svc/1/AnonymousUserPas hunter2",
    "set /w3svc/1/root/UNCPassword hunter2",
    "set /w3svc/AnonymousUserPass/AnonymousUserPass hunter2",
    "enum",
    "enum --recursive --inherited",
    "enum /w3svc/1",
    "enum /w3svc/1/root --inherited",
    "create /w3svc/1",
    "delete /w3svc/1/AnonymousUserPass",
    "delete /w3svc/2",
    "copy /w3svc/1 /w3svc/3",
    "move /w3svc/2 /w3svc/4",
    "find AnonymousUserPass",
    "find UNCPassword",
    "adsutil GET w3svc/1/AnonymousUserPass",
    "adsutil GET w3svc/1/WAMUserPass",
    "adsutil GET w3svc/1/LogOdbcPassword",
    "adsutil GET w3svc/1/AdminACLBin",
    "adsutil GET w3svc/UNCPassword",
    "adsutil SET w3svc/1/AnonymousUserPass hunter2-new",
    "adsutil SET w3svc/1/AnonymousUserPass",
    "adsutil SET w3svc/9/AnonymousUserPass hunter2",
    "adsutil SET w3svc/1/AdminACLBin hunter2",
    "adsutil SET w3svc/1/AnonymousUserPas hunter2",
    "adsutil ENUM w3svc/1",
    "adsutil ENUM_ALL w3svc",
    "adsutil FIND AnonymousUserPass",
    "edit --yes --editor true",
    "edit --yes --editor 'sed -i s/hunter2/hunter2-x/'",
    "edit --yes --editor 'cp broken.toml'",
    "fmt --diff",
    "fmt --check",
    "fmt",
    "undo",
    "restore b",
    "batch batch.txt",
    "batch wrong.txt",
    "batch odd.txt",
    "batch ends.txt",
    "apply state.toml",
    "apply --diff state.toml",
    "apply --diff --dry-run state.toml",
    "apply broken.toml",
    "apply typed.toml",
    "apply octets.toml",
    "set /w3svc/1/AnonymousUserPass 'hunter2\udcff'",
    "set /w3svc/1/UNCPassword 'hunter2\udcff'",
    "export",
    "export /w3svc/1",
    "tree",
    "map",
    "map --output m.html",
    "schema AnonymousUserPass",
    "check",
    "check --fix --dry-run",
    "check --fix",
    "check --output-format sarif",
    "check --output-format github",
    "rule MET202",
    "diff old.toml metabase.toml",
    "diff metabase.toml old.toml",
    f"what-if {_SET} hunter2-new",
    f"what-if {_SET} -- --hunter2",
    "what-if set /w3svc/9/AnonymousUserPass hunter2",
    "what-if adsutil SET w3svc/1/AnonymousUserPass hunter2-new",
    "what-if batch batch.txt",
    "what-if apply --diff state.toml",
    "what-if fmt --diff",
    "explain http://a/",
    "explain https://a/",
    "test",
    "reset --listen 127.0.0.1 --port-offset 21000",
    "status",
    "probe",
    "serve --port-offset 999999",
    "iisreset /STATUS",
    "iisweb /query",
    "iisweb /query /p hunter2",
    "iisweb /u x /p hunter2 /s far /query",
    "iisvdir /query Test",
    "iisback /backup /b a /e hunter2",
    "iisback /restore /b b /e hunter2",
    "iisback /list",
    "iiscnfg /export /f out.xml /sp / /children",
    "iiscnfg /export /f out.xml /sp /lm/w3svc/1 /d hunter2 /inherited",
    "iiscnfg /import /f state.xml /sp / /dp / /children",
    "iiscnfg /import /f state.xml /sp /lm/w3svc/7 /dp /lm/w3svc/8 /d hunter2",
    "appcmd list site",
    "appcmd list site /text:*",
    "appcmd list vdir /text:*",
    "appcmd list app /config",
    "appcmd set vdir Test/ /password:hunter2",
    "appcmd set site Test /anonymousUserPass:hunter2",
    "appcmd add site /name:x /bindings:http/*:81: /password:hunter2",
    "site add Other --path other",
    "site set 1 --comment x",
    "site start 1",
    "cert list",
    "cert create a.example",
    "cert check",
    "history list",
    "history show 1",
    "history diff 1",
    "history diff 1 2",
    "history restore 1",
    "backup create c",
    "backup list",
    "backup restore b",
    "backup delete b",
    *(f"check -m {name}" for name in FILES if name.endswith(".toml")),
    *(f"get -m {name} /w3svc/1/UNCPassword" for name in FILES if ".toml" in name),
    "enum -m broken.toml /w3svc/1",
    "delete -m long.toml /w3svc/1/UNCPassword",
    "fmt --diff -m list.toml",
]


def _answer(line: str, directory: Path) -> str:
    """All that a command line says."""
    words = shlex.split(line)
    stdout, stderr = StringIO(), StringIO()
    environment = {"PATH": "/usr/bin:/bin"}
    terminal = Terminal(
        stdout,
        stderr,
        environment,
        str(directory),
        lambda: datetime(2026, 11, 22, 12, tzinfo=UTC),
    )
    said = StringIO()
    with (
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
        patch("sys.argv", ["bindctl", *words]),
        contextlib.suppress(SystemExit),
    ):
        run(words, terminal)
    return stdout.getvalue() + stderr.getvalue() + said.getvalue()


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    for name, text in (FILES | {"metabase.toml": METABASE}).items():
        (tmp_path / name).write_text(text, "utf-8", "surrogateescape")
    _answer("backup create b", tmp_path)
    _answer("set /w3svc/1/AnonymousUserPass hunter2-1", tmp_path)
    yield tmp_path
    _answer("reset --stop", tmp_path)  # of the service that `reset` starts


# Those that know no --json.
PLAIN = frozenset(
    {"adsutil", "iisreset", "iisweb", "iisvdir", "iisback", "iiscnfg"}
) | {
    *("appcmd", "init", "edit", "serve"),
}


@pytest.mark.parametrize(
    "line",
    [*LINES, *(f"{line} --json" for line in LINES if line.split()[0] not in PLAIN)],
)
def test_no_answer_holds_a_secret(line: str, directory: Path) -> None:
    """What a terminal, a log of CI or a ticket has seen is no secret any more."""
    answer = _answer(line, directory)
    assert SECRET not in answer
    assert NUMBER not in answer


def test_every_command_is_tried() -> None:
    """A new command is the likeliest to tell one."""
    assert {line.split()[0] for line in LINES} == set(COMMANDS)
