"""Facts of a certificate, read from the octets of its files.

The names are read as they are; `bindctl.certificates.coverage` says whether one is
valid and what it covers.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    load_pem_private_key,
)
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bindctl.certificates.pem import certificate_blocks, find_key
from bindctl.findings.errors import BindctlError
from bindctl.model.certificate import Certificate, KeyStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import TypeAlias

    from cryptography.hazmat.primitives.asymmetric.types import (
        CertificatePublicKeyTypes,
        PublicKeyTypes,
    )

    from bindctl.model.endpoint import IpAddress

    _Extensions: TypeAlias = Mapping[type[x509.ExtensionType], x509.ExtensionType]

_NIST_CURVES: Final = (
    ec.SECP224R1,
    ec.SECP256R1,
    ec.SECP384R1,
    ec.SECP521R1,
)
# Keys and signatures that no security level of a TLS library refuses.
_USUAL_KEYS: Final = {"RSA": 2048, "EC": 256}
_USUAL_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})
_EDWARDS_BITS: Final = {"Ed25519": 256, "Ed448": 448}
# Signatures that `cryptography` no longer names the hash of (RFC 8017, RFC 3279).
_OLD_SIGNATURES: Final = {
    "1.2.840.113549.1.1.2": "md2",
    "1.2.840.113549.1.1.3": "md4",
    "1.2.840.113549.1.1.4": "md5",
}
_CERTIFICATE_BLOCK: Final = re.compile(
    rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL
)


def read_certificate(
    certificate_octets: bytes,
    key_octets: bytes | None,
    store_name: str,
    handshakes: Callable[[], bool] = lambda: True,
) -> Certificate:
    """The facts of the first certificate of a PEM file, the leaf.

    Args:
        certificate_octets: PEM: the leaf, then its chain; other text is skipped.
        key_octets: PEM of the private key, ``None`` when there is no such file. An
            encrypted or unreadable key counts as a mismatch: it is there, but no
            handshake can use it.
        store_name: The store it lies in, ``MY``.
        handshakes: Whether the TLS library makes a handshake with both. It is asked
            where a key or a signature is not of a kind that all libraries take.

    Raises:
        BindctlError: CRT103, the octets are not a certificate.
    """
    chain = _load_chain(certificate_octets)
    leaf = chain[0]
    try:
        extensions = {type(item.value): item.value for item in leaf.extensions}
        presented_ids, presented_addresses = _presented_names(extensions)
        public_key = _public_key(leaf)
        subjects = tuple(item.subject.rfc4514_string() for item in chain)
        issuers = tuple(item.issuer.rfc4514_string() for item in chain)
        algorithm, bits = _describe_key(leaf, public_key)
        return Certificate(
            certificate_hash=thumbprint(leaf),
            certificate_store_name=store_name,
            subject=subjects[0],
            issuer=issuers[0],
            presented_ids=presented_ids,
            presented_addresses=presented_addresses,
            not_before=leaf.not_valid_before_utc,
            not_after=leaf.not_valid_after_utc,
            key_status=_key_status(chain, public_key, key_octets, handshakes),
            chain_length=len(chain),
            common_name=_common_name(leaf),
            key_algorithm=algorithm,
            key_bits=bits,
            signature_hash=_signature_hash(leaf),
            has_server_auth=_has_server_auth(extensions),
            is_authority=_is_authority(extensions),
            is_self_signed=subjects[0] == issuers[0],
            is_chain_ordered=all(map(_is_issued_by, chain, chain[1:])),
            chain_issuers=issuers,
            chain_subjects=subjects,
            chain_periods=tuple(map(_period, chain[1:])),
            chain_may_issue=tuple(map(_may_issue, chain[1:])),
            chain_hashes=tuple(map(_signature_hash, chain[1:])),
        )
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as e:
        raise _unreadable(f"a field of the certificate cannot be read: {e}") from e


def read_subjects(octets: bytes) -> tuple[str, ...]:
    """RFC 4514 subjects of the certificates in a bundle of trust anchors.

    An entry that cannot be read is left out, as clients do.
    """
    found = []
    for block in _CERTIFICATE_BLOCK.findall(octets):
        try:
            found.append(_load(certificate_blocks(block)[0]).subject.rfc4514_string())
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))


def encode_chain(certificate_octets: bytes) -> bytes:
    """PEM of the certificates among those octets, without anything else.

    The result may be written to a file that others can read: it has no key and no
    comment of the original file.

    Raises:
        BindctlError: CRT103, the octets are not a certificate.
    """
    return _encode(_load_chain(certificate_octets))


def thumbprint(certificate: x509.Certificate) -> str:
    """SHA-1 over the DER octets, 40 lower-case hex digits: SSLCertHash of IIS."""
    der = certificate.public_bytes(Encoding.DER)
    return hashlib.sha1(der, usedforsecurity=False).hexdigest()


def key_belongs(key_octets: bytes, public_key: PublicKeyTypes) -> bool:
    """Whether PEM octets hold, unencrypted, the private half of `public_key`."""
    try:
        # The halves are compared, so the arithmetic of an RSA key is not verified:
        # that takes longer than all the rest of reading a certificate.
        key = load_pem_private_key(
            find_key(key_octets),
            password=None,
            unsafe_skip_rsa_key_validation=True,
        )
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False  # no key, encrypted, or of a kind nothing here can use
    return key.public_key() == public_key


def _load_chain(octets: bytes) -> list[x509.Certificate]:
    try:
        blocks = certificate_blocks(octets)
    except ValueError as error:
        raise _unreadable(str(error)) from error
    try:
        return [_load(der) for der in blocks]
    except ValueError as error:
        raise _unreadable("the octets are not a certificate") from error


def _load(der: bytes) -> x509.Certificate:
    """Read a certificate, without a warning about forms to be refused one day.

    Bundles of authorities have a certificate whose serial number is zero.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        return x509.load_der_x509_certificate(der)


def _encode(chain: Iterable[x509.Certificate]) -> bytes:
    return b"".join(item.public_bytes(Encoding.PEM) for item in chain)


def _presented_names(
    extensions: _Extensions,
) -> tuple[tuple[str, ...], tuple[IpAddress, ...]]:
    names = extensions.get(x509.SubjectAlternativeName)
    if not isinstance(names, x509.SubjectAlternativeName):
        return (), ()
    addresses = names.get_values_for_type(x509.IPAddress)
    return (
        tuple(name.lower() for name in names.get_values_for_type(x509.DNSName)),
        # A network is allowed only in name constraints; in a SAN it names no host.
        tuple(a for a in addresses if isinstance(a, IPv4Address | IPv6Address)),
    )


def _common_name(leaf: x509.Certificate) -> str:
    for attribute in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME):
        value = attribute.value
        return value if isinstance(value, str) else value.decode("utf-8", "replace")
    return ""


def _public_key(leaf: x509.Certificate) -> CertificatePublicKeyTypes | None:
    try:
        return leaf.public_key()
    except UnsupportedAlgorithm:
        return None


def _describe_key(
    leaf: x509.Certificate, key: CertificatePublicKeyTypes | None
) -> tuple[str, int]:
    """Its algorithm and its size; for a curve, the size of the field.

    A curve that is not one of NIST's has its own name: ``secp256k1``.
    """
    if key is None:
        return leaf.public_key_algorithm_oid.dotted_string, 0
    if isinstance(key, ec.EllipticCurvePublicKey):
        curve = key.curve
        name = "EC" if isinstance(curve, _NIST_CURVES) else curve.name
        return name, curve.key_size
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA", key.key_size
    if isinstance(key, dsa.DSAPublicKey):
        return "DSA", key.key_size
    name = type(key).__name__.removesuffix("PublicKey")
    return name, _EDWARDS_BITS.get(name, 0)


def _signature_hash(leaf: x509.Certificate) -> str:
    try:
        algorithm = leaf.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return _OLD_SIGNATURES.get(leaf.signature_algorithm_oid.dotted_string, "")
    return "" if algorithm is None else algorithm.name


def _has_server_auth(extensions: _Extensions) -> bool:
    usage = extensions.get(x509.ExtendedKeyUsage)
    if not isinstance(usage, x509.ExtendedKeyUsage):
        return True
    return ExtendedKeyUsageOID.SERVER_AUTH in usage


def _is_authority(extensions: _Extensions) -> bool:
    constraints = extensions.get(x509.BasicConstraints)
    return isinstance(constraints, x509.BasicConstraints) and constraints.ca


def _period(certificate: x509.Certificate) -> tuple[datetime, datetime]:
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc


def _may_issue(issuer: x509.Certificate) -> bool:
    """Whether its extensions let it sign certificates.

    If the extensions cannot be read, the answer is yes: those of the leaf matter more.

    Source:
        RFC 5280 §4.2.1.3, §4.2.1.9, §6.1.4 (k) and (n).
    """
    try:
        extensions = {type(item.value): item.value for item in issuer.extensions}
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return True
    usage = extensions.get(x509.KeyUsage)
    may_sign = not isinstance(usage, x509.KeyUsage) or usage.key_cert_sign
    return may_sign and _is_authority(extensions)


def _is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the issuer's key made the signature, not only its name."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _key_status(
    chain: Sequence[x509.Certificate],
    public_key: CertificatePublicKeyTypes | None,
    key_octets: bytes | None,
    handshakes: Callable[[], bool],
) -> KeyStatus:
    if key_octets is None:
        return KeyStatus.MISSING
    if public_key is None or not key_belongs(key_octets, public_key):
        return KeyStatus.MISMATCH
    is_taken = all(map(_is_usual, chain)) or handshakes()
    return KeyStatus.MATCHES if is_taken else KeyStatus.REFUSED


def _is_usual(certificate: x509.Certificate) -> bool:
    """Whether every TLS library takes its key and its signature."""
    algorithm, bits = _describe_key(certificate, _public_key(certificate))
    least = _USUAL_KEYS.get(algorithm)
    is_long = least is not None and bits >= least
    return is_long and _signature_hash(certificate) in _USUAL_HASHES


def _unreadable(message: str) -> BindctlError:
    return BindctlError("CRT103", message, "give the certificate in PEM")
