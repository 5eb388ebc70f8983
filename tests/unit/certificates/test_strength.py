"""Keys, signatures and purposes: what browsers take, and what they do not."""

from __future__ import annotations

import pytest

from bindctl.certificates.strength import key_flaws, purpose_flaws, signature_flaws
from bindctl.findings.finding import Severity
from bindctl.model.certificate import KeyStatus
from tests.unit.certificates.made import certificate

GIVEN = certificate("a.example")


@pytest.mark.parametrize(
    ("algorithm", "bits", "words"),
    [
        ("RSA", 2048, None),
        ("RSA", 4096, None),
        ("RSA", 1024, "has an RSA key of 1024 bits; browsers take 2048 and more"),
        ("RSA", 2047, "has an RSA key of 2047 bits; browsers take 2048 and more"),
        ("RSA", 2049, "has an RSA key of 2049 bits, which 8 does not divide"),
        ("EC", 256, None),
        ("EC", 384, None),
        ("EC", 521, None),
        ("EC", 224, "has a key on a curve of 224 bits; browsers take P-256, P-384"),
        ("secp256k1", 256, "has a key of kind secp256k1, which no browser takes"),
        ("Ed25519", 256, "has a key of kind Ed25519, which no browser takes"),
        ("DSA", 2048, "has a key of kind DSA, which no browser takes"),
        ("1.2.3", 0, "has a key of kind 1.2.3, which no browser takes"),
    ],
)
def test_kinds_of_keys(algorithm: str, bits: int, words: str | None) -> None:
    """Handshakes would fail in browsers that curl on the same machine makes."""
    flaws = [*key_flaws(GIVEN._replace(key_algorithm=algorithm, key_bits=bits))]
    assert len(flaws) == (words is not None)
    if words is not None:
        assert flaws[0].code == "CRT403"
        assert flaws[0].words.startswith(words)


def test_odd_size_is_a_warning() -> None:
    """Browsers take it; only an authority would refuse to sign it."""
    (flaw,) = key_flaws(GIVEN._replace(key_algorithm="RSA", key_bits=2050))
    assert flaw.severity is Severity.WARNING
    assert not flaw.is_refused


@pytest.mark.parametrize(
    ("status", "codes"),
    [
        (KeyStatus.MATCHES, []),
        (KeyStatus.MISSING, ["CRT401"]),
        (KeyStatus.MISMATCH, ["CRT402"]),
    ],
)
def test_key_beside_it(status: KeyStatus, codes: list[str]) -> None:
    """Every handshake would fail, and the file looks right."""
    flaws = key_flaws(GIVEN._replace(key_status=status))
    assert [flaw.code for flaw in flaws] == codes


@pytest.mark.parametrize(
    ("name", "shown"),
    [("sha1", "SHA-1"), ("md5", "MD5"), ("md2", "MD2"), ("md4", "MD4")],
)
def test_signature_that_can_be_forged(name: str, shown: str) -> None:
    """Browsers have refused it since 2017, whoever signed."""
    (flaw,) = signature_flaws(GIVEN._replace(signature_hash=name))
    assert (flaw.code, flaw.is_refused) == ("CRT404", True)
    assert flaw.words == f"is signed with {shown}, which browsers refuse"


@pytest.mark.parametrize("name", ["sha256", "sha384", "sha512", ""])
def test_signature_of_today(name: str) -> None:
    """A sound certificate would be called broken; Ed25519 names no hash at all."""
    assert not list(signature_flaws(GIVEN._replace(signature_hash=name)))


def test_purposes() -> None:
    """A certificate for clients, or an authority's, would pass as a server's."""
    assert not list(purpose_flaws(GIVEN))
    flaws = purpose_flaws(GIVEN._replace(has_server_auth=False, is_authority=True))
    assert [flaw.code for flaw in flaws] == ["CRT405", "CRT406"]
