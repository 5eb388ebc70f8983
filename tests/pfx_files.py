"""PFX files for tests, as an administrator would export them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    serialize_key_and_certificates,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


def make_pfx(
    certificate_pem: bytes,
    key_pem: bytes | None,
    password: str = "",
    chain: Sequence[bytes] = (),
    rounds: int = 2048,
) -> bytes:
    """A PFX file with a leaf, its key if there is one, and other certificates.

    With a password it has `rounds` of key derivation, three times.
    """
    key = None if key_pem is None else load_pem_private_key(key_pem, None)
    leaf, *more = x509.load_pem_x509_certificates(certificate_pem)
    others = [item for pem in chain for item in x509.load_pem_x509_certificates(pem)]
    encryption: KeySerializationEncryption = NoEncryption()
    if password:
        builder = PrivateFormat.PKCS12.encryption_builder()
        encryption = builder.kdf_rounds(rounds).build(password.encode())
    return serialize_key_and_certificates(
        b"test",
        key,  # type: ignore[arg-type]  # of a kind that PKCS #12 takes
        leaf,
        [*others, *more],
        encryption,
    )
