"""The central certificate store of a metabase."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.certificates.authority import create_authority, issue_certificate
from bindctl.findings.errors import BindctlError
from bindctl.operations.answers.explain import explain
from bindctl.operations.answers.explain_question import AskedRequest
from bindctl.operations.check.check import check
from bindctl.operations.load.central_store import (
    load_central_certificates,
    require_central_certificate,
)
from bindctl.operations.load.configuration import load_configuration
from bindctl.operations.service.service_plan import load_service_configuration
from bindctl.storage.workspace import DiskWorkspace
from tests.pfx_files import make_pfx

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
AUTHORITY = create_authority(NOW)
DOCUMENT = """\
[w3svc]
CentralCertStorePath = "ccs"
CentralCertStorePassword = "geheim"

[w3svc.1]
SecureBindings = [":443:a.example", ":443:x.b.example", ":443:c.example"]
SslFlags = {flags}
root.Path = "www"
"""


@pytest.fixture
def metabase(tmp_path: Path) -> str:
    """A metabase with a central store beside it: two files, one of them for others."""
    (tmp_path / "www").mkdir()
    folder = tmp_path / "ccs"
    folder.mkdir()
    for name, host in (("A.example.pfx", "a.example"), ("_.b.example.pfx", "other")):
        issued = issue_certificate(
            AUTHORITY.certificate_pem, AUTHORITY.key_pem, [host], NOW
        )
        octets = make_pfx(issued.certificate_pem, issued.key_pem, "geheim")
        (folder / name).write_bytes(octets)
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT.format(flags=3))
    return str(path)


def test_a_configuration_knows_the_files(metabase: str) -> None:
    """Every handshake would be said to be refused."""
    plan = load_configuration(DiskWorkspace(metabase)).plan.ports[443]
    assert plan.central_files == {"a.example.pfx", "_.b.example.pfx"}


def test_used_files_are_read_by_the_name_of_the_file(metabase: str) -> None:
    """What `check` and `explain` say of a certificate rests on this."""
    table = load_configuration(DiskWorkspace(metabase)).table
    found = load_central_certificates(metabase, table)
    assert sorted(found.certificates) == ["_.b.example.pfx", "a.example.pfx"]
    assert not found.problems
    one = require_central_certificate(metabase, table, "a.example.pfx")
    assert one == found.certificates["a.example.pfx"]
    with pytest.raises(BindctlError, match="no such file"):
        require_central_certificate(metabase, table, "c.example.pfx")


def test_explain_judges_the_certificate_in_the_file(metabase: str) -> None:
    """It would say that the handshake is refused, and the server makes it."""
    found = explain(DiskWorkspace(metabase), AskedRequest("https://a.example/"), NOW)
    (answer,) = found.answers
    assert answer.certificate is not None
    assert answer.certificate.presented_ids == ("a.example",)
    (other,) = explain(
        DiskWorkspace(metabase), AskedRequest("https://x.b.example/"), NOW
    ).answers
    assert other.verdict is not None
    assert not other.verdict.is_accepted


def test_check_judges_the_certificates_in_the_files(metabase: str) -> None:
    """A file named after a host may hold a certificate for any other."""
    report = check(DiskWorkspace(metabase), NOW).report
    codes = {item.code: item.message for item in report.findings}
    assert "x.b.example" in codes["BND316"]
    assert "c.example" in codes["BND315"]


def test_the_service_is_told_where_the_files_are(metabase: str, tmp_path: Path) -> None:
    """Names on disk are in any case; the server finds them by what they are called."""
    found = load_service_configuration(DiskWorkspace(metabase))
    assert found.central is not None
    assert found.central.path("a.example.pfx") == str(tmp_path / "ccs/A.example.pfx")
    assert found.table.central_files == {"a.example.pfx", "_.b.example.pfx"}
    assert "geheim" not in repr(found)


def test_a_folder_nobody_asks_for_is_not_looked_at(
    metabase: str, tmp_path: Path
) -> None:
    """A share that is away would be waited for by commands that need nothing of it."""
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT.format(flags=1))
    table = load_configuration(DiskWorkspace(metabase)).table
    assert table.central_files == frozenset()
    assert not table.central_problem
    assert load_central_certificates(metabase, table) == ({}, {})


def test_a_folder_that_is_away_is_a_finding(metabase: str, tmp_path: Path) -> None:
    """The service runs on, and every handshake fails: somebody has to say so."""
    (tmp_path / "ccs").rename(tmp_path / "gone")
    codes = [item.code for item in check(DiskWorkspace(metabase), NOW).report.findings]
    assert "BND314" in codes
    assert "BND315" not in codes
