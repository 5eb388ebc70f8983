"""Faults of one certificate: its dates, key, signature and purpose.

They are said in words that need no place.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.finding import Severity
from bindctl.model.certificate import KeyStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bindctl.model.certificate import Certificate

_MIN_RSA_BITS: Final = 2048  # BR 6.1.5; OpenSSL at security level 2 refuses less
_CURVE_BITS: Final = frozenset({256, 384, 521})  # BR 6.1.5: P-256, P-384, P-521
BROKEN_HASHES: Final = frozenset({"md2", "md4", "md5", "sha1"})  # BR 7.1.3.2
# BR 6.3.2, newest first: certificates issued from that day may live so many days.
# Clients that enforce it refuse a longer life; one day less is advised.
MAXIMUM_LIFETIMES: Final[tuple[tuple[datetime, int], ...]] = (
    (datetime(2029, 3, 15, tzinfo=UTC), 47),
    (datetime(2027, 3, 15, tzinfo=UTC), 100),
    (datetime(2026, 3, 15, tzinfo=UTC), 200),
    (datetime(2020, 9, 1, tzinfo=UTC), 398),
)
# BR 6.3.2 from 2018-03; Apple's clients accept no more from any authority (HT210176).
LONGEST_LIFETIME: Final = 825


class Flaw(NamedTuple):
    """Why a client may refuse a certificate.

    Attributes:
        code: Of the table of codes, ``CRT301``.
        words: A predicate of the certificate: "ended on 2026-01-01 12:00 UTC".
        severity: If it is not that of the table.
        is_refused: Whether a browser refuses the connection because of it; other flaws
            are only for the administrator.
    """

    code: str
    words: str
    severity: Severity | None = None
    is_refused: bool = True


def handshake_flaws(certificate: Certificate) -> Iterator[Flaw]:
    """CRT401, CRT402 and CRT103: no handshake at all can be made with it."""
    if certificate.key_status is KeyStatus.MISSING:
        yield Flaw("CRT401", "has no private key in the store")
    elif certificate.key_status is KeyStatus.MISMATCH:
        words = (
            "has a key beside it that belongs to another certificate, or is encrypted "
            "or damaged"
        )
        yield Flaw("CRT402", words)
    elif certificate.key_status is KeyStatus.REFUSED:
        words = (
            "cannot be used: the TLS library of this machine refuses its key or "
            "signature, or those of its chain"
        )
        yield Flaw("CRT103", words)


def key_flaws(certificate: Certificate) -> Iterator[Flaw]:
    """CRT403: browsers take no key so weak, or of that kind."""
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


def maximum_lifetime_days(now: datetime) -> int:
    """The longest life of a publicly trusted certificate issued at that time.

    Source:
        BR 6.3.2 (ballots SC31, SC081v3).
    """
    for since, days in MAXIMUM_LIFETIMES:
        if now >= since:
            return days
    return LONGEST_LIFETIME


def date_flaws(certificate: Certificate, now: datetime, days: int) -> Iterator[Flaw]:
    """CRT301, CRT302 and CRT303: it has ended, has not begun, or ends within `days`.

    Source:
        RFC 5280 §4.1.2.5: both ends belong to the period.
    """
    first, last = certificate.not_before, certificate.not_after
    if now > last:
        yield Flaw("CRT301", f"ended on {last:%Y-%m-%d %H:%M} UTC")
    elif now < first:
        yield Flaw("CRT302", f"begins on {first:%Y-%m-%d %H:%M} UTC")
    elif days and last - now <= timedelta(days=days):
        words = f"ends on {last:%Y-%m-%d %H:%M} UTC, {_time_left((last - now).days)}"
        yield Flaw("CRT303", words, is_refused=False)


def _time_left(days: int) -> str:
    if not days:
        return "within a day"
    return "in 1 day" if days == 1 else f"in {days} days"


def lifetime_flaws(certificate: Certificate, *, is_public: bool) -> Iterator[Flaw]:
    """CRT304: it lives longer than clients accept.

    Args:
        certificate: The certificate.
        is_public: Whether an authority of the machine's bundle issued it. A company's
            own authority in the bundle cannot be recognised, so this never counts as
            refused.
    """
    # The last second belongs to the period: BR count it in.
    life = certificate.not_after - certificate.not_before + timedelta(seconds=1)
    days = -(-life // timedelta(days=1))  # "any amount greater is a day more"
    if is_public:
        limit = maximum_lifetime_days(certificate.not_before)
        if days > limit:
            day = f"{certificate.not_before:%Y-%m-%d}"
            words = f"lives {days} days; issued on {day} and publicly trusted, it "
            words += f"may live {limit}"
            yield Flaw("CRT304", words, is_refused=False)
    elif days > LONGEST_LIFETIME:
        words = f"lives {days} days; Apple's clients accept {LONGEST_LIFETIME}"
        yield Flaw("CRT304", words, Severity.INFO, is_refused=False)
