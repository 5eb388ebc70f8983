"""A command under the gate."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from bindctl.cli.run.write_guard import guard
from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.properties import set_property
from bindctl.terminal.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from bindctl.storage.workspace import Workspace

TEXT = '[w3svc.1]\nServerBindings = [":80:a"]\n[w3svc.2]\nServerBindings = [":80:"]\n'


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    path = tmp_path / "metabase.toml"
    path.write_text(TEXT)
    return path


def terminal() -> Terminal:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return Terminal(StringIO(), StringIO(), {}, "/", lambda: now)


def said(world: Terminal) -> str:
    return world.stderr.getvalue()  # type: ignore[attr-defined,no-any-return]  # as made above


def test_the_impact_of_each_write_is_told(metabase: Path) -> None:
    """On standard error: the answer on standard output stays what it was."""
    world = terminal()

    def command(workspace: Workspace) -> int:
        set_property(workspace, "/w3svc/1/ServerBindings", [":80:b"])
        set_property(workspace, "/w3svc/1/ServerComment", ["b"])
        set_property(workspace, "/w3svc/1/ServerBindings", [":80:a"])
        return 7

    assert guard(world, str(metabase), command) == 7
    assert said(world).count("impact on sites that were not edited: 2 classes") == 2
    assert "  http://a:80/ : site 1 -> site 2\n" in said(world)


def test_it_is_told_even_when_the_command_fails_later(metabase: Path) -> None:
    """What was written was written."""
    world = terminal()

    def command(workspace: Workspace) -> int:
        set_property(workspace, "/w3svc/1/ServerBindings", [":80:b"])
        raise BindctlError("MET006", "later")

    with pytest.raises(BindctlError, match="later"):
        guard(world, str(metabase), command)
    assert "impact on" in said(world)


def test_a_refused_write_has_no_impact(metabase: Path) -> None:
    """The refusal says what it would have been."""
    world = terminal()

    def command(workspace: Workspace) -> int:
        set_property(workspace, "/w3svc/1/ServerBindings", [":80:b"])
        return 0

    with pytest.raises(BindctlError) as caught:
        guard(world, str(metabase), command, is_strict=True)
    assert caught.value.code == "BND003"
    assert said(world) == ""
    assert metabase.read_text() == TEXT
    assert (
        guard(world, str(metabase), command, is_strict=False, allows_impact=True) == 0
    )


def test_a_long_impact_is_cut(metabase: Path) -> None:
    """A terminal is no place for ten thousand lines."""
    world = terminal()
    sites = "".join(
        f'[w3svc.{n}]\nServerBindings = [":80:h{n}"]\n' for n in range(3, 50)
    )
    metabase.write_text(TEXT + sites)
    # site 1 takes every host of the others, so that none of them starts
    hosts = [f":80:h{n}" for n in range(3, 50)]

    def command(workspace: Workspace) -> int:
        set_property(workspace, "/w3svc/1/ServerBindings", hosts)
        return 0

    guard(world, str(metabase), command)
    assert "  and more; bindctl diff shows all, from the last version\n" in said(world)
    assert len(said(world).splitlines()) < 60
