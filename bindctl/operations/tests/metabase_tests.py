"""The tests of a metabase, tried on its plan.

A test passes when it passes at every local address that the plan tells apart, or at the
one it names.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from bindctl.findings.codes import make_finding
from bindctl.findings.finding import Place
from bindctl.model.endpoint import format_address
from bindctl.operations.answers.plan_answer import PlanAnswers
from bindctl.operations.load.configuration import compile_configuration
from bindctl.operations.tests.expectations import (
    Difference,
    ObservedAnswer,
    compare,
    format_difference,
)
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
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from bindctl.findings.finding import Finding
    from bindctl.model.endpoint import IpAddress
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
