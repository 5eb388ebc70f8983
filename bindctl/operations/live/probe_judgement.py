"""What an answer says of a promise: agrees or differs, and how much of it is proven.

Our own service tells which site it would ask (`server.probe_mark`). Any other server
shows its pages, and a page tells sites apart only when no other site has the same: then
the site is proven, and else it is merely not contradicted.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.model.binding import Protocol
from bindctl.operations.live.live_client import Stage
from bindctl.server.http.probe_mark import SITE_FIELD

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
    """What the path ``/`` of a site leads to.

    Attributes:
        status: Of the answer.
        digest: Of the page; empty when the answer is no file.
    """

    status: int
    digest: str


class Promise(NamedTuple):
    """What the plan says of certificates and pages, beyond the question itself.

    Attributes:
        thumbprints: Of the certificate files that are no thumbprints themselves, by
            their name in the central store; a file that cannot be read is not there.
        pages: By site.
        is_own: Whether the server is our own service and tells its sites.
    """

    thumbprints: Mapping[str, str]
    pages: Mapping[int, SitePage]
    is_own: bool


class Judgement(NamedTuple):
    """What came of one question.

    Attributes:
        differences: What is otherwise than promised, as clauses; empty when nothing is.
        proof: How the site is known.
        certificate: Thumbprint of the certificate that was shown; or ``None``.
        site: The site that answered, as far as that is known.
        status: The status code; ``None`` without an answer.
    """

    differences: tuple[str, ...]
    proof: Proof
    certificate: str | None
    site: int | None
    status: int | None


def judge_answer(
    question: ProbeQuestion, answer: LiveAnswer, digest: str, promise: Promise
) -> Judgement:
    """What an answer says of what the plan promises.

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
) -> tuple[str, ...]:
    """The TLS phase, and whether there was a connection at all."""
    if answer.stage is Stage.CONNECT:
        return (f"no connection: {answer.problem}",)
    if question.protocol is Protocol.HTTP:
        return ()
    shown = answer.certificate_hash
    if question.record is None:
        if shown is None:
            return ()
        return (f"the handshake should be refused, and shows certificate {shown}",)
    name = question.record.certificate_hash
    wanted = promise.thumbprints.get(name, name)
    if shown is None:
        words = f"the handshake is refused ({answer.problem}), not certificate {wanted}"
        return (words,)
    return () if shown == wanted else (f"certificate {shown}, not {wanted}",)


_Judged = tuple[str, Proof, int | None]


def _judge_own(
    question: ProbeQuestion, answer: LiveAnswer, _digest: str, _promise: Promise
) -> _Judged:
    told = answer.fields.get(SITE_FIELD.lower(), "")
    if told.isdecimal():
        site = int(told)
        if site == question.site:
            return "", Proof.TOLD, site
        return _instead(f"site {site}", question.site), Proof.TOLD, site
    if question.site is None and answer.status in _NO_SITE:
        return "", Proof.REFUSAL, None
    return _instead(_describe(answer), question.site), Proof.NONE, None


def _judge_page(
    question: ProbeQuestion, answer: LiveAnswer, digest: str, promise: Promise
) -> _Judged:
    """Of a server that does not tell."""
    is_no_site = answer.stage is Stage.REQUEST or answer.status in _NO_SITE
    owners = [] if answer.status != _OK else _owners(digest, promise)
    if question.site is None:
        if is_no_site:
            return "", Proof.REFUSAL, None
        shown = f"site {owners[0]}" if len(owners) == 1 else _describe(answer)
        return _instead(shown, None), Proof.NONE, None
    wanted = promise.pages[question.site]
    if question.site in owners:
        is_proven = len(owners) == 1
        proof = Proof.PAGE if is_proven else Proof.NONE
        return "", proof, question.site if is_proven else None
    if owners:
        site = owners[0] if len(owners) == 1 else None
        words = f"the page of site {owners[0]}, not of site {question.site}"
        return words, Proof.PAGE if site else Proof.NONE, site
    if is_no_site and wanted.status != answer.status:
        return _instead(_describe(answer), question.site), Proof.NONE, None
    return "", Proof.NONE, None  # another page: a server may have its own


def _owners(digest: str, promise: Promise) -> list[int]:
    """Sites whose page it is."""
    pages = promise.pages.items()
    return [site for site, page in pages if page.digest and page.digest == digest]


def _instead(shown: str, site: int | None) -> str:
    """What came in place of what was promised."""
    if site is None:
        return f"{shown}, where no site should answer"
    return f"{shown}, not site {site}"


def _describe(answer: LiveAnswer) -> str:
    if answer.stage is Stage.REQUEST:
        return f"no answer ({answer.problem})"
    return f"status {answer.status}"
