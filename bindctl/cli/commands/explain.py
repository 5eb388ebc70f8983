"""The command explain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.bindings.records import format_record_key
from bindctl.cli.views.explain_view import print_explanation
from bindctl.findings.errors import ExitStatus
from bindctl.model.binding import format_binding
from bindctl.operations.answers.explain import explain as explain_request
from bindctl.operations.answers.explain_question import AskedRequest
from bindctl.routing.reason import format_reason
from bindctl.routing.site_reasons import ROW_CATEGORIES
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from bindctl.model.certificate import SslRecord
    from bindctl.operations.answers.explain import ExplainResult
    from bindctl.operations.answers.explain_answer import AddressAnswer
    from bindctl.operations.answers.explain_certificates import Verdict
    from bindctl.routing.decision import Decision
    from bindctl.routing.explain import Explanation
    from bindctl.routing.plan import Match
    from bindctl.routing.reason import Reason
    from bindctl.storage.workspace import Workspace
    from bindctl.terminal.terminal import Terminal


def explain(
    terminal: Terminal,
    workspace: Workspace,
    *,
    url: str | None,
    host: str | None,
    ip: str | None,
    address: str | None,
    port: int | None,
    scheme: str | None,
    sni: str | None,
    no_sni: bool,
    port_offset: int,
    json: bool,
) -> int:
    """Run `bindctl explain`."""
    asked = AskedRequest(
        url=url,
        host=host,
        port=port,
        scheme=scheme,
        address=ip if ip is not None else address,
        server_name=sni,
        without_server_name=no_sni,
        port_offset=port_offset,
    )
    result = explain_request(workspace, asked, terminal.clock())
    status = ExitStatus.OK if result.is_answered else ExitStatus.FINDINGS
    if json:
        print_envelope(terminal, "explain", explain_data(result), status)
    else:
        print_explanation(terminal, result)
    return status


_Data = dict[str, object]


def explain_data(result: ExplainResult) -> _Data:
    """The whole answer; nothing is cut."""
    question = result.question
    return {
        "url": question.url,
        "request": {**question.request._asdict(), "target": question.target},
        "real_port": question.real_port,
        "is_answered": result.is_answered,
        "emulated_version": result.emulated_version,
        "explanations": [_answer_data(answer) for answer in result.answers],
        "left_out": result.left_out,
        "comments": result.comments,
        "certificates": result.certificates,
    }


def _answer_data(answer: AddressAnswer) -> _Data:
    explanation, coalescing = answer.explanation, answer.coalescing
    return {
        "address": explanation.address,
        "match": _match_data(explanation.match),
        "record": _record_data(explanation.record),
        "record_reason": _record_words(explanation, explanation.record_reason),
        "is_listening": explanation.is_listening,
        "is_open": explanation.is_open,
        "is_scheme_right": explanation.is_scheme_right,
        "losers": explanation.losers,
        "other_hosts": explanation.other_hosts,
        "record_losers": explanation.record_losers,
        "other_records": explanation.other_records,
        "is_misdirected": explanation.is_misdirected,
        "emulation": format_reason(explanation.emulation),
        "addresses": answer.addresses,
        "is_answered": answer.is_answered,
        "refusal": _refusal_words(answer),
        "browser": _verdict_data(answer.verdict),
        "status": answer.status,
        "content": answer.content
        and {
            **answer.content._asdict(),
            "reason": format_reason(answer.content.reason),
        },
        "runner_up": _runner_up_data(answer.runner_up, answer.runner_up_refusal),
        "coalescing": coalescing
        and {
            **coalescing._asdict(),
            "impossible": format_reason(coalescing.impossible),
        },
        "witnesses": answer.witnesses,
    }


def _record_words(explanation: Explanation, reason: Reason | None) -> str:
    if reason is None:
        return ""
    if explanation.record is None:
        return f"{reason}: the handshake is refused"
    return f"record {reason}"


def _refusal_words(answer: AddressAnswer) -> str:
    if answer.explanation.record is None:
        return _record_words(answer.explanation, answer.refusal)
    return format_reason(answer.refusal)


def _match_data(match: Match | None) -> _Data | None:
    if match is None:
        return None
    shown = format_binding(match.route.binding)
    return {**match._asdict(), "binding": shown, "category": ROW_CATEGORIES[match.row]}


def _record_data(record: SslRecord | None) -> _Data | None:
    if record is None:
        return None
    name = format_record_key(record.key)
    return {**record._asdict(), "name": name, "flags": int(record.flags)}


def _verdict_data(verdict: Verdict | None) -> _Data | None:
    if verdict is None:
        return None
    return {
        "is_accepted": verdict.is_accepted,
        "covering_id": verdict.covering_id,
        "is_trust_known": verdict.is_trust_known,
        "is_own_authority": verdict.is_own_authority,
        "flaws": [{"code": item.code, "words": item.words} for item in verdict.flaws],
    }


def _runner_up_data(found: Decision | None, refusal: Reason | None) -> _Data | None:
    if found is None:
        return None
    return {
        "match": _match_data(found.match),
        "record": _record_data(found.record),
        "is_open": found.is_open,
        "refusal": format_reason(refusal),
    }
