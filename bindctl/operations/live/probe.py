"""probe: sends every witness of the plan to a server and compares the answers."""

from __future__ import annotations

import hashlib
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from bindctl.bindings.listen_list import EVERYWHERE
from bindctl.metabase.tree import web_sites
from bindctl.model.binding import Protocol
from bindctl.model.certificate import CentralKey
from bindctl.model.endpoint import format_address
from bindctl.model.site import find_directory
from bindctl.model.witness import (
    format_handshake,
    format_request,
    format_request_as,
)
from bindctl.operations.answers.explain_content import find_content
from bindctl.operations.check.machine import Machine
from bindctl.operations.live.live_address import resolve_host
from bindctl.operations.live.live_client import MAX_BODY_OCTETS, LiveRequest, ask_all
from bindctl.operations.live.live_place import (
    Closed,
    GivenTarget,
    Target,
    choose_port,
    place_at_service,
    place_at_target,
)
from bindctl.operations.live.probe_judgement import (
    Judgement,
    Promise,
    Proof,
    SitePage,
    judge_answer,
)
from bindctl.operations.live.probe_question import ProbeQuestion, make_questions
from bindctl.operations.load.configuration import load_configuration
from bindctl.operations.load.running import load_running
from bindctl.operations.load.site_content import lower_content
from bindctl.operations.load.sources import as_served
from bindctl.routing.plan import compile_plan
from bindctl.routing.reason import Why
from bindctl.server.http.response import PROBE_FIELD
from bindctl.server.service.runtime_files import PROBE_SECRET_NAME
from bindctl.storage.state_folder import open_runtime

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bindctl.bindings.table import BindingTable
    from bindctl.operations.live.live_client import LiveAnswer
    from bindctl.operations.live.live_place import GivenTargetText
    from bindctl.routing.plan import RoutingPlan
    from bindctl.routing.reading import Reading
    from bindctl.routing.reason import Reason
    from bindctl.storage.workspace import Workspace

OWN_SERVICE: Final = "the running service"
_MAX_SECRET_OCTETS: Final = 1024
_OF_CERTIFICATES: Final = {Why.NOT_REFUSED, Why.HANDSHAKE_REFUSED, Why.OTHER_SHOWN}


class ProbeOutcome(Enum):
    """The outcome of one request."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_REACHABLE = "not_reachable"


class ProbedRequest(NamedTuple):
    """One request of the plan, and its answer.

    Attributes:
        outcome: Whether the answer is the promised one.
        url: What was asked, with the real port.
        address: Where it was sent, or meant for.
        server_name: Of the ClientHello; ``None`` for none, and for HTTP.
        promised_certificate: Thumbprint, or the file in the central store; ``None``
            for HTTP and where the handshake is to be refused.
        promised_site: The site; ``None`` where none is to answer.
        differences: What is otherwise.
        reason: Why it cannot be sent from here.
        proof: How the site is known.
        certificate: Thumbprint of the one shown; or ``None``.
        site: The site that answered, as far as that is known.
        status: The status code; ``None`` without an answer.
        witness: A command that shows the same; empty when nothing was sent.
    """

    outcome: ProbeOutcome
    url: str
    address: str
    server_name: str | None
    promised_certificate: str | None
    promised_site: int | None
    differences: tuple[Reason, ...] = ()
    reason: Reason | None = None
    proof: Proof = Proof.NONE
    certificate: str | None = None
    site: int | None = None
    status: int | None = None
    witness: str = ""


class ProbeResult(NamedTuple):
    """What `probe` found.

    Attributes:
        server: ``the running service``, or the address that was asked.
        asked: Requests, one of every class that the plan tells apart.
        agree: Answered as promised.
        differ: Answered otherwise.
        not_reachable: Not to be sent from here.
        proven: Of those that agree, those whose site, or refusal, is proven; of the
            others the certificate alone.
        requests: All of them, in the order of ports, addresses and names.
    """

    server: str
    asked: int
    agree: int
    differ: int
    not_reachable: int
    proven: int
    requests: tuple[ProbedRequest, ...]


def probe_service(workspace: Workspace) -> ProbeResult:
    """Ask the running service whether it serves what the metabase says now.

    Args:
        workspace: The metabase.

    Raises:
        BindctlError: SRV001, none runs; or the metabase cannot be read.
    """
    running = load_running(workspace.path)
    configuration = load_configuration(workspace)
    reading = as_served(configuration, running.reading)
    questions = make_questions(
        reading,
        lambda address, port, named: place_at_service(
            running.listeners, address, port, named, Machine().has_address
        ),
        (running.reading.plan, _plan_of_all(configuration.table)),
    )
    secret = read_secret(workspace)
    fields = ((PROBE_FIELD, secret),) if secret else ()
    asked = tuple(questions)
    promise = Promise(_thumbprints(workspace, configuration, asked), {}, is_own=True)
    return _ask(OWN_SERVICE, asked, promise, fields)


def probe_server(
    workspace: Workspace, connect: GivenTargetText, port_offset: int = 0
) -> ProbeResult:
    """Ask any server whether it serves what the metabase says.

    Args:
        workspace: The metabase.
        connect: Where it listens.
        port_offset: Added to the ports of the bindings where no port is given.

    Raises:
        BindctlError: CLI004, no binding has its port or its host has no address; or the
            metabase cannot be read.
    """
    configuration = load_configuration(workspace)
    port = choose_port(connect, configuration.plan.ports)
    address = resolve_host(connect.host)
    target = GivenTarget(address, connect.real_port, port_offset)
    # The listen list of bindctl's own service does not apply to another server.
    questions = make_questions(
        configuration._replace(
            given_listen=EVERYWHERE, given_start=configuration.start
        ),
        lambda wanted, bound, named: place_at_target(target, wanted, bound, named),
        (_plan_of_all(configuration.table),),
    )
    asked = tuple(item for item in questions if port in {None, item.port})
    promise = Promise(
        _thumbprints(workspace, configuration, asked),
        _pages(workspace, configuration),
        is_own=False,
    )
    shown = format_address(address)
    server = shown if connect.real_port is None else f"{shown}:{connect.real_port}"
    return _ask(server, asked, promise)


def _plan_of_all(table: BindingTable) -> RoutingPlan:
    """As if every site ran, because hosts of stopped sites are asked for, too."""
    return compile_plan(table, {site.identifier for site in table.sites})


def _ask(
    server: str,
    questions: Sequence[ProbeQuestion],
    promise: Promise,
    fields: tuple[tuple[str, str], ...] = (),
) -> ProbeResult:
    sendable = [item for item in questions if isinstance(item.place, Target)]
    sent = [_live_request(item, fields) for item in sendable]
    # Neighbours that go to one place share a connection.
    order = sorted(range(len(sent)), key=lambda index: _place_key(sent[index]))
    answers = dict(zip(order, ask_all([sent[index] for index in order]), strict=True))
    judged = iter(
        _judged(question, answers[index], promise)
        for index, question in enumerate(sendable)
    )
    requests = tuple(
        next(judged) if isinstance(item.place, Target) else _unsent(item)
        for item in questions
    )
    return summarize(server, requests)


def summarize(server: str, requests: tuple[ProbedRequest, ...]) -> ProbeResult:
    """The requests, counted."""
    agreeing = [item for item in requests if item.outcome is ProbeOutcome.AGREES]
    return ProbeResult(
        server=server,
        asked=len(requests),
        agree=len(agreeing),
        differ=sum(item.outcome is ProbeOutcome.DIFFERS for item in requests),
        not_reachable=sum(
            item.outcome is ProbeOutcome.NOT_REACHABLE for item in requests
        ),
        proven=sum(item.proof is not Proof.NONE for item in agreeing),
        requests=requests,
    )


def _live_request(
    question: ProbeQuestion, fields: tuple[tuple[str, str], ...]
) -> LiveRequest:
    place = _require_place(question)
    return LiveRequest(
        question.protocol,
        str(place.address),
        place.port,
        question.server_name,
        question.host,
        fields=fields,
    )


def _place_key(request: LiveRequest) -> tuple[int, str, str]:
    return (request.port, request.address, request.server_name or "")


def _judged(
    question: ProbeQuestion, answer: LiveAnswer, promise: Promise
) -> ProbedRequest:
    found = judge_answer(question, answer, _digest(answer.body), promise)
    outcome = ProbeOutcome.DIFFERS if found.differences else ProbeOutcome.AGREES
    return _described(question)._replace(
        outcome=outcome,
        differences=found.differences,
        proof=found.proof,
        certificate=found.certificate,
        site=found.site,
        status=found.status,
        witness=_witness(question, found),
    )


def _unsent(question: ProbeQuestion) -> ProbedRequest:
    """A request that was not sent, because of the service or of this machine."""
    shown, place = _described(question), question.place
    if isinstance(place, Target):
        message = "a request with a place is sent"
        raise TypeError(message)
    if isinstance(place, Closed):
        return shown._replace(outcome=ProbeOutcome.DIFFERS, differences=(place.reason,))
    return shown._replace(outcome=ProbeOutcome.NOT_REACHABLE, reason=place.reason)


def _described(question: ProbeQuestion) -> ProbedRequest:
    place = question.place
    address, port = question.address, question.port
    if isinstance(place, Target):
        address, port = place.address, place.port
    return ProbedRequest(
        outcome=ProbeOutcome.AGREES,
        url=f"{question.protocol.value}://{question.host}:{port}/",
        address=format_address(address),
        server_name=question.server_name,
        promised_certificate=(
            None if question.record is None else question.record.certificate_hash
        ),
        promised_site=question.site,
    )


def _witness(question: ProbeQuestion, found: Judgement) -> str:
    """A command for the part that differs, or for the whole request."""
    place = _require_place(question)
    address, port, name = place.address, place.port, question.server_name
    if question.protocol is Protocol.HTTP:
        return format_request(question.protocol, address, port, question.host)
    whys = {difference.why for difference in found.differences}
    if found.status is None or whys & _OF_CERTIFICATES:
        return format_handshake(address, port, name)
    if name == question.host:
        return format_request(question.protocol, address, port, question.host)
    return format_request_as(address, port, name, question.host)


def _require_place(question: ProbeQuestion) -> Target:
    if not isinstance(question.place, Target):
        message = "only a request with a place is sent"
        raise TypeError(message)
    return question.place


def _thumbprints(
    workspace: Workspace, configuration: Reading, questions: Iterable[ProbeQuestion]
) -> dict[str, str]:
    """Thumbprints of the central store's files that the questions lead to, by name."""
    records = [item.record for item in questions if item.record is not None]
    files = [
        record.certificate_hash
        for record in records
        if isinstance(record.key, CentralKey)
    ]
    if not files:
        return {}
    from bindctl.operations.load.central_store import (  # noqa: PLC0415 - seldom needed
        open_central_store,
    )

    store = open_central_store(workspace.path, configuration.table)
    found = {} if store is None else store.load(files).certificates
    return {name: facts.certificate_hash for name, facts in found.items()}


def _pages(workspace: Workspace, configuration: Reading) -> dict[int, SitePage]:
    """What ``/`` of every site that runs leads to."""
    pages: dict[int, SitePage] = {}
    for identifier, key in web_sites(configuration.root):
        if identifier in configuration.start.started:
            content = lower_content(workspace.path, identifier, key)
            answer = find_content("/", partial(find_directory, content.directories))
            digest = "" if answer.file is None else _file_digest(answer.file)
            pages[identifier] = SitePage(answer.status, digest)
    return pages


def _file_digest(path: str) -> str:
    """The digest of a file, cut as an answer is; empty if it cannot be read."""
    try:
        with open(path, "rb") as file:
            return _digest(file.read(MAX_BODY_OCTETS))
    except OSError:
        return ""


def _digest(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest() if octets else ""


def read_secret(workspace: Workspace) -> str:
    """The word by which the service recognises its owner; empty when there is none."""
    try:
        with open_runtime(workspace.path) as folder:
            octets = folder.read(PROBE_SECRET_NAME, _MAX_SECRET_OCTETS)
        return octets.decode("ascii").strip()
    except (OSError, ValueError):
        return ""
