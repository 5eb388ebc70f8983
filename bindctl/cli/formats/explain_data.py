"""What `explain` answers, for programs (`docs/reference/json.md`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.bindings.records import format_record_key
from bindctl.model.binding import format_binding
from bindctl.routing.site_reasons import ROW_CATEGORIES

if TYPE_CHECKING:
    from bindctl.model.certificate import SslRecord
    from bindctl.operations.answers.explain import ExplainResult
    from bindctl.operations.answers.explain_answer import AddressAnswer
    from bindctl.operations.answers.explain_certificates import Verdict
    from bindctl.routing.explain import RunnerUp
    from bindctl.routing.plan import Match

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
    explanation = answer.explanation
    return {
        **explanation._asdict(),
        "addresses": answer.addresses,
        "match": _match_data(explanation.match),
        "record": _record_data(explanation.record),
        "is_answered": answer.is_answered,
        "refusal": answer.refusal,
        "browser": _verdict_data(answer.verdict),
        "status": answer.status,
        "content": answer.content,
        "runner_up": _runner_up_data(answer.runner_up, answer.runner_up_refusal),
        "coalescing": answer.coalescing,
        "witnesses": answer.witnesses,
    }


def _match_data(match: Match | None) -> _Data | None:
    if match is None:
        return None
    shown = format_binding(match.route.binding)
    return {
        **match._asdict(),
        "binding": shown,
        "category": ROW_CATEGORIES[match.row],
    }


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


def _runner_up_data(found: RunnerUp | None, refusal: str) -> _Data | None:
    if found is None:
        return None
    return {
        "match": _match_data(found.match),
        "record": _record_data(found.record),
        "is_open": found.is_open,
        "refusal": refusal,
    }
