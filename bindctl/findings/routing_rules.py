"""Findings about requests: the tests that a metabase holds."""

from __future__ import annotations

from typing import Final

from bindctl.findings.rule import ERROR, Rule

ROUTING_FINDINGS: Final[tuple[Rule, ...]] = (
    Rule(
        "RTE101",
        "test_failed",
        ERROR,
        "A test of the metabase fails: a request reaches another site, "
        "certificate or status than it says.",
        "bindctl explain says why the request goes where it goes; mend the metabase, or "
        "the test.",
    ),
    Rule(
        "RTE102",
        "invalid_test",
        ERROR,
        "A [[test]] table cannot be tried, so it guards nothing.",
        "Correct the option named.",
    ),
    Rule(
        "RTE103",
        "changed_answer",
        ERROR,
        "A request reaches another site, certificate or refusal than in the "
        "configuration that `check --against` names.",
        "Mend the metabase, or accept the change: once it is in force, it is no "
        "longer reported.",
    ),
)
