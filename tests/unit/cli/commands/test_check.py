"""bindctl check needs a file to read, and nothing else of the machine."""

from __future__ import annotations

import io
import socket
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.__main__ import run
from bindctl.operations.certificates.certificates import create_certificate
from bindctl.storage.workspace import DiskWorkspace
from bindctl.terminal.terminal import Terminal
from tests.nobody import open_way_to

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def _run(directory: Path, *arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(out, err, {}, str(directory), lambda: NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        status = run(["check", *arguments], terminal)
    return status, out.getvalue(), err.getvalue()


def _write(directory: Path) -> None:
    metabase = str(directory / "metabase.toml")
    digest = create_certificate(
        DiskWorkspace(metabase), ["a.example"], NOW, {}, 90
    ).certificate
    (directory / "www").mkdir()
    (directory / "metabase.toml").write_text(
        '[w3svc.1]\nServerBindings = [":80:a.example"]\n'
        'SecureBindings = [":443:a.example"]\nroot.Path = "www"\n'
        f'SSLCertHash = "{digest.certificate_hash}"\n'
    )


def _tree(directory: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in sorted(directory.rglob("*"))
    }


def test_nobody_may_check_what_nobody_may_write(
    tmp_path: Path,
    unprivileged: Callable[[], AbstractContextManager[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A build server has a checkout to read, no home, no rights, and no network."""
    _write(tmp_path)
    for path in (tmp_path, *tmp_path.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    open_way_to(tmp_path)
    before = _tree(tmp_path)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    def refuse(*_arguments: object) -> None:
        message = "check opens no socket"
        raise AssertionError(message)

    monkeypatch.setattr(socket, "socket", refuse)
    with unprivileged():
        status, out, err = _run(tmp_path)
    assert (status, err) == (0, "")
    assert out == "nothing to report: 1 site, 2 bindings, 1 certificate\n"
    assert _tree(tmp_path) == before


def test_standard_input_of_another_version_is_refused(tmp_path: Path) -> None:
    """A commit hook would call sound what no command reads."""
    _write(tmp_path)
    status, out, err = _run(tmp_path, "-", stdin=b"schema_version = 99\n")
    assert (status, out) == (2, "")
    assert err.startswith("MET008 ")


def test_standard_input_is_judged_beside_the_working_directory(tmp_path: Path) -> None:
    """A commit hook judges what is staged, with the folders that are there."""
    _write(tmp_path)
    staged = (tmp_path / "metabase.toml").read_bytes()
    (tmp_path / "metabase.toml").unlink()
    status, out, err = _run(tmp_path, "-", stdin=staged + b"Oops = 1\n")
    assert (status, err) == (0, "")
    assert "MET201 warning /LM/W3SVC/1/Oops (<stdin>:6):" in out


def test_standard_input_may_be_told_its_place(tmp_path: Path) -> None:
    """Certificates and folders are those beside the file that --metabase names."""
    (tmp_path / "iis").mkdir()
    _write(tmp_path / "iis")
    octets = (tmp_path / "iis" / "metabase.toml").read_bytes()
    status, out, _err = _run(
        tmp_path, "-", "--metabase", "iis/metabase.toml", stdin=octets
    )
    assert (status, out) == (
        0,
        "nothing to report: 1 site, 2 bindings, 1 certificate\n",
    )
    status, out, _err = _run(tmp_path, "-", stdin=octets)
    assert status == 1
    assert "MET204" in out


def test_what_is_no_toml_is_an_error_with_its_line(tmp_path: Path) -> None:
    """And not a list of guesses."""
    status, out, err = _run(tmp_path, "-", stdin=b"[w3svc\n")
    assert (status, out) == (2, "")
    assert err.startswith("MET002 <stdin>: line 1, column ")
    assert "\n    [w3svc\n" in err
