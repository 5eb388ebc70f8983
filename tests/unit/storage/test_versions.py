"""Versions as they are read: only whole ones, by number."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.storage.versions import (
    history_directory,
    list_versions,
    load_version,
    read_version,
)
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path


@pytest.fixture
def metabase(tmp_path: Path) -> str:
    path = tmp_path / "metabase.toml"
    path.write_bytes(b"# 0\n")
    for number in (1, 2, 3):
        DiskWorkspace(str(path)).update(lambda _octets, n=number: b"# %d\n" % n)
    return str(path)


def test_nothing_was_written_yet(tmp_path: Path) -> None:
    """A new metabase has no history, and that is no error."""
    assert list_versions(str(tmp_path / "metabase.toml")) == ()


def test_each_version_has_its_content(metabase: str) -> None:
    """Version 3 must never show what version 2 held."""
    found = [read_version(metabase, item.number) for item in list_versions(metabase)]
    assert found == [b"# 0\n", b"# 1\n", b"# 2\n", b"# 3\n"]


def test_what_a_power_failure_cut_short_is_no_version(metabase: str) -> None:
    """Restoring half a file would be worse than having none."""
    with open(os.path.join(history_directory(metabase), "0000000002.toml"), "wb"):
        pass
    assert [item.number for item in list_versions(metabase)] == [1, 3, 4]
    with pytest.raises(BindctlError) as caught:
        read_version(metabase, 2)
    assert (caught.value.code, caught.value.exit_status) == ("MET014", 1)


def test_lines_that_are_none_are_passed_over(metabase: str) -> None:
    """A file somebody opened in an editor still serves."""
    index = os.path.join(history_directory(metabase), "index.tsv")
    with open(index, "r+b") as file:
        lines = file.read()
        file.seek(0)
        file.write(b"\xff\xfe\nx\ty\n1\t2\t3\tfour\t5\t6\n" + lines + b"half")
    assert [item.number for item in list_versions(metabase)] == [1, 2, 3, 4]


def test_a_version_that_goes_while_it_is_read_is_told(metabase: str) -> None:
    """Another process prunes whenever it writes."""
    version = list_versions(metabase)[0]
    os.unlink(os.path.join(history_directory(metabase), "0000000001.toml"))
    with pytest.raises(BindctlError) as caught:
        load_version(metabase, version)
    assert caught.value.code == "MET014"


def test_somebody_else_s_history_is_told(
    metabase: str, unprivileged: Callable[[], AbstractContextManager[None]]
) -> None:
    """An empty list would be a lie."""
    os.chmod(history_directory(metabase), 0)
    try:
        with unprivileged(), pytest.raises(BindctlError) as caught:
            list_versions(metabase)
    finally:
        os.chmod(history_directory(metabase), 0o700)
    assert caught.value.code == "MET005"
