"""From a metabase to what a service is told."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.service.service_plan import load_service_configuration
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = """\
[http]
ListenAddresses = ["127.0.0.1"]

[w3svc]
MinFileBytesPerSec = 7

[w3svc.1]
ServerComment = "One"
ServerBindings = [":80:a"]
SSLStoreName = "Web"
root.Path = "p"

[w3svc.2]
ServerBindings = [":80:a"]

[w3svc.3]
ServerBindings = [":81:"]

[w3svc.4]
ServerAutoStart = false
"""


@pytest.fixture
def metabase(tmp_path: Path) -> str:
    path = tmp_path / "metabase.toml"
    path.write_text(DOCUMENT)
    return str(path)


def test_a_configuration_holds_every_site(metabase: str, tmp_path: Path) -> None:
    """A site that does not start by itself can be started later."""
    found = load_service_configuration(DiskWorkspace(metabase))
    assert [site.identifier for site in found.table.sites] == [1, 2, 3, 4]
    assert sorted(found.contents) == [1, 2, 3, 4]
    assert found.contents[1].directories[0].physical_path == str(tmp_path / "p")
    assert sorted(found.store_directories) == ["MY", "WEB"]
    assert found.listen.addresses == (ip_address("127.0.0.1"),)
    assert found.min_octets_per_s == 7


def test_an_empty_metabase_has_the_defaults_of_iis(tmp_path: Path) -> None:
    """`serve` runs before the first site is made."""
    path = tmp_path / "metabase.toml"
    path.write_text("")
    found = load_service_configuration(DiskWorkspace(str(path)))
    assert (found.table.sites, found.min_octets_per_s) == ((), 240)
    assert not found.listen.is_limited


def test_a_metabase_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A reset must not put half a file in force."""
    path = tmp_path / "metabase.toml"
    path.write_text("[w3svc.1")
    with pytest.raises(BindctlError) as caught:
        load_service_configuration(DiskWorkspace(str(path)))
    assert caught.value.code == "MET002"
