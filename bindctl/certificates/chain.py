"""Follows a leaf to an authority that clients trust, by the names in its file.

A server sends its file; a client looks for the rest only among its trust anchors
(except browsers that fetch what is missing).

Source:
    RFC 5280 §6.1 (paths); RFC 8446 §4.4.2 (order; only the leaf's place is required).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from bindctl.certificates.flaw import BROKEN_HASHES, Flaw, format_hash
from bindctl.findings.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bindctl.model.certificate import Certificate, TrustAnchors


class ChainEnd(NamedTuple):
    """Where the path of a leaf ends.

    Attributes:
        name: The first on the way up that is trusted, else the last that the file leads
            to. RFC 4514.
        is_root: Whether that one is in the file and names itself as its issuer, without
            being trusted.
    """

    name: str
    is_root: bool


def order_flaws(certificate: Certificate) -> Iterator[Flaw]:
    """CRT502: the certificates of its file are out of order, or do not belong there."""
    if certificate.is_chain_ordered:
        return
    words = "has a file that names as issuer a certificate whose key did not sign it"
    issuers, subjects = certificate.chain_issuers, certificate.chain_subjects
    for place, (issuer, following) in enumerate(
        zip(issuers, subjects[1:], strict=False)
    ):
        if issuer != following:
            before = subjects[place] if place else "the certificate"
            words = (
                f"has a file in which {following} follows {before}, whose issuer is "
            )
            words += issuer or "nobody"
            break
    yield Flaw("CRT502", words, is_refused=False)


def link_flaws(
    certificate: Certificate,
    now: datetime,
    anchors: TrustAnchors | None,
    days: int = 0,
) -> Iterator[Flaw]:
    """CRT504 and CRT303: clients refuse a certificate of the path, or soon will.

    Among several with one name, one without a fault is enough. Dates and signature of a
    root do not matter: it is trusted as it is, or not at all.

    Args:
        certificate: Its facts.
        now: Aware UTC.
        anchors: Whom clients trust; ``None`` when that is not known, and then only the
            leaf's issuer is looked at.
        days: One that ends within so many days, and before the leaf, is reported.
    """
    name, seen = certificate.issuer, {certificate.subject}
    while name not in seen and not (anchors is not None and anchors.trust(name)):
        seen.add(name)
        links = _links(certificate, name)
        faults = [_find_fault(link, now) for link in links]
        if not links:
            return
        if all(faults):
            yield Flaw("CRT504", f"has a chain through {name}, which {faults[0]}")
            return
        sound = [link for link, fault in zip(links, faults, strict=True) if not fault]
        last = max(link.last for link in sound)
        is_soon = days and last - now <= timedelta(days=days)
        if is_soon and last < certificate.not_after:
            words = f"has a chain through {name}, which ends on "
            words += f"{last:%Y-%m-%d %H:%M} UTC, in {(last - now).days} day(s)"
            yield Flaw("CRT303", words, is_refused=False)
        if anchors is None:
            return  # the next may be trusted, and then nothing above it matters
        name = sound[0].issuer


class ChainExpiry(NamedTuple):
    """When the path of a leaf ends by its dates.

    Attributes:
        at: The last instant at which it is valid, aware UTC.
        name: The certificate above the leaf that ends then, RFC 4514; empty when it is
            the leaf itself.
    """

    at: datetime
    name: str


def chain_expiry(certificate: Certificate, anchors: TrustAnchors | None) -> ChainExpiry:
    """When clients begin to refuse a certificate because time has passed.

    It looks at the same certificates as `link_flaws`.

    Args:
        certificate: Its facts.
        anchors: As `link_flaws`.
    """
    found = ChainExpiry(certificate.not_after, "")
    name, seen = certificate.issuer, {certificate.subject}
    while name not in seen and not (anchors is not None and anchors.trust(name)):
        seen.add(name)
        links = [link for link in _links(certificate, name) if _is_fit(link)]
        if not links:
            return found
        last = max(link.last for link in links)
        if last < found.at:
            found = ChainExpiry(last, name)
        if anchors is None:
            return found
        name = links[0].issuer
    return found


def _is_fit(link: _Link) -> bool:
    """Whether clients accept it as a link, apart from its dates."""
    return not _find_fault(link, link.last)


class _Link(NamedTuple):
    """A certificate of a file that is not the leaf."""

    issuer: str
    first: datetime
    last: datetime
    may_issue: bool
    hash_name: str


def _links(certificate: Certificate, name: str) -> list[_Link]:
    """Those of that name, nearest first, without those that issued themselves."""
    rows = zip(
        certificate.chain_subjects[1:],
        certificate.chain_issuers[1:],
        certificate.chain_periods,
        certificate.chain_may_issue,
        certificate.chain_hashes,
        strict=False,
    )
    return [
        _Link(issuer, *period, may_issue, hash_name)
        for subject, issuer, period, may_issue, hash_name in rows
        if subject == name != issuer
    ]


def _find_fault(link: _Link, now: datetime) -> str:
    """Why clients refuse it as a link; or empty."""
    if now > link.last:
        return f"ended on {link.last:%Y-%m-%d %H:%M} UTC"
    if now < link.first:
        return f"begins on {link.first:%Y-%m-%d %H:%M} UTC"
    if not link.may_issue:
        return "may not issue certificates"
    if link.hash_name in BROKEN_HASHES:
        return f"is signed with {format_hash(link.hash_name)}"
    return ""


def trust_flaws(
    certificate: Certificate, end: ChainEnd, anchors: TrustAnchors
) -> Iterator[Flaw]:
    """CRT501 and CRT503: links are missing, or the chain ends at an untrusted root.

    Args:
        certificate: Its facts.
        end: Where `chain_end` says its path ends.
        anchors: Whom this machine trusts.
    """
    if anchors.trust(end.name):
        return
    if not end.is_root:
        yield _missing_link(certificate, end.name)
    elif certificate.is_self_signed:
        yield Flaw("CRT503", "is signed by itself alone, and not trusted here")
    else:
        yield Flaw("CRT503", f"is issued below {end.name}, which is not trusted here")


def chain_end(certificate: Certificate, anchors: TrustAnchors) -> ChainEnd:
    """Where the path of a leaf ends.

    In the file only the names are followed; `Certificate.is_chain_ordered` says whether
    each signature is that of the named issuer. A certificate without facts of its chain
    counts as alone in its file.
    """
    for name in (certificate.subject, certificate.issuer):
        if anchors.trust(name):
            return ChainEnd(name, is_root=False)  # as of most certificates
    pairs = zip(certificate.chain_subjects, certificate.chain_issuers, strict=True)
    issuers = dict(reversed([*pairs]))  # if two have one name, the nearer
    issuers[certificate.subject] = certificate.issuer
    name = certificate.subject
    seen: set[str] = set()
    while not anchors.trust(name):
        seen.add(name)
        issuer = issuers.get(name)
        if issuer is None:
            return ChainEnd(name, is_root=False)
        if issuer in seen:
            return ChainEnd(name, is_root=True)
        name = issuer
    return ChainEnd(name, is_root=False)


def _missing_link(certificate: Certificate, name: str) -> Flaw:
    """CRT501: an issuer is missing; an error if it is the issuer of the leaf.

    Above an intermediate only the root may be missing, as it should be: then it is only
    unknown on this machine.
    """
    whom = name or "an authority without a name"
    whom += ", which is neither in its file nor trusted here"
    if name == certificate.issuer:
        return Flaw("CRT501", f"is issued by {whom}")
    return Flaw("CRT501", f"has a chain that ends below {whom}", Severity.WARNING)
