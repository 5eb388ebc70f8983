"""check --fix at a real terminal: a pseudo-terminal, and somebody who answers."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Administrator

pytestmark = [pytest.mark.e2e]

DEADLINE_S = 60.0
METABASE = """\
[w3svc.1]
ServerComment = "Shop"
ServerBindings = [":80:shop.example"] # the real one
[w3svc.1.root]
Path = "home"
[w3svc.2]
ServerComment = "Copy"
ServerBindings = [":80:shop.example", ":80:copy.example."]
[w3svc.2.root]
Path = "home"
"""


def answer(
    administrator: Administrator, *answers: str
) -> subprocess.CompletedProcess[str]:
    """Run ``check --fix`` with those answers typed at its terminal."""
    keyboard, terminal = pty.openpty()
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "bindctl", "check", "--fix"],
            cwd=administrator.directory,
            env=administrator.environment,
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            os.write(keyboard, "".join(f"{text}\n" for text in answers).encode())
            out, err = process.communicate(timeout=DEADLINE_S)
    finally:
        os.close(terminal)
        os.close(keyboard)
    return subprocess.CompletedProcess([], process.returncode, out, err)


def test_a_person_chooses_and_each_choice_can_be_undone(
    administrator: Administrator,
) -> None:
    """The second choice of the first finding, the first of the next; then undo."""
    file = administrator.directory / "metabase.toml"
    file.write_text(METABASE)
    done = answer(administrator, "3", "y")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("mend it? [y]es") == 2
    assert (
        'mended: move ":80:shop.example" of site 2 "Copy" to port 8080' in done.stdout
    )
    assert "2 findings mended" in done.stdout
    after = METABASE.replace(
        '[":80:shop.example", ":80:copy.example."]',
        '[":8080:shop.example", ":80:copy.example"]',
    )
    assert file.read_text() == after
    administrator.run("undo")
    assert ":80:copy.example." in file.read_text()
    administrator.run("undo")
    assert file.read_text() == METABASE


def test_a_script_is_told_and_changes_nothing_unless_it_says_yes(
    administrator: Administrator,
) -> None:
    """Without a terminal nobody has agreed."""
    file = administrator.directory / "metabase.toml"
    file.write_text(METABASE)
    told = administrator.try_run("check", "--fix")
    assert told.returncode == 1
    assert "2 findings would be mended" in told.stdout
    assert file.read_text() == METABASE
    done = json.loads(administrator.run("check", "--fix", "--yes", "--json"))
    assert [item["kind"] for item in done["data"]["fixes"]] == ["remove", "respell"]
    assert administrator.run("check").startswith("nothing to report")
    administrator.run("undo")
    assert file.read_text() == METABASE
