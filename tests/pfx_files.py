"""PFX files for tests, as an administrator would export them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    NoEncryption,
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
) -> bytes:
    """A PFX file with a leaf, its key if there is one, and other certificates."""
    key = None if key_pem is None else load_pem_private_key(key_pem, None)
    leaf, *more = x509.load_pem_x509_certificates(certificate_pem)
    others = [item for pem in chain for item in x509.load_pem_x509_certificates(pem)]
    encryption = (
        BestAvailableEncryption(password.encode()) if password else NoEncryption()
    )
    return serialize_key_and_certificates(
        b"test",
        key,  # type: ignore[arg-type]  # of a kind that PKCS #12 takes
        leaf,
        [*others, *more],
        encryption,
    )
