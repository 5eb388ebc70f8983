"""A TLS context of a file of the central store."""

from __future__ import annotations

import ssl
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bindctl.certificates.authority import create_authority, issue_certificate
from bindctl.certificates.pfx import encrypt_key
from bindctl.model.secret import Secret
from bindctl.server.tls.central_certificates import CentralFiles, load_into
from bindctl.server.tls.pfx_opener import SealedPem

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
AUTHORITY = create_authority(NOW)
LEAF = issue_certificate(
    AUTHORITY.certificate_pem, AUTHORITY.key_pem, ["a.example"], NOW
)
PASSWORD = Secret("geheim")
SEALED = SealedPem(LEAF.certificate_pem + encrypt_key(LEAF.key_pem, b"words"), "words")


class ReadingContext:
    """Remembers what lay in the file it was given, and who could read it."""

    def __init__(self, error: Exception | None = None) -> None:
        """Fail with `error` when there is one."""
        self.error = error
        self.seen: list[tuple[bytes, int]] = []

    def load_cert_chain(self, path: str, **_more: Any) -> None:
        """As `ssl.SSLContext`."""
        file = Path(path)
        self.seen.append((file.read_bytes(), file.stat().st_mode & 0o777))
        if self.error is not None:
            raise self.error


@pytest.fixture
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    folder = tmp_path / "drafts"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_context_gets_certificate_and_key() -> None:
    """No handshake could be made."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load_into(context, SEALED)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.load_verify_locations(cadata=AUTHORITY.certificate_pem.decode())
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = context.wrap_bio(to_server, to_client, server_side=True)
    theirs = client.wrap_bio(to_client, to_server)
    for side in (theirs, ours, theirs, ours):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    assert theirs.getpeercert(binary_form=True) is not None
    assert theirs.version() == "TLSv1.3"


@pytest.mark.parametrize("error", [None, ssl.SSLError("no"), OSError("full")])
def test_no_key_is_left_on_the_disk(drafts: Path, error: Exception | None) -> None:
    """Whoever reads the temporary folder, or its backup, would have the key."""
    context = ReadingContext(error)
    if error is None:
        load_into(context, SEALED)  # type: ignore[arg-type]  # one method is used
    else:
        with pytest.raises(type(error)):
            load_into(context, SEALED)  # type: ignore[arg-type]  # as above
    ((octets, mode),) = context.seen
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in octets
    assert b"BEGIN PRIVATE KEY" not in octets
    assert mode == 0o600
    assert list(drafts.iterdir()) == []


def test_a_file_is_found_by_its_name_on_disk() -> None:
    """A store copied from Windows has names in any case."""
    files = CentralFiles("/ccs", PASSWORD, {"a.example.pfx": "A.Example.PFX"})
    assert files.path("a.example.pfx") == "/ccs/A.Example.PFX"
    assert files.path("b.example.pfx") == "/ccs/b.example.pfx"
    assert "geheim" not in repr(files)
