"""Facts of a certificate, read from the octets of its files.

The names are taken as they stand: whether one is valid, and what it covers, is
`bindctl.certificates.coverage`'s to say.
"""

from __future__ import annotations

import hashlib
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from bindctl.findings.errors import BindctlError
from bindctl.model.certificate import Certificate, KeyStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

    from bindctl.model.endpoint import IpAddress


def read_certificate(
    certificate_octets: bytes, key_octets: bytes | None, store_name: str
) -> Certificate:
    """The facts of the first certificate of a PEM file, the leaf.

    Args:
        certificate_octets: PEM: the leaf, then its chain; other text is skipped.
        key_octets: PEM of the private key, ``None`` when there is no such file. One
            that is encrypted or unreadable counts as a mismatch: it is there, and no
            handshake can be made with it.
        store_name: The store it lies in, ``MY``.

    Raises:
        BindctlError: CRT103, the octets are no certificate.
    """
    chain = _load_chain(certificate_octets)
    leaf = chain[0]
    try:
        presented_ids, presented_addresses = _presented_names(leaf)
        return Certificate(
            certificate_hash=thumbprint(leaf),
            certificate_store_name=store_name,
            subject=leaf.subject.rfc4514_string(),
            issuer=leaf.issuer.rfc4514_string(),
            presented_ids=presented_ids,
            presented_addresses=presented_addresses,
            not_before=leaf.not_valid_before_utc,
            not_after=leaf.not_valid_after_utc,
            key_status=_key_status(leaf, key_octets),
            chain_length=len(chain),
        )
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as e:
        raise _unreadable(f"a field of the certificate cannot be read: {e}") from e


def encode_chain(certificate_octets: bytes) -> bytes:
    """PEM of the certificates among those octets and of nothing else.

    What may be written to a file that others read: a key or a comment that lay in the
    same file is gone.

    Raises:
        BindctlError: CRT103, the octets are no certificate.
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
            key_octets, password=None, unsafe_skip_rsa_key_validation=True
        )
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False  # no key, encrypted, or of a kind nothing here can use
    return _spki(key.public_key()) == _spki(public_key)


def _load_chain(octets: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(octets)
    except ValueError as error:
        hint = "" if b"-----BEGIN" in octets else ": there is no PEM in it"
        raise _unreadable(f"the octets are no certificate{hint}") from error


def _encode(chain: Iterable[x509.Certificate]) -> bytes:
    return b"".join(item.public_bytes(Encoding.PEM) for item in chain)


def _presented_names(
    leaf: x509.Certificate,
) -> tuple[tuple[str, ...], tuple[IpAddress, ...]]:
    try:
        extension = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return (), ()
    names = extension.value
    addresses = names.get_values_for_type(x509.IPAddress)
    return (
        tuple(name.lower() for name in names.get_values_for_type(x509.DNSName)),
        # A network is legal in name constraints only; in a SAN it names nobody.
        tuple(a for a in addresses if isinstance(a, IPv4Address | IPv6Address)),
    )


def _key_status(leaf: x509.Certificate, key_octets: bytes | None) -> KeyStatus:
    if key_octets is None:
        return KeyStatus.MISSING
    try:
        public_key = leaf.public_key()
    except UnsupportedAlgorithm:
        return KeyStatus.MISMATCH
    matches = key_belongs(key_octets, public_key)
    return KeyStatus.MATCHES if matches else KeyStatus.MISMATCH


def _spki(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _unreadable(message: str) -> BindctlError:
    return BindctlError("CRT103", message, "give the certificate in PEM")
