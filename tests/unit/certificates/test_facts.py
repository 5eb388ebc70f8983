"""Facts of a certificate file: what every finding about certificates rests on."""

from __future__ import annotations

import hashlib
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from bindctl.certificates.authority import create_authority, issue_certificate
from bindctl.certificates.facts import encode_chain, read_certificate, read_subjects
from bindctl.findings.errors import BindctlError
from bindctl.model.certificate import KeyStatus
from tests import pki

NOW = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
AUTHORITY = create_authority(NOW)
LEAF = issue_certificate(
    AUTHORITY.certificate_pem,
    AUTHORITY.key_pem,
    ["WWW.Example.com", "*.example.com", "10.0.0.1", "::1"],
    NOW,
)


def _self_signed(extension: x509.ExtensionType | None) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "www.example.com")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
    )
    if extension is not None:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def test_names_and_dates_are_those_of_the_certificate() -> None:
    """Else `check` would judge another certificate than the one visitors see."""
    facts = read_certificate(LEAF.certificate_pem, LEAF.key_pem, "MY")
    assert facts.presented_ids == ("www.example.com", "*.example.com")
    assert facts.presented_addresses == (ip_address("10.0.0.1"), ip_address("::1"))
    assert facts.not_before == NOW - timedelta(hours=1)
    assert facts.not_after.tzinfo is UTC
    assert facts.certificate_store_name == "MY"
    assert facts.issuer.startswith("CN=bindctl development authority ")


def test_thumbprint_is_the_one_windows_shows() -> None:
    """A SSLCertHash copied from IIS would name nothing."""
    der = ssl.PEM_cert_to_DER_cert(LEAF.certificate_pem.decode())
    facts = read_certificate(LEAF.certificate_pem, None, "MY")
    expected = hashlib.sha1(der, usedforsecurity=False).hexdigest()
    assert facts.certificate_hash == expected


def test_first_certificate_of_a_chain_is_the_leaf() -> None:
    """A full-chain file would be judged by its authority's names."""
    chain = b"leaf\r\n" + LEAF.certificate_pem + b"\n" + AUTHORITY.certificate_pem
    facts = read_certificate(chain, LEAF.key_pem, "MY")
    assert facts.presented_ids[0] == "www.example.com"
    assert facts.chain_length == 2
    assert facts.key_status is KeyStatus.MATCHES


@pytest.mark.parametrize(
    ("key", "status"),
    [
        (LEAF.key_pem, KeyStatus.MATCHES),
        (None, KeyStatus.MISSING),
        (AUTHORITY.key_pem, KeyStatus.MISMATCH),
        (b"", KeyStatus.MISMATCH),
        (
            b"-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----",
            KeyStatus.MISMATCH,
        ),
    ],
    ids=["own", "none", "another's", "empty", "damaged"],
)
def test_key_is_compared_with_the_certificate(
    key: bytes | None, status: KeyStatus
) -> None:
    """A wrong key would only be noticed when every handshake fails."""
    assert read_certificate(LEAF.certificate_pem, key, "MY").key_status is status


def test_encrypted_key_counts_as_a_mismatch() -> None:
    """A server that asks nobody for a password cannot use it."""
    key = load_pem_private_key(LEAF.key_pem, None)
    locked = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
    )
    facts = read_certificate(LEAF.certificate_pem, locked, "MY")
    assert facts.key_status is KeyStatus.MISMATCH


def test_key_of_another_algorithm_is_a_mismatch() -> None:
    """Comparing an RSA key with an ECDSA certificate would end in a traceback."""
    other = rsa.generate_private_key(65537, 2048).private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    facts = read_certificate(LEAF.certificate_pem, other, "MY")
    assert facts.key_status is KeyStatus.MISMATCH


def test_common_name_is_no_presented_id() -> None:
    """A certificate that browsers refuse would pass as covering (RFC 9525)."""
    facts = read_certificate(_self_signed(None), None, "MY")
    assert facts.presented_ids == ()
    assert facts.subject == "CN=www.example.com"


def test_invalid_presented_ids_are_kept() -> None:
    """`cert list` would hide what the certificate really says."""
    names = [x509.DNSName(name) for name in ("w*.Example.com", "*", "a..b")]
    facts = read_certificate(
        _self_signed(x509.SubjectAlternativeName(names)), None, "MY"
    )
    assert facts.presented_ids == ("w*.example.com", "*", "a..b")


@pytest.mark.parametrize(
    "octets",
    [b"", b"\0\xff" * 9, LEAF.key_pem, LEAF.certificate_pem[:200]],
    ids=["empty", "binary", "a key", "cut"],
)
def test_octets_that_are_no_certificate_are_refused(octets: bytes) -> None:
    """The user would see a traceback instead of which file to replace."""
    with pytest.raises(BindctlError) as caught:
        read_certificate(octets, None, "MY")
    assert caught.value.code == "CRT103"


def test_certificate_with_a_broken_extension_is_refused() -> None:
    """One odd file in the store would stop `check` for all the others."""
    broken = x509.UnrecognizedExtension(x509.SubjectAlternativeName.oid, b"\x30\x7f")
    with pytest.raises(BindctlError) as caught:
        read_certificate(_self_signed(broken), None, "MY")
    assert caught.value.code == "CRT103"


def test_encoded_chain_holds_certificates_only() -> None:
    """A key in a combined file would end in a file that everybody may read."""
    combined = LEAF.key_pem + LEAF.certificate_pem + AUTHORITY.certificate_pem
    chain = encode_chain(combined)
    assert b"PRIVATE" not in chain
    assert chain == LEAF.certificate_pem + AUTHORITY.certificate_pem


@pytest.mark.parametrize(
    ("kind", "algorithm", "bits"),
    [
        ("p256", "EC", 256),
        ("p224", "EC", 224),
        ("p521", "EC", 521),
        ("secp256k1", "secp256k1", 256),
        ("rsa1024", "RSA", 1024),
        ("rsa2050", "RSA", 2050),
        ("ed25519", "Ed25519", 256),
    ],
)
def test_key_is_described(kind: str, algorithm: str, bits: int) -> None:
    """A weak key would pass for a strong one."""
    made = pki.issue(pki.Draft(key=kind), pki.stranger())
    facts = read_certificate(made.pem, made.key_pem, "MY")
    assert (facts.key_algorithm, facts.key_bits) == (algorithm, bits)
    assert facts.key_status is KeyStatus.MATCHES


@pytest.mark.parametrize("name", ["sha1", "md5"])
def test_old_signature_is_described(name: str) -> None:
    """`cryptography` knows no name for it, and it would pass for one without a hash."""
    issuer = pki.old_authority()
    made = pki.sign_with(name, pki.issue(pki.Draft(), issuer), issuer)
    assert read_certificate(made.pem, None, "MY").signature_hash == name


def test_signature_of_today_is_described() -> None:
    """Everything would be called forgeable."""
    for issuer, name in ((pki.stranger(), "sha256"), (None, "")):
        made = pki.issue(pki.Draft(key="p256" if issuer else "ed25519"), issuer)
        assert read_certificate(made.pem, None, "MY").signature_hash == name


@pytest.mark.parametrize(
    ("usages", "is_for_servers"),
    [
        (None, True),
        (("server",), True),
        (("client", "server"), True),
        (("client",), False),
    ],
)
def test_purpose_is_described(
    usages: tuple[str, ...] | None, *, is_for_servers: bool
) -> None:
    """Without extended key usage any purpose is allowed (RFC 5280 §4.2.1.12)."""
    made = pki.issue(pki.Draft(usages=usages), pki.stranger())
    facts = read_certificate(made.pem, None, "MY")
    assert facts.has_server_auth is is_for_servers
    assert not facts.is_authority


def test_authority_and_self_signature_are_described() -> None:
    """What `openssl req -x509` makes would look like a server's certificate."""
    made = pki.issue(pki.Draft(common_name="a.example", is_authority=True), None)
    facts = read_certificate(made.pem, None, "MY")
    assert (facts.is_authority, facts.is_self_signed) == (True, True)
    assert facts.common_name == "a.example"


def test_names_of_a_chain_are_kept_in_its_order() -> None:
    """Where a chain ends could not be told."""
    leaf = pki.issue(pki.Draft(), pki.intermediate())
    chain = (leaf, pki.intermediate(), pki.public_authority())
    facts = read_certificate(pki.chain_pem(*chain), None, "MY")
    assert facts.chain_issuers == (
        "CN=Public Intermediate",
        "CN=Public Root",
        "CN=Public Root",
    )
    assert facts.chain_subjects == ("", "CN=Public Intermediate", "CN=Public Root")
    assert facts.is_chain_ordered
    assert not facts.is_self_signed


def test_what_a_client_looks_at_above_the_leaf_is_kept() -> None:
    """An intermediate that has ended, or is none, would go unseen."""
    above = (
        pki.intermediate(),
        pki.ended_intermediate(),
        pki.forbidden_intermediate(),
        pki.false_intermediate(),
    )
    leaf = pki.issue(pki.Draft(), pki.intermediate())
    facts = read_certificate(pki.chain_pem(leaf, *above), None, "MY")
    assert facts.chain_may_issue == (True, True, False, False)
    assert facts.chain_hashes == ("sha256",) * 4
    first, last = facts.chain_periods[1]
    assert first == pki.BEGINNING - timedelta(days=1)
    assert last == pki.BEGINNING + timedelta(days=1, seconds=-1)
    alone = read_certificate(leaf.pem, None, "MY")
    assert alone.chain_periods == alone.chain_may_issue == alone.chain_hashes == ()


def test_order_is_by_signatures() -> None:
    """An intermediate renewed with another key has the right name, and is wrong."""
    leaf = pki.issue(pki.Draft(), pki.intermediate())
    impostor = pki.make_authority("Public Intermediate", pki.public_authority())
    root = pki.public_authority()
    for above, is_ordered in (
        ((pki.intermediate(), root), True),
        ((pki.intermediate(),), True),
        ((), True),
        ((root, pki.intermediate()), False),
        ((impostor, root), False),
        ((pki.stranger(),), False),
    ):
        facts = read_certificate(pki.chain_pem(leaf, *above), None, "MY")
        assert facts.is_chain_ordered is is_ordered


def test_subjects_of_a_bundle() -> None:
    """One odd entry would cost all the others; one in it twice is one."""
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    bundle = b"# words\n" + pki.stranger().pem + broken + pki.bundle()
    assert read_subjects(bundle + pki.stranger().pem) == (
        "CN=Stranger Root",
        "CN=Public Root",
        "CN=Public Old Root",
    )
    assert read_subjects(b"") == ()


@pytest.mark.parametrize(
    ("leaf", "intermediate", "is_tried"),
    [
        ("p256", "p256", False),
        ("rsa2050", "p384", False),
        ("p521", "p256", False),
        ("rsa1024", "p256", True),
        ("p224", "p256", True),
        ("ed25519", "p256", True),
        ("p256", "rsa1024", True),
    ],
)
def test_the_library_is_asked_about_unusual_keys_alone(
    leaf: str, intermediate: str, *, is_tried: bool
) -> None:
    """A handshake each for ten thousand certificates would take longer than all else."""
    asked = []

    def handshakes() -> bool:
        asked.append(1)
        return False

    issuer = pki.make_authority("Between", pki.public_authority(), intermediate)
    issued = pki.issue(pki.Draft(key=leaf), issuer)
    pem = pki.chain_pem(issued, issuer)
    facts = read_certificate(pem, issued.key_pem, "MY", handshakes)
    assert bool(asked) is is_tried
    assert facts.key_status is (KeyStatus.REFUSED if is_tried else KeyStatus.MATCHES)
    assert read_certificate(pem, None, "MY", handshakes).key_status is KeyStatus.MISSING
