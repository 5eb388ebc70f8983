"""Key, signature and purpose of a certificate: what clients still accept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.certificates.flaw import Flaw
from bindctl.findings.finding import Severity
from bindctl.model.certificate import KeyStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.model.certificate import Certificate

_MIN_RSA_BITS: Final = 2048  # BR 6.1.5; OpenSSL at security level 2 refuses less
_CURVE_BITS: Final = frozenset({256, 384, 521})  # BR 6.1.5: P-256, P-384, P-521
BROKEN_HASHES: Final = frozenset({"md2", "md4", "md5", "sha1"})  # BR 7.1.3.2


def key_flaws(certificate: Certificate) -> Iterator[Flaw]:
    """CRT401, CRT402 and CRT403: the key is missing, of no use, or weak."""
    if certificate.key_status is KeyStatus.MISSING:
        yield Flaw("CRT401", "has no private key in the store")
    elif certificate.key_status is KeyStatus.MISMATCH:
        words = (
            "has a key beside it that belongs to another certificate, or is encrypted "
            "or damaged"
        )
        yield Flaw("CRT402", words)
    algorithm, bits = certificate.key_algorithm, certificate.key_bits
    if algorithm == "RSA":
        yield from _rsa_flaws(bits)
    elif algorithm == "EC":
        if bits not in _CURVE_BITS:
            words = f"has a key on a curve of {bits} bits; browsers take P-256, P-384"
            yield Flaw("CRT403", f"{words} and P-521 alone")
    else:
        yield Flaw("CRT403", f"has a key of kind {algorithm}, which no browser takes")


def signature_flaws(certificate: Certificate) -> Iterator[Flaw]:
    """CRT404: it is signed over a hash that can be forged.

    Source:
        BR 7.1.3.2; Chrome 56, Firefox 51 and Windows (2017) refuse SHA-1.
    """
    if certificate.signature_hash in BROKEN_HASHES:
        name = format_hash(certificate.signature_hash)
        yield Flaw("CRT404", f"is signed with {name}, which browsers refuse")


def format_hash(name: str) -> str:
    """``SHA-1``, as people write it."""
    return name.upper().replace("SHA1", "SHA-1")


def purpose_flaws(certificate: Certificate) -> Iterator[Flaw]:
    """CRT405 and CRT406: it is not meant for servers, or is an authority's.

    Source:
        RFC 5280 §4.2.1.12; BR 7.1.2.7.8; Firefox,
        MOZILLA_PKIX_ERROR_CA_CERT_USED_AS_END_ENTITY.
    """
    if not certificate.has_server_auth:
        yield Flaw("CRT405", "is not for servers: its key usage lacks serverAuth")
    if certificate.is_authority:
        words = "is an authority's own: Firefox refuses it as a server's"
        yield Flaw("CRT406", words)


def _rsa_flaws(bits: int) -> Iterator[Flaw]:
    if bits < _MIN_RSA_BITS:
        words = f"has an RSA key of {bits} bits; browsers take {_MIN_RSA_BITS} and more"
        yield Flaw("CRT403", words)
    elif bits % 8:
        words = f"has an RSA key of {bits} bits, which 8 does not divide"
        yield Flaw("CRT403", words, Severity.WARNING, is_refused=False)
