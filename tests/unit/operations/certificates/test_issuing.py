"""Certificates that are made in memory first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.model.certificate import KeyStatus
from bindctl.operations.certificates.certificates import create_certificate
from bindctl.operations.certificates.issuing import Issuer, store_draft
from bindctl.storage.certificate_store import open_store
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_nothing_is_in_the_store_until_it_is_put_there(tmp_path: Path) -> None:
    """What was only looked at leaves no private key behind."""
    metabase = str(tmp_path / "metabase.toml")
    old = create_certificate(
        DiskWorkspace(metabase), ["a.example"], NOW, {}
    ).certificate
    issuer = Issuer(DiskWorkspace(metabase), NOW, {})
    draft = issuer.issue(["b.example", "c.example"])
    assert draft.facts.presented_ids == ("b.example", "c.example")
    assert draft.facts.issuer == issuer.subject == old.issuer
    assert open_store(DiskWorkspace(metabase)).hashes() == (old.certificate_hash,)
    store_draft(DiskWorkspace(metabase), draft)
    stored = open_store(DiskWorkspace(metabase)).load(draft.facts.certificate_hash)
    assert stored.key_status is KeyStatus.MATCHES


def test_the_same_names_are_the_same_certificate(tmp_path: Path) -> None:
    """It is judged and stored as one."""
    metabase = str(tmp_path / "metabase.toml")
    create_certificate(DiskWorkspace(metabase), ["a.example"], NOW, {})
    issuer = Issuer(DiskWorkspace(metabase), NOW, {})
    assert issuer.issue(["b.example"]) is issuer.issue(["b.example"])


@pytest.mark.parametrize("is_old", [False, True])
def test_no_authority_is_made_for_a_fix(tmp_path: Path, *, is_old: bool) -> None:
    """Nor is one used that has ended."""
    metabase = str(tmp_path / "metabase.toml")
    if is_old:
        create_certificate(DiskWorkspace(metabase), ["a.example"], NOW, {})
    later = NOW + timedelta(days=5000)
    issuer = Issuer(DiskWorkspace(metabase), later, {})
    assert issuer.subject is None
    with pytest.raises(BindctlError) as caught:
        issuer.issue(["b.example"])
    assert caught.value.code == "CRT003"
    assert (tmp_path / "certificates").exists() is is_old
