"""Trust: the development authority and those of one's own are the team's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.operations.certificates.certificates import create_certificate
from bindctl.operations.load.trust import find_trust_anchors
from bindctl.storage.workspace import DiskWorkspace
from tests import pki

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    """The machine's."""
    path = tmp_path / "bundle.pem"
    path.write_bytes(pki.bundle())
    return str(path)


def test_development_authority_is_trusted(tmp_path: Path, bundle: str) -> None:
    """Every certificate of `cert create` would be reported."""
    metabase = str(tmp_path / "metabase.toml")
    for variables in ({}, {"BINDCTL_AUTHORITY": str(tmp_path / "shared")}):
        made = create_certificate(
            DiskWorkspace(metabase), ["a.example"], NOW, variables
        )
        anchors = find_trust_anchors(
            DiskWorkspace(metabase), {"SSL_CERT_FILE": bundle, **variables}
        )
        assert anchors is not None
        assert made.certificate.issuer in anchors.private
        assert made.certificate.issuer not in anchors.public


def test_root_folder_is_trusted(tmp_path: Path, bundle: str) -> None:
    """A company's certificates would be reported on every machine that lacks its root."""
    folder = tmp_path / "certificates" / "root"
    folder.mkdir(parents=True)
    (folder / "company.crt").write_bytes(pki.stranger().pem)
    metabase = str(tmp_path / "metabase.toml")
    anchors = find_trust_anchors(DiskWorkspace(metabase), {"SSL_CERT_FILE": bundle})
    assert anchors is not None
    assert anchors.private == {"CN=Stranger Root"}


def test_machine_without_a_bundle_is_not_known(tmp_path: Path) -> None:
    """Its certificates would all be called untrusted."""
    metabase = str(tmp_path / "metabase.toml")
    variables = {"SSL_CERT_FILE": str(tmp_path / "nothing")}
    assert find_trust_anchors(DiskWorkspace(metabase), variables) is None
