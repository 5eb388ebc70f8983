"""The tests of a metabase, tried on its plan: expected answers beside those that come.

A test passes when it passes at every local address that the plan tells apart, or at the
one it names.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place
from bindctl.model.endpoint import format_address, parse_ip_address
from bindctl.model.host import format_host_pattern, parse_host_pattern
from bindctl.operations.answers.plan_answer import PlanAnswers
from bindctl.operations.load.configuration import compile_configuration
from bindctl.operations.tests.written_tests import (
    TEST_LOCATION,
    InvalidTest,
    Spot,
    WrittenTest,
    read_tests,
)
from bindctl.routing.classes import OTHER_ADDRESS, OTHER_IPV6
from bindctl.routing.explain import address_classes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from bindctl.findings.finding import Finding
    from bindctl.model.certificate import Certificate
    from bindctl.model.endpoint import IpAddress
    from bindctl.operations.answers.plan_answer import PlanAnswer
    from bindctl.operations.tests.written_tests import Wanted
    from bindctl.routing.reading import Reading
    from bindctl.storage.workspace import Workspace

_OTHERS = {OTHER_ADDRESS: "any other address", OTHER_IPV6: "any other IPv6 address"}


class TriedTest(NamedTuple):
    """One test, and its result.

    Attributes:
        name: What it is called.
        url: What it asks for.
        line: Where it stands; ``None`` where that is not known.
        is_passed: Whether it holds.
        differences: Why it does not.
        not_tried: Why it was not tried at all; or empty.
    """

    name: str
    url: str
    line: int | None
    is_passed: bool
    differences: tuple[Difference, ...] = ()
    not_tried: str = ""


class TestRun(NamedTuple):
    """The results of all tests of a metabase.

    Attributes:
        passed: How many hold.
        failed: How many do not.
        not_tried: How many could not be tried from here.
        invalid: How many tables are not valid tests.
        tests: In the order of the file.
        problems: Why a table is not a valid test.
    """

    passed: int
    failed: int
    not_tried: int
    invalid: int
    tests: tuple[TriedTest, ...]
    problems: tuple[InvalidTest, ...]


def run_tests(workspace: Workspace, now: datetime) -> TestRun:
    """Try the tests of a metabase on its plan.

    Args:
        workspace: The metabase.
        now: Aware UTC: the instant certificates are judged at.

    Raises:
        BindctlError: The metabase cannot be read.
    """
    return try_tests(workspace.read(), workspace, now)


def try_tests(octets: bytes, workspace: Workspace, now: datetime) -> TestRun:
    """Try the tests of a document.

    Args:
        octets: The document, in the file or about to be.
        workspace: The metabase beside which stores and folders are.
        now: Aware UTC: the instant certificates are judged at.

    Raises:
        BindctlError: MET002.
    """
    configuration = compile_configuration(octets, workspace)
    return try_configuration(configuration, workspace, now)


def try_configuration(
    configuration: Reading, workspace: Workspace, now: datetime
) -> TestRun:
    """The same of a configuration that has been compiled."""
    written = read_tests(configuration.document, configuration.octets)
    answers = PlanAnswers(workspace, configuration)
    tried = tuple(_try(test, configuration, answers, now) for test in written.tests)
    return count_tests(tried, written.problems)


def count_tests(
    tests: tuple[TriedTest, ...], problems: tuple[InvalidTest, ...]
) -> TestRun:
    """The tests, counted."""
    return TestRun(
        passed=sum(test.is_passed for test in tests),
        failed=sum(bool(test.differences) for test in tests),
        not_tried=sum(bool(test.not_tried) for test in tests),
        invalid=len({problem.number for problem in problems}),
        tests=tests,
        problems=problems,
    )


def passed_test(test: WrittenTest) -> TriedTest:
    """A test that passes."""
    return TriedTest(test.name, test.url, test.line, is_passed=True)


def failed_test(
    test: WrittenTest, differences: Iterable[Difference], address: IpAddress | None
) -> TriedTest:
    """A test that fails, with the address unless it fails everywhere."""
    shown = "" if address is None else _name(address)
    whole = Spot(test.line, None)
    told = []
    for item in differences:
        line, column = test.spots.get(item.what, whole)
        told.append(item._replace(address=shown, line=line, column=column))
    tried = TriedTest(test.name, test.url, test.line, is_passed=False)
    return tried._replace(differences=tuple(told))


def metabase_test_findings(
    configuration: Reading, workspace: Workspace, now: datetime
) -> Iterator[Finding]:
    """RTE101 and RTE102: tests that fail, and tables that are not valid tests."""
    run = try_configuration(configuration, workspace, now)
    for problem in run.problems:
        spot = (problem.line, problem.column)
        place = Place(TEST_LOCATION, problem.option, problem.number, *spot)
        message = f"test {problem.number + 1}: {problem.message}"
        yield make_finding("RTE102", place, message)
    for test in run.tests:
        for difference in test.differences:
            yield difference_finding(test, difference)


def difference_finding(test: TriedTest, difference: Difference) -> Finding:
    """RTE101: the parts of an answer that differ from what a test expects."""
    spot = (difference.line, difference.column)
    place = Place(TEST_LOCATION, difference.what, None, *spot)
    hint = f"bindctl explain {shlex.quote(test.url)}"
    message = f"{test.name}: {format_difference(difference)}"
    return make_finding("RTE101", place, message, hint)


def _try(
    test: WrittenTest, configuration: Reading, answers: PlanAnswers, now: datetime
) -> TriedTest:
    """Try it at every address that can differ; the first failure is reported."""
    addresses = addresses_of(test, configuration)
    for address in addresses:
        answer = answers.answer(test.request, test.target, address)
        is_accepted = None
        if answer.certificate is not None:
            verdict = answers.reader.judge(answer.certificate, test.request, now)
            is_accepted = verdict.is_accepted
        differences = compare(test.wanted, ObservedAnswer(answer, is_accepted))
        if differences:
            is_one = len(addresses) == 1
            return failed_test(test, differences, None if is_one else address)
    return passed_test(test)


def addresses_of(test: WrittenTest, reading: Reading) -> tuple[IpAddress, ...]:
    """Local addresses at which a test has to pass: one of each kind, or its own."""
    if test.address is not None:
        return (test.address,)
    return address_classes(reading, test.request.port)


def _name(address: IpAddress) -> str:
    return _OTHERS.get(address) or format_address(address)


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
