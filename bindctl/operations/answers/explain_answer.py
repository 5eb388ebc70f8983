"""The answer of `explain` at some local addresses, and what it takes to give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.metabase.tree import web_sites
from bindctl.model.binding import Protocol
from bindctl.operations.answers.explain_witnesses import find_witnesses
from bindctl.operations.load.site_content import lower_content
from bindctl.routing.classes import named_addresses
from bindctl.routing.explain import (
    explain_request,
    find_runner_up,
    is_misdirected,
    plan_without,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from bindctl.model.certificate import Certificate
    from bindctl.model.endpoint import IpAddress
    from bindctl.model.site import SiteContent
    from bindctl.model.trust_anchors import TrustAnchors
    from bindctl.operations.answers.explain_certificates import (
        CertificateReader,
        Verdict,
    )
    from bindctl.operations.answers.explain_content import ContentAnswer
    from bindctl.operations.answers.explain_question import Question
    from bindctl.routing.coalescing import Coalescing
    from bindctl.routing.explain import Explanation, RunnerUp
    from bindctl.routing.plan import RoutingPlan
    from bindctl.routing.reading import Reading
    from bindctl.storage.workspace import Workspace


class AddressAnswer(NamedTuple):
    """What happens to the request at some addresses, and everything around it.

    Attributes:
        addresses: Local addresses with this answer; `OTHER_ADDRESS` stands for any
            that nothing names, ``::`` for any other IPv6 address.
        explanation: The answer at the first of them, with its reasons.
        certificate: What the record shows; ``None`` when it has nothing to show.
        refusal: Why the handshake is refused; empty when it is not, and for HTTP.
        verdict: What a browser makes of the certificate; ``None`` without a handshake.
        status: Of the answer; ``None`` without one.
        content: What the path leads to; ``None`` when no site answers.
        runner_up: What would answer if the site stopped; ``None`` when none answers.
        runner_up_refusal: Why its handshake would be refused; empty when it would not.
        coalescing: What HTTP/2 makes of the connection; ``None`` without a handshake.
        witnesses: Command lines that show it on the running server.
    """

    addresses: tuple[IpAddress, ...]
    explanation: Explanation
    certificate: Certificate | None = None
    refusal: str = ""
    verdict: Verdict | None = None
    status: int | None = None
    content: ContentAnswer | None = None
    runner_up: RunnerUp | None = None
    runner_up_refusal: str = ""
    coalescing: Coalescing | None = None
    witnesses: tuple[str, ...] = ()

    @property
    def is_answered(self) -> bool:
        """Whether a site answers: connected, matched, and not misdirected."""
        return self.content is not None


class Explainer:
    """Answers one question at one address after another; remembers what it read."""

    def __init__(
        self,
        workspace: Workspace,
        configuration: Reading,
        question: Question,
        now: datetime,
        read_anchors: Callable[[], TrustAnchors | None] | None = None,
    ) -> None:
        """Nothing is asked yet; `read_anchors` is for `CertificateReader`."""
        self.facts: dict[str, Certificate] = {}
        self._workspace = workspace
        self._configuration = configuration
        self._question = question
        self._now = now
        self._read_anchors = read_anchors
        self._plans: dict[int, RoutingPlan] = {}
        self._contents: dict[int, SiteContent] = {}
        self._answers: dict[IpAddress, AddressAnswer] = {}
        self._reader: CertificateReader | None = None
        port_plan = configuration.plan.ports.get(question.request.port)
        self._named = () if port_plan is None else named_addresses(port_plan)
        self._strict_sites = frozenset(
            site.identifier
            for site in configuration.table.sites
            if site.misdirected_request
        )

    def answer(self, addresses: Sequence[IpAddress]) -> AddressAnswer:
        """The answer at the first of those addresses, for all of them."""
        question = self._question
        answer = self._answers.get(addresses[0])
        if answer is None:
            answer = self._answers[addresses[0]] = self._ask(addresses[0])
        listen = self._configuration.listen
        witnesses = find_witnesses(question, listen, self._named, addresses)
        return answer._replace(addresses=tuple(addresses), witnesses=witnesses)

    def split(self, addresses: Sequence[IpAddress]) -> Iterator[list[IpAddress]]:
        """Addresses that have one site and one certificate, by all else.

        The runner-up may be another at some of them than at others, or other hosts of
        the connection may fare otherwise.
        """
        first = self.answer(addresses)
        alike: dict[object, list[IpAddress]] = {}
        for address in addresses:
            alike.setdefault(self._surroundings(first, address), []).append(address)
        yield from alike.values()

    def is_answered(self, address: IpAddress) -> bool:
        """Whether a site answers at that address: `answer` without its reasons."""
        request = self._question.request
        plan = self._configuration.plan.ports[request.port]
        match = plan.match(address, request.host)
        if match is None or plan.protocol is not request.protocol:
            return False
        if request.protocol is Protocol.HTTP:
            return True
        record = plan.select_certificate(address, request.server_name)
        if record is None or self._reader_of_certificates().find(record).problem:
            return False
        is_strict = match.route.site in self._strict_sites
        return not (is_strict and is_misdirected(plan, address, request))

    def _surroundings(self, answer: AddressAnswer, address: IpAddress) -> object:
        """What may differ between addresses with the same site and certificate."""
        if address == answer.explanation.address:
            return answer.runner_up, answer.coalescing
        match, coalescing = answer.explanation.match, answer.coalescing
        return (
            answer.runner_up and match and self._runner_up(match.route.site, address),
            coalescing and self._coalescing(answer, address),
        )

    def _ask(self, address: IpAddress) -> AddressAnswer:
        configuration, question = self._configuration, self._question
        explanation = explain_request(
            configuration.table,
            configuration.start,
            configuration.plan,
            address,
            question.request,
            configuration.listen,
        )
        answer = AddressAnswer((address,), explanation)
        is_secure = question.request.protocol is Protocol.HTTPS
        if not explanation.is_open:
            return answer
        if not explanation.is_scheme_right:
            # RFC 9110 §15.5.1: the server answers HTTP on its TLS port in clear.
            return answer if is_secure else answer._replace(status=400)
        if is_secure:
            answer = self._with_handshake(answer)
        return answer if answer.refusal else self._with_site(answer)

    def _with_handshake(self, answer: AddressAnswer) -> AddressAnswer:
        """The TLS phase."""
        record = answer.explanation.record
        if record is None:
            return answer._replace(refusal=answer.explanation.record_reason)
        reader = self._reader_of_certificates()
        certificate, problem = reader.find(record)
        if certificate is None:
            return answer._replace(refusal=problem)
        answer = answer._replace(certificate=certificate, refusal=problem)
        if problem:
            return answer
        verdict = reader.judge(certificate, self._question.request, self._now)
        answer = answer._replace(verdict=verdict)
        coalescing = self._coalescing(answer, answer.explanation.address)
        return answer._replace(coalescing=coalescing)

    def _with_site(self, answer: AddressAnswer) -> AddressAnswer:
        """The HTTP phase."""
        explanation = answer.explanation
        if explanation.match is None:
            return answer._replace(status=400)
        site = explanation.match.route.site
        runner_up = self._runner_up(site, explanation.address)
        answer = answer._replace(
            runner_up=runner_up, runner_up_refusal=self._refusal_of(runner_up)
        )
        if explanation.is_misdirected and site in self._strict_sites:
            return answer._replace(status=421)
        # Imported here: refusals, which are as quick to ask for, do without.
        from bindctl.operations.answers.explain_content import (  # noqa: PLC0415
            find_content,
        )

        content = find_content(self._content(site), self._question.target)
        return answer._replace(status=content.status, content=content)

    def _coalescing(
        self, answer: AddressAnswer, address: IpAddress
    ) -> Coalescing | None:
        # Imported here: requests over HTTP do without.
        from bindctl.routing.coalescing import (  # noqa: PLC0415
            Coalescing,
            find_coalescing,
        )

        record, certificate = answer.explanation.record, answer.certificate
        if record is None or certificate is None:
            return None
        if answer.verdict is not None and not answer.verdict.is_accepted:
            # Chromium, SpdySession::CanPool: never with an error of the certificate.
            return Coalescing("a browser refuses the certificate")
        return find_coalescing(
            self._configuration.table,
            self._configuration.plan.ports[self._question.request.port],
            address,
            self._question.request,
            (record, certificate),
            self._strict_sites.__contains__,
        )

    def _runner_up(self, site: int, address: IpAddress) -> RunnerUp:
        configuration, request = self._configuration, self._question.request
        plan = self._plans.get(site)
        if plan is None:
            started = configuration.start.started
            plan = plan_without(configuration.table, started, site, request.port)
            self._plans[site] = plan
        return find_runner_up(plan, address, request, configuration.listen)

    def _refusal_of(self, runner_up: RunnerUp) -> str:
        """Why the handshake of a runner-up would be refused."""
        is_secure = self._question.request.protocol is Protocol.HTTPS
        if not is_secure or not runner_up.is_open:
            return ""
        if runner_up.record is None:
            return "no certificate record is left"
        return self._reader_of_certificates().find(runner_up.record).problem

    def _reader_of_certificates(self) -> CertificateReader:
        # Imported here: requests over HTTP do without.
        from bindctl.operations.answers.explain_certificates import (  # noqa: PLC0415
            CertificateReader,
        )

        if self._reader is None:
            self._reader = CertificateReader(
                self._workspace,
                self.facts,
                self._read_anchors,
                self._configuration.table,
            )
        return self._reader

    def _content(self, site: int) -> SiteContent:
        if site not in self._contents:
            keys = dict(web_sites(self._configuration.root))
            self._contents[site] = lower_content(self._workspace.path, site, keys[site])
        return self._contents[site]
