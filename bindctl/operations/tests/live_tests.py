"""The tests of a metabase, tried on the running service over real sockets."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, NamedTuple

from bindctl.certificates.facts import read_certificate
from bindctl.certificates.verdict import judge
from bindctl.findings.errors import BindctlError
from bindctl.model.certificate import KeyStatus
from bindctl.model.host import ANY_HOST, HostName
from bindctl.operations.answers.plan_answer import PlanAnswer
from bindctl.operations.check.machine import Machine
from bindctl.operations.live.live_client import LiveRequest, Stage, ask_all
from bindctl.operations.live.live_place import (
    Closed,
    NoTarget,
    Target,
    place_at_service,
)
from bindctl.operations.live.probe import read_secret
from bindctl.operations.load.configuration import load_configuration
from bindctl.operations.load.running import load_running
from bindctl.operations.tests.metabase_tests import (
    ObservedAnswer,
    TestRun,
    TriedTest,
    addresses_of,
    compare,
    count_tests,
    failed_test,
    passed_test,
)
from bindctl.operations.tests.written_tests import read_tests
from bindctl.routing.classes import named_addresses
from bindctl.routing.reason import Reason, Why
from bindctl.server.http.response import PROBE_FIELD, SITE_FIELD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bindctl.model.certificate import Certificate
    from bindctl.model.endpoint import IpAddress
    from bindctl.operations.live.live_client import LiveAnswer
    from bindctl.operations.load.running import RunningConfiguration
    from bindctl.operations.tests.written_tests import WrittenTest
    from bindctl.storage.workspace import Workspace

_SITE: str = "site"


class _Try(NamedTuple):
    """A test at one address.

    Attributes:
        test: The test.
        address: Where it is to arrive.
        place: Where to send it, or why that is impossible.
        asks_site: Whether the service is asked which site it is.
        asks_page: Whether it is asked for the page.
    """

    test: WrittenTest
    address: IpAddress
    place: Target | NoTarget | Closed
    asks_site: bool
    asks_page: bool

    def requests(self, secret: str) -> Iterator[LiveRequest]:
        """The requests to send; a service that names its site sends no page."""
        if not isinstance(self.place, Target):
            return
        asked = self.test.request
        request = LiveRequest(
            asked.protocol,
            str(self.place.address),
            self.place.port,
            asked.server_name,
            asked.host,
            self.test.target.replace(" ", "%20"),
        )
        if self.asks_site:
            yield request._replace(fields=((PROBE_FIELD, secret),))
        if self.asks_page:
            yield request


def run_live_tests(workspace: Workspace, now: datetime) -> TestRun:
    """Try the tests of a metabase on its running service.

    Args:
        workspace: The metabase.
        now: Aware UTC: the instant certificates are judged at.

    Raises:
        BindctlError: SRV001, none runs; or the metabase cannot be read.
    """
    running = load_running(workspace.path)
    configuration = load_configuration(workspace)
    written = read_tests(configuration.document, configuration.octets)
    secret = read_secret(workspace)
    tries = [
        _make_try(test, address, running)
        for test in written.tests
        for address in addresses_of(test, running.reading)
    ]
    answers = iter(ask_all([each for item in tries for each in item.requests(secret)]))
    results: dict[int, list[TriedTest]] = {}
    for item in tries:
        results.setdefault(id(item.test), []).append(_tried(item, answers, now))
    tried = tuple(_worst(results[id(test)]) for test in written.tests)
    return count_tests(tried, written.problems)


def _make_try(
    test: WrittenTest, address: IpAddress, running: RunningConfiguration
) -> _Try:
    port = test.request.port
    plan = running.reading.plan.ports.get(port)
    named = frozenset() if plan is None else frozenset(named_addresses(plan))
    has_address = Machine().has_address
    place = place_at_service(running.listeners, address, port, named, has_address)
    rest = test.wanted.keys() - {_SITE}
    return _Try(test, address, place, _SITE in test.wanted, bool(rest))


def _tried(item: _Try, answers: Iterator[LiveAnswer], now: datetime) -> TriedTest:
    """The result of one try; its answers are the next ones."""
    test, place = item.test, item.place
    if isinstance(place, NoTarget):
        tried = TriedTest(test.name, test.url, test.line, is_passed=False)
        return tried._replace(not_tried=str(place.reason))
    outcome = ObservedAnswer(PlanAnswer(), None)
    if isinstance(place, Closed):
        outcome = ObservedAnswer(PlanAnswer(place.reason), None)
    site = None
    if isinstance(place, Target):
        if item.asks_site:
            answer = next(answers)
            told = answer.fields.get(SITE_FIELD.lower(), "")
            site = int(told) if told.isdecimal() else None
            outcome = _outcome(test, answer, now)
        if item.asks_page:
            outcome = _outcome(test, next(answers), now)
    outcome = outcome._replace(answer=outcome.answer._replace(site=site))
    differences = compare(test.wanted, outcome)
    return (
        failed_test(test, differences, item.address)
        if differences
        else (passed_test(test))
    )


def _outcome(test: WrittenTest, answer: LiveAnswer, now: datetime) -> ObservedAnswer:
    certificate = _read(answer)
    found = PlanAnswer(
        refusal=None
        if answer.stage is Stage.ANSWERED
        else Reason(Why.NO_ANSWER, problem=answer.problem),
        certificate=certificate,
        status=answer.status,
        location=answer.fields.get("location"),
    )
    if certificate is None:
        return ObservedAnswer(found, None)
    name = test.request.host or test.request.server_name
    host = ANY_HOST if name is None else HostName(name.strip("[]"))
    flaws = judge(certificate, host, now, None)
    return ObservedAnswer(found, not any(flaw.is_refused for flaw in flaws))


def _read(answer: LiveAnswer) -> Certificate | None:
    """Facts of the certificate that was shown."""
    if not answer.certificate:
        return None
    pem = ssl.DER_cert_to_PEM_cert(answer.certificate).encode("ascii")
    try:
        facts = read_certificate(pem, None, "")
    except BindctlError:
        return None  # no client can read it either
    return facts._replace(key_status=KeyStatus.MATCHES)  # a handshake was made with it


def _worst(tried: list[TriedTest]) -> TriedTest:
    """One result of a test at several addresses: a failure, else a success."""
    for item in tried:
        if item.differences:
            single = len(tried) == 1
            told = tuple(
                each._replace(address="" if single else each.address)
                for each in item.differences
            )
            return item._replace(differences=told)
    return next((item for item in tried if item.is_passed), tried[0])
