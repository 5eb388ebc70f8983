"""PFX files: what the central certificate store is made of."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bindctl.certificates.authority import create_authority, issue_certificate
from bindctl.certificates.facts import read_certificate
from bindctl.certificates.pfx import encrypt_key, read_pfx
from bindctl.findings.errors import BindctlError
from bindctl.model.certificate import KeyStatus
from tests.pfx_files import make_pfx

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
AUTHORITY = create_authority(NOW)
LEAF = issue_certificate(
    AUTHORITY.certificate_pem, AUTHORITY.key_pem, ["a.example"], NOW
)


@pytest.mark.parametrize("password", ["", "geheim", "schlüssel"])
def test_certificate_and_key_come_out(password: str) -> None:
    """Nothing of the store could be served."""
    octets = make_pfx(LEAF.certificate_pem, LEAF.key_pem, password)
    found = read_pfx(octets, password)
    facts = read_certificate(found.certificate_pem, found.key_pem, "CENTRAL")
    assert facts.presented_ids == ("a.example",)
    assert facts.key_status is KeyStatus.MATCHES


@pytest.mark.parametrize(
    ("written", "given", "reason"),
    [
        ("geheim", "other", "CentralCertStorePassword does not open it"),
        ("geheim", "", "it needs a password: CentralCertStorePassword is empty"),
    ],
)
def test_a_wrong_password_is_told_apart_from_damage(
    written: str, given: str, reason: str
) -> None:
    """Somebody would export a file anew whose password alone is wrong."""
    octets = make_pfx(LEAF.certificate_pem, LEAF.key_pem, written)
    with pytest.raises(BindctlError) as caught:
        read_pfx(octets, given)
    assert (caught.value.code, caught.value.message) == ("CRT103", reason)


@pytest.mark.parametrize(
    "octets", [b"", LEAF.certificate_pem, b"0", b"\x30\x82\x01\x00" + bytes(256)]
)
def test_other_files_are_refused_in_words(octets: bytes) -> None:
    """A PEM file with another ending would end the service with a traceback."""
    with pytest.raises(BindctlError) as caught:
        read_pfx(octets, "")
    assert caught.value.code == "CRT103"


def test_a_file_that_takes_minutes_is_not_opened() -> None:
    """`check` would hang, and a worker with it."""
    octets = make_pfx(LEAF.certificate_pem, LEAF.key_pem, "geheim", rounds=70_000)
    number = (70_000).to_bytes(3)
    assert octets.count(b"\x02\x03" + number) == 2
    with pytest.raises(BindctlError) as caught:
        read_pfx(
            octets.replace(b"\x02\x03" + number, b"\x02\x03\x7f\xff\xff"), "geheim"
        )
    assert caught.value.code == "CRT103"
    assert "16779262 rounds of key derivation" in caught.value.message
    assert read_pfx(octets, "geheim").key_pem is not None


def test_a_file_without_a_key_says_so() -> None:
    """A certificate exported without its key is the commonest mistake."""
    found = read_pfx(make_pfx(LEAF.certificate_pem, None, "geheim"), "geheim")
    facts = read_certificate(found.certificate_pem, found.key_pem, "CENTRAL")
    assert facts.key_status is KeyStatus.MISSING
    assert repr(found) == "PfxContents(key=none)"


def test_the_chain_is_put_in_order() -> None:
    """Windows exports it in any order; some clients take the next one for the issuer."""
    root = trustme.CA()
    middle = root.create_child_ca()
    leaf = middle.issue_cert("a.example")
    chain = [root.cert_pem.bytes(), AUTHORITY.certificate_pem, middle.cert_pem.bytes()]
    certificate = leaf.cert_chain_pems[0].bytes()
    octets = make_pfx(certificate, leaf.private_key_pem.bytes(), "", chain)
    found = read_pfx(octets, "")
    facts = read_certificate(found.certificate_pem, found.key_pem, "CENTRAL")
    assert facts.is_chain_ordered
    assert facts.chain_length == 3  # AUTHORITY has issued nothing here


def test_the_key_is_never_shown() -> None:
    """A traceback in a log would give it away."""
    found = read_pfx(make_pfx(LEAF.certificate_pem, LEAF.key_pem), "")
    assert found.key_pem is not None
    assert "PRIVATE" not in repr(found)


def test_an_encrypted_key_opens_with_its_passphrase_alone() -> None:
    """What lies on the disk for an instant must be of no use."""
    sealed = encrypt_key(LEAF.key_pem, b"words")
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in sealed
    with pytest.raises(ValueError, match=r"(?i)password|decrypt|deserialize"):
        load_pem_private_key(sealed, b"other")
    assert load_pem_private_key(sealed, b"words") is not None


@pytest.mark.engine
@pytest.mark.parametrize("options", [[], ["-legacy"]], ids=["modern", "legacy"])
def test_files_of_openssl_can_be_read(
    tmp_path: Path, program: Callable[[str], str], options: list[str]
) -> None:
    """Older exports are encrypted with what only old programs write."""
    openssl = program("openssl")
    (tmp_path / "leaf.pem").write_bytes(LEAF.certificate_pem + LEAF.key_pem)
    made = subprocess.run(
        [
            *(openssl, "pkcs12", "-export", *options, "-in", "leaf.pem"),
            *("-out", "leaf.pfx", "-passout", "pass:geheim"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    found = read_pfx((tmp_path / "leaf.pfx").read_bytes(), "geheim")
    facts = read_certificate(found.certificate_pem, found.key_pem, "CENTRAL")
    assert facts.key_status is KeyStatus.MATCHES
