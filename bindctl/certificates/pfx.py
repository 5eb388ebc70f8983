"""PFX files (PKCS #12), as the central certificate store holds them.

The result is PEM, as in the other stores, so that one reader of facts and one way into
a TLS context serve all stores.

Source:
    RFC 7292; IIS, "Central Certificates": one password for all files, or none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from bindctl.certificates.rounds import MAX_ROUNDS, count_rounds
from bindctl.findings.errors import BindctlError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
    from cryptography.hazmat.primitives.serialization.pkcs12 import (
        PKCS12KeyAndCertificates,
    )

_SEQUENCE: Final = 0x30  # the first octet of DER, with which every PFX file begins
_WRONG_PASSWORD: Final = "password"  # noqa: S105 - a word of a message


class PfxContents(NamedTuple):
    """What a PFX file holds.

    Attributes:
        certificate_pem: The leaf, then its chain as far as the file has it.
        key_pem: The leaf's private key, not encrypted; ``None`` when there is none.
    """

    certificate_pem: bytes
    key_pem: bytes | None

    def __repr__(self) -> str:
        """The text leaves out the key, because tracebacks show it."""
        return f"PfxContents(key={'none' if self.key_pem is None else 'present'})"


def read_pfx(octets: bytes, password: str) -> PfxContents:
    """Open a PFX file.

    The chain is put in order: Windows exports it in any order, and a client wants each
    certificate after the one it has issued (RFC 8446 §4.4.2).

    Args:
        octets: The file.
        password: Its password; empty for a file that has none.

    Raises:
        BindctlError: CRT103, the password does not open it, it is not a PFX file or
            holds no certificate, or opening it would take minutes.
    """
    if octets[:1] != bytes([_SEQUENCE]):
        raise _unreadable("the file is not a PFX file")
    _require_bearable(octets)
    found = _load(octets, password)
    others = [item.certificate for item in found.additional_certs]
    if found.cert is not None:
        leaf = found.cert.certificate
    elif others:
        leaf, others = others[0], others[1:]  # without a key none is marked as leaf
    else:
        raise _unreadable("the file holds no certificate")
    chain = b"".join(
        item.public_bytes(Encoding.PEM) for item in _ordered_chain(leaf, others)
    )
    key = None if found.key is None else _encode_key(found.key)
    return PfxContents(chain, key)


def encrypt_key(key_pem: bytes, passphrase: bytes) -> bytes:
    """The private key as PEM that only `passphrase` opens.

    It is for a TLS library that takes a key only from a file: others cannot use what is
    in that file for an instant.
    """
    key = load_pem_private_key(key_pem, None, unsafe_skip_rsa_key_validation=True)
    encryption = BestAvailableEncryption(passphrase)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def _require_bearable(octets: bytes) -> None:
    try:
        rounds = count_rounds(octets)
    except ValueError as error:
        raise _unreadable(f"the file is damaged: {error}") from error
    if rounds > MAX_ROUNDS:
        raise _unreadable(
            f"the file asks for {rounds} rounds of key derivation, more than {MAX_ROUNDS}"
        )


def _load(octets: bytes, password: str) -> PKCS12KeyAndCertificates:
    """Windows writes "no password" in two ways: none at all, and the empty one."""
    candidates = (password.encode("utf-8"),) if password else (None, b"")
    reason = ""
    for candidate in candidates:
        try:
            return load_pkcs12(octets, candidate)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm) as error:
            reason = str(error)
    if _WRONG_PASSWORD in reason.lower():
        if password:
            raise _unreadable("CentralCertStorePassword does not open it")
        raise _unreadable("it needs a password: CentralCertStorePassword is empty")
    raise _unreadable("the file is damaged, or of a kind that cannot be read")


def _ordered_chain(
    leaf: x509.Certificate, others: Sequence[x509.Certificate]
) -> list[x509.Certificate]:
    """The leaf, then the issuer of each; all other certificates are left out."""
    chain = [leaf]
    by_subject = {item.subject: item for item in reversed(others)}
    while chain[-1].issuer != chain[-1].subject:
        issuer = by_subject.pop(chain[-1].issuer, None)
        if issuer is None:
            break
        chain.append(issuer)
    return chain


def _encode_key(key: PrivateKeyTypes) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _unreadable(message: str) -> BindctlError:
    return BindctlError("CRT103", message, "export the certificate anew, with its key")
