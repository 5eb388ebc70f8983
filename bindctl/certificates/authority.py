"""The development authority: a private CA for the machines of one team.

Makes the authority and issues leaf certificates. Where they are kept, and who trusts
the authority, is decided elsewhere. Keys are ECDSA P-256: every TLS client has it and
a handshake costs a fraction of RSA.

Source:
    RFC 5280 §4.1-4.2; CA/Browser Forum Baseline Requirements (BR), as cited below.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bindctl.certificates.facts import key_belongs
from bindctl.certificates.flaw import maximum_lifetime_days
from bindctl.findings.errors import BindctlError
from bindctl.model.endpoint import parse_ip_address
from bindctl.model.host import AnyHost, parse_host_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.types import (
        CertificatePublicKeyTypes,
    )

AUTHORITY_LIFETIME: Final = timedelta(days=3650)  # mkcert: 10 years
# Clocks of virtual machines lag; a certificate that starts now fails there for a while.
CLOCK_TOLERANCE: Final = timedelta(hours=1)
_MAX_COMMON_NAME: Final = 64 - 9  # RFC 5280 ub-common-name, less our suffix
_MAX_NAME: Final = 64  # RFC 5280 ub-common-name
_LEAF_ORGANIZATION: Final = "bindctl development certificate"

_SigningKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey  # RSA: mkcert's authority


@dataclass(frozen=True, slots=True)
class AuthorityMaterial:
    """An authority's certificate and private key, both PEM."""

    certificate_pem: bytes
    key_pem: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """A new leaf and its private key, both PEM.

    The authority's certificate is not appended: a client trusts it already or never
    will (RFC 8446 §4.4.2 lets servers omit it), and each handshake would carry it.
    """

    certificate_pem: bytes
    key_pem: bytes = field(repr=False)


def create_authority(
    now: datetime, common_name: str = "bindctl development authority"
) -> AuthorityMaterial:
    """A new self-signed authority that may issue leaves only.

    Args:
        now: Aware UTC; it is valid from an hour earlier, for ten years.
        common_name: What trust stores show, 55 characters at most. The start of the
            key's identifier follows it, so that no two authorities share a subject:
            clients look issuers up by subject.

    Raises:
        BindctlError: CRT002, `common_name` is empty or too long.
    """
    if not 0 < len(common_name) <= _MAX_COMMON_NAME:
        message = f"authority name {common_name!r} is not 1 to {_MAX_COMMON_NAME} long"
        raise BindctlError("CRT002", message)
    key = ec.generate_private_key(ec.SECP256R1())
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    shown = f"{common_name} {identifier.digest[:4].hex()}"
    name = _name((NameOID.ORGANIZATION_NAME, "bindctl"), (NameOID.COMMON_NAME, shown))
    start = now - CLOCK_TOLERANCE
    builder = _builder(name, name, key.public_key(), start, start + AUTHORITY_LIFETIME)
    certificate = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), True)  # noqa: FBT003
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return AuthorityMaterial(certificate.public_bytes(Encoding.PEM), _key_pem(key))


def require_authority(
    certificate_pem: bytes, key_pem: bytes, now: datetime
) -> tuple[x509.Certificate, _SigningKey]:
    """The authority, ready to sign.

    Raises:
        BindctlError: CRT003, it has ended or not begun, is not an authority, or the key
            does not belong to it.
    """
    try:
        certificate = x509.load_pem_x509_certificate(certificate_pem)
        key = load_pem_private_key(key_pem, password=None)
        is_authority = _may_issue(certificate)
        belongs = key_belongs(key_pem, certificate.public_key())
    except (ValueError, TypeError, x509.DuplicateExtension) as error:
        raise _unusable(f"cannot be read: {error}") from error
    if not is_authority:
        message = "is not allowed to issue certificates"
        raise _unusable(message)
    if not isinstance(key, _SigningKey) or not belongs:
        message = "has another key than the one beside it"
        raise _unusable(message)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        raise _unusable(f"is valid from {first:%Y-%m-%d} to {last:%Y-%m-%d} only")
    return certificate, key


def issue_certificate(
    authority_certificate_pem: bytes,
    authority_key_pem: bytes,
    names: Sequence[str],
    now: datetime,
    lifetime_days: int | None = None,
) -> IssuedCertificate:
    """A new server certificate for those names, signed by the authority.

    Args:
        authority_certificate_pem: One certificate, PEM.
        authority_key_pem: Its private key, PEM, not encrypted.
        names: Host names in Unicode or A-labels, ``*.example.com``, addresses; one at
            least. Repeats are dropped.
        now: Aware UTC; it is valid from an hour earlier.
        lifetime_days: Days of 86,400 seconds, first and last second included; by
            default the longest life advised at that date. It never outlives its
            authority.

    Raises:
        BindctlError: CRT002 for a name no certificate can carry; CRT003 for an
            authority that cannot issue.
        ValueError: `lifetime_days` is below 1.
    """
    alternatives = _alternative_names(names)
    issuer, issuer_key = require_authority(
        authority_certificate_pem, authority_key_pem, now
    )
    start, end = _leaf_period(issuer, now, lifetime_days)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(
            _leaf_subject(alternatives), issuer.subject, key.public_key(), start, end
        )
        .add_extension(alternatives, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)  # noqa: FBT003
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)  # noqa: FBT003
        .add_extension(_authority_identifier(issuer), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    return IssuedCertificate(certificate.public_bytes(Encoding.PEM), _key_pem(key))


def _leaf_subject(alternatives: x509.SubjectAlternativeName) -> x509.Name:
    """The subject, for people only: no client matches a common name any more.

    Source:
        BR 7.1.4.3: a common name has to repeat a subjectAltName.
    """
    organization = (NameOID.ORGANIZATION_NAME, _LEAF_ORGANIZATION)
    first = next(iter(alternatives)).value
    shown = str(first)
    if len(shown) > _MAX_NAME:
        return _name(organization)
    return _name(organization, (NameOID.COMMON_NAME, shown))


def _leaf_period(
    issuer: x509.Certificate, now: datetime, lifetime_days: int | None
) -> tuple[datetime, datetime]:
    days = maximum_lifetime_days(now) - 1 if lifetime_days is None else lifetime_days
    if days < 1:
        message = f"lifetime of {days} days; 1 at least"
        raise ValueError(message)
    start = max(now - CLOCK_TOLERANCE, issuer.not_valid_before_utc)
    end = start + timedelta(days=days, seconds=-1)
    return start, min(end, issuer.not_valid_after_utc)


def _alternative_names(names: Sequence[str]) -> x509.SubjectAlternativeName:
    if not names:
        message = "a certificate needs one name at least"
        raise BindctlError("CRT002", message)
    return x509.SubjectAlternativeName(dict.fromkeys(map(_general_name, names)))


def _general_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(parse_ip_address(text))
    except ValueError:
        pass  # no address: it must be a name
    try:
        host = parse_host_pattern(text)
    except ValueError as error:
        raise BindctlError("CRT002", f"{text!r}: {error}") from error
    # No top-level domain is a number: clients read 10.0.0.256 as a wrong address.
    if isinstance(host, AnyHost) or str(host).rpartition(".")[2].isdigit():
        message = f"{text!r} is neither a host name nor an address"
        raise BindctlError("CRT002", message)
    return x509.DNSName(str(host))


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: CertificatePublicKeyTypes,
    start: datetime,
    end: datetime,
) -> x509.CertificateBuilder:
    identifier = x509.SubjectKeyIdentifier.from_public_key(public_key)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(identifier, critical=False)
    )


def _name(*attributes: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _may_issue(certificate: x509.Certificate) -> bool:
    find = certificate.extensions.get_extension_for_class
    try:
        if not find(x509.BasicConstraints).value.ca:
            return False
    except x509.ExtensionNotFound:
        return False
    try:
        return find(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return True  # RFC 5280 §4.2.1.3: without it, every use is allowed


def _authority_identifier(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    make = x509.AuthorityKeyIdentifier
    try:
        found = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return make.from_issuer_public_key(issuer.public_key())  # type: ignore[arg-type]  # the type of the key was checked: EC or RSA
    return make.from_issuer_subject_key_identifier(found.value)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _unusable(cause: str) -> BindctlError:
    message = f"the development authority {cause}"
    return BindctlError("CRT003", message, "remove its folder to have a new one made")
