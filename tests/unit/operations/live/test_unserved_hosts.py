"""Hosts that are served nothing, told from those that browsers merely refuse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bindctl.operations.certificates.certificates import create_certificate
from bindctl.operations.live.unserved_hosts import find_unserved_in
from bindctl.operations.load.configuration import compile_configuration
from bindctl.storage.workspace import DiskWorkspace

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _unserved(
    folder: Path, text: str, now: datetime = NOW
) -> list[tuple[int, str, int, str]]:
    workspace = DiskWorkspace(str(folder / "metabase.toml"), lambda: now)
    found = find_unserved_in(workspace, compile_configuration(text.encode()))
    return [(gap.site, gap.host, gap.port, gap.code) for gap in found]


def _site(number: int, *bindings: str, digest: str = "") -> str:
    listed = ", ".join(f'"{item}"' for item in bindings)
    named = f'SSLCertHash = "{digest}"\n' if digest else ""
    return f"[w3svc.{number}]\nSslFlags = 1\nSecureBindings = [{listed}]\n{named}"


@pytest.fixture
def store(tmp_path: Path) -> tuple[Path, str]:
    """The folder of a metabase, and the thumbprint in its store of one for a.test."""
    workspace = DiskWorkspace(str(tmp_path / "metabase.toml"))
    made = create_certificate(workspace, ["a.test"], NOW, {})
    return tmp_path, made.certificate.certificate_hash


def test_each_host_of_each_port_of_each_site_is_told_once(tmp_path: Path) -> None:
    """At two addresses one host lacks one certificate."""
    text = _site(1, ":443:a.test", ":444:a.test", ":443:b.test")
    text += _site(2, ":443:c.test", "10.0.0.1:443:a.test")
    text += '[http]\nListenAddresses = ["10.0.0.2", "10.0.0.1"]\n'
    assert sorted(_unserved(tmp_path, text)) == [
        (1, "a.test", 443, "CRT101"),
        (1, "a.test", 444, "CRT101"),
        (1, "b.test", 443, "CRT101"),
        (2, "a.test", 443, "CRT101"),
        (2, "c.test", 443, "CRT101"),
    ]


def test_what_only_a_browser_refuses_is_served(store: tuple[Path, str]) -> None:
    """A wrong name or an end in the past is for the client to judge."""
    folder, digest = store
    text = _site(1, ":443:a.test", ":443:b.test", digest=digest)
    assert _unserved(folder, text) == []
    assert _unserved(folder, text, NOW + timedelta(days=5000)) == []


@pytest.mark.parametrize(
    ("suffix", "octets", "code"),
    [
        (".pem", None, "CRT102"),
        (".pem", b"nonsense", "CRT103"),
        (".key", None, "CRT401"),
        (".key", b"nonsense", "CRT402"),
    ],
)
def test_a_file_that_leaves_nothing_to_show(
    store: tuple[Path, str], suffix: str, octets: bytes | None, code: str
) -> None:
    """The server has each of these read, and shows nothing."""
    folder, digest = store
    (file,) = (folder / "certificates" / "my").glob(f"*{suffix}")
    if octets is None:
        file.unlink()
    else:
        file.write_bytes(octets)
    text = _site(1, ":443:a.test", digest=digest)
    assert _unserved(folder, text) == [(1, "a.test", 443, code)]


def test_a_store_that_cannot_be_read(store: tuple[Path, str]) -> None:
    """A file stands in its place, say."""
    folder, digest = store
    my = folder / "certificates" / "my"
    my.rename(my.with_name("old"))
    my.write_bytes(b"")
    text = _site(1, ":443:a.test", digest=digest)
    assert _unserved(folder, text) == [(1, "a.test", 443, "CRT104")]


def test_without_https_no_store_is_read(tmp_path: Path) -> None:
    """Most services of a test have none."""
    workspace = DiskWorkspace(str(tmp_path / "metabase.toml"), _no_clock)
    reading = compile_configuration(b'[w3svc.1]\nServerBindings = [":80:a.test"]\n')
    assert find_unserved_in(workspace, reading) == ()


def _no_clock() -> datetime:
    raise AssertionError
