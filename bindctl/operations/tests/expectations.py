"""Compares the answer that a test expects with the answer that came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.model.endpoint import parse_ip_address
from bindctl.model.host import format_host_pattern, parse_host_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bindctl.model.certificate import Certificate
    from bindctl.operations.answers.plan_answer import PlanAnswer
    from bindctl.operations.tests.written_tests import Wanted

MIN_PREFIX: Final = 6  # digits of a thumbprint, as for `cert assign`
_HEX: Final = frozenset("0123456789abcdef")
_MAX_NAMES: Final = 5  # of a certificate, in a message


class Difference(NamedTuple):
    """One part of an answer that differs from what the test expects.

    Attributes:
        what: ``site``, ``certificate``, ``status``, ``redirect`` or ``browser``.
        expected: In words.
        got: In words.
        address: The local address, where there are several; or empty.
        line: Line of the expectation in the file; ``None`` if not known.
        column: The same, from 1.
    """

    what: str
    expected: str
    got: str
    address: str = ""
    line: int | None = None
    column: int | None = None


class ObservedAnswer(NamedTuple):
    """The parts of an answer that a test can compare.

    Attributes:
        answer: Refusal, certificate, site, status and location.
        is_accepted: Whether a browser accepts the certificate; ``None`` without one.
    """

    answer: PlanAnswer
    is_accepted: bool | None


def format_difference(difference: Difference) -> str:
    """``status: expected 200, got 404 at 10.0.0.1``."""
    text = f"{difference.what}: expected {difference.expected}, got {difference.got}"
    return f"{text} at {difference.address}" if difference.address else text


def compare(wanted: Mapping[str, Wanted], outcome: ObservedAnswer) -> list[Difference]:
    """The parts of an answer that differ from what the test expects."""
    found = []
    for what, value in wanted.items():
        difference = _COMPARISONS[what](value, outcome)
        if difference is not None:
            found.append(Difference(what, *difference))
    return found


def _compare_site(wanted: Wanted, outcome: ObservedAnswer) -> tuple[str, str] | None:
    answer = outcome.answer
    if answer.site == (None if wanted is False else wanted):
        return None
    got = _describe(answer)
    if answer.site is not None:
        got = f"site {answer.site}"
    return "no site" if wanted is False else f"site {wanted}", got


def _compare_certificate(
    wanted: Wanted, outcome: ObservedAnswer
) -> tuple[str, str] | None:
    answer = outcome.answer
    certificate = answer.certificate
    if wanted is False:
        if certificate is None:
            return None
        return "a refused handshake", _describe_certificate(certificate)
    if certificate is not None and _answers_to(certificate, str(wanted)):
        return None
    got = str(answer.refusal or "none")
    if certificate is not None:
        got = _describe_certificate(certificate)
    return str(wanted), got


def _compare_status(wanted: Wanted, outcome: ObservedAnswer) -> tuple[str, str] | None:
    answer = outcome.answer
    return None if answer.status == wanted else (str(wanted), _describe(answer))


def _compare_redirect(
    wanted: Wanted, outcome: ObservedAnswer
) -> tuple[str, str] | None:
    answer = outcome.answer
    if answer.location == wanted:
        return None
    return str(wanted), answer.location or _describe(answer)


def _compare_browser(wanted: Wanted, outcome: ObservedAnswer) -> tuple[str, str] | None:
    if outcome.is_accepted is wanted:
        return None
    words = {True: "accepted", False: "refused"}
    if outcome.is_accepted is None:
        return words[bool(wanted)], _describe(outcome.answer)
    return words[bool(wanted)], words[outcome.is_accepted]


_COMPARISONS: Final[
    Mapping[str, Callable[[Wanted, ObservedAnswer], tuple[str, str] | None]]
] = {
    "site": _compare_site,
    "certificate": _compare_certificate,
    "status": _compare_status,
    "redirect": _compare_redirect,
    "browser": _compare_browser,
}


def _describe(answer: PlanAnswer) -> str:
    """The answer in words, if no site answered."""
    if answer.status is not None:
        return str(answer.status)
    return str(answer.refusal or "no answer")


def _describe_certificate(certificate: Certificate) -> str:
    """``*.example.com (12ab34cd)``."""
    names = (*certificate.presented_ids, *map(str, certificate.presented_addresses))
    shown = ", ".join(names[:_MAX_NAMES]) or certificate.subject
    more = f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else ""
    return f"{shown}{more} ({certificate.certificate_hash[:8]})"


def _answers_to(certificate: Certificate, text: str) -> bool:
    """Whether it presents that name, or has that thumbprint."""
    prefix = text.replace(":", "").replace(" ", "").lower()
    is_prefix = len(prefix) >= MIN_PREFIX and _HEX.issuperset(prefix)
    if is_prefix and certificate.certificate_hash.startswith(prefix):
        return True
    try:
        if parse_ip_address(text) in certificate.presented_addresses:
            return True
    except ValueError:
        pass
    try:
        name = format_host_pattern(parse_host_pattern(text))
    except ValueError:
        name = text.lower()
    return name in certificate.presented_ids
