"""What a program has open: read late, written once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.api.session import Session
from bindctl.findings.errors import BindctlError
from bindctl.operations.editing.sites import plan_site
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = b'[w3svc.1]\nServerComment = "x"\n'


def test_opening_does_not_index_the_document() -> None:
    """A program that only checks or explains does not pay for edits."""
    session = Session(DiskWorkspace("metabase.toml"), DOCUMENT)
    assert session.octets() is DOCUMENT
    assert "editor" not in vars(session)
    assert session.read("/w3svc/1/ServerComment").value == "x"
    assert "editor" in vars(session)


def test_a_folder_somebody_has_filled_is_left(tmp_path: Path) -> None:
    """A refused commit takes back its own folders only while they are empty."""
    file = tmp_path / "metabase.toml"
    file.write_bytes(DOCUMENT)
    session = Session(DiskWorkspace(str(file)), DOCUMENT, is_writable=True)
    session.add_site(plan_site("a", path="www"), None)
    file.write_bytes(DOCUMENT + b"# by hand\n")
    with pytest.raises(BindctlError) as caught:
        session.commit()
    assert caught.value.code == "MET007"
    assert not (tmp_path / "www").exists()


def test_ten_thousand_sites_are_added_in_one_block() -> None:
    """Provisioning a farm is a matter of seconds: each site costs what the first did."""
    session = Session(DiskWorkspace("metabase.toml"), DOCUMENT, is_writable=True)
    numbers = [
        session.add_site(plan_site(f"s{n}", path="www"), None) for n in range(300)
    ]
    assert numbers == list(range(2, 302))
    assert session.octets().count(b"[w3svc.") == 601
