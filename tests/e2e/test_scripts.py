"""Scripts as people wrote them for IIS 6 run as they are, and do what they did."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Administrator

pytestmark = pytest.mark.e2e

SCRIPTS = Path(__file__).parent / "scripts"
TIMEOUT_S = 60.0
METABASE = """\
[http]
ListenAddresses = ["127.0.0.1"]

# What every site inherits.
[w3svc]
DefaultDoc = "index.html"

[w3svc.1]
ServerComment = "Default Web Site"
ServerBindings = [":80:a.example"] # the first

[w3svc.1.root]
Path = "sites/a"

[w3svc.20]
ServerComment = "Shop"
ServerBindings = [":80:shop.example", ":80:www.shop.example"]
SecureBindings = []

[w3svc.20.root]
Path = "sites/shop"

[w3svc.AppPools.DefaultAppPool]
"""


class Operator:
    """Somebody with a folder of scripts and `adsutil` on the path."""

    def __init__(self, administrator: Administrator) -> None:
        self.administrator = administrator
        self.directory = administrator.directory
        self.metabase = self.directory / "metabase.toml"
        self.metabase.write_text(METABASE)
        for name in ("a", "shop", "new"):
            folder = self.directory / "sites" / name
            folder.mkdir(parents=True)
            (folder / "index.html").write_text(f"pages of {name}")
        programs = self.directory / "bin"
        programs.mkdir()
        adsutil = programs / "adsutil"
        adsutil.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -m bindctl.adsutil "$@"\n'
        )
        adsutil.chmod(0o755)
        root = Path(__file__).parents[2]
        self.environment = {
            **administrator.environment,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": f"{root}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
        }

    def try_run(self, script: str, *words: str) -> subprocess.CompletedProcess[str]:
        program = sys.executable if script.endswith(".py") else "/bin/sh"
        return subprocess.run(
            [program, str(SCRIPTS / script), *words],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )

    def run(self, script: str, *words: str) -> str:
        done = self.try_run(script, *words)
        assert done.returncode == 0, f"{script}: {done.stdout}{done.stderr}"
        assert done.stderr == ""
        return done.stdout

    def page(self, host: str) -> str:
        url = f"http://{host}:{self.administrator.http_port}/"
        return self.administrator.curl(url).stdout


@pytest.fixture
def operator(administrator: Administrator) -> Operator:
    return Operator(administrator)


@pytest.fixture
def serving(operator: Operator, program: Callable[[str], str]) -> Operator:
    """The same with the service running."""
    program("curl")
    operator.administrator.start()
    return operator


def test_sites_are_listed_by_cutting_brackets_off(operator: Operator) -> None:
    """`FOR … IN ('adsutil ENUM /P')`: the oldest loop there is."""
    assert operator.run("list_sites.sh") == "1\tDefault Web Site\n20\tShop\n"


def test_a_binding_is_added_to_what_is_there(operator: Operator) -> None:
    """Read, append, SET: a list that came back changed would lose a host."""
    shown = operator.run("append_binding.sh", "20", ":8080:")
    items = '":80:shop.example" ":80:www.shop.example" ":8080:" '
    assert shown == f"{'ServerBindings':<32}: (LIST) {items}\n"
    assert operator.run("append_binding.sh", "20", ":8080:") == ""
    assert ' ":8080:"]\n' in operator.metabase.read_text()


def test_a_site_is_found_by_its_description(operator: Operator) -> None:
    """Numbers differ from server to server; names do not."""
    assert operator.run("find_site.py", "shop") == "20\n"
    assert operator.try_run("find_site.py", "nobody").stderr == "no such site\n"


def test_bindings_are_backed_up_and_put_back(operator: Operator) -> None:
    """What is put back is what was there, empty lists and absent ones included."""
    before = operator.metabase.read_text()
    saved = operator.run("backup_bindings.py")
    assert saved == (
        "/W3SVC/1\tServerBindings\t:80:a.example\n"
        "/W3SVC/1\tSecureBindings\t-\n"
        "/W3SVC/20\tServerBindings\t:80:shop.example\t:80:www.shop.example\n"
        "/W3SVC/20\tSecureBindings\n"
    )
    file = operator.directory / "bindings.txt"
    file.write_text(saved.replace("SecureBindings\n", "SecureBindings\t\n"))
    operator.run("append_binding.sh", "1", ":81:")
    operator.run("backup_bindings.py", str(file))
    assert operator.metabase.read_text() == before


def test_inherited_values_are_found_by_walking_up(operator: Operator) -> None:
    """GET says "not set" by exit status 6, and no key by 3."""
    found = operator.run("inherited.py", "w3svc/1/root", "DefaultDoc")
    assert found.startswith("w3svc: ")
    missing = operator.try_run("inherited.py", "w3svc/9", "DefaultDoc")
    assert missing.stderr == "The path requested could not be found.\n"


def test_everything_is_read_by_columns(operator: Operator) -> None:
    """An inventory that parses ENUM_ALL meets no line it does not know."""
    rows = [row.split("\t") for row in operator.run("audit.py").splitlines()]
    assert ["/w3svc/20", "ServerBindings", "LIST", "2"] in rows
    assert ["/w3svc/20", "ServerBindings", "item", ":80:www.shop.example"] in rows
    assert ["/w3svc/20/root", "Path", "STRING", "sites/shop"] in rows
    assert ["/w3svc/1", "ServerState", "INTEGER", "4"] in rows
    assert rows[0] == ["/w3svc", "KeyType", "STRING", "IIsWebService"]


def test_a_directory_is_made_once_and_again(operator: Operator) -> None:
    """Installers silence the lines of "exists already" and go on."""
    for folder in ("sites/a", "sites/new"):
        shown = operator.run("create_vdir.sh", "1", "files", folder)
        assert shown.endswith(f'{"Path":<32}: (STRING) "{folder}"\n')
    assert shown.count("\n") == 1
    assert operator.metabase.read_text().count(".files]") == 1


def test_nothing_starts_without_a_service(operator: Operator) -> None:
    """The number says so, and standard error says what to do."""
    done = operator.try_run("start_or_explain.py", "1")
    assert done.stdout == "not started: the service does not run\n"
    assert "bindctl reset" in done.stderr


def test_a_new_site_serves_at_once(serving: Operator) -> None:
    """CREATE, SET and START_SERVER, without a reset of the others."""
    shown = serving.run("create_site.sh", "New", ":80:new.example", "sites/new")
    assert shown == "Server w3svc/21 Successfully STARTED\n"
    assert serving.page("new.example") == "pages of new"
    assert serving.page("a.example") == "pages of a"
    serving.run("wait_for_state.sh", "21", "2")
    shown = serving.run("remove_site.sh", "21")
    assert shown.splitlines() == [
        "Server w3svc/21 Successfully STOPPED",
        'deleted path "w3svc/21"',
    ]
    assert "pages of" not in serving.page("new.example")
    assert "w3svc.21" not in serving.metabase.read_text()


def test_a_binding_changes_between_stop_and_start(serving: Operator) -> None:
    """The new name answers, the old one does not, nobody else notices."""
    serving.run("change_binding.sh", "20", ":80:store.example")
    assert serving.page("store.example") == "pages of shop"
    assert "pages of" not in serving.page("shop.example")
    assert serving.page("a.example") == "pages of a"


def test_a_conflict_is_told_by_its_number(serving: Operator) -> None:
    """SET takes a binding another site has; START_SERVER does not."""
    shown = serving.try_run("change_binding.sh", "20", ":80:a.example")
    assert shown.returncode == 183
    assert shown.stdout.splitlines()[-2:] == [
        "ErrNumber: -2147024713 (0x800700B7)",
        "Error trying to START the server: w3svc/20",
    ]
    done = serving.try_run("start_or_explain.py", "20")
    assert done.stdout == "not started: another site has one of its bindings\n"
    serving.run("wait_for_state.sh", "20", "4")
    assert serving.page("a.example") == "pages of a"


def test_pause_and_continue_drive_the_service(serving: Operator) -> None:
    """Both ways to say it: the verbs, and ServerCommand."""
    adsutil = ["adsutil"]

    def say(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [*adsutil, *words],
            cwd=serving.directory,
            env=serving.environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        return done.returncode, done.stdout

    done = "Server w3svc/1 Successfully"
    assert say("PAUSE_SERVER", "w3svc/1") == (0, f"{done} PAUSED\n")
    assert "(INTEGER) 6" in say("GET", "w3svc/1/ServerState")[1]
    assert "pages of" not in serving.page("a.example")
    assert say("CONTINUE_SERVER", "w3svc/1") == (0, f"{done} CONTINUED\n")
    assert serving.page("a.example") == "pages of a"
    for number, word in ((2, "STOPPED"), (1, "STARTED"), (3, "PAUSED")):
        answer = say("SET", "w3svc/1/ServerCommand", str(number))
        assert answer == (0, f"{done} {word}\n")
    answer = say("SET", "w3svc/1/ServerCommand", "4")
    assert answer == (0, f"{done} Continued\n")
    assert say("STOP_SERVER", "w3svc/1") == (0, f"{done} STOPPED\n")
    status, shown = say("PAUSE_SERVER", "w3svc/1")
    assert status == 38
    assert "ErrNumber: -2147023834 (0x80070426)" in shown
    pool = "w3svc/AppPools/DefaultAppPool"
    answer = say("SET", f"{pool}/AppPoolCommand", "2")
    assert answer == (0, f"Application pool {pool} Successfully STOPPED\n")
