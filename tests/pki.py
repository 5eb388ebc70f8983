"""Certificates for tests: sound ones, and one for every way to be wrong.

The authorities are made once a process. ``PUBLIC`` stands for one of the machine's
bundle and issues by ``INTERMEDIATE``; ``STRANGER`` is in nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bindctl.model.endpoint import parse_ip_address

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

BEGINNING: Final = datetime(2020, 1, 1, tzinfo=UTC)
_LONG: Final = timedelta(days=9000)
_CURVES: Final[dict[str, type[ec.EllipticCurve]]] = {
    "p224": ec.SECP224R1,
    "p256": ec.SECP256R1,
    "p384": ec.SECP384R1,
    "p521": ec.SECP521R1,
    "secp256k1": ec.SECP256K1,
}
# sha256WithRSAEncryption is 1.2.840.113549.1.1.11; these end in another number.
_RSA_PREFIX: Final = bytes.fromhex("06092a864886f70d0101")
_RSA_HASHES: Final = {"sha1": (b"\x05", hashes.SHA1), "md5": (b"\x04", hashes.MD5)}


@dataclass(frozen=True)
class Issued:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)

    @property
    def pem(self) -> bytes:
        """The certificate alone."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """Its private key, not encrypted."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@dataclass(frozen=True)
class Draft:
    """What a leaf is to be.

    Attributes:
        names: DNS names and addresses of subjectAltName.
        common_name: Of the subject; left out when empty.
        first: First instant.
        days: Of 86,400 seconds; the last second belongs to it.
        key: ``p256`` and other curves, ``rsa2048`` and other sizes, ``ed25519``.
        usages: Extended key usage, ``server`` and ``client``; ``None`` for none.
        is_authority: Of basicConstraints.
    """

    names: tuple[str, ...] = ("a.example",)
    common_name: str = ""
    first: datetime = BEGINNING
    days: int = 90
    key: str = "p256"
    usages: tuple[str, ...] | None = ("server",)
    is_authority: bool = False


_USAGES: Final = {
    "server": ExtendedKeyUsageOID.SERVER_AUTH,
    "client": ExtendedKeyUsageOID.CLIENT_AUTH,
}


def issue(draft: Draft, issuer: Issued | None) -> Issued:
    """The certificate of a draft; signed by itself without an issuer."""
    key = make_key(draft.key)
    name = _name(draft.common_name)
    issuer_name = name if issuer is None else issuer.certificate.subject
    builder = _builder(name, issuer_name, key, draft.first, timedelta(days=draft.days))
    if draft.names:
        alternatives = x509.SubjectAlternativeName(map(_general_name, draft.names))
        builder = builder.add_extension(alternatives, critical=not draft.common_name)
    builder = builder.add_extension(
        x509.BasicConstraints(ca=draft.is_authority, path_length=None), critical=True
    )
    if draft.usages is not None:
        usages = [_USAGES[word] for word in draft.usages]
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    return Issued(_sign(builder, key, issuer), key)


def make_authority(  # noqa: PLR0913 - all that can be wrong with one
    common_name: str,
    issuer: Issued | None = None,
    key: str = "p256",
    *,
    life: timedelta = _LONG,
    may_issue: bool = True,
    is_authority: bool = True,
) -> Issued:
    """An authority, a root without an issuer.

    Args:
        common_name: Its name.
        issuer: Who signs it.
        key: As `Draft.key`.
        life: From the day before `BEGINNING`.
        may_issue: Whether its key usage lets it sign certificates.
        is_authority: Of basicConstraints.
    """
    own = make_key(key)
    name = _name(common_name)
    issuer_name = name if issuer is None else issuer.certificate.subject
    usage = x509.KeyUsage(
        digital_signature=False,
        key_cert_sign=may_issue,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        _builder(name, issuer_name, own, BEGINNING - timedelta(days=1), life)
        .add_extension(
            x509.BasicConstraints(ca=is_authority, path_length=None), critical=True
        )
        .add_extension(usage, critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False
        )
    )
    return Issued(_sign(builder, own, issuer), own)


@cache
def public_authority() -> Issued:
    """One of the machine's bundle."""
    return make_authority("Public Root")


@cache
def intermediate() -> Issued:
    """What the public authority issues by."""
    return make_authority("Public Intermediate", public_authority())


@cache
def ended_intermediate() -> Issued:
    """One whose last day was the day after `BEGINNING`."""
    root, life = public_authority(), timedelta(days=2)
    return make_authority("Ended Intermediate", root, life=life)


@cache
def forbidden_intermediate() -> Issued:
    """One whose key usage does not let it sign certificates."""
    return make_authority("Forbidden Intermediate", public_authority(), may_issue=False)


@cache
def false_intermediate() -> Issued:
    """A server's certificate that signs another."""
    return make_authority("False Intermediate", public_authority(), is_authority=False)


@cache
def stranger() -> Issued:
    """A root that nobody trusts."""
    return make_authority("Stranger Root")


@cache
def strange_intermediate() -> Issued:
    """What the stranger issues by."""
    return make_authority("Stranger Intermediate", stranger())


@cache
def old_authority() -> Issued:
    """A public authority with an RSA key, for `sign_with`."""
    return make_authority("Public Old Root", key="rsa2048")


def bundle() -> bytes:
    """The machine's bundle."""
    return public_authority().pem + old_authority().pem


def make_key(kind: str) -> PrivateKey:
    """A new private key; of RSA one a size for all: making them takes long."""
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind.startswith("rsa"):
        return _rsa_key(int(kind.removeprefix("rsa")))
    return ec.generate_private_key(_CURVES[kind]())


@cache
def _rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def sign_with(hash_name: str, issued: Issued, issuer: Issued) -> Issued:
    """The same certificate, signed over a hash that `cryptography` no longer signs.

    Args:
        hash_name: ``sha1`` or ``md5``.
        issued: Signed by an RSA key over SHA-256.
        issuer: Whose key that is.
    """
    ending, algorithm = _RSA_HASHES[hash_name]
    old, new = _RSA_PREFIX + b"\x0b", _RSA_PREFIX + ending
    tbs = issued.certificate.tbs_certificate_bytes.replace(old, new)
    key = issuer.key
    if not isinstance(key, rsa.RSAPrivateKey):
        message = "the issuer has no RSA key"
        raise TypeError(message)
    signature = key.sign(tbs, padding.PKCS1v15(), algorithm())
    der = issued.certificate.public_bytes(Encoding.DER)
    der = der.replace(issued.certificate.tbs_certificate_bytes, tbs)
    der = der.replace(issued.certificate.signature, signature).replace(old, new)
    return Issued(x509.load_der_x509_certificate(der), issued.key)


def chain_pem(*issued: Issued) -> bytes:
    """The file of a store: each certificate in that order."""
    return b"".join(item.pem for item in issued)


def _sign(
    builder: x509.CertificateBuilder, key: PrivateKey, issuer: Issued | None
) -> x509.Certificate:
    signer = key if issuer is None else issuer.key
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    is_edwards = isinstance(signer, ed25519.Ed25519PrivateKey)
    algorithm = None if is_edwards else hashes.SHA256()
    builder = builder.add_extension(identifier, critical=False)
    return builder.sign(signer, algorithm)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: PrivateKey,
    first: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(first + life - timedelta(seconds=1))
    )


def _name(common_name: str) -> x509.Name:
    if not common_name:
        return x509.Name([])
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(parse_ip_address(text))
    except ValueError:
        return x509.DNSName(text)
