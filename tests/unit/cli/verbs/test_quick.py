"""The five verbs without Typer: what is recognised, and what is left to Typer."""

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
    ("line", "verb", "words", "metabase", "as_json"),
    [
        ("get /a/B", "get", ["/a/B"], None, False),
        ("get --json /a/B -m x", "get", ["/a/B"], "x", True),
        ("get --metabase=x /a/B", "get", ["/a/B"], "x", False),
        ("get -m x -m y /a", "get", ["/a"], "y", False),
        ("set /a/B 1 2 3", "set", ["/a/B", "1", "2", "3"], None, False),
        ("set /a/B -- -1", "set", ["/a/B", "-1"], None, False),
        ("set -- /a/B --json", "set", ["/a/B", "--json"], None, False),
        ("set /a/B -1", "set", ["/a/B", "-1"], None, False),
        ("set /a/B -", "set", ["/a/B", "-"], None, False),
        ("set /a/B -m --json x", "set", ["/a/B", "x"], "--json", False),
        ("enum", "enum", [], None, False),
        ("create /a T", "create", ["/a", "T"], None, False),
        ("delete /a", "delete", ["/a"], None, False),
    ],
)
def test_takes_a_command_line_apart(
    line: str,
    verb: str,
    words: list[str],
    metabase: str | None,
    as_json: bool,
) -> None:
    """The quick path must not read a line otherwise than its help says."""
    found = quick.parse(line.split())
    assert found is not None
    assert (found.verb, list(found.words)) == (verb, words)
    assert (found.metabase, found.as_json) == (metabase, as_json)


@pytest.mark.parametrize(
    ("line", "words", "options"),
    [
        ("get --inherited /a", ["/a"], {"--inherited": ""}),
        ("enum --recursive --inherited", [], {"--recursive": "", "--inherited": ""}),
        ("set /a --append b --strict", ["/a", "b"], {"--append": "", "--strict": ""}),
        ("set /a --replace b c", ["/a", "b", "c"], {"--replace": ""}),
        ("set --at 2 /a b", ["/a", "b"], {"--at": "2"}),
        ("set --at=2 /a b", ["/a", "b"], {"--at": "2"}),
        ("set /a -- --append", ["/a", "--append"], {}),
        ("create /a --strict", ["/a"], {"--strict": ""}),
        ("move --allow-impact /a /b", ["/a", "/b"], {"--allow-impact": ""}),
    ],
)
def test_takes_a_verb_s_own_options(
    line: str, words: list[str], options: dict[str, str]
) -> None:
    """They may stand anywhere, and behind dashes they are values."""
    found = quick.parse(line.split())
    assert found is not None
    assert (list(found.words), found.options) == (words, options)


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
    ["", "sites", "--json get /a", "get", "get /a /b", "set /a", "enum a b", "create",
     "create a b c", "delete", "get --help", "get -x /a", "get /a --metabase",
     "get /a -mfile"],
)  # fmt: skip
def test_leaves_to_typer_what_it_does_not_know(line: str) -> None:
    """Typer words the mistake, and shows help."""
    assert quick.parse(line.split()) is None


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
