"""What fails first, and when, as certificates run out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bindctl.operations.certificates.certificates import create_certificate
from bindctl.operations.certificates.expiries import FailingHost, list_expiries
from bindctl.storage.workspace import DiskWorkspace

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_certificates_that_are_shown_end_in_order(tmp_path: Path) -> None:
    """One that nobody is shown may end unnoticed; a shared one is listed once."""
    metabase = str(tmp_path / "metabase.toml")
    hashes = [
        create_certificate(
            DiskWorkspace(metabase), [name], NOW, {}, days
        ).certificate.certificate_hash
        for name, days in (("a", 90), ("b", 30), ("unused", 1))
    ]
    text = "".join(
        f"[w3svc.{number}]\nSecureBindings = ['{binding}']\nSslFlags = 1\n"
        f"SSLCertHash = '{hashes[index]}'\n"
        for number, binding, index in (
            (1, ":443:a", 0),
            (2, ":443:b", 1),
            (3, "10.0.0.1:8443:a", 0),
            (4, ":443:c", 1),
        )
    )
    text += "[w3svc.5]\nSecureBindings = [':443:d']\nSSLCertHash = 'ab'\n"
    found = list_expiries(DiskWorkspace(metabase), text.encode(), NOW)
    assert [item.certificate_hash for item in found] == [hashes[1], hashes[0]]
    assert [item.left.days for item in found] == [29, 89]
    assert [item.names for item in found] == ["b", "a"]
    assert found[0].hosts == (FailingHost(2, "b", 443), FailingHost(4, "c", 443))
    assert found[1].hosts == (FailingHost(1, "a", 443), FailingHost(3, "a", 8443))
    later = list_expiries(
        DiskWorkspace(metabase), text.encode(), NOW + timedelta(days=40)
    )
    assert [item.left.days < 0 for item in later] == [True, False]


def test_without_certificates_there_is_no_end(tmp_path: Path) -> None:
    """A metabase of HTTP alone has no timeline."""
    octets = b"[w3svc.1]\nServerBindings = [':80:']\n"
    assert (
        list_expiries(DiskWorkspace(str(tmp_path / "metabase.toml")), octets, NOW) == ()
    )
