"""A metabase read whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.load.configuration import load_configuration
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path


def test_one_reading_feeds_tree_table_start_and_plan(tmp_path: Path) -> None:
    """Check, explain and service all judge the same octets."""
    path = tmp_path / "metabase.toml"
    path.write_text(
        "[w3svc.1]\nServerBindings = [':80:a']\n[w3svc.2]\nServerBindings = [':80:a']\n"
    )
    found = load_configuration(DiskWorkspace(str(path)))
    assert found.octets == path.read_bytes()
    assert found.root.find("w3svc", "2") is not None
    assert [site.identifier for site in found.table.sites] == [1, 2]
    assert found.start.started == {1}
    assert set(found.start.refusals) == {2}
    assert [route.site for route in found.plan.ports[80].routes()] == [1]


@pytest.mark.parametrize(
    ("octets", "code"), [(None, "MET001"), (b"[", "MET002"), (b"\xff", "MET002")]
)
def test_what_cannot_be_read_is_refused(
    tmp_path: Path, octets: bytes | None, code: str
) -> None:
    """A running service keeps its old plan then."""
    path = tmp_path / "metabase.toml"
    if octets is not None:
        path.write_bytes(octets)
    with pytest.raises(BindctlError) as caught:
        load_configuration(DiskWorkspace(str(path)))
    assert caught.value.code == code
