"""Command lines without Typer: what is recognised, and what is left to Typer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from bindctl.cli.verbs import quick
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("line", "verb", "values"),
    [
        ("get /a/B", "get", {"path": "/a/B", "metabase": None, "json": False}),
        ("get --json /a/B -m x", "get", {"metabase": "x", "json": True}),
        ("get --metabase=x /a/B", "get", {"path": "/a/B", "metabase": "x"}),
        ("get -m x -m y /a", "get", {"metabase": "y"}),
        ("set /a/B 1 2 3", "set", {"path": "/a/B", "values": ["1", "2", "3"]}),
        ("set /a/B -- -1", "set", {"values": ["-1"]}),
        ("set -- /a/B --json", "set", {"values": ["--json"], "json": False}),
        ("set /a/B -1", "set", {"values": ["-1"]}),
        ("set /a/B -", "set", {"values": ["-"]}),
        ("set /a/B -m --json x", "set", {"values": ["x"], "metabase": "--json"}),
        ("enum", "enum", {"path": ""}),
        ("create /a T", "create", {"path": "/a", "key_type": "T"}),
        ("delete /a", "delete", {"path": "/a"}),
        ("get --inherited /a", "get", {"path": "/a", "inherited": True}),
        ("enum --recursive --inherited", "enum", {"recursive": True}),
        ("set /a --append b --strict", "set", {"append": True, "strict": True}),
        ("set /a --replace b c", "set", {"replace": True, "values": ["b", "c"]}),
        ("set --at 2 /a b", "set", {"at": 2, "values": ["b"]}),
        ("set --at=2 /a b", "set", {"at": 2, "append": False}),
        ("set /a -- --append", "set", {"values": ["--append"], "append": False}),
        ("create /a --strict", "create", {"path": "/a", "strict": True}),
        ("move --allow-impact /a /b", "move", {"allow_impact": True}),
        ("sites", "sites", {"metabase": None, "json": False}),
        ("check", "check", {"output_format": "text", "severity": [], "fix": False}),
        ("check a.toml -v", "check", {"file": "a.toml", "verbose": True}),
        ("check --severity error --severity BND3=info", "check",
         {"severity": ["error", "BND3=info"]}),
        ("explain http://a", "explain", {"url": "http://a", "host": None}),
        ("explain --host a --port 80", "explain", {"host": "a", "port": 80}),
        ("site add A --path w --ip *", "site add", {"ip": "", "port": 80}),
        ("history diff 1 2", "history diff", {"number": 1, "other": 2}),
        ("what-if -m x set /a --at 1", "what-if",
         {"metabase": "x", "command": ["set", "/a", "--at", "1"], "at": None}),
        ("what-if --at 2027-01-01", "what-if", {"command": []}),
    ],
)  # fmt: skip
def test_takes_a_command_line_apart(
    line: str, verb: str, values: dict[str, object]
) -> None:
    """The quick path must not read a line otherwise than its help says."""
    found = quick.parse(line.split())
    assert found is not None
    assert found.verb.name == verb
    assert {name: found.values[name] for name in values} == values
    assert set(found.values) == {item.name for item in found.verb.parameters}


@pytest.mark.parametrize(
    "line",
    ["get --append /a", "set /a --append --at 1 b", "set /a --replace b",
     "set /a --at b c", "set /a --at -1 b", "set /a b --at", "enum --strict",
     "create --append /a", "get --allow-impact /a"],
)  # fmt: skip
def test_leaves_wrong_options_to_typer(line: str) -> None:
    """Typer says which one is wrong, and why."""
    assert quick.parse(line.split()) is None


@pytest.mark.parametrize(
    "line",
    ["", "site", "site nothing", "nothing", "adsutil GET a", "--json get /a", "get", "get /a /b", "set /a", "enum a b", "create",
     "create a b c", "delete", "get --help", "get -x /a", "get /a --metabase",
     "get /a -mfile", "check --severity", "check --output-format xml", "check a b",
     "explain a.example", "explain --port 0", "explain --port 65536", "check -vy",
     "explain --port +80", "history show", "history show 0", "what-if",
     "get /a -m=x", "get --json=no /a", "explain http://a --port 00000000080",
     "set /a --append --at 0 b"],
)  # fmt: skip
def test_leaves_to_typer_what_it_does_not_know(line: str) -> None:
    """Typer words the mistake, and shows help."""
    assert quick.parse(line.split()) is None


def test_two_words_in_one_are_no_command() -> None:
    """Quotes were set by mistake: Typer says so."""
    assert quick.parse(["site add", "a", "--path", "w"]) is None


def test_a_handler_without_status_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its command would end as if all were well."""
    monkeypatch.setattr(quick, "load", lambda _place: lambda *_world, **_values: None)
    terminal = Terminal(
        StringIO(), StringIO(), {}, "/", lambda: datetime(2026, 1, 1, tzinfo=UTC)
    )
    invocation = quick.parse(["rule", "BND101"])
    assert invocation is not None
    with pytest.raises(TypeError, match="rule returned no exit status"):
        quick.run(terminal, invocation)


def test_an_error_is_json_where_the_output_format_is(tmp_path: Path) -> None:
    """A program that asked for JSON could not read the words."""
    out = StringIO()
    terminal = Terminal(
        out, StringIO(), {}, str(tmp_path), lambda: datetime(2026, 1, 1, tzinfo=UTC)
    )
    invocation = quick.parse(["check", "--output-format", "json"])
    assert invocation is not None
    assert quick.run(terminal, invocation) != 0
    assert json.loads(out.getvalue())["command"] == "check"


@pytest.mark.parametrize(
    ("arguments", "data"),
    [
        (["get", "/w3svc/1/serverbindings"],
         {"path": "/LM/W3SVC/1", "property": "ServerBindings", "type": "MULTISZ",
          "value": [":80:ü"]}),
        (["get", "/w3svc/1/AnonymousUserPass"],
         {"path": "/LM/W3SVC/1", "property": "AnonymousUserPass", "type": "STRING",
          "value": "**********"}),
        (["set", "/w3svc/1/SslFlags", "1"],
         {"path": "/LM/W3SVC/1", "property": "SslFlags", "type": "DWORD", "value": 1,
          "changed": True}),
        (["enum", "/w3svc"],
         {"path": "/LM/W3SVC", "properties": {"KeyType": "IIsWebService"},
          "keys": ["/LM/W3SVC/1"]}),
        (["create", "/w3svc/2"], {"path": "w3svc/2", "changed": True}),
        (["delete", "/w3svc/1/ServerBindings"],
         {"path": None, "property": "ServerBindings", "changed": True}),
    ],
)  # fmt: skip
def test_json_is_one_envelope(
    tmp_path: Path, arguments: list[str], data: dict[str, object]
) -> None:
    """A program reads every answer the same way; secrets are stars there too."""
    (tmp_path / "metabase.toml").write_text(
        "[w3svc.1]\nServerBindings = [':80:ü']\nAnonymousUserPass = 'secret'\n"
    )
    out = StringIO()
    terminal = Terminal(
        out, StringIO(), {}, str(tmp_path), lambda: datetime(2026, 1, 1, tzinfo=UTC)
    )
    invocation = quick.parse([*arguments, "--json"])
    assert invocation is not None
    assert quick.run(terminal, invocation) == 0
    assert json.loads(out.getvalue()) == {
        "schema": 1,
        "command": arguments[0],
        "status": "ok",
        "exit_code": 0,
        "data": data,
        "findings": [],
    }
    assert "secret" not in out.getvalue()
