"""What a plan answers to a request, without the reasons.

The answers of `explain_answer`, for those who ask many questions and want no losers, no
runner-up and no witness; a test holds the two equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.metabase.tree import web_sites
from bindctl.model.binding import Protocol
from bindctl.operations.answers.explain_certificates import CertificateReader
from bindctl.operations.answers.explain_content import find_content
from bindctl.operations.load.site_content import lower_content
from bindctl.routing.classes import is_open
from bindctl.routing.explain import is_misdirected
from bindctl.server.http.answer import folder_location
from bindctl.server.http.request_path import parse_request_path

if TYPE_CHECKING:
    from bindctl.metabase.tree import Key
    from bindctl.model.certificate import Certificate
    from bindctl.model.endpoint import IpAddress
    from bindctl.model.site import SiteContent
    from bindctl.routing.plan import PortPlan
    from bindctl.routing.reading import Reading
    from bindctl.routing.request import Request
    from bindctl.storage.workspace import Workspace

_MOVED: int = 301
_MISDIRECTED: int = 421
_BAD_REQUEST: int = 400


class PlanAnswer(NamedTuple):
    """What comes of a request.

    Attributes:
        refusal: Why there is no connection or no handshake; empty when there is one.
        certificate: What is shown; ``None`` when nothing is.
        site: The site that answers; ``None`` when none does.
        status: Of the answer; ``None`` without one.
        location: Where a redirection leads to; ``None`` where there is none.
    """

    refusal: str = ""
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
            configuration: What is asked.
        """
        self.reader = CertificateReader(workspace, {}, None, configuration.table)
        self._workspace = workspace
        self._configuration = configuration
        self._contents: dict[int, SiteContent] = {}
        self._keys: dict[int, Key] = {}

    def answer(self, request: Request, target: str, address: IpAddress) -> PlanAnswer:
        """What comes of a request that arrives at that address."""
        configuration = self._configuration
        plan = configuration.plan.ports.get(request.port)
        is_secure = request.protocol is Protocol.HTTPS
        if plan is None or not is_open(
            address,
            configuration.plan.listening_addresses(request.port),
            configuration.listen,
        ):
            return PlanAnswer(f"nothing listens on port {request.port}")
        if plan.protocol is not request.protocol:
            if is_secure:
                return PlanAnswer(f"port {request.port} speaks HTTP")
            return PlanAnswer(status=_BAD_REQUEST)
        answer = PlanAnswer()
        if is_secure:
            answer = self._shake_hands(plan, request, address)
            if answer.refusal:
                return answer
        return self._ask(answer, plan, request, target, address)

    def _shake_hands(
        self, plan: PortPlan, request: Request, address: IpAddress
    ) -> PlanAnswer:
        record = plan.select_certificate(address, request.server_name)
        if record is None:
            return PlanAnswer("no certificate record is for it")
        shown = self.reader.find(record)
        if shown.problem:
            return PlanAnswer(shown.problem)
        return PlanAnswer(certificate=shown.certificate)

    def _ask(
        self,
        answer: PlanAnswer,
        plan: PortPlan,
        request: Request,
        target: str,
        address: IpAddress,
    ) -> PlanAnswer:
        match = plan.match(address, request.host)
        if match is None:
            return answer._replace(status=_BAD_REQUEST)
        site = match.route.site
        content = self._content(site)
        is_secure = request.protocol is Protocol.HTTPS
        is_strict = is_secure and content.misdirected_request
        if is_strict and is_misdirected(plan, address, request):
            return answer._replace(status=_MISDIRECTED)
        status = find_content(content, target).status
        location = None
        if status == _MOVED:
            octets = target.replace(" ", "%20").encode("utf-8", "surrogateescape")
            path = parse_request_path(octets)
            location = folder_location(path).decode("ascii")
        return answer._replace(site=site, status=status, location=location)

    def _content(self, site: int) -> SiteContent:
        if not self._keys:
            self._keys = dict(web_sites(self._configuration.root))
        if site not in self._contents:
            key = self._keys[site]
            self._contents[site] = lower_content(self._workspace.path, site, key)
        return self._contents[site]
