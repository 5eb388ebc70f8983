"""Compares an answer with what the plan promises, and says how much is proven.

Our own service says which site it would ask (`is_probe`). Any other server
shows its pages. If no other site has the same page, the site is proven; if one has, it
is only not contradicted.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.model.binding import Protocol
from bindctl.operations.live.live_client import Stage
from bindctl.routing.reason import Reason, Why
from bindctl.server.http.response import SITE_FIELD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.operations.live.live_client import LiveAnswer
    from bindctl.operations.live.probe_question import ProbeQuestion

_OK: Final = 200
# How servers say that they have no such site: http.sys 400, IIS 404 (reported), the
# RFC's own 421; nginx's 444 is a closed connection.
_NO_SITE: Final = frozenset({400, 404, 421})


class Proof(Enum):
    """How the site of an answer is known."""

    TOLD = "told"  # the service said which site it is
    PAGE = "page"  # the site's page came, and no other site has that page
    REFUSAL = "refusal"  # no site was promised, and none answered
    NONE = "none"  # an answer came that any site may have given


class SitePage(NamedTuple):
    """The page of the path ``/`` of a site.

    Attributes:
        status: Of the answer.
        digest: Of the page; empty when the answer is not a file.
    """

    status: int
    digest: str


class Promise(NamedTuple):
    """What the plan promises of certificates and pages, beyond the question itself.

    Attributes:
        thumbprints: Those of the central store's files, by their names; files that
            cannot be read are missing.
        pages: By site.
        is_own: Whether the server is our own service and tells its sites.
    """

    thumbprints: Mapping[str, str]
    pages: Mapping[int, SitePage]
    is_own: bool


class Judgement(NamedTuple):
    """The result of one question.

    Attributes:
        differences: What is otherwise than promised.
        proof: How the site is known.
        certificate: Thumbprint of the certificate that was shown; or ``None``.
        site: The site that answered, as far as that is known.
        status: The status code; ``None`` without an answer.
    """

    differences: tuple[Reason, ...]
    proof: Proof
    certificate: str | None
    site: int | None
    status: int | None


def judge_answer(
    question: ProbeQuestion, answer: LiveAnswer, digest: str, promise: Promise
) -> Judgement:
    """Compare an answer with what the plan promises.

    Args:
        question: What was asked, and what is promised.
        answer: What came back.
        digest: Of its body.
        promise: What else is promised.
    """
    differences = list(_judge_certificate(question, answer, promise))
    proof, site = Proof.NONE, None
    if question.is_refused:
        proof = Proof.NONE if differences else Proof.REFUSAL
    elif answer.stage in {Stage.REQUEST, Stage.ANSWERED}:
        judged = _judge_own if promise.is_own else _judge_page
        difference, proof, site = judged(question, answer, digest, promise)
        differences += [difference] if difference else []
    shown = answer.certificate_hash
    return Judgement(tuple(differences), proof, shown, site, answer.status)


def _judge_certificate(
    question: ProbeQuestion, answer: LiveAnswer, promise: Promise
) -> tuple[Reason, ...]:
    """The TLS phase, and whether there was a connection at all."""
    if answer.stage is Stage.CONNECT:
        return (Reason(Why.NO_CONNECTION, problem=answer.problem),)
    if question.protocol is Protocol.HTTP:
        return ()
    shown = answer.certificate_hash
    if question.record is None:
        return () if shown is None else (Reason(Why.NOT_REFUSED, shown=shown),)
    name = question.record.certificate_hash
    wanted = promise.thumbprints.get(name, name)
    if shown is None:
        problem = answer.problem
        return (Reason(Why.HANDSHAKE_REFUSED, problem=problem, wanted=wanted),)
    other = Reason(Why.OTHER_SHOWN, shown=shown, wanted=wanted)
    return () if shown == wanted else (other,)


_Judged = tuple[Reason | None, Proof, int | None]


def _judge_own(
    question: ProbeQuestion, answer: LiveAnswer, _digest: str, _promise: Promise
) -> _Judged:
    told = answer.fields.get(SITE_FIELD.lower(), "")
    if told.isdecimal():
        site = int(told)
        if site == question.site:
            return None, Proof.TOLD, site
        return _instead_of(question.site, site), Proof.TOLD, site
    if question.site is None and answer.status in _NO_SITE:
        return None, Proof.REFUSAL, None
    return _other_than(answer, question.site), Proof.NONE, None


def _judge_page(
    question: ProbeQuestion, answer: LiveAnswer, digest: str, promise: Promise
) -> _Judged:
    """The same for a server that does not name its site."""
    is_no_site = answer.stage is Stage.REQUEST or answer.status in _NO_SITE
    owners = [] if answer.status != _OK else _owners(digest, promise)
    if question.site is None:
        if is_no_site:
            return None, Proof.REFUSAL, None
        is_one = len(owners) == 1
        found = _instead_of(None, owners[0]) if is_one else _other_than(answer, None)
        return found, Proof.NONE, None
    wanted = promise.pages[question.site]
    if question.site in owners:
        is_proven = len(owners) == 1
        proof = Proof.PAGE if is_proven else Proof.NONE
        return None, proof, question.site if is_proven else None
    if owners:
        site = owners[0] if len(owners) == 1 else None
        reason = Reason(Why.PAGE_INSTEAD, came=owners[0], site=question.site)
        return reason, Proof.PAGE if site else Proof.NONE, site
    if is_no_site and wanted.status != answer.status:
        return _other_than(answer, question.site), Proof.NONE, None
    return None, Proof.NONE, None  # another page, because a server may have its own


def _owners(digest: str, promise: Promise) -> list[int]:
    """Sites whose page it is."""
    pages = promise.pages.items()
    return [site for site, page in pages if page.digest and page.digest == digest]


def _instead_of(site: int | None, came: int) -> Reason:
    """A site that answers in place of the promised one, or of none."""
    if site is None:
        return Reason(Why.SITE_ANSWERS, came=came)
    return Reason(Why.SITE_INSTEAD, came=came, site=site)


def _other_than(answer: LiveAnswer, site: int | None) -> Reason:
    """An answer that is not the promised site's, or should not be one."""
    if answer.stage is Stage.REQUEST:
        if site is None:
            return Reason(Why.NOTHING_ANSWERS, problem=answer.problem)
        return Reason(Why.NOTHING_INSTEAD, problem=answer.problem, site=site)
    if site is None:
        return Reason(Why.STATUS_ANSWERS, status=answer.status)
    return Reason(Why.STATUS_INSTEAD, status=answer.status, site=site)
