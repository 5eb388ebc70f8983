"""What requests would get after something that is not done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.operations.certificates.certificates import create_certificate
from bindctl.operations.gate.what_if import (
    refusals_at,
    suppose_removed,
    suppose_stopped,
    suppose_written,
)
from bindctl.routing.reason import Why
from bindctl.storage.workspace import Captured, DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

    from bindctl.operations.gate.what_if import Supposition

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEXT = """\
[w3svc]
SslFlags = 1

[w3svc.1]
ServerComment = "One"
ServerBindings = [":80:a"]
SecureBindings = [":443:a.example"]
SSLCertHash = "{}"

[w3svc.2]
ServerBindings = [":80:"]
"""


@pytest.fixture
def metabase(tmp_path: Path) -> str:
    path = tmp_path / "metabase.toml"
    made = create_certificate(
        DiskWorkspace(str(path)), ["a.example"], NOW, {}, 50
    ).certificate
    path.write_text(TEXT.format(made.certificate_hash))
    return str(path)


def told(supposed: Supposition) -> list[tuple[str, int | None, int | None]]:
    return [
        (item.change.host, item.change.before.site, item.change.after.site)
        for item in supposed.changes
    ]


def test_other_octets_are_compared_with_the_file(metabase: str) -> None:
    """Without any, nothing is supposed."""
    captured = Captured(DiskWorkspace(metabase))
    assert told(suppose_written(captured)) == []
    captured.update(lambda octets: octets)
    assert told(suppose_written(captured)) == []
    captured.update(lambda octets: octets.replace(b":80:a", b":80:b"))
    supposed = suppose_written(captured)
    assert told(supposed) == [("a", 1, 2), ("b", 2, 1)]
    assert supposed.comments == {1: "One", 2: ""}
    assert b":80:b" in supposed.after.octets
    assert supposed.refusal is None


def test_a_site_that_stops_leaves_its_requests(metabase: str) -> None:
    """Only what runs can stop."""
    supposed = suppose_stopped(DiskWorkspace(metabase), 1)
    hosts = told(supposed)
    assert ("a", 1, 2) in hosts
    assert ("a.example", 1, None) in hosts
    with pytest.raises(BindctlError) as caught:
        suppose_stopped(DiskWorkspace(metabase), 9)
    assert caught.value.code == "MET101"


def test_a_certificate_that_is_removed_refuses_its_handshakes(metabase: str) -> None:
    """Its record goes on naming it: nothing takes its place."""
    supposed = suppose_removed(DiskWorkspace(metabase), "a.example")
    (item,) = supposed.changes
    assert (item.change.host, item.change.after.certificate_hash) == ("a.example", None)
    assert item.reasons[0].why is Why.NOT_IN_STORE
    with pytest.raises(BindctlError) as caught:
        suppose_removed(DiskWorkspace(metabase), "nowhere.example")
    assert caught.value.code == "CRT001"


def test_a_date_is_asked_of_every_certificate(metabase: str) -> None:
    """Also together with another supposition."""
    supposed = suppose_written(Captured(DiskWorkspace(metabase)))
    later = NOW + timedelta(days=60)
    assert refusals_at(supposed, NOW, NOW).gaps == ()
    found = refusals_at(supposed, later, NOW)
    assert {gap.code for gap in found.gaps} == {"CRT301"}
    assert found.known == frozenset()
    after = refusals_at(supposed, later, later)
    assert after.known == frozenset(after.gaps)
    removed = suppose_removed(DiskWorkspace(metabase), "a.example")
    found = refusals_at(removed, later, NOW)
    assert {gap.code for gap in found.gaps} == {"CRT102"}
