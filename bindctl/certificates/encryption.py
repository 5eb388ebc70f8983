"""Password-based encryption of backups.

AES-256-GCM under a key that scrypt makes of the password. Randomness is a parameter:
the caller gives a salt and a nonce that were never used before.

1. Nothing is returned before all of it has been authenticated.
2. The text in clear beside the sealed octets is authenticated with them.

Source:
    RFC 7914 (scrypt); NIST SP 800-38D (GCM); OWASP Password Storage Cheat Sheet
    (N = 2^17, r = 8, p = 1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from unicodedata import normalize

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SALT_OCTETS: Final = 16
NONCE_OCTETS: Final = 12  # what GCM is made for
_KEY_OCTETS: Final = 32
_MAX_COST: Final = 1 << 20  # 1 GiB: a damaged header must not ask for more
_BLOCK_SIZE: Final = 8


class Seal(NamedTuple):
    """The values needed beside the password; they are not secret.

    Attributes:
        salt: `SALT_OCTETS` random octets.
        nonce: `NONCE_OCTETS` random octets.
        cost: scrypt's N, a power of two; r is 8 and p is 1.
    """

    salt: bytes
    nonce: bytes
    cost: int = 1 << 17


def seal_octets(octets: bytes, password: str, seal: Seal, beside: bytes) -> bytes:
    """`octets` sealed; 16 octets longer.

    Args:
        octets: The content.
        password: Any text but the empty one.
        seal: Salt and nonce that were never used before.
        beside: The text in clear beside it.
    """
    return _cipher(password, seal).encrypt(seal.nonce, octets, beside)


def open_sealed(
    sealed: bytes, password: str, seal: Seal, beside: bytes
) -> bytes | None:
    """The content; ``None`` when the password is wrong or anything was changed.

    Args:
        sealed: The result of `seal_octets`.
        password: The password.
        seal: As it was sealed.
        beside: As it was sealed.
    """
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - slow

    if not is_usable(seal):
        return None
    try:
        return _cipher(password, seal).decrypt(seal.nonce, sealed, beside)
    except InvalidTag:
        return None


def is_usable(seal: Seal) -> bool:
    """Whether it has the sizes of a seal, and a cost a machine can bear."""
    is_power = seal.cost > 1 and not seal.cost & (seal.cost - 1)
    sizes = (len(seal.salt), len(seal.nonce))
    return is_power and seal.cost <= _MAX_COST and sizes == (SALT_OCTETS, NONCE_OCTETS)


def _cipher(password: str, seal: Seal) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import (  # noqa: PLC0415 - slow
        AESGCM,
    )
    from cryptography.hazmat.primitives.kdf.scrypt import (  # noqa: PLC0415 - slow
        Scrypt,
    )

    # One text always gives the same octets, however a keyboard composes it.
    text = normalize("NFC", password).encode("utf-8", "surrogatepass")
    kdf = Scrypt(salt=seal.salt, length=_KEY_OCTETS, n=seal.cost, r=_BLOCK_SIZE, p=1)
    return AESGCM(kdf.derive(text))
