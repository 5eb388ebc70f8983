"""explain: what a URL reaches, by which rule, and with which certificate."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from bindctl.operations.answers.explain_answer import Explainer
from bindctl.operations.answers.explain_question import understand
from bindctl.operations.load.configuration import compile_configuration
from bindctl.routing.explain import address_classes, group_addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from bindctl.model.certificate import Certificate, TrustAnchors
    from bindctl.model.endpoint import IpAddress
    from bindctl.operations.answers.explain_answer import AddressAnswer
    from bindctl.operations.answers.explain_question import AskedRequest, Question
    from bindctl.routing.reading import Reading
    from bindctl.routing.request import Request
    from bindctl.storage.workspace import Workspace

# So many groups of addresses are explained; for more there is --ip.
MAX_GROUPS = 16


class ExplainResult(NamedTuple):
    """Everything `explain` shows.

    Attributes:
        question: What was asked.
        answers: One for each group of local addresses that can differ.
        left_out: Addresses of further groups, which are not explained.
        is_answered: Whether a site answers at every local address.
        emulated_version: The version of IIS that is rehearsed, ``IIS 10``.
        comments: ServerComment by identifier, for the sites mentioned.
        certificates: Facts by hash, for the certificates mentioned; a hash without
            facts is not in its store.
    """

    question: Question
    answers: tuple[AddressAnswer, ...]
    left_out: tuple[IpAddress, ...]
    is_answered: bool
    emulated_version: str
    comments: dict[int, str]
    certificates: dict[str, Certificate]

    @property
    def request(self) -> Request:
        """The part of the question that routing needs."""
        return self.question.request


def explain(
    workspace: Workspace,
    asked: AskedRequest,
    now: datetime,
    *,
    octets: bytes | None = None,
    read_anchors: Callable[[], TrustAnchors | None] | None = None,
) -> ExplainResult:
    """What happens to a request.

    Args:
        workspace: The metabase.
        asked: What is asked.
        now: Aware UTC: the instant certificates are judged at.
        octets: The document to read in place of the file's.
        read_anchors: Tells whom browsers trust, when a certificate is to be judged;
            by default whom this machine trusts.

    Raises:
        BindctlError: RTE001, RTE003, BND001; or the metabase cannot be read.
    """
    if octets is None:
        octets = workspace.read()
    configuration = compile_configuration(octets, workspace)
    question = understand(asked, configuration.plan)
    explainer = Explainer(
        workspace,
        configuration,
        question,
        now,
        read_anchors or partial(_find_trust_anchors, workspace),
    )
    answers: list[AddressAnswer] = []
    left_out: list[IpAddress] = []
    for group in _groups(configuration, question):
        if len(answers) >= MAX_GROUPS:
            left_out += group
            continue
        for addresses in explainer.split(group):
            if len(answers) < MAX_GROUPS:
                answers.append(explainer.answer(addresses))
            else:
                left_out += addresses
    return ExplainResult(
        question=question,
        answers=tuple(answers),
        left_out=tuple(left_out),
        is_answered=all(answer.is_answered for answer in answers)
        and all(map(explainer.is_answered, left_out)),
        emulated_version=str(configuration.table.emulated_version),
        comments=_comments(configuration, answers),
        certificates=explainer.facts,
    )


def _groups(
    configuration: Reading, question: Question
) -> tuple[tuple[IpAddress, ...], ...]:
    if question.address is not None:
        return ((question.address,),)
    request = question.request
    addresses = address_classes(configuration, request.port)
    return group_addresses(configuration, addresses, request)


def _comments(
    configuration: Reading, answers: Sequence[AddressAnswer]
) -> dict[int, str]:
    mentioned = {site for answer in answers for site in _sites_of(answer)}
    return {
        site.identifier: site.comment
        for site in configuration.table.sites
        if site.identifier in mentioned
    }


def _sites_of(answer: AddressAnswer) -> Iterator[int | None]:
    """Every site an answer mentions."""
    explanation = answer.explanation
    for match in (explanation.match, answer.runner_up and answer.runner_up.match):
        if match is not None:
            yield match.route.site
    for loser in explanation.losers:
        yield loser.site
    for record in (explanation.record, *explanation.record_losers):
        if record is not None:
            yield record.site
    if answer.coalescing is not None:
        for host in answer.coalescing.hosts:
            yield host.site


def _find_trust_anchors(workspace: Workspace) -> TrustAnchors | None:
    # Imported here: requests over HTTP do without.
    from bindctl.storage.trust_anchors import find_trust_anchors  # noqa: PLC0415

    return find_trust_anchors(workspace)
