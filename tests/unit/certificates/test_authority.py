"""The development authority: certificates that every client accepts."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store

from bindctl.certificates.authority import (
    create_authority,
    issue_certificate,
    require_authority,
)
from bindctl.certificates.facts import read_certificate
from bindctl.certificates.flaw import MAXIMUM_LIFETIMES, maximum_lifetime_days
from bindctl.findings.errors import BindctlError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NOW = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
AUTHORITY = create_authority(NOW)


def _issue(names: Sequence[str], now: datetime = NOW) -> x509.Certificate:
    issued = issue_certificate(AUTHORITY.certificate_pem, AUTHORITY.key_pem, names, now)
    return x509.load_pem_x509_certificate(issued.certificate_pem)


def _days(certificate: x509.Certificate) -> float:
    """Length of the validity period, both ends included (BR 6.3.2)."""
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return (end - start + timedelta(seconds=1)) / timedelta(days=1)


def test_authority_may_issue_leaves_only() -> None:
    """A stolen leaf could otherwise be used to make more certificates."""
    certificate = x509.load_pem_x509_certificate(AUTHORITY.certificate_pem)
    find = certificate.extensions.get_extension_for_class
    constraints = find(x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value.ca
    assert constraints.value.path_length == 0
    assert find(x509.KeyUsage).value.key_cert_sign
    assert find(x509.KeyUsage).value.crl_sign
    assert not find(x509.KeyUsage).value.digital_signature


def test_no_two_authorities_share_a_subject() -> None:
    """Clients that trust both would pick the wrong one and refuse the leaf."""
    subjects = {
        x509.load_pem_x509_certificate(create_authority(NOW).certificate_pem).subject
        for _ in range(3)
    }
    assert len(subjects) == 3


@pytest.mark.parametrize("name", ["", "x" * 56])
def test_authority_name_must_fit(name: str) -> None:
    """A long host name in it would end in a traceback."""
    with pytest.raises(BindctlError) as caught:
        create_authority(NOW, name)
    assert caught.value.code == "CRT002"


def test_leaf_is_a_server_certificate() -> None:
    """Apple's and Google's clients refuse a leaf without these."""
    certificate = _issue(["www.example.com"])
    find = certificate.extensions.get_extension_for_class
    assert not find(x509.BasicConstraints).value.ca
    assert list(find(x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert find(x509.KeyUsage).value.digital_signature
    assert not find(x509.KeyUsage).value.key_cert_sign
    root = x509.load_pem_x509_certificate(AUTHORITY.certificate_pem)
    identifier = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    issuer_identifier = find(x509.AuthorityKeyIdentifier).value.key_identifier
    assert issuer_identifier == identifier.value.digest
    assert certificate.serial_number != _issue(["www.example.com"]).serial_number


def test_names_stand_as_clients_compare_them() -> None:
    """A name in another form would cover nothing."""
    names = ["Bücher.example", "*.Example.com", "10.0.0.1", "[::1]", "*.example.com"]
    issued = issue_certificate(AUTHORITY.certificate_pem, AUTHORITY.key_pem, names, NOW)
    facts = read_certificate(issued.certificate_pem, issued.key_pem, "MY")
    assert facts.presented_ids == ("xn--bcher-kva.example", "*.example.com")
    assert tuple(map(str, facts.presented_addresses)) == ("10.0.0.1", "::1")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "*",
        "w*.example.com",
        "a b",
        "https://x",
        "a..b",
        "*.*.x",
        "10.0.0.256",
        "*.1",
    ],
)
def test_other_names_are_refused(name: str) -> None:
    """The user would get a certificate that no client accepts."""
    with pytest.raises(BindctlError) as caught:
        _issue(["www.example.com", name])
    assert caught.value.code == "CRT002"


def test_certificate_without_names_is_refused() -> None:
    """It would cover nothing."""
    with pytest.raises(BindctlError) as caught:
        _issue([])
    assert caught.value.code == "CRT002"


@pytest.mark.parametrize(
    ("issued", "days"),
    [
        (datetime(2020, 8, 31, tzinfo=UTC), 825),
        (datetime(2026, 3, 14, 23, 59, 59, tzinfo=UTC), 398),
        (datetime(2026, 3, 15, tzinfo=UTC), 200),
        (datetime(2027, 3, 14, 23, 59, 59, tzinfo=UTC), 200),
        (datetime(2027, 3, 15, tzinfo=UTC), 100),
        (datetime(2029, 3, 15, tzinfo=UTC), 47),
    ],
)
def test_maximum_lifetime_follows_the_date(issued: datetime, days: int) -> None:
    """Clients would refuse certificates that live longer than the rule of the day."""
    assert maximum_lifetime_days(issued) == days


@pytest.mark.parametrize("since", [since for since, _days in MAXIMUM_LIFETIMES])
def test_leaf_lives_one_day_less_than_allowed(since: datetime) -> None:
    """A second too long counts as another day (BR 6.3.2)."""
    authority = create_authority(since)
    issued = issue_certificate(
        authority.certificate_pem, authority.key_pem, ["www.example.com"], since
    )
    certificate = x509.load_pem_x509_certificate(issued.certificate_pem)
    assert _days(certificate) == maximum_lifetime_days(since) - 1


def test_lifetime_can_be_chosen() -> None:
    """Who tests renewal could not make a certificate that ends tomorrow."""
    issued = issue_certificate(
        AUTHORITY.certificate_pem, AUTHORITY.key_pem, ["x.example"], NOW, 1
    )
    assert _days(x509.load_pem_x509_certificate(issued.certificate_pem)) == 1
    with pytest.raises(ValueError, match="0 days"):
        issue_certificate(
            AUTHORITY.certificate_pem, AUTHORITY.key_pem, ["x.example"], NOW, 0
        )


def test_leaf_does_not_outlive_its_authority() -> None:
    """Its last weeks would be worth nothing, and `check` would not know."""
    late = NOW + timedelta(days=3640)
    root = x509.load_pem_x509_certificate(AUTHORITY.certificate_pem)
    certificate = _issue(["www.example.com"], late)
    assert certificate.not_valid_after_utc == root.not_valid_after_utc


@pytest.mark.parametrize("delta", [timedelta(days=-1), timedelta(days=3651)])
def test_authority_out_of_its_dates_does_not_issue(delta: timedelta) -> None:
    """Its certificates would be refused everywhere."""
    with pytest.raises(BindctlError) as caught:
        _issue(["www.example.com"], NOW + delta)
    assert caught.value.code == "CRT003"


def test_leaf_is_no_authority() -> None:
    """A certificate put in the wrong folder would issue worthless ones."""
    leaf = issue_certificate(
        AUTHORITY.certificate_pem, AUTHORITY.key_pem, ["www.example.com"], NOW
    )
    with pytest.raises(BindctlError) as caught:
        issue_certificate(leaf.certificate_pem, leaf.key_pem, ["x.example"], NOW)
    assert caught.value.code == "CRT003"


@pytest.mark.parametrize("key", [create_authority(NOW).key_pem, b"", b"nonsense"])
def test_authority_with_another_key_is_refused(key: bytes) -> None:
    """Every leaf would carry a signature that does not verify."""
    with pytest.raises(BindctlError) as caught:
        require_authority(AUTHORITY.certificate_pem, key, NOW)
    assert caught.value.code == "CRT003"


def test_rsa_authority_issues_too() -> None:
    """An authority made by mkcert, trusted already, could not be used."""
    key = rsa.generate_private_key(65537, 2048)
    root = x509.load_pem_x509_certificate(AUTHORITY.certificate_pem)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(root.subject)
        .issuer_name(root.subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    key_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem = certificate.public_bytes(Encoding.PEM)
    issued = issue_certificate(pem, key_pem, ["www.example.com"], NOW)
    leaf = x509.load_pem_x509_certificate(issued.certificate_pem)
    leaf.verify_directly_issued_by(certificate)


def test_private_keys_are_not_in_reprs() -> None:
    """A traceback or a log line would give the authority away."""
    issued = issue_certificate(
        AUTHORITY.certificate_pem, AUTHORITY.key_pem, ["x.example"], NOW
    )
    assert "PRIVATE" not in repr(AUTHORITY)
    assert "PRIVATE" not in repr(issued)


def test_keys_are_on_the_p256_curve() -> None:
    """Other curves are slow or unknown to some clients."""
    key = load_pem_private_key(AUTHORITY.key_pem, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert key.curve.name == "secp256r1"


def test_strict_verifier_accepts_the_chain() -> None:
    """A profile error that OpenSSL forgives would still break other clients."""
    root = x509.load_pem_x509_certificate(AUTHORITY.certificate_pem)
    verifier = (
        PolicyBuilder()
        .store(Store([root]))
        .time(NOW)
        .build_server_verifier(x509.DNSName("www.example.com"))
    )
    chain = verifier.verify(_issue(["*.example.com"]), [])
    assert len(chain) == 2


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl command here")
def test_openssl_accepts_the_leaf(tmp_path: Path) -> None:
    """curl, and every server that checks its own files, would refuse it."""
    root, leaf = tmp_path / "root.pem", tmp_path / "leaf.pem"
    root.write_bytes(AUTHORITY.certificate_pem)
    certificate = _issue(["*.example.com", "10.0.0.1"])
    leaf.write_bytes(certificate.public_bytes(Encoding.PEM))
    at = str(int(NOW.timestamp()))
    verify = ["verify", "-x509_strict", "-purpose", "sslserver", "-attime", at]
    assert "OK" in _openssl(*verify, "-CAfile", str(root), str(leaf))
    checked = _openssl(
        "x509", "-noout", "-checkhost", "a.example.com", "-in", str(leaf)
    )
    assert "does match" in checked
    checked = _openssl("x509", "-noout", "-checkhost", "example.com", "-in", str(leaf))
    assert "does NOT match" in checked
    checked = _openssl("x509", "-noout", "-checkip", "10.0.0.1", "-in", str(leaf))
    assert "does match" in checked


def _openssl(*arguments: str) -> str:
    done = subprocess.run(
        ["openssl", *arguments], check=False, capture_output=True, text=True
    )
    return done.stdout + done.stderr
