"""The folder of bindctl's own state: nobody else leads it anywhere."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
import tempfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.edit_file import open_draft
from bindctl.operations.service.reset_gate import disable_reset, is_reset_enabled
from bindctl.operations.versions.backup import create_backup
from bindctl.server.service.runtime_files import RuntimeDirectory
from bindctl.storage.file_locations import runtime_directory
from bindctl.storage.site_states import read_states
from bindctl.storage.state_folder import NotOurs, open_runtime, open_state
from bindctl.storage.versions import list_versions
from bindctl.storage.workspace import DiskWorkspace
from tests.nobody import NOBODY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SOMEBODY = 987654  # an account of no machine
VICTIM = b"root:x:0:0\n"


@pytest.fixture
def metabase(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    path = folder / "metabase.toml"
    path.write_bytes(b"# mine\n")
    return path


def _write(metabase: str) -> None:
    DiskWorkspace(metabase).update(lambda octets: octets + b"# more\n")


def _serve(metabase: str) -> None:
    with (
        open_runtime(metabase, make=True) as folder,
        RuntimeDirectory(folder) as runtime,
    ):
        runtime.write_pid()
        runtime.write_states([])
        runtime.make_probe_secret()
        runtime.write_served("x")
        runtime.open_control().close()


# Everything that writes below the folder of state.
WRITERS: dict[str, Callable[[str], object]] = {
    "write": _write,
    "backup": lambda metabase: create_backup(DiskWorkspace(metabase), "b", NOW),
    "disable": disable_reset,
    "draft": lambda metabase: open_draft(DiskWorkspace(metabase)),
    "serve": _serve,
}


def _walk(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.rglob("*")


def _try_all(metabase: Path) -> None:
    for write in WRITERS.values():
        try:
            write(str(metabase))
        except BindctlError as error:
            assert error.code in {"MET005", "MET006", "SRV003"}  # noqa: PT017 - no error is fine too


@pytest.mark.parametrize("mask", [0, 0o077, 0o777])
def test_all_of_it_is_private_whatever_the_umask(metabase: Path, mask: int) -> None:
    """Versions and backups hold passwords, and others read what a umask leaves."""
    before = os.umask(mask)
    try:
        for write in WRITERS.values():
            write(str(metabase))
    finally:
        os.umask(before)
    paths = list(_walk(metabase.parent / ".bindctl"))
    assert len(paths) > 12
    for path in paths:
        expected = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == expected, path


def test_a_folder_that_was_open_to_others_is_closed(metabase: Path) -> None:
    """Older versions left it to the umask."""
    runtime = metabase.parent / ".bindctl" / "metabase.toml"
    runtime.mkdir(parents=True)
    for folder in (runtime, runtime.parent):
        folder.chmod(0o777)
    _write(str(metabase))
    for folder in (runtime, runtime.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "name",
    [
        *("", "metabase.toml", "metabase.toml/history", "metabase.toml/backups"),
        *("metabase.toml/edit-1",),
    ],
)
def test_no_folder_is_reached_through_a_link(metabase: Path, name: str) -> None:
    """Root would write into a folder that somebody else has chosen."""
    elsewhere = metabase.parent.parent / "elsewhere"
    (elsewhere / "metabase.toml" / "history").mkdir(parents=True)
    before = sorted(elsewhere.rglob("*"))
    link = metabase.parent / ".bindctl" / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(elsewhere)
    _try_all(metabase)
    assert sorted(elsewhere.rglob("*")) == before


@pytest.mark.parametrize(
    "name",
    [
        *("write.lock", "service.lock", "backups.lock", "iisreset-disabled"),
        *("history/index.tsv", "history/.gitignore", "history/0000000001.toml"),
        *("backups/.gitignore", "backups/b.0000.bak"),
        *("pid", "pid.new", "states.new", "served.new", "probe-secret.new", "control"),
    ],
)
def test_no_file_is_written_through_a_link(metabase: Path, name: str) -> None:
    """A line of history would be appended to any file of root's."""
    victim = metabase.parent.parent / "victim"
    victim.write_bytes(VICTIM)
    victim.chmod(0o644)
    link = metabase.parent / ".bindctl" / "metabase.toml" / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(victim)
    _try_all(metabase)
    assert victim.read_bytes() == VICTIM
    assert stat.S_IMODE(victim.stat().st_mode) == 0o644


def test_what_mends_a_link_is_told_and_runs(metabase: Path) -> None:
    """A hint that does not run is none."""
    folder = metabase.parent / "it's here"
    folder.mkdir()
    (metabase.parent / ".bindctl").symlink_to(folder)
    with pytest.raises(BindctlError) as caught:
        _write(str(metabase))
    assert caught.value.code == "MET005"
    assert "symbolic link" in caught.value.message
    command, _words = caught.value.hint.split(" removes ")
    subprocess.run(shlex.split(command), check=True)
    _write(str(metabase))
    assert list(folder.iterdir()) == []


def test_another_user_s_folder_is_refused(
    metabase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another user has prepared there is not root's to trust."""
    _write(str(metabase))
    monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)
    with pytest.raises(BindctlError) as caught:
        _write(str(metabase))
    assert (caught.value.code, caught.value.exit_status) == ("MET005", 4)
    place = str(metabase.parent / ".bindctl")
    assert caught.value.message.startswith(f"{place}: it belongs to ")
    assert f"sudo chown -R {SOMEBODY} {place} makes it yours" in caught.value.hint
    for read in (list_versions, is_reset_enabled):
        with pytest.raises(BindctlError, match="it belongs to"):
            read(str(metabase))
    assert metabase.read_bytes() == b"# mine\n# more\n"
    assert read_states(str(metabase)) == {}


def test_another_user_s_file_is_refused(tmp_path: Path) -> None:
    """A file that was moved in is not one of ours."""
    with open_state(str(tmp_path / "state"), make=True) as folder:
        os.close(folder.open("a", os.O_CREAT | os.O_WRONLY))
    with open_state(str(tmp_path / "state")) as folder:
        folder._owners = frozenset({SOMEBODY})
        with pytest.raises(NotOurs):
            folder.open("a", os.O_RDONLY)


def test_root_is_bound_too(metabase: Path) -> None:
    """Modes stop nobody who is root: the owner has to."""
    folder = metabase.parent / ".bindctl"
    folder.mkdir()
    if os.geteuid() != 0:  # nobody else can give a folder away: it is one's own
        _write(str(metabase))
        return
    os.chown(folder, NOBODY, -1)
    with pytest.raises(BindctlError, match="it belongs to nobody, not to root"):
        _write(str(metabase))
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("is_there", [True, False])
def test_who_may_not_even_look_is_told_what_mends_it(
    unprivileged: Callable[[], AbstractContextManager[None]], *, is_there: bool
) -> None:
    """A container runs as somebody who can neither open that folder nor make it."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)  # noqa: S103 - what the test is about
        metabase, place = f"{name}/metabase.toml", f"{name}/.bindctl"
        if is_there:
            os.mkdir(place, 0o700)
        with unprivileged(), pytest.raises(BindctlError) as caught:
            open_runtime(metabase, make=True)
    cause = "it belongs to root, not to nobody" if is_there else "permission denied"
    assert caught.value.message == f"{place}: {cause}"
    assert caught.value.hint.endswith("BINDCTL_STATE names another folder")
    assert ("sudo chown -R nobody" in caught.value.hint) == is_there


def test_a_folder_that_is_named_is_taken(
    metabase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Containers mount folders of other owners: there state needs another place."""
    (metabase.parent / ".bindctl").symlink_to("/")
    state = metabase.parent.parent / "state"
    monkeypatch.setenv("BINDCTL_STATE", str(state))
    for write in WRITERS.values():
        write(str(metabase))
    assert len(list_versions(str(metabase))) == 2
    (folder,) = state.iterdir()
    assert folder.name.startswith("metabase.toml-")
    assert {path.name for path in folder.iterdir()} >= {"history", "backups"}
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_a_named_folder_may_belong_to_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who names it trusts its owner; nobody else, and no link."""
    path = str(tmp_path / "metabase.toml-0")
    with open_state(path, make=True):
        pass
    monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)
    with open_state(path) as folder:
        os.close(folder.open("a", os.O_CREAT | os.O_WRONLY))
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(NotOurs):
        open_state(str(tmp_path / "link"))


def test_metabases_of_one_name_share_no_named_folder() -> None:
    """`undo` would bring back the content of another."""
    named = {"BINDCTL_STATE": "/var/lib/bindctl"}
    places = {runtime_directory(f"/{x}/metabase.toml", named) for x in "ab"}
    assert len(places) == 2
    assert {os.path.dirname(place) for place in places} == {"/var/lib/bindctl"}
