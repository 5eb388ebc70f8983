"""Where the metabase is looked for, and what lies beside it."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.storage.file_locations import (
    authority_directory,
    certificates_directory,
    find_lost_metabase,
    find_metabase,
    runtime_directory,
    store_directory,
    user_configuration_directory,
)
from bindctl.storage.site_states import read_states

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A machine with a metabase in every place that is looked at."""
    for name in ("named.toml", "variable.toml", "here/metabase.toml",
                 "home/.config/bindctl/metabase.toml", "xdg/bindctl/metabase.toml"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("named", "environment", "directory", "found"),
    [
        ("../named.toml", {"BINDCTL_METABASE": "x"}, "here", "named.toml"),
        (None, {"BINDCTL_METABASE": "../variable.toml"}, "here", "variable.toml"),
        ("", {"BINDCTL_METABASE": ""}, "here", "here/metabase.toml"),
        (None, {"HOME": "{}/home"}, "here", "here/metabase.toml"),
        (None, {"HOME": "{}/home"}, "empty", "home/.config/bindctl/metabase.toml"),
        (None, {"HOME": "{}/home", "XDG_CONFIG_HOME": "{}/xdg"}, "empty",
         "xdg/bindctl/metabase.toml"),
    ],
)  # fmt: skip
def test_the_nearest_metabase_is_used(
    home: Path,
    named: str | None,
    environment: dict[str, str],
    directory: str,
    found: str,
) -> None:
    """Editing another file than the one meant is the worst of slips."""
    variables = {name: value.format(home) for name, value in environment.items()}
    path = find_metabase(named, variables, str(home / directory))
    assert path.startswith(str(home))
    assert (home / found).samefile(path)


@pytest.mark.parametrize(
    ("named", "environment", "cause"),
    [
        ("gone.toml", {}, "gone.toml does not exist"),
        (None, {"BINDCTL_METABASE": "gone.toml"}, "gone.toml does not exist"),
        (None, {}, "no metabase.toml here"),
        (None, {"HOME": "/nowhere"}, "no metabase.toml here"),
    ],
)
def test_a_metabase_that_is_not_there_is_told(
    home: Path, named: str | None, environment: dict[str, str], cause: str
) -> None:
    """A named file that is missing is never replaced by another one."""
    with pytest.raises(BindctlError, match=cause) as caught:
        find_metabase(named, environment, str(home / "empty"))
    assert (caught.value.code, caught.value.exit_status) == ("MET001", 2)
    assert "bindctl init" in caught.value.hint


@pytest.mark.parametrize("named", [None, "gone.toml"])
def test_a_metabase_that_is_gone_can_be_brought_back(
    home: Path, named: str | None
) -> None:
    """A new one from `bindctl init` would be an empty one."""
    history = home / "empty" / ".bindctl" / (named or "metabase.toml") / "history"
    history.mkdir(parents=True)
    with pytest.raises(BindctlError) as caught:
        find_metabase(named, {}, str(home / "empty"))
    assert caught.value.code == "MET001"
    assert "bindctl history restore N" in caught.value.hint


def test_everything_lies_beside_the_real_file(tmp_path: Path) -> None:
    """Two names of one metabase share one lock, one service and one store."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "sites.toml").touch()
    link = tmp_path / "link.toml"
    link.symlink_to(tmp_path / "real" / "sites.toml")
    real = str(tmp_path / "real")
    metabase = str(link)
    assert runtime_directory(metabase) == f"{real}/.bindctl/sites.toml"
    assert certificates_directory(metabase) == f"{real}/certificates"
    assert store_directory(metabase, "MY") == f"{real}/certificates/my"
    assert authority_directory(metabase, {}) == f"{real}/certificates/authority"
    assert authority_directory(metabase, {"BINDCTL_AUTHORITY": "/ca"}) == "/ca"


def test_no_home_is_no_configuration_directory() -> None:
    """A service account may have none."""
    assert user_configuration_directory({}) == ""


def test_states_of_a_service_that_does_not_run_are_none(tmp_path: Path) -> None:
    """Every site is stopped then."""
    assert read_states(str(tmp_path / "metabase.toml")) == {}


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """What a service leaves that was killed; its pid is somebody else's by now."""
    runtime = tmp_path / ".bindctl" / "metabase.toml"
    runtime.mkdir(parents=True)
    (runtime / "states").write_text("1 2 0\n2 4 183\n")
    (runtime / "pid").write_text(f"{os.getpid()}\n")
    (runtime / "service.lock").touch()
    return runtime


def test_states_of_a_service_that_was_killed_are_none(left: Path) -> None:
    """A pid is used again: sites would be called started that nobody serves."""
    assert read_states(str(left.parent.parent / "metabase.toml")) == {}


def test_states_of_a_service_that_holds_its_lock_are_read(left: Path) -> None:
    """The lock goes with the process, whatever its end."""
    metabase = str(left.parent.parent / "metabase.toml")
    with (left / "service.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert read_states(metabase) == {1: (2, 0), 2: (4, 183)}
        (left / "states").write_text("1 2\n")
        assert read_states(metabase) == {}
    assert read_states(metabase) == {}


def test_what_is_left_of_a_lost_metabase_is_found(tmp_path: Path) -> None:
    """Its history and backups are needed most when the file is gone."""
    here = str(tmp_path)
    with pytest.raises(BindctlError):
        find_lost_metabase(None, {}, here)
    (tmp_path / ".bindctl" / "metabase.toml").mkdir(parents=True)
    lost = str(tmp_path / "metabase.toml")
    assert find_lost_metabase(None, {}, here) == lost
    assert find_lost_metabase("metabase.toml", {}, here) == lost
    with pytest.raises(BindctlError):
        find_lost_metabase("other.toml", {}, here)
    (tmp_path / "metabase.toml").touch()
    assert find_lost_metabase(None, {}, here) == lost
