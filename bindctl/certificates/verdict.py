"""Would a browser accept this certificate? The one judge of certificates.

Rules, ``explain`` and the coverage gate ask it. Imports neither `cryptography` nor
anything slow. `coverage` says whether a name covers a host; the other modules beside it
say what is wrong with dates, keys and chains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.certificates.chain import (
    chain_end,
    link_flaws,
    order_flaws,
    trust_flaws,
)
from bindctl.certificates.coverage import (
    find_common_name_match,
    find_covering_id,
    find_near_miss,
    is_top_level_wildcard,
)
from bindctl.certificates.flaw import (
    Flaw,
    date_flaws,
    handshake_flaws,
    key_flaws,
    lifetime_flaws,
    purpose_flaws,
    signature_flaws,
)
from bindctl.model.host import AnyHost, format_host_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bindctl.model.certificate import Certificate, TrustAnchors
    from bindctl.model.host import HostPattern

_MAX_NAMES: Final = 5  # of a certificate, in a message


def judge(
    certificate: Certificate,
    host: HostPattern,
    now: datetime,
    anchors: TrustAnchors | None,
    days: int = 0,
) -> tuple[Flaw, ...]:
    """Why a browser refuses the certificate for that host; empty when it accepts it.

    Args:
        certificate: What a handshake shows.
        host: What the browser asked for; `ANY_HOST` leaves out the question of names.
        now: Aware UTC.
        anchors: Whom the browser trusts; ``None`` when that is not known.
        days: It has to be valid for so many days more.
    """
    flaws = (
        *host_flaws(certificate, host),
        *certificate_flaws(certificate, now, anchors, days),
    )
    return tuple(item for item in flaws if item.is_refused or item.code == "CRT303")


def certificate_flaws(
    certificate: Certificate,
    now: datetime,
    anchors: TrustAnchors | None,
    days: int = 0,
) -> Iterator[Flaw]:
    """Everything wrong with a certificate itself, for whatever host it is shown.

    Args:
        certificate: The certificate.
        now: Aware UTC.
        anchors: As `judge`.
        days: One that ends within so many days is reported.

    Emits:
        CRT103 CRT301 CRT302 CRT303 CRT304 CRT401 CRT402 CRT403 CRT404 CRT405 CRT406 CRT501
        CRT502 CRT503 CRT504.
    """
    end = None if anchors is None else chain_end(certificate, anchors)
    is_public = anchors is not None and end is not None and anchors.is_public(end.name)
    yield from date_flaws(certificate, now, days)
    yield from lifetime_flaws(certificate, is_public=is_public)
    weak = (*key_flaws(certificate), *signature_flaws(certificate))
    for flaw in handshake_flaws(certificate):
        if not (flaw.code == "CRT103" and weak):  # which says it more exactly
            yield flaw
    yield from weak
    yield from purpose_flaws(certificate)
    yield from order_flaws(certificate)
    if certificate.chain_periods:
        yield from link_flaws(certificate, now, anchors, days)
    if anchors is not None and end is not None:
        yield from trust_flaws(certificate, end, anchors)


def host_flaws(certificate: Certificate, host: HostPattern) -> Iterator[Flaw]:
    """CRT201, CRT202 and CRT204: the certificate's names do not cover `host`.

    Source:
        RFC 9525 §6.3, appendix A; browsers refuse a wildcard right below a top-level
        domain (Chrome, `VerifyHostname`; Firefox, mozilla::pkix; OpenSSL 3).
    """
    if isinstance(host, AnyHost):
        return
    name = format_host_pattern(host)
    found = find_covering_id(certificate, host)
    if found is None:
        if find_common_name_match(certificate, host):
            words = f"covers {name} by its common name alone, which no browser reads"
            yield Flaw("CRT202", words)
            return
        words = f"does not cover {name}: it names {format_names(certificate)}"
        miss = find_near_miss(certificate, host)
        yield Flaw("CRT201", f"{words}; {miss}" if miss else words)
    elif is_top_level_wildcard(found):
        words = f"covers {name} by {found} alone, a wildcard browsers refuse: "
        yield Flaw("CRT204", f"{words}it stands right below a top-level domain")


def format_names(certificate: Certificate) -> str:
    """The names that it presents, for a message; a long list is cut."""
    addresses = map(str, certificate.presented_addresses)
    names = (*certificate.presented_ids, *addresses)
    more = len(names) - _MAX_NAMES
    shown = ", ".join(names[:_MAX_NAMES]) or "nothing"
    return f"{shown} and {more} more" if more > 0 else shown
