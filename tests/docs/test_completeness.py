"""Nothing that can be looked up is missing from the page where it belongs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bindctl.cli.run.app import make_app
from bindctl.findings.codes import ERRORS
from bindctl.findings.errors import BindctlError
from bindctl.metabase.schema_data import CLASSES, OWN, PROPERTIES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
HEADING = re.compile(r"^### (.+)$", re.MULTILINE)
CODE = re.compile(r"\b[A-Z]{3}[0-9]{3}\b")
PACKAGE = re.compile(r"^  (\w+)/ ", re.MULTILINE)


def commands() -> Iterator[tuple[str, Any]]:
    """Every command by its words."""
    root: Any = typer.main.get_command(make_app())
    for name, command in root.commands.items():
        children = getattr(command, "commands", None)
        if children is None:
            yield name, command
            continue
        for child, below in children.items():
            yield f"{name} {child}", below


def test_every_command_with_json_says_what_is_in_it() -> None:
    """A script's author would have to guess what a field means."""
    text = (REFERENCE / "json.md").read_text(encoding="utf-8")
    described = [
        name.strip() for heading in HEADING.findall(text) for name in heading.split(",")
    ]
    answering = [
        name
        for name, command in commands()
        if any("--json" in parameter.opts for parameter in command.params)
    ]
    assert len(answering) > 20
    assert sorted(described) == sorted(answering)


def test_every_error_stands_with_its_exit_status() -> None:
    """A script that branches on a status would be written for another one."""
    text = (REFERENCE / "exit-statuses.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([0-9]) \| ([^|]*) \|$", text, re.MULTILINE)
    shown = {code: int(status) for status, row in rows for code in CODE.findall(row)}
    actual = {rule.code: BindctlError(rule.code, "").exit_status for rule in ERRORS}
    assert shown == actual


def test_examples_of_exit_statuses_are_true() -> None:
    """An example of another status would be believed."""
    text = (REFERENCE / "exit-statuses.md").read_text(encoding="utf-8")
    examples = re.findall(r"^\| ([0-9]) \| [^|]* \| ([^|]*) \|$", text, re.MULTILINE)
    errors = {rule.code for rule in ERRORS}
    told = {
        (int(status), code) for status, row in examples for code in CODE.findall(row)
    }
    assert {code for _status, code in told} <= errors
    for status, code in told:
        assert BindctlError(code, "").exit_status == status, code


def test_every_key_of_our_own_is_described() -> None:
    """What IIS did not have, no other page explains."""
    text = (REFERENCE / "metabase-file.md").read_text(encoding="utf-8")
    own = [name for name, row in PROPERTIES.items() if row[3] & OWN]
    of_service = [name for name in own if name in CLASSES["IIsWebService"][0]]
    assert [name for name in of_service if name not in text] == []


def test_every_package_stands_in_the_layout() -> None:
    """A newcomer would not know where a package belongs."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for folder in ("bindctl", "tests"):
        listed = re.search(rf"^{folder}/\n((?:  .*\n)+)", text, re.MULTILINE)
        assert listed is not None
        there = {
            path.name
            for path in (ROOT / folder).iterdir()
            if path.is_dir() and any(path.rglob("*.py"))
        }
        assert set(PACKAGE.findall(listed[1])) == there, folder
