"""The answer of `explain` at some local addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.model.binding import Protocol
from bindctl.operations.answers.explain_witnesses import find_witnesses
from bindctl.operations.load.site_content import content_reader
from bindctl.routing.classes import named_addresses
from bindctl.routing.decision import UNSHAKEN, Ending, decide
from bindctl.routing.explain import explain_request, reading_without
from bindctl.routing.reason import Reason, Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from bindctl.model.certificate import Certificate, SslRecord, TrustAnchors
    from bindctl.model.endpoint import IpAddress
    from bindctl.operations.answers.explain_certificates import (
        CertificateReader,
        Verdict,
    )
    from bindctl.operations.answers.explain_content import ContentAnswer
    from bindctl.operations.answers.explain_question import Question
    from bindctl.routing.coalescing import Coalescing
    from bindctl.routing.decision import Decision
    from bindctl.routing.explain import Explanation
    from bindctl.routing.reading import Reading, ShownCertificate
    from bindctl.storage.workspace import Workspace


class AddressAnswer(NamedTuple):
    """What happens to the request at some addresses, and everything around it.

    Attributes:
        addresses: Local addresses with this answer; `OTHER_ADDRESS` stands for any
            that nothing names, ``::`` for any other IPv6 address.
        explanation: The answer at the first of them, with its reasons.
        certificate: The certificate of the record; ``None`` when it has none.
        refusal: Why the handshake is refused; ``None`` when it is not, and for HTTP.
        verdict: Whether a browser accepts the certificate; ``None`` without a
            handshake.
        status: Of the answer; ``None`` without one.
        content: The file or folder of the path; ``None`` when no site answers.
        runner_up: What would answer if the site stopped; ``None`` when none answers.
        runner_up_refusal: Why its handshake would be refused; ``None`` when it would
            not.
        coalescing: Other hosts that may share the connection over HTTP/2; ``None``
            without a handshake.
        witnesses: Command lines that show it on the running server.
    """

    addresses: tuple[IpAddress, ...]
    explanation: Explanation
    certificate: Certificate | None = None
    refusal: Reason | None = None
    verdict: Verdict | None = None
    status: int | None = None
    content: ContentAnswer | None = None
    runner_up: Decision | None = None
    runner_up_refusal: Reason | None = None
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
        self._reading = configuration._replace(
            find_certificate=self._find,
            read_content=content_reader(workspace.path, configuration.root),
        )
        self._question = question
        self._now = now
        self._read_anchors = read_anchors
        self._without: dict[int, Reading] = {}
        self._answers: dict[IpAddress, AddressAnswer] = {}
        self._reader: CertificateReader | None = None
        port_plan = configuration.plan.ports.get(question.request.port)
        self._named = () if port_plan is None else named_addresses(port_plan)

    def answer(self, addresses: Sequence[IpAddress]) -> AddressAnswer:
        """The answer at the first of those addresses, for all of them."""
        question = self._question
        answer = self._answers.get(addresses[0])
        if answer is None:
            answer = self._answers[addresses[0]] = self._ask(addresses[0])
        listen = self._reading.listen
        witnesses = find_witnesses(question, listen, self._named, addresses)
        return answer._replace(addresses=tuple(addresses), witnesses=witnesses)

    def split(self, addresses: Sequence[IpAddress]) -> Iterator[list[IpAddress]]:
        """Addresses with one site and certificate, grouped by the rest of the answer.

        Even among these the runner-up, or the answer to other hosts of the connection,
        may differ.
        """
        first = self.answer(addresses)
        alike: dict[object, list[IpAddress]] = {}
        for address in addresses:
            alike.setdefault(self._surroundings(first, address), []).append(address)
        yield from alike.values()

    def is_answered(self, address: IpAddress) -> bool:
        """Whether a site answers at that address: `answer` without its reasons."""
        return decide(self._reading, self._question.request, address).ending is None

    def _surroundings(self, answer: AddressAnswer, address: IpAddress) -> object:
        """The parts that may differ between addresses of one site and certificate."""
        if address == answer.explanation.address:
            return answer.runner_up, answer.coalescing
        match, coalescing = answer.explanation.match, answer.coalescing
        return (
            answer.runner_up and match and self._runner_up(match.route.site, address),
            coalescing and self._coalescing(answer, address),
        )

    def _ask(self, address: IpAddress) -> AddressAnswer:
        request = self._question.request
        explanation = explain_request(self._reading, request, address)
        answer = AddressAnswer((address,), explanation)
        decision = explanation.decision
        if request.protocol is Protocol.HTTPS and decision.record is not None:
            answer = self._with_certificate(answer, decision.record)
        answer = answer._replace(
            refusal=self._refusal_of(decision, explanation.record_reason),
            status=decision.status,
        )
        return self._with_site(answer) if decision.is_connected else answer

    def _with_certificate(
        self, answer: AddressAnswer, record: SslRecord
    ) -> AddressAnswer:
        """The TLS phase."""
        certificate, problem = self._find(record)
        answer = answer._replace(certificate=certificate)
        if certificate is None or problem is not None:
            return answer
        reader = self._reader_of_certificates()
        verdict = reader.judge(certificate, self._question.request, self._now)
        answer = answer._replace(verdict=verdict)
        coalescing = self._coalescing(answer, answer.explanation.address)
        return answer._replace(coalescing=coalescing)

    def _with_site(self, answer: AddressAnswer) -> AddressAnswer:
        """The HTTP phase."""
        explanation = answer.explanation
        if explanation.match is None:
            return answer
        address = explanation.address
        runner_up = self._runner_up(explanation.match.route.site, address)
        refusal = self._refusal_of(runner_up, Reason(Why.NO_RECORD_LEFT))
        answer = answer._replace(runner_up=runner_up, runner_up_refusal=refusal)
        if explanation.decision.ending is not None:
            return answer
        # Imported here: refusals, which are as quick to ask for, do without.
        from bindctl.operations.answers.explain_content import (  # noqa: PLC0415
            find_content,
        )

        asked = (self._reading, self._question.request, address)
        content = find_content(
            self._question.target, lambda path: decide(*asked, path).directory
        )
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
            return Coalescing(Reason(Why.NOT_ACCEPTED))
        return find_coalescing(
            self._reading, address, self._question.request, (record, certificate)
        )

    def _runner_up(self, site: int, address: IpAddress) -> Decision:
        request = self._question.request
        rest = self._without.get(site)
        if rest is None:
            rest = reading_without(self._reading, site, request.port)
            self._without[site] = rest
        return decide(rest, request, address)

    def _refusal_of(
        self, decision: Decision, no_record: Reason | None
    ) -> Reason | None:
        """Why a handshake is refused."""
        if decision.ending is Ending.NO_RECORD:
            return no_record
        if decision.ending not in UNSHAKEN or decision.record is None:
            return None
        return self._find(decision.record).problem

    def _find(self, record: SslRecord) -> ShownCertificate:
        return self._reader_of_certificates().find(record)

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
                self._reading.table,
            )
        return self._reader
