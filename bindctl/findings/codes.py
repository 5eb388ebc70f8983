"""The table of codes: every finding and error bindctl can report.

One row a code, in the module of its family; those about requests, of tests that a
metabase holds, are here. Codes are never reused;
``docs/reference/findings.md`` is made from this table and a test compares the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bindctl.findings.bindings_rules import BINDINGS_FINDINGS
from bindctl.findings.certificates_rules import CERTIFICATES_FINDINGS
from bindctl.findings.error_rules import ERRORS
from bindctl.findings.finding import ERROR, Finding, Rule
from bindctl.findings.metabase_rules import METABASE_FINDINGS

if TYPE_CHECKING:
    from bindctl.findings.finding import Place, Severity

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


# Findings: `check` reports them, nothing stops at the first.
FINDINGS: Final[tuple[Rule, ...]] = (
    *METABASE_FINDINGS,
    *BINDINGS_FINDINGS,
    *CERTIFICATES_FINDINGS,
    *ROUTING_FINDINGS,
)

RULES_BY_CODE: Final = {rule.code: rule for rule in FINDINGS + ERRORS}


def make_finding(  # noqa: PLR0913, PLR0917 - the parts of a finding
    code: str,
    place: Place,
    message: str,
    hint: str = "",
    severity: Severity | None = None,
    witness: str = "",
) -> Finding:
    """A finding of that code, with the table's severity and remedy by default."""
    rule = RULES_BY_CODE[code]
    remedy = rule.remedy[0].lower() + rule.remedy[1:].rstrip(".")
    return Finding(
        code, severity or rule.severity, place, message, hint or remedy, witness
    )
