"""What is known of certificates: every store that is named, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bindctl.operations.load.configuration import compile_configuration
from bindctl.operations.load.known_certificates import load_known_certificates
from bindctl.storage.certificate_store import CertificateStore
from bindctl.storage.workspace import DiskWorkspace
from tests import pki
from tests.pki import Draft, chain_pem, issue

if TYPE_CHECKING:
    from pathlib import Path

    from bindctl.operations.load.known_certificates import KnownCertificates


def _store(tmp_path: Path, name: str) -> str:
    leaf = issue(Draft(), pki.intermediate())
    store = CertificateStore(tmp_path / "certificates" / name)
    return store.add(chain_pem(leaf, pki.intermediate()), leaf.key_pem).certificate_hash


def _load(tmp_path: Path, text: str) -> KnownCertificates:
    table = compile_configuration(text.encode()).table
    return load_known_certificates(
        DiskWorkspace(str(tmp_path / "metabase.toml")), table
    )


def test_stores_that_are_named_are_read(tmp_path: Path) -> None:
    """A certificate of WebHosting would be said to be missing."""
    mine, hosted, recorded = (
        _store(tmp_path, name) for name in ("my", "webhosting", "other")
    )
    _store(tmp_path, "unnamed")
    text = f"""\
[http.sslcert."0.0.0.0:443"]
CertHash = "{recorded}"
StoreName = "Other"

[w3svc.1]
SSLCertHash = "{hosted}"
SSLStoreName = "WebHosting"
"""
    known = _load(tmp_path, text)
    assert set(known.certificates) == {
        mine,
        f"WEBHOSTING/{hosted}",
        f"OTHER/{recorded}",
    }
    assert known.certificates[f"OTHER/{recorded}"].certificate_store_name == "OTHER"


@pytest.mark.parametrize("name", ["../my", "a/b", "..", ".", "a\\u0000b"])
def test_name_that_leads_elsewhere_is_no_store(tmp_path: Path, name: str) -> None:
    """A metabase from anywhere would have other folders read, or end in a traceback."""
    mine = _store(tmp_path, "my")
    text = f'[w3svc.1]\nSSLCertHash = "{mine}"\nSSLStoreName = "{name}"\n'
    known = _load(tmp_path, text)
    assert set(known.certificates) == {mine}
    assert known.problems == {}


def test_problems_are_told_by_store(tmp_path: Path) -> None:
    """The reason would be given for a certificate of the same name in another store."""
    hosted = _store(tmp_path, "webhosting")
    file = tmp_path / "certificates" / "webhosting" / f"{hosted}.pem"
    file.write_bytes(b"nonsense")
    text = f'[w3svc.1]\nSSLCertHash = "{hosted}"\nSSLStoreName = "WebHosting"\n'
    known = _load(tmp_path, text)
    assert list(known.problems) == [f"WEBHOSTING/{hosted}"]
    assert known.certificates == {}


def test_nobody_is_asked_about_without_certificates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every HTTP-only metabase would pay for reading the machine's bundle."""
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(pki.bundle())
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    assert _load(tmp_path, "[w3svc.1]\n").anchors is None
    _store(tmp_path, "my")
    anchors = _load(tmp_path, "[w3svc.1]\n").anchors
    assert anchors is not None
    assert anchors.public == {"CN=Public Root", "CN=Public Old Root"}


def test_a_store_that_cannot_be_read_leaves_the_others(tmp_path: Path) -> None:
    """One wrong mode would end `check`, though all else could be judged."""
    mine = _store(tmp_path, "my")
    (tmp_path / "certificates" / "other").write_text("no folder")
    text = f'[w3svc.1]\nSSLCertHash = "{mine}"\nSSLStoreName = "Other"\n'
    known = _load(tmp_path, text)
    assert set(known.certificates) == {mine}
    assert list(known.unreadable) == ["OTHER"]
