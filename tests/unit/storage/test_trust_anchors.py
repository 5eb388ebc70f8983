"""Trust anchors: what the machine trusts today, not what it trusted once."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bindctl.model.certificate import TrustAnchors
from bindctl.operations.certificates.certificates import create_certificate
from bindctl.storage.trust_anchors import (
    BUNDLES,
    find_bundle,
    find_trust_anchors,
    load_trust_anchors,
)
from bindctl.storage.workspace import DiskWorkspace
from tests import pki

if TYPE_CHECKING:
    from pathlib import Path


PUBLIC = frozenset({"CN=Public Root"})
WITHOUT_CRYPTOGRAPHY = """
import sys
from bindctl.storage.trust_anchors import load_trust_anchors
anchors = load_trust_anchors(sys.argv[1], sys.argv[2:3], sys.argv[3])
print(len(anchors.public), len(anchors.private), "cryptography" in sys.modules)
"""


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A machine that trusts one authority."""
    path = tmp_path / "bundle.crt"
    path.write_bytes(b"# Public Root\n" + pki.public_authority().pem)
    return path


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder of one's own authorities."""
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


def _load(bundle: Path, own: Path, cache: Path | None = None) -> TrustAnchors | None:
    directory = "" if cache is None else str(cache)
    return load_trust_anchors(str(bundle), [str(own)], directory)


def test_names_stand_as_certificates_write_their_issuer(
    bundle: Path, own: Path
) -> None:
    """Every certificate would be called untrusted."""
    anchors = _load(bundle, own)
    assert anchors is not None
    issuer = pki.intermediate().certificate.issuer.rfc4514_string()
    assert issuer in anchors.public
    assert anchors == TrustAnchors(PUBLIC)


def test_one_that_was_added_or_taken_away_counts_at_once(
    bundle: Path, own: Path, tmp_path: Path
) -> None:
    """`check` would go on trusting an authority that the machine dropped."""
    cache = tmp_path / "cache"
    assert _load(bundle, own, cache) == TrustAnchors(PUBLIC)
    times = (bundle.stat().st_atime_ns, bundle.stat().st_mtime_ns)
    first = bundle.read_bytes()
    bundle.write_bytes(first + pki.stranger().pem)
    os.utime(bundle, ns=times)
    more = _load(bundle, own, cache)
    assert more == TrustAnchors(PUBLIC | {"CN=Stranger Root"})
    bundle.write_bytes(first)
    os.utime(bundle, ns=times)
    assert _load(bundle, own, cache) == TrustAnchors(PUBLIC)
    (own / "company.CRT").write_bytes(pki.stranger().pem)
    (own / "notes.txt").write_bytes(pki.intermediate().pem)
    expected = TrustAnchors(PUBLIC, frozenset({"CN=Stranger Root"}))
    assert _load(bundle, own, cache) == expected
    (own / "company.CRT").unlink()
    assert _load(bundle, own, cache) == TrustAnchors(PUBLIC)


def test_one_of_ones_own_is_not_taken_for_public(bundle: Path, tmp_path: Path) -> None:
    """A life of years would be reported of certificates that may live so long."""
    authority = tmp_path / "authority.pem"
    authority.write_bytes(pki.stranger().pem)
    anchors = _load(bundle, authority)
    assert anchors == TrustAnchors(PUBLIC, frozenset({"CN=Stranger Root"}))


@pytest.mark.parametrize("octets", [None, b"", b"nonsense", b"\xff" * 99])
def test_nobody_is_not_everybody_a_stranger(
    tmp_path: Path, own: Path, octets: bytes | None
) -> None:
    """A container without a bundle would have every certificate refused."""
    path = tmp_path / "none.crt"
    if octets is not None:
        path.write_bytes(octets)
    assert _load(path, own) is None
    assert load_trust_anchors("", [str(own)], "") is None
    assert load_trust_anchors(str(own), [str(own)], "") is None


def test_entry_that_cannot_be_read_is_passed_over(bundle: Path, own: Path) -> None:
    """One odd authority would cost all the others."""
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    bundle.write_bytes(broken + bundle.read_bytes() + broken)
    assert _load(bundle, own) == TrustAnchors(PUBLIC)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs")
def test_a_fifo_is_passed_over(bundle: Path, own: Path, tmp_path: Path) -> None:
    """`check` would hang until somebody writes into it."""
    os.mkfifo(own / "pipe.crt")
    found = load_trust_anchors(str(bundle), [str(own)], str(tmp_path / "cache"))
    assert found is not None
    assert found.public == PUBLIC


def test_missing_folder_is_no_failure(bundle: Path, tmp_path: Path) -> None:
    """Hardly any metabase has authorities of its own."""
    assert _load(bundle, tmp_path / "nowhere") == TrustAnchors(PUBLIC)


def test_damaged_cache_is_made_again(bundle: Path, own: Path, tmp_path: Path) -> None:
    """A disk's fault would be taken for the machine's trust."""
    cache = tmp_path / "cache"
    _load(bundle, own, cache)
    (file,) = cache.iterdir()
    file.write_bytes(file.read_bytes().replace(b"Public Root", b"Publik Root"))
    assert _load(bundle, own, cache) == TrustAnchors(PUBLIC)


def test_unchanged_bundle_is_read_without_cryptography(
    bundle: Path, own: Path, tmp_path: Path
) -> None:
    """Every `check` would start several times slower."""
    cache = tmp_path / "cache"
    _load(bundle, own, cache)
    command = [sys.executable, "-c", WITHOUT_CRYPTOGRAPHY]
    command += [str(bundle), str(own), str(cache)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["1", "0", "False"]


def test_each_place_has_its_own_file(bundle: Path, own: Path, tmp_path: Path) -> None:
    """Two metabases with two authorities would read the bundle anew each time."""
    cache = tmp_path / "cache"
    _load(bundle, own, cache)
    _load(bundle, tmp_path / "other", cache)
    assert len([*cache.iterdir()]) == 2


def test_bundle_is_the_one_that_openssl_would_take() -> None:
    """Curl and `check` would disagree about who is trusted."""
    assert find_bundle({"SSL_CERT_FILE": "/some/bundle.pem"}) == "/some/bundle.pem"
    found = [path for path in BUNDLES if os.path.isfile(path)]
    assert find_bundle({}) == (found[0] if found else "")
    assert find_bundle({"SSL_CERT_FILE": ""}) == find_bundle({})


def test_development_authority_is_trusted(tmp_path: Path, bundle: Path) -> None:
    """Every certificate of `cert create` would be reported."""
    metabase = str(tmp_path / "metabase.toml")
    for variables in ({}, {"BINDCTL_AUTHORITY": str(tmp_path / "shared")}):
        made = create_certificate(
            DiskWorkspace(metabase), ["a.example"], NOW, variables
        )
        anchors = find_trust_anchors(
            DiskWorkspace(metabase), {"SSL_CERT_FILE": str(bundle), **variables}
        )
        assert anchors is not None
        assert made.certificate.issuer in anchors.private
        assert made.certificate.issuer not in anchors.public


def test_root_folder_is_trusted(tmp_path: Path, bundle: Path) -> None:
    """A company's certificates would be reported on every machine that lacks its root."""
    folder = tmp_path / "certificates" / "root"
    folder.mkdir(parents=True)
    (folder / "company.crt").write_bytes(pki.stranger().pem)
    metabase = str(tmp_path / "metabase.toml")
    anchors = find_trust_anchors(
        DiskWorkspace(metabase), {"SSL_CERT_FILE": str(bundle)}
    )
    assert anchors is not None
    assert anchors.private == {"CN=Stranger Root"}


def test_machine_without_a_bundle_is_not_known(tmp_path: Path) -> None:
    """Its certificates would all be called untrusted."""
    metabase = str(tmp_path / "metabase.toml")
    variables = {"SSL_CERT_FILE": str(tmp_path / "nothing")}
    assert find_trust_anchors(DiskWorkspace(metabase), variables) is None
