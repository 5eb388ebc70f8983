"""The answer of a plan to a request, without the reasons.

The answers of `explain_answer`, for callers that ask many questions and need no losers,
no runner-up and no witness; a test holds the two equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.operations.answers.explain_certificates import CertificateReader
from bindctl.operations.answers.explain_content import find_content
from bindctl.operations.load.site_content import content_reader
from bindctl.routing.decision import UNCONNECTED, UNSHAKEN, Ending, decide
from bindctl.routing.reason import Reason, Why
from bindctl.server.http.answer import folder_location
from bindctl.server.http.request_path import parse_request_path

if TYPE_CHECKING:
    from bindctl.model.certificate import Certificate
    from bindctl.model.endpoint import IpAddress
    from bindctl.routing.decision import Decision
    from bindctl.routing.reading import Reading
    from bindctl.routing.request import Request
    from bindctl.storage.workspace import Workspace

_MOVED: int = 301


class PlanAnswer(NamedTuple):
    """The answer to a request.

    Attributes:
        refusal: Why there is no connection or no handshake; ``None`` when there is one.
        certificate: The certificate that is shown, or ``None``.
        site: The site that answers; ``None`` when none does.
        status: Of the answer; ``None`` without one.
        location: Where a redirection leads to; ``None`` where there is none.
    """

    refusal: Reason | None = None
    certificate: Certificate | None = None
    site: int | None = None
    status: int | None = None
    location: str | None = None


class PlanAnswers:
    """Answers of one configuration; each site and certificate is read once."""

    def __init__(self, workspace: Workspace, configuration: Reading) -> None:
        """Nothing is read yet.

        Args:
            workspace: The metabase beside which stores and folders are.
            configuration: The configuration that answers.
        """
        self.reader = CertificateReader(workspace, {}, None, configuration.table)
        self._reading = configuration._replace(
            find_certificate=self.reader.find,
            read_content=content_reader(workspace.path, configuration.root),
        )

    def answer(self, request: Request, target: str, address: IpAddress) -> PlanAnswer:
        """The answer to a request that arrives at that address."""
        decision = decide(self._reading, request, address)
        ending, record = decision.ending, decision.record
        if ending in UNCONNECTED or ending in UNSHAKEN:
            refusal = self._refusal_of(decision, request.port)
            return PlanAnswer(refusal, status=decision.status)
        certificate = None if record is None else self.reader.find(record).certificate
        answer = PlanAnswer(certificate=certificate, status=decision.status)
        return answer if ending else self._ask(answer, request, target, address)

    def _refusal_of(self, decision: Decision, port: int) -> Reason | None:
        match decision.ending:
            case Ending.UNBOUND | Ending.CLOSED:
                return Reason(Why.NOT_LISTENING, port=port)
            case Ending.SPEAKS_HTTP:
                return Reason(Why.SPEAKS_HTTP, port=port)
            case Ending.NO_CERTIFICATE if decision.record is not None:
                return self.reader.find(decision.record).problem
            case Ending.NO_RECORD:
                return Reason(Why.NO_RECORD)
            case _:
                return None  # 400 in clear

    def _ask(
        self, answer: PlanAnswer, request: Request, target: str, address: IpAddress
    ) -> PlanAnswer:
        asked = (self._reading, request, address)
        site = decide(*asked).site
        content = find_content(target, lambda path: decide(*asked, path).directory)
        location = None
        if content.status == _MOVED:
            octets = target.replace(" ", "%20").encode("utf-8", "surrogateescape")
            path = parse_request_path(octets)
            location = folder_location(path).decode("ascii")
        return answer._replace(site=site, status=content.status, location=location)
