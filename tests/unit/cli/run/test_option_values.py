"""A value that an option does not take is named, with what was meant instead."""

from __future__ import annotations

import contextlib
import io
import json
import shlex
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.__main__ import run
from bindctl.cli.run.option_values import BadValueError, parse_instant
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, tzinfo=UTC)
METABASE = """\
[w3svc.1]
ServerComment = "A"
ServerBindings = [":80:a.example"]
[w3svc.1.root]
Path = "sites/a"
"""
ADD = "site add B --path sites/b"
# What is typed; what is said of it; the next step.
REFUSALS = [
    (
        f"{ADD} --host x:8080",
        "--host x:8080: a host has no port; use --port 8080",
        f"{ADD} --host x --port 8080",
    ),
    (
        f"{ADD} --host x:8080 --port 8080",
        "--host x:8080: a host has no port; use --port 8080",
        f"{ADD} --host x --port 8080",
    ),
    (
        f"{ADD} --host y --host x:8080",
        "--host x:8080: a host has no port",
        f"{ADD} --host y --host x --port 8080",
    ),
    (
        f"{ADD} --host=x:8080",
        "--host x:8080: a host has no port",
        f"{ADD} --host x --port 8080",
    ),
    (f"{ADD} --host x:", "--host x:: a host has no port", f"{ADD} --host x"),
    (
        f"{ADD} --host http://x",
        "--host http://x: a host has no scheme",
        f"{ADD} --host x",
    ),
    (
        f"{ADD} --host https://x:81/y",
        "--host https://x:81/y: a host has no scheme; use --port 81",
        f"{ADD} --host x --port 81",
    ),
    (f"{ADD} --host x/y", "--host x/y: a host has no path", f"{ADD} --host x"),
    (
        f"{ADD} --host ::1",
        "--host ::1: a binding cannot have an IPv6 address as host; use --ip ::1",
        f"{ADD} --ip ::1",
    ),
    (
        f"{ADD} --port https",
        "--port https: it is not a number from 1 to 65535",
        f"{ADD} --port 443",
    ),
    (
        f"{ADD} --ip http",
        "--ip http: 'http' is not an IP address",
        "site add --help",
    ),
    (
        f"{ADD} --identifier http",
        "--identifier http: it is not a number from 1 to",
        "site add --help",
    ),
    (
        f"{ADD} --host a..b",
        "--host a..b: host 'a..b' has an empty label",
        "site add --help",
    ),
    (f"{ADD} --host '*x'", "--host '*x': host '*x' has an asterisk", "site add --help"),
    (
        f"{ADD} --ip 127.0.0.1:80",
        "--ip 127.0.0.1:80: an address has no port; use --port 80",
        f"{ADD} --ip 127.0.0.1 --port 80",
    ),
    (
        f"{ADD} --ip [::1]:81",
        "--ip '[::1]:81': an address has no port",
        f"{ADD} --ip '[::1]' --port 81",
    ),
    (
        f"{ADD} --ip localhost",
        "--ip localhost: it is not an IP address",
        f"{ADD} --ip 127.0.0.1",
    ),
    (f"{ADD} --ip ::1%lo", "--ip ::1%lo: '::1%lo' has a zone", f"{ADD} --ip ::1"),
    (
        f"{ADD} --ip 1.2.3",
        "--ip 1.2.3: '1.2.3' is not an IP address",
        "site add --help",
    ),
    (
        f"{ADD} --port http",
        "--port http: it is not a number from 1 to 65535",
        f"{ADD} --port 80",
    ),
    (
        f"{ADD} --port 0",
        "--port 0: it is not a number from 1 to 65535",
        "site add --help",
    ),
    (
        f"{ADD} --port=70000",
        "--port 70000: it is not a number from 1 to 65535",
        "site add --help",
    ),
    (
        f"{ADD} --identifier 0",
        "--identifier 0: it is not a number from 1 to 4294967295",
        "site add --help",
    ),
    ("site add B --path ''", "--path '': it names no folder", "site add --help"),
    (
        "cert create https://x:443/",
        "https://x:443/: a host has no scheme",
        "cert create x",
    ),
    ("cert create y x:443", "x:443: a host has no port", "cert create y x"),
    ("cert create 'a b'", "'a b': host 'a b' contains ' '", "cert create --help"),
    (
        "cert create ''",
        "'': it is neither a host name nor an address",
        "cert create --help",
    ),
    (
        "cert create x --days 0",
        "--days 0: it is not a number from 1 up",
        "cert create --help",
    ),
    ("cert assign x y", "y: it is not a number", "cert assign --help"),
    (
        "explain a.example",
        "a.example: it begins with neither http:// nor https://",
        "explain http://a.example",
    ),
    (
        "explain //a.example/x",
        "//a.example/x: it begins with neither",
        "explain http://a.example/x",
    ),
    (
        "explain ftp://a.example/x",
        "ftp://a.example/x: it begins with neither",
        "explain http://a.example/x",
    ),
    (
        "explain --host a.example:80",
        "--host a.example:80: a host has no port; use --port 80",
        "explain --host a.example --port 80",
    ),
    (
        "explain --host http://a.example",
        "--host http://a.example: a host has no scheme",
        "explain --host a.example",
    ),
    (
        "explain --host a.example --ip x",
        "--ip x: 'x' is not an IP address",
        "explain --help",
    ),
    (
        "explain --host a.example --ip 127.0.0.1:80",
        "--ip 127.0.0.1:80: an address has no port",
        "explain --host a.example --ip 127.0.0.1 --port 80",
    ),
    (
        "explain --host a.example --port http",
        "--port http: it is not a number",
        "explain --host a.example --port 80",
    ),
    (
        "explain --host a.example --scheme ftp",
        "--scheme ftp: it is neither http nor https",
        "explain --host a.example --scheme http",
    ),
    (
        "explain --host a.example --sni 127.0.0.1",
        "--sni 127.0.0.1: a client never sends an address as server name; use --no-sni",
        "explain --host a.example --no-sni",
    ),
    (
        "explain --host a.example --sni x:443",
        "--sni x:443: a host has no port",
        "explain --host a.example --sni x --port 443",
    ),
    (
        "explain --host a.example --port-offset -1",
        "--port-offset -1: it is not a number from 0 to 65534",
        "explain --help",
    ),
    (
        "probe --connect http://localhost:81/",
        "--connect http://localhost:81/: a server has no scheme",
        "probe --connect localhost:81",
    ),
    (
        "probe --connect ::1",
        "--connect ::1: an IPv6 address needs brackets",
        "probe --connect '[::1]'",
    ),
    (
        "probe --connect x:y",
        "--connect x:y: port 'y' is not a decimal number",
        "probe --help",
    ),
    (
        "probe --connect 127.0.0.1 --port-offset x",
        "--port-offset x: it is not a number",
        "probe --help",
    ),
    (
        "reset --status --listen 127.0.0.1:80",
        "--listen 127.0.0.1:80: an address has no port",
        "reset --status --listen 127.0.0.1",
    ),
    ("reset --listen x", "--listen x: 'x' is not an IP address", "reset --help"),
    (
        "reset --port-offset x",
        "--port-offset x: it is not a number from 0 to 65534",
        "reset --help",
    ),
    ("serve --listen ''", "--listen '': '' is not an IP address", "serve --help"),
    ("serve --workers x", "--workers x: it is not a number from 0 up", "serve --help"),
    (
        "check --as-of 15.3.2027",
        "--as-of 15.3.2027: it is neither a date, such as 2027-03-15,",
        "check --as-of 2027-03-15",
    ),
    (
        "check --expiring -5d",
        "--expiring -5d: '-5d' is not a number of days",
        "check --help",
    ),
    ("check --select FOO", "--select FOO: no finding has a code", "check --help"),
    ("check --ignore FOO", "--ignore FOO: no finding has a code", "check --help"),
    (
        "check --severity loud",
        "--severity loud: 'loud' is not a severity",
        "check --help",
    ),
    (
        "check --output-format xml",
        "--output-format xml: it is not one of text, json, sarif, github",
        "check --help",
    ),
    ("map --as-of x", "--as-of x: it is neither a date", "map --as-of 2027-03-15"),
    (
        "map --host http://a.example",
        "--host http://a.example: a host has no scheme",
        "map --host a.example",
    ),
    ("map --site x", "--site x: it is not a number from 1 up", "map --help"),
    (
        "what-if --at x stop-site 1",
        "--at x: it is neither a date",
        "what-if --at 2027-03-15 stop-site 1",
    ),
    ("diff x --port-offset y", "--port-offset y: it is not a number", "diff --help"),
    (
        "export --format xml",
        "--format xml: it is not one of toml, json",
        "export --help",
    ),
    ("history show x", "x: it is not a number from 1 up", "history show --help"),
    (
        "restore x --version y",
        "--version y: it is not a number from 0 to 9999",
        "restore --help",
    ),
    (
        "set /w3svc/1/ServerBindings --at x y",
        "--at x: it is not a number from 0 up",
        "set --help",
    ),
]
# Codes of what is no option's value, by the command.
_CODES = {"cert create": "CRT002", "explain": "RTE001"}
# May differ or fail in what they find, but take every value.
_TRIED = {0, 1, 5}


def _run(directory: Path, words: list[str]) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(out, err, {"HOME": str(directory)}, str(directory), lambda: NOW)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run(words, terminal)
    return status, out.getvalue(), err.getvalue()


def _code_of(typed: str, message: str) -> str:
    own = (code for words, code in _CODES.items() if typed.startswith(words))
    return "CLI004" if message.startswith("--") else next(own, "CLI004")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "metabase.toml").write_text(METABASE)
    return tmp_path


@pytest.mark.parametrize(("typed", "message", "mended"), REFUSALS)
def test_a_refusal_names_option_and_value_and_the_next_step_runs(
    directory: Path, typed: str, message: str, mended: str
) -> None:
    """Whoever mistypes sees what, why, and a command that works."""
    status, out, err = _run(directory, shlex.split(typed))
    assert (status, out) == (2, "")
    said, step, *rest = err.splitlines()
    code, _space, words = said.partition(" ")
    assert code == _code_of(typed, message)
    assert words.startswith(message)
    assert step == f"  next: bindctl {mended}"
    assert rest == []
    assert (directory / "metabase.toml").read_text() == METABASE
    status, out, err = _run(directory, shlex.split(mended))
    assert status in _TRIED
    assert code not in err
    assert out


@pytest.mark.parametrize(
    ("address", "binding"),
    [
        ("::1", "[::1]:80:"),
        ("[::1]", "[::1]:80:"),
        ("127.0.0.1", "127.0.0.1:80:"),
        ("*", ":80:"),
        ("", ":80:"),
        ("0.0.0.0", ":80:"),  # noqa: S104 - any address
    ],
)
def test_an_address_may_be_spelt_as_people_spell_it(
    directory: Path, address: str, binding: str
) -> None:
    """Brackets are for where a port follows."""
    _status, out, _err = _run(directory, [*shlex.split(ADD), "--ip", address])
    assert out.splitlines()[0] == f'site 2 "B" added: "{binding}"'


def test_json_is_answered_in_json(directory: Path) -> None:
    """A program that asked for JSON reads nothing else."""
    words = [*shlex.split(ADD), "--host", "x:8080", "--json"]
    status, out, err = _run(directory, words)
    answer = json.loads(out)
    assert (status, err, answer["command"]) == (2, "", "site add")
    (finding,) = answer["findings"]
    assert finding["code"] == "CLI004"
    assert finding["hint"] == f"bindctl {ADD} --host x --port 8080 --json"


def test_a_path_that_is_a_file_is_refused(directory: Path) -> None:
    """A site whose root is a file answers nothing."""
    words = ["site", "add", "B", "--path", "metabase.toml"]
    status, _out, err = _run(directory, words)
    assert status == 2
    assert "the site's path metabase.toml is not a folder" in err
    assert (directory / "metabase.toml").read_text() == METABASE


def test_what_is_missing_or_unknown_is_worded_as_before(directory: Path) -> None:
    """Only values are ours to word."""
    assert "Missing argument" in _run(directory, ["cert", "assign", "x"])[2]
    assert "No such option" in _run(directory, ["check", "--colour"])[2]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2027-03-15", datetime(2027, 3, 15, tzinfo=UTC)),
        ("20270315", datetime(2027, 3, 15, tzinfo=UTC)),
        ("2027-03-15T12:00", datetime(2027, 3, 15, 12, tzinfo=UTC)),
        ("2027-03-15 12:00:30Z", datetime(2027, 3, 15, 12, 0, 30, tzinfo=UTC)),
        (" 2027-03-15T00:30+01:00 ", datetime(2027, 3, 14, 23, 30, tzinfo=UTC)),
    ],
)
def test_a_day_is_its_first_instant_in_utc(text: str, instant: datetime) -> None:
    """A certificate's last day is the same everywhere."""
    assert parse_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "2027-13-01", "2027-02-30", "15.3.2027", "0001-01-01T00:00+23:00"],
)
def test_what_is_no_date_is_refused_in_words(text: str) -> None:
    """Guessing a day would judge the wrong certificates."""
    with pytest.raises(BadValueError, match="neither a date, such as 2027-03-15"):
        parse_instant(text)
